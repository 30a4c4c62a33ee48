#include "peers/pmip6/mag.h"

#include <algorithm>

namespace peers::pmip6 {

namespace {

constexpr base::Ip6 all_nodes{{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
constexpr unsigned tunnel_overhead = 40;

} // namespace

base::Ip6 Mag::link_local(common::PortIndex port) const {
    const auto found = link_locals_.find(port);
    return found == link_locals_.end() ? base::link_local(config_.self.ports[port].mac) : found->second;
}

void Mag::set_link_local(common::PortIndex port, const base::Ip6& address, common::Output& out) {
    const base::Ip6 old = link_local(port);
    if (old == address)
        return;
    out.remove_address(port, old);
    out.add_address(port, {address, 64});
    link_locals_[port] = address;
}

/// What the anchor says of link-local addresses: the node's (draft: the gateway gives way, 6.8), or the
/// gateway's own (RFC 5213, 8.7).
void Mag::take_link_local(Visitor& visitor, const Answer& answer, common::Output& out) {
    const auto* option = wire::find<wire::LinkLocalAddress>(answer.ack->options);
    if (!option || !option->address.is_link_local())
        return;
    if (policy_.link_local_is_ours) {
        set_link_local(visitor.port, option->address, out);
        return;
    }
    if (visitor.link_local.is_unspecified())
        visitor.link_local = option->address;
    if (link_local(visitor.port) != option->address || !policy_.yield_link_local)
        return;
    base::Ip6 other = option->address;
    other.octets[15] ^= 0x01;
    other.octets[8] ^= 0x40;
    set_link_local(visitor.port, other, out);
}

void Mag::solicited(const common::Arrived& packet, base::Now now, common::Output& out) {
    const Profile* profile = store_.by_mac(packet.link_source);
    Visitor* visitor = list_.at(packet.port, packet.link_source);
    if (visitor && visitor->phase != Phase::deregistering) {
        overheard(packet, out);
        if (policy_.answer_solicitations && (visitor->is_bound() || visitor->phase == Phase::plain))
            advertise(*visitor, now, out);
        else if (policy_.shared_prefix)
            send_advertisement(*visitor, {}, 0, policy_.router_lifetime, out);
        else if (policy_.early_prefix && !visitor->is_bound())
            send_advertisement(*visitor, *policy_.early_prefix, 3600, policy_.router_lifetime, out);
        return;
    }
    if (!profile || !policy_.attach_on_solicitation) {
        out.note("unknown node", {{"mac", base::text(packet.link_source)}});
        return;
    }
    attach(*profile, packet.port, packet.link_source, false, now, out);
    overheard(packet, out);
}

/// 6.8: the node's link-local address shows in its neighbour discovery, also before the address is its own.
void Mag::overheard(const common::Arrived& packet, common::Output& out) {
    Visitor* visitor = list_.at(packet.port, packet.link_source);
    const auto* ip = packet.packet->find<wire::Ipv6>();
    if (!visitor || !ip || !policy_.learn_link_local)
        return;
    const auto* solicitation = packet.packet->find<wire::NeighborSolicitation>();
    const base::Ip6 before = visitor->link_local;
    if (ip->source.is_link_local())
        visitor->link_local = ip->source;
    else if (ip->source.is_unspecified() && solicitation && solicitation->target.is_link_local())
        visitor->link_local = solicitation->target;
    if (visitor->link_local != before && visitor->network.is_known() && visitor->is_bound())
        install_network(*visitor, out);
}

void Mag::advertise(Visitor& visitor, base::Now now, common::Output& out) {
    if (visitor.phase == Phase::plain) {
        if (visitor.prefix.length != 0)
            send_advertisement(visitor, visitor.prefix, 3600, policy_.router_lifetime, out);
        return;
    }
    if (!visitor.is_bound())
        return;
    base::Duration left = visitor.expires_at ? *visitor.expires_at - now.mono : std::chrono::hours(1);
    left = std::max(left, base::Duration{});
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
    send_advertisement(visitor, visitor.prefix, static_cast<std::uint32_t>(seconds), policy_.router_lifetime,
                       out);
    visitor.advertise_at.reset();
    if (policy_.advertise > base::Duration{})
        visitor.advertise_at = now.mono + policy_.advertise;
}

/// To this one node, whoever else may be on the link: its prefix is nobody else's business (6.7).
void Mag::send_advertisement(const Visitor& visitor, const base::Prefix& prefix,
                             std::uint32_t prefix_lifetime, std::uint16_t router_lifetime,
                             common::Output& out) const {
    const Profile* profile = store_.by_nai(visitor.nai);
    Configuration configuration = profile ? profile->configuration : Configuration::stateless;
    const bool shared = policy_.shared_prefix && visitor.phase != Phase::plain;
    if (shared)
        configuration = Configuration::stateful;
    const model::Port& port = config_.self.ports[visitor.port];
    wire::RouterAdvertisement ra;
    ra.m = ra.o = configuration != Configuration::stateless;
    ra.router_lifetime = router_lifetime;
    ra.options.push_back(wire::SourceLinkLayerAddress{.address = port.mac});
    if (policy_.advertise_mtu && visitor.phase != Phase::plain)
        ra.options.push_back(wire::Mtu{.mtu = port.mtu - tunnel_overhead});
    wire::PrefixInformation information;
    information.prefix = prefix.address;
    information.prefix_length = static_cast<std::uint8_t>(prefix.length);
    information.l = policy_.on_link;
    information.a = configuration != Configuration::stateful;
    information.valid_lifetime = information.preferred_lifetime = prefix_lifetime;
    if (!shared) // nobody is on-link with anybody, and nobody forms addresses (Appendix B)
        ra.options.push_back(information);
    wire::Packet packet;
    packet.layers.push_back(
        wire::Ipv6{.source = link_local(visitor.port), .destination = all_nodes, .hop_limit = 255});
    packet.layers.push_back(std::move(ra));
    const bool to_one = !policy_.advertise_to_all && visitor.mac != base::Mac{};
    out.send_on(visitor.port, std::move(packet), to_one ? std::optional(visitor.mac) : std::nullopt);
}

} // namespace peers::pmip6
