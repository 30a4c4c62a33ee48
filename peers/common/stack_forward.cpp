#include "peers/common/stack.h"

#include <algorithm>

namespace peers::common {

/// IPsec of what this node says itself. False if it must not leave; otherwise `ip` is what leaves, which may
/// live in `octets`.
bool Stack::guard(base::View& ip, base::Bytes& octets) {
    if (gate_.empty())
        return true;
    auto sent = gate_.send(ip);
    using What = crypto::Gate::Sent::What;
    if (sent.what == What::discarded)
        actions_.push_back(model::Note{"not sent", {{"because", std::string(sent.because)}}});
    if (sent.what != What::protected_)
        return sent.what == What::as_it_was;
    octets = std::move(sent.ip);
    ip = octets;
    return true;
}

void Stack::send(base::View octets, base::Now now) {
    base::View ip = ip6_packet(octets);
    base::Bytes guarded;
    if (ip.empty() || !guard(ip, guarded))
        return;
    const base::Ip6 destination = destination_of(ip);
    if (destination.is_multicast() || destination.is_link_local()) {
        if (const auto port = port_for(source_of(ip), destination))
            to_link(*port, destination, ip, false, now);
        return;
    }
    Origin origin;
    origin.own = true;
    if (const Target* target = routes_.find(destination))
        to_target(ip, *target, origin, now);
}

/// A packet for somebody else, from a link or out of a tunnel.
void Stack::forward(base::View ip, const Origin& origin, base::Now now) {
    const base::Ip6 source = source_of(ip), destination = destination_of(ip);
    if (source.is_unspecified() || destination.is_link_local())
        return;
    if (source.is_link_local()) // RFC 4291, 2.5.6; RFC 4443, 3.1
        return report(ip, wire::DestinationUnreachable{2, {}, 0, {}}, origin, now);
    const Verdict verdict = rules_.judge(origin.port, origin.tunnel, source, destination);
    if (std::holds_alternative<Drop>(verdict))
        return;
    if (std::holds_alternative<ToRole>(verdict)) {
        const wire::Packet packet = wire::decode_ip(ip, profile_);
        return tell_role({ip, packet, origin}, false);
    }
    if (const auto* unreachable = std::get_if<Unreachable>(&verdict))
        return report(ip, wire::DestinationUnreachable{unreachable->code, {}, 0, {}}, origin, now);
    if (hop_limit_of(ip) <= 1)
        return report(ip, wire::TimeExceeded{0, {}, 0, {}}, origin, now);
    if (const auto* port = std::get_if<PortTarget>(&verdict))
        return to_target(ip, *port, origin, now);
    if (const auto* tunnel = std::get_if<TunnelEnds>(&verdict))
        return to_target(ip, *tunnel, origin, now);
    if (const auto* both = std::get_if<Bicast>(&verdict)) {
        to_target(ip, both->one, origin, now);
        return to_target(ip, both->other, origin, now);
    }
    if (const Target* target = routes_.find(destination))
        return to_target(ip, *target, origin, now);
    report(ip, wire::DestinationUnreachable{0, {}, 0, {}}, origin, now);
}

void Stack::to_target(base::View ip, const Target& target, const Origin& origin, base::Now now) {
    if (const auto* port = std::get_if<PortTarget>(&target))
        to_port(ip, *port, origin, now);
    else
        to_tunnel(ip, std::get<TunnelEnds>(target), origin, now);
}

unsigned Stack::mtu_of(const TunnelEnds& ends, base::Now now) const {
    const TunnelSettings* settings = tunnels_.find(ends);
    unsigned link = 1500;
    TunnelEnds hop = ends;
    unsigned outer = 0;
    for (unsigned depth = 0; depth < max_depth; ++depth) {
        const Target* target = routes_.find(hop.remote);
        if (const auto* port = target ? std::get_if<PortTarget>(target) : nullptr) {
            link = ports_[port->port].mtu;
            break;
        }
        if (!target)
            break;
        hop = std::get<TunnelEnds>(*target); // a tunnel within a tunnel
        const TunnelSettings* around = tunnels_.find(hop);
        outer += around ? overhead(*around) : 40;
    }
    const unsigned path = path_mtu_.find(ends.remote, link - std::min(link, outer), now);
    return settings ? tunnel_mtu(path, *settings) : path;
}

void Stack::to_tunnel(base::View ip, const TunnelEnds& ends, const Origin& origin, base::Now now) {
    const TunnelSettings* known = tunnels_.find(ends);
    const Target* way = routes_.find(ends.remote);
    if (!known || !way || origin.depth >= max_depth) {
        if (!origin.own)
            report(ip, wire::DestinationUnreachable{0, {}, 0, {}}, origin, now);
        return;
    }
    TunnelSettings settings = *known;
    if (const auto limit = encapsulation_limit_of(ip)) { // RFC 2473, 4.1.1
        if (limit->limit == 0)
            return report(ip,
                          wire::ParameterProblem{0, static_cast<std::uint32_t>(limit->offset + 2), {}, {}},
                          origin, now);
        settings.encapsulation_limit = static_cast<std::uint8_t>(limit->limit - 1);
    }
    const unsigned bearable = std::max(mtu_of(ends, now), minimum_mtu);
    if (ip.size() > bearable) { // RFC 2473, 7.1
        if (!origin.own)
            return report(ip, wire::PacketTooBig{bearable, {}, {}}, origin, now);
        for (const base::Bytes& fragment : fragments_of(ip, bearable, next_fragment_++))
            to_tunnel(fragment, ends, origin, now);
        return;
    }
    base::Bytes outer = outer_headers(ends, settings, ip.size());
    const std::size_t inner_at = outer.size();
    outer.insert(outer.end(), ip.begin(), ip.end());
    if (!origin.own)
        --outer[inner_at + 7]; // RFC 2473, 3.1: the encapsulating node forwards
    // The outer packet is the tunnel entry's own: to_port fragments it if the path needs that.
    Origin entry;
    entry.own = true;
    entry.depth = origin.depth + 1;
    to_target(outer, *way, entry, now);
}

void Stack::to_port(base::View ip, const PortTarget& target, const Origin& origin, base::Now now) {
    if (!has_carrier(target.port)) {
        if (!origin.own)
            report(ip, wire::DestinationUnreachable{3, {}, 0, {}}, origin, now);
        return;
    }
    const base::Ip6 destination = destination_of(ip), next_hop = target.gateway.value_or(destination);
    const unsigned link = ports_[target.port].mtu;
    if (origin.own) {
        const unsigned path = path_mtu_.find(destination, link, now);
        if (ip.size() <= path)
            return to_link(target.port, next_hop, ip, false, now);
        for (const base::Bytes& fragment : fragments_of(ip, path, next_fragment_++))
            to_link(target.port, next_hop, fragment, false, now);
        return;
    }
    if (ip.size() > link)
        return report(ip, wire::PacketTooBig{link, {}, {}}, origin, now);
    to_link(target.port, next_hop, ip, true, now);
}

void Stack::to_link(PortIndex port, const base::Ip6& next_hop, base::View ip, bool decrement, base::Now now) {
    if (!has_carrier(port))
        return;
    if (next_hop.is_multicast())
        return to_mac(port, base::multicast_mac(next_hop), ip, decrement);
    if (const auto mac = neighbours_.find(port, next_hop, now))
        return to_mac(port, *mac, ip, decrement);
    Neighbours::Outcome outcome;
    neighbours_.wait(port, next_hop, frame_of(port, {}, ip, decrement), now, outcome);
    carry_out(outcome, now);
}

void Stack::to_mac(PortIndex port, const base::Mac& to, base::View ip, bool decrement) {
    if (has_carrier(port))
        actions_.push_back(model::FrameOut{port, frame_of(port, to, ip, decrement)});
}

base::Bytes Stack::frame_of(PortIndex port, const base::Mac& to, base::View ip, bool decrement) const {
    base::Bytes frame(ethernet_size + ip.size());
    std::ranges::copy(to.octets, frame.begin());
    std::ranges::copy(mac(port).octets, frame.begin() + 6);
    base::write16(frame, 12, ethertype_ip6);
    std::ranges::copy(ip, frame.begin() + ethernet_size);
    if (decrement)
        --frame[ethernet_size + 7];
    return frame;
}

} // namespace peers::common
