#include "peers/dhcp/relay.h"
#include "peers/pmip6/mag.h"

#include <algorithm>

namespace peers::pmip6 {

namespace {

constexpr int order_intercepted = 1, order_network = 10;
constexpr unsigned longest_network = 64;
constexpr std::uint16_t ripng = 521;
constexpr std::uint32_t ospf_header = 89;
/// ff02::5, ff02::6 (OSPFv3) and ff02::9 (RIPng).
constexpr std::uint8_t routing_groups[] = {5, 6, 9};

base::Ip6 routing_group(std::uint8_t number) {
    base::Ip6 group;
    group.octets[0] = 0xff;
    group.octets[1] = 0x02;
    group.octets[15] = number;
    return group;
}

std::string interception(const std::string& port) {
    return "delegation " + port;
}

} // namespace

bool Mag::wants_network(const Profile& profile) const {
    return policy_.networks && (profile.mobile_router || policy_.serve_all_routers);
}

/// 3.3.2: the requesting bit for a prefix that the gateway does not know, the prefix itself in a refresh. H
/// is what RFC 3963 demands of everybody who sets R (digest, B07).
void Mag::ask_for_network(const Visitor& visitor, wire::BindingUpdate& update) const {
    if (!visitor.network.wanted)
        return;
    update.r = update.h = true;
    const bool extends = visitor.network.is_known() && update.lifetime != 0;
    if (extends && policy_.implicit)
        return;
    wire::MobileNetworkPrefix option;
    const base::Prefix known =
        visitor.network.is_known() ? visitor.network.prefix : visitor.network.told.value_or(base::Prefix{});
    if (known.length != 0) {
        option.prefix = known.address;
        option.prefix_length = static_cast<std::uint8_t>(known.length);
    } else {
        option.r = update.lifetime != 0;
    }
    update.options.push_back(option);
}

/// 3.3.2: nothing, unless the answer has a prefix that a network can have.
std::optional<base::Prefix> Mag::network_of(const Visitor& visitor, const Answer& answer) const {
    const auto* option = wire::find<wire::MobileNetworkPrefix>(answer.ack->options);
    if (!option)
        return std::nullopt;
    const base::Prefix prefix =
        base::Prefix{option->prefix, std::min<unsigned>(option->prefix_length, 128)}.canonical();
    if (!policy_.check_network)
        return prefix;
    const bool fits = option->prefix_length >= 1 && option->prefix_length <= longest_network;
    const bool is_global = prefix.address.is_routable_unicast() && !prefix.address.is_unspecified();
    const bool is_apart = visitor.prefix.length == 0 || !prefix.overlaps(visitor.prefix);
    return fits && is_global && is_apart ? std::optional(prefix) : std::nullopt;
}

/// The route is there before anything else is said (3.3.2), and then the Solicit that has waited for it.
void Mag::take_network(Visitor& visitor, const Answer& answer, base::Now now, common::Output& out) {
    NetworkState& network = visitor.network;
    if (!network.wanted)
        return;
    network.told.reset();
    const auto given = network_of(visitor, answer);
    if (!given) {
        lose_network(visitor, "the anchor names none", out);
        return;
    }
    if (network.prefix != *given && (!network.is_known() || policy_.replace_network)) {
        uninstall_network(visitor, out);
        network.prefix = *given;
        if (policy_.route_at_once)
            install_network(visitor, out);
        out.note("network", {{"nai", visitor.nai}, {"prefix", base::text(*given)}});
    }
    if (!network.held)
        return;
    const wire::Packet held = std::move(*network.held);
    network.held.reset();
    if (network.held_until > now.mono)
        forward_request(visitor, held, out);
}

void Mag::install_network(const Visitor& visitor, common::Output& out) {
    const base::Prefix& network = visitor.network.prefix;
    common::PortTarget router{visitor.port, {}};
    if (!visitor.link_local.is_unspecified())
        router.gateway = visitor.link_local;
    else if (visitor.mac != base::Mac{})
        router.gateway = base::link_local(visitor.mac);
    common::Rule up{.name = "network up " + visitor.nai, .order = order_network, .port = visitor.port};
    if (policy_.check_source_prefix)
        up.source = network;
    up.verdict = visitor.tunnel;
    out.set_rule(std::move(up));
    common::Rule down{
        .name = "network down " + visitor.nai, .order = order_network, .tunnel = visitor.tunnel};
    down.destination = network;
    down.verdict = router;
    out.set_rule(std::move(down));
    out.add_route(network, router);
    for (const common::PortIndex port : transport_ports())
        out.set_rule({.name = "network " + around(visitor, port),
                      .order = order_network,
                      .port = port,
                      .destination = network,
                      .verdict = way_out()});
}

void Mag::uninstall_network(const Visitor& visitor, common::Output& out) {
    if (!visitor.network.is_known())
        return;
    for (const char* rule : {"network up ", "network down "})
        out.remove_rule(rule + visitor.nai);
    out.remove_route(visitor.network.prefix);
    for (const common::PortIndex port : transport_ports())
        out.remove_rule("network " + around(visitor, port));
}

void Mag::lose_network(Visitor& visitor, std::string_view why, common::Output& out) {
    uninstall_network(visitor, out);
    visitor.network.prefix = {};
    visitor.network.held.reset();
    visitor.network.exchange.reset();
    visitor.network.repeat_at.reset();
    visitor.network.over_at.reset();
    out.note("no network", {{"nai", visitor.nai}, {"why", std::string(why)}});
}

void Mag::end_network(Visitor& visitor, std::string_view why, base::Now now, common::Output& out) {
    if (policy_.ends_session) {
        leave(visitor, why, now, out);
        return;
    }
    lose_network(visitor, why, out);
    visitor.network.wanted = false;
    if (visitor.is_bound())
        request(visitor, policy_.lifetime, now, out);
}

void Mag::listen_to_routers(common::Output& out) const {
    if (!policy_.networks)
        return;
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port) {
        if (!is_access(port))
            continue;
        if (policy_.routing_protocols)
            for (const std::uint8_t number : routing_groups)
                out.join(port, routing_group(number));
        // What a router says to the server itself is for the relay agent as well (3.3.2).
        if (policy_.delegating_router && policy_.intercept_unicast)
            out.set_rule({.name = interception(config_.self.ports[port].name),
                          .order = order_intercepted,
                          .port = port,
                          .source = {},
                          .destination = {*policy_.delegating_router, 128},
                          .verdict = common::ToRole{}});
    }
}

