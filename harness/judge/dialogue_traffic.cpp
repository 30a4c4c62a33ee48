// Which way the packets of a node go, and until when.
#include "harness/judge/dialogue.h"

#include <fmt/format.h>

namespace judge {

using namespace std::chrono_literals;

namespace {

// What was on its way when a binding changed, and what clocks and captures are apart.
constexpr base::Duration grace = 1s;

} // namespace

/// netmip6-01, 3.3: in a handover both access routers serve the node, until it leaves the one.
bool Dialogue::is_second_leg(const Session& session, std::uint32_t gateway) const {
    return options_.spec == "netmip6" && gateway == session.bound_before;
}

void Dialogue::see(const Tunnelled& packet) {
    const auto number = [&](std::uint32_t asked, const base::Ip6& address) {
        return asked != Session::none ? asked : sessions_.known_party(address);
    };
    const auto from = number(packet.from_party, packet.from), to = number(packet.to_party, packet.to);
    if (sessions_.is_anchor(from)) {
        if (Session* session = sessions_.of_prefix(packet.destination))
            downlink(packet, *session, from, to);
        else
            ++of_strangers_;
    } else if (sessions_.is_anchor(to)) {
        if (Session* session = sessions_.of_prefix(packet.source))
            uplink(packet, *session, from, to);
        else
            ++of_strangers_;
    }
}

void Dialogue::downlink(const Tunnelled& packet, Session& session, std::uint32_t anchor,
                        std::uint32_t gateway) {
    if (session.anchor != anchor)
        return;
    judging_ = session.is_judged;
    if (session.bound_to == Session::none) {
        // For a proxy the entry, and its tunnel, last some seconds longer (proxymip6-02, 5.3.1).
        if (session.bound_before != Session::none && packet.at > session.changed + grace)
            broken(session, {Rule::downlink_after_leaving, session.anchor, packet.packet, packet.at,
                             "a packet is still tunnelled to the node", "time", "until the binding is ended",
                             seconds_of(packet.at - session.changed) + " later"});
        return;
    }
    if (packet.at > session.bound_until + grace)
        return broken(session, {Rule::downlink_until_end, session.anchor, packet.packet, packet.at,
                                "a packet is still tunnelled to the node", "time", "until the binding ends",
                                seconds_of(packet.at - session.bound_until) + " later"});
    if (gateway == session.bound_to) {
        kept(Rule::downlink_to_bound, session.anchor, packet.packet, packet.at);
        return;
    }
    if (packet.at < session.changed + grace || is_second_leg(session, gateway))
        return;
    for (std::uint32_t at = session.requests; at != Session::none; at = sessions_.request(at).next)
        if (const Request& one = sessions_.request(at); one.gateway == gateway)
            return undecided(session,
                             {Rule::downlink_to_bound,
                              session.anchor,
                              packet.packet,
                              packet.at,
                              fmt::format("the update of packet {} has no answer in the capture", one.packet),
                              {},
                              {},
                              {}});
    broken(session,
           {Rule::downlink_to_bound, session.anchor, packet.packet, packet.at,
            "a packet is tunnelled to another gateway than the one that is registered", "ipv6.destination",
            base::text(sessions_.address(session.bound_to)), base::text(packet.to)});
}

void Dialogue::uplink(const Tunnelled& packet, Session& session, std::uint32_t gateway,
                      std::uint32_t anchor) {
    if (session.anchor != anchor)
        return;
    judging_ = session.is_judged;
    if (gateway == session.bound_to && gateway != Session::none) {
        if (packet.at <= session.bound_until + grace)
            return kept(Rule::uplink_while_bound, gateway, packet.packet, packet.at);
        return broken(session, {Rule::uplink_until_end, gateway, packet.packet, packet.at,
                                "a packet of the node is still tunnelled", "time", "until the binding ends",
                                seconds_of(packet.at - session.bound_until) + " later"});
    }
    if (packet.at < session.changed + grace || is_second_leg(session, gateway))
        return;
    const std::uint32_t culprit = sessions_.party(packet.from);
    for (std::uint32_t at = session.requests; at != Session::none; at = sessions_.request(at).next)
        if (const Request& one = sessions_.request(at); one.gateway == culprit)
            return undecided(session,
                             {Rule::uplink_while_bound,
                              culprit,
                              packet.packet,
                              packet.at,
                              fmt::format("the update of packet {} has no answer in the capture", one.packet),
                              {},
                              {},
                              {}});
    broken(session,
           {Rule::uplink_while_bound, culprit, packet.packet, packet.at,
            "a packet of the node is tunnelled by a gateway that has no binding for it", "ipv6.source",
            session.bound_to != Session::none ? base::text(sessions_.address(session.bound_to))
                                              : std::string("nobody: the binding was ended"),
            base::text(packet.from)});
}

} // namespace judge
