#include "peers/mip6/home_registration.h"
#include "peers/netmip6/access_router.h"

#include <algorithm>

namespace peers::netmip6 {

void AccessRouter::acknowledged(const wire::Packet& packet, base::Now now, common::Output& out) {
    for (auto& [nai, session] : sessions_) {
        const auto outcome = session.home.hear(packet, now, profile_);
        if (outcome != Registration::Outcome::ignored)
            return concluded(session, outcome, &packet, now, out);
    }
    out.note("acknowledgement ignored");
}

/// RFC 3775, 11.7.4.
void AccessRouter::asked_to_refresh(const wire::Packet& packet, base::Now now, common::Output& out) {
    const auto* ip = wire::outer_ip(packet);
    if (!ip || !policy_.answers_refresh_request)
        return;
    const base::Ip6 home = mip6::home_address_of(packet);
    for (auto& [nai, session] : sessions_) {
        if (session.phase != Phase::bound || session.home.parties().anchor != ip->source)
            continue;
        // Without a routing header it is for whom it names, or for the only one that it can be about.
        const auto* request = packet.find<wire::BindingRefreshRequest>();
        const auto* named = wire::find<wire::MobileNodeIdentifier>(request->options);
        if (home != session.home_address() && (!named || named->nai != nai))
            continue;
        session.home.request(now);
        return pump(session, now, out);
    }
}

/// RFC 3775, 11.3.6: only about a binding that exists, and from whom it is with.
void AccessRouter::heard_error(const wire::Packet& packet, base::Now now, common::Output& out) {
    const auto* ip = wire::outer_ip(packet);
    const auto* error = packet.find<wire::BindingError>();
    if (!ip || !policy_.obeys_binding_error)
        return;
    for (auto& [nai, session] : sessions_) {
        const bool is_meant =
            session.home_address() == error->home_address && session.home.parties().anchor == ip->source;
        if (session.phase != Phase::bound || (!is_meant && !policy_.believes_any_error))
            continue;
        session.home.request(now);
        return pump(session, now, out);
    }
}

/// RFC 3775, 11.3.5: code 1 about the Mobility Header says that the other end knows nothing of all this.
void AccessRouter::heard_problem(const wire::Packet& packet, base::Now now, common::Output& out) {
    constexpr std::uint8_t unknown_next_header = 1;
    const auto* ip = wire::outer_ip(packet);
    const auto* problem = packet.find<wire::ParameterProblem>();
    if (!ip || problem->code != unknown_next_header || !policy_.obeys_parameter_problem)
        return;
    for (auto& [nai, session] : sessions_)
        if (session.phase == Phase::registering && session.home.parties().anchor == ip->source) {
            out.note("no Mobile IPv6 there", {{"nai", nai}});
            session.home.drop();
            return refused(session, now, out);
        }
}

/// RFC 3775, 10.3.1: this is no home agent.
void AccessRouter::asked_to_register(const wire::Packet& packet, common::Output& out) const {
    const auto* ip = wire::outer_ip(packet);
    const auto* update = packet.find<wire::BindingUpdate>();
    if (!ip || !update->h || wire::find<wire::RawOption>(update->options))
        return;
    base::Ip6 home = ip->source;
    if (const auto* options = packet.find<wire::DestinationOptions>())
        if (const auto* option = wire::find<wire::HomeAddressOption>(options->options))
            home = option->address;
    wire::BindingAcknowledgement ack;
    ack.status = status::not_supported;
    ack.sequence = update->sequence;
    out.send(mip6::to_mobile_node(ip->destination, ip->source, home.is_unspecified() ? ip->source : home,
                                  std::move(ack)));
}

} // namespace peers::netmip6