/// OSPFv3 and RIPng of a router from its link-local address (3.5; digest, B15).
bool Mag::is_routing(const common::Arrived& packet) const {
    const auto* ip = packet.packet->find<wire::Ipv6>();
    if (!policy_.networks || !policy_.routing_protocols || !ip || !ip->source.is_link_local() ||
        !ip->destination.is_multicast())
        return false;
    const auto* udp = packet.packet->find<wire::Udp>();
    return (ip->next_header && *ip->next_header == ospf_header) || (udp && udp->destination_port == ripng) ||
           (policy_.carry_all_link_local && packet.packet->find<wire::RouterSolicitation>());
}

void Mag::carry(const common::Arrived& packet, common::Output& out) {
    const Visitor* visitor = list_.at(packet.port, packet.link_source);
    if (!visitor || !visitor->is_bound() || !visitor->network.is_known())
        return;
    wire::Packet carried;
    carried.layers.push_back(wire::Ipv6{.source = care_of_, .destination = visitor->lma});
    bool inside = false;
    for (const wire::Layer& layer : packet.packet->layers) {
        inside = inside || std::holds_alternative<wire::Ipv6>(layer);
        if (inside)
            carried.layers.push_back(layer);
    }
    out.send(std::move(carried));
}

} // namespace peers::pmip6
