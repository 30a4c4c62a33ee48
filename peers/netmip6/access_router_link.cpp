#include "peers/netmip6/access_router.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr std::uint32_t link_mtu = 1460;
// A node's own rules come first; what none of them lets pass is dropped.
constexpr int order_bound = 10;
constexpr int order_rest = 100;

std::string tunnel_rule(const common::TunnelEnds& ends) {
    return "tunnel " + base::text(ends.local) + " " + base::text(ends.remote);
}

} // namespace

void AccessRouter::solicited(const common::Arrived& packet, base::Now now, common::Output& out) {
    Session* session = session_at(packet.port, packet.link_source);
    const auto* ip = wire::outer_ip(*packet.packet);
    if (!session || !ip)
        return; // nobody who was let in
    if (ip->source.is_link_local())
        session->link_local = ip->source;
    session->wants_ipv6 = true;
    if (session->is_served() && session->served_by)
        return advertise(*session, now, out);
    trigger(*session, false, now, out);
}

common::TunnelEnds AccessRouter::tunnel_of(const Session& session) const {
    for (const auto& feature : features_)
        if (const auto other = feature->tunnel(session))
            return *other;
    return {care_of_, session.home.parties().anchor};
}

/// The node is bound and on the link.
void AccessRouter::serve(Session& session, base::Now now, common::Output& out) {
    if (!session.served_by)
        install(session, out);
    if (session.wants_ipv6)
        advertise(session, now, out);
    for (const auto& feature : features_)
        feature->serve(session, now, out);
}

/// `is_gone`: there is nobody on the link to be told that the prefix has ended.
void AccessRouter::stop_serving(Session& session, bool is_gone, base::Now now, common::Output& out) {
    for (const auto& feature : features_)
        feature->withdraw(session, now, out);
    uninstall(session, out);
    session.advertise_at.reset();
    if (!is_gone && policy_.withdraws && session.prefix.length != 0)
        send_advertisement(session, session.prefix, 0, 0, out);
}

void AccessRouter::advertise(Session& session, base::Now now, common::Output& out) {
    if (!session.wants_ipv6 || !session.attached || session.prefix.length == 0)
        return;
    // PC-20: twice what was granted, so that one lost refresh does not end an address.
    const std::uint32_t valid = std::uint32_t{session.home.granted()} * 8;
    send_advertisement(session, session.prefix, valid, policy_.router_lifetime, out);
    session.advertise_at.reset();
    if (policy_.advertise > base::Duration{})
        session.advertise_at = now.mono + policy_.advertise;
}

/// To this one node: its prefix is nobody else's business.
void AccessRouter::send_advertisement(const Session& session, const base::Prefix& prefix, std::uint32_t valid,
                                      std::uint16_t router_lifetime, common::Output& out) const {
    const model::Port& port = config_.self.ports[session.port];
    const auto* identity = config_.topology.identity(session.name);
    const bool stateful = identity && identity->policy.contains("configuration") &&
                          identity->policy.at("configuration") != "stateless";
    wire::RouterAdvertisement ra;
    ra.m = stateful;
    ra.o = true;
    ra.router_lifetime = router_lifetime;
    ra.options.push_back(wire::SourceLinkLayerAddress{.address = port.mac});
    ra.options.push_back(wire::Mtu{.mtu = link_mtu});
    wire::PrefixInformation information;
    information.prefix =
        policy_.own_prefix ? base::parse_prefix("2001:db8:e1::/64")->address : prefix.address;
    information.prefix_length = static_cast<std::uint8_t>(prefix.length);
    information.a = !stateful;
    information.valid_lifetime = information.preferred_lifetime = valid;
    ra.options.push_back(information);
    wire::Packet packet;
    const bool to_group = policy_.advertises_to_all || session.link_local.is_unspecified();
    packet.layers.push_back(wire::Ipv6{.source = policy_.link_local,
                                       .destination = to_group ? base::all_nodes : session.link_local,
                                       .hop_limit = 255});
    packet.layers.push_back(std::move(ra));
    if (policy_.advertises_everywhere)
        for (common::PortIndex other = 0; other < config_.self.ports.size(); ++other)
            if (is_access(other) && other != session.port) {
                wire::Packet copy = packet;
                copy.find<wire::Ipv6>()->destination = base::all_nodes;
                out.send_on(other, std::move(copy));
            }
    out.send_on(session.port, std::move(packet),
                policy_.advertises_to_all ? std::nullopt : std::optional(session.mac));
}

/// Nothing from an access link is forwarded without a binding, and nothing with another source.
void AccessRouter::guard_access(common::Output& out) {
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (is_access(port))
            out.set_rule({.name = "access " + config_.self.ports[port].name,
                          .order = order_rest,
                          .port = port,
                          .verdict = common::Drop{}});
}

/// Of a router that confuses its nodes.
common::PortIndex AccessRouter::other_link(common::PortIndex own) const {
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (port != own && is_access(port))
            return port;
    return own;
}

void AccessRouter::install(Session& session, common::Output& out) {
    const common::TunnelEnds tunnel = tunnel_of(session);
    session.served_by = tunnel.remote;
    out.add_tunnel(tunnel);
    if (!policy_.check_tunnel) // a fault: a tunnel for everybody
        for (const model::Node& node : config_.topology.nodes)
            out.add_tunnel({care_of_, node.address()});
    common::Rule rest{.name = tunnel_rule(tunnel), .order = order_rest, .tunnel = tunnel};
    rest.verdict = common::Drop{};
    out.set_rule(std::move(rest));
    common::Rule up{.name = "up " + session.nai, .order = order_bound, .port = session.port};
    if (policy_.check_source)
        up.source = session.prefix;
    if (policy_.encapsulates)
        up.verdict = tunnel;
    out.set_rule(std::move(up));
    const common::PortIndex link = policy_.right_link ? session.port : other_link(session.port);
    common::Rule down{.name = "down " + session.nai, .order = order_bound};
    if (policy_.check_tunnel)
        down.tunnel = tunnel;
    down.destination = session.prefix;
    down.verdict = common::PortTarget{link, {}};
    out.set_rule(std::move(down));
    out.add_route(session.prefix, common::PortTarget{link, {}});
    const auto link_local =
        session.link_local.is_unspecified() ? base::link_local(session.mac) : session.link_local;
    out.set_neighbour(link, link_local, session.mac);
}

void AccessRouter::uninstall(Session& session, common::Output& out) {
    if (!session.served_by)
        return;
    out.remove_rule("up " + session.nai);
    out.remove_rule("down " + session.nai);
    out.remove_route(session.prefix);
    const common::TunnelEnds tunnel = tunnel_of(session);
    session.served_by.reset();
    const bool shared = std::ranges::any_of(sessions_, [&](const auto& one) {
        return &one.second != &session && one.second.served_by && tunnel_of(one.second) == tunnel;
    });
    if (shared)
        return;
    out.remove_tunnel(tunnel);
    out.remove_rule(tunnel_rule(tunnel));
}

} // namespace peers::netmip6
