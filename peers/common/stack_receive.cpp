#include "peers/common/mobility_checks.h"
#include "peers/common/stack.h"

#include <algorithm>

namespace peers::common {

namespace {

base::Mac mac_at(base::View octets, std::size_t at) {
    base::Mac mac;
    std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(at), 6, mac.octets.begin());
    return mac;
}

bool has(const wire::Packet& packet, wire::FaultKind kind) {
    return std::ranges::any_of(packet.faults, [&](const wire::Fault& fault) { return fault.kind == kind; });
}

template <class Numbers>
bool contains(const Numbers& numbers, auto number) {
    return std::ranges::find(numbers, number) != numbers.end();
}

} // namespace

void Stack::receive(PortIndex port, const wire::Packet& frame, base::Now now) {
    const base::View octets = frame.raw;
    if (!has_carrier(port) || octets.size() < ethernet_size)
        return;
    const base::Mac destination = mac_at(octets, 0);
    if (!destination.is_group() && destination != mac(port))
        return;
    const std::uint16_t type = base::read16(octets, 12);
    if (options_.wants.ipv4 && (type == ethertype_ip4 || type == ethertype_arp))
        return tell_role({octets, frame, {port, mac_at(octets, 6), destination.is_group(), {}, false, 0}});
    if (type != ethertype_ip6)
        return;
    const base::View ip = ip6_packet(octets.subspan(ethernet_size));
    if (!ip.empty())
        input(ip, &frame, {port, mac_at(octets, 6), destination.is_group(), {}, false, 0}, now);
}

void Stack::input(base::View ip, const wire::Packet* decoded, const Origin& origin, base::Now now) {
    const base::Ip6 source = source_of(ip), destination = destination_of(ip);
    if (source.is_multicast() || source.is_loopback() || destination.is_loopback() ||
        destination.is_unspecified())
        return;
    const bool from_link = !origin.tunnel;
    if (destination.is_multicast() ? from_link && ports_[origin.port].groups.contains(destination)
                                   : is_own(destination, origin.port))
        return local(ip, decoded, origin, now);
    if (destination.is_multicast()) {
        // Neighbour discovery of others: for proxies, and for roles that snoop.
        if (from_link && next_header_of(ip) == protocol::icmp6 && hop_limit_of(ip) == 255 && decoded)
            if (const LocalPacket packet{ip, *decoded, origin}; is_valid_discovery(packet))
                on_discovery(packet, now);
        return;
    }
    if (is_to_forward(destination, origin))
        forward(ip, origin, now);
}

bool Stack::is_to_forward(const base::Ip6& destination, const Origin& origin) const {
    if (origin.link_group)
        return false;
    if (options_.forwards || !options_.forwards_tunnels)
        return options_.forwards;
    const Target* target = routes_.find(destination);
    return origin.tunnel || (target && std::holds_alternative<TunnelEnds>(*target));
}

/// A packet that has reached its destination.
void Stack::local(base::View ip, const wire::Packet* decoded, const Origin& origin, base::Now now) {
    const Upper upper = upper_of(ip);
    if (!upper.complete)
        return;
    if (const auto bad = unknown_option(ip, !options_.wants.mobility_types.empty())) {
        if (bad->report && (bad->report_multicast || !destination_of(ip).is_multicast()))
            report(ip, wire::ParameterProblem{2, static_cast<std::uint32_t>(bad->offset), {}, {}}, origin,
                   now);
        return;
    }
    if (upper.protocol == protocol::fragment)
        return reassemble(ip, upper, origin, now);
    if (gate_.empty())
        return unpack(ip, decoded, upper, origin, now);
    using What = crypto::Gate::Received::What;
    const auto received = gate_.receive(ip); // RFC 4301, 5.2
    if (received.what == What::discarded) {
        actions_.push_back(
            model::Note{"discarded", {{"because", std::string(crypto::name(received.because))}}});
        return;
    }
    if (received.what == What::as_it_was)
        return unpack(ip, decoded, upper, origin, now);
    const base::View inside = ip6_packet(received.ip);
    Origin opened_origin = origin;
    opened_origin.opened = true;
    if (const Upper opened = inside.empty() ? Upper{} : upper_of(inside); !inside.empty() && opened.complete)
        unpack(inside, nullptr, opened, opened_origin, now);
}

/// What its protection, if there was one, has let through.
void Stack::unpack(base::View ip, const wire::Packet* decoded, const Upper& upper, const Origin& origin,
                   base::Now now) {
    if (upper.protocol == protocol::ip6)
        return leave_tunnel(ip, upper.offset, origin, now);
    if (decoded)
        return deliver({ip, *decoded, origin}, upper, now);
    const wire::Packet packet = wire::decode_ip(ip, profile_);
    deliver({ip, packet, origin}, upper, now);
}

void Stack::reassemble(base::View ip, const Upper& upper, const Origin& origin, base::Now now) {
    const auto result = reassembly_.add(ip, upper.offset, upper.named_at, now);
    if (result.problem_at)
        report(ip, wire::ParameterProblem{0, *result.problem_at, {}, {}}, origin, now);
    if (result.whole)
        local(*result.whole, nullptr, origin, now);
}

void Stack::leave_tunnel(base::View ip, std::size_t inner_at, const Origin& origin, base::Now now) {
    const TunnelEnds ends{destination_of(ip), source_of(ip)};
    const base::View inner = ip6_packet(ip.subspan(inner_at));
    if (!tunnels_.find(ends) || inner.empty() || origin.depth >= max_depth)
        return;
    input(inner, nullptr, {origin.port, origin.link_source, false, ends, false, origin.depth + 1}, now);
}

void Stack::deliver(const LocalPacket& packet, const Upper& upper, base::Now now) {
    // A routing header that has not ended here would have to be forwarded, which nobody may ask (RFC 5095).
    for (const auto& layer : packet.packet.layers) {
        const auto* home = std::get_if<wire::RoutingType2>(&layer);
        const auto* other = std::get_if<wire::RoutingOther>(&layer);
        const bool ends_here = home && is_own(home->home_address, packet.origin.port);
        if ((home && home->segments_left && !ends_here && !options_.wants.any_home_address) ||
            (other && other->segments_left))
            return report(packet.ip, wire::ParameterProblem{0, ip6_size + 2, {}, {}}, packet.origin, now);
        if (std::holds_alternative<wire::Ipv6>(layer) && &layer != &packet.packet.layers.front())
            break;
    }
    if (has_unbound_home(packet, upper))
        return report_unbound_home(packet, now);
    switch (upper.protocol) {
    case protocol::icmp6:
        if (upper.offset + 4 <= packet.ip.size() && !has(packet.packet, wire::FaultKind::checksum))
            on_icmp(packet, packet.ip[upper.offset], now);
        return;
    case protocol::udp:
        return on_udp(packet, upper, now);
    case protocol::none:
        return;
    case protocol::ip4:
        if (options_.wants.ipv4)
            return tell_role(packet);
        break;
    case protocol::mobility:
        if (!options_.wants.mobility_types.empty())
            return on_mobility(packet, now);
        break;
    default:
        if (contains(options_.wants.protocols, upper.protocol))
            return tell_role(packet);
        break;
    }
    report(packet.ip, wire::ParameterProblem{1, static_cast<std::uint32_t>(upper.named_at), {}, {}},
           packet.origin, now);
}

/// RFC 3775, 9.3.1: a Home Address option outside of a Binding Update needs a binding.
bool Stack::has_unbound_home(const LocalPacket& packet, const Upper& upper) const {
    if (!options_.wants.checks_home_addresses || packet.packet.find<wire::BindingUpdate>() ||
        upper.protocol == protocol::mobility)
        return false;
    const auto* options = packet.packet.find<wire::DestinationOptions>();
    const auto* home = options ? wire::find<wire::HomeAddressOption>(options->options) : nullptr;
    if (!home)
        return false;
    const Target* target = routes_.find(home->address);
    const auto* tunnel = target ? std::get_if<TunnelEnds>(target) : nullptr;
    return !tunnel || tunnel->remote != source_of(packet.ip);
}

void Stack::report_unbound_home(const LocalPacket& packet, base::Now now) {
    if (!options_.sends_errors || destination_of(packet.ip).is_multicast() || !binding_errors_.allow(now))
        return;
    constexpr std::uint8_t no_binding = 1;
    wire::BindingError error;
    error.status = no_binding;
    if (const auto* options = packet.packet.find<wire::DestinationOptions>())
        if (const auto* home = wire::find<wire::HomeAddressOption>(options->options))
            error.home_address = home->address;
    const wire::Ipv6 header{destination_of(packet.ip), source_of(packet.ip)};
    send(wire::encode({{header, error}, {}, {}}, profile_), now);
}

void Stack::on_icmp(const LocalPacket& packet, std::uint8_t type, base::Now now) {
    if (contains(options_.wants.icmp_types, type))
        return tell_role(packet);
    if (type < 128)
        return on_error_message(packet, type, now);
    if (const auto* request = packet.packet.find_last<wire::EchoRequest>();
        request && options_.answers_echo) {
        const base::Ip6 asker = source_of(packet.ip), asked = destination_of(packet.ip);
        if (asker.is_unspecified())
            return;
        const base::Ip6 source = asked.is_multicast() ? source_for(asker) : asked;
        const base::Bytes reply =
            wire::encode({{wire::Ipv6{source, asker},
                           wire::EchoReply{request->identifier, request->sequence, request->data, {}}},
                          {},
                          {}},
                         profile_);
        if (asker.is_link_local())
            return to_link(packet.origin.port, asker, reply, false, now);
        return send(reply, now);
    }
    if (type >= 133 && type <= 137) {
        if (is_valid_discovery(packet))
            on_discovery(packet, now);
    } else if (type == wire::EchoReply::kind.type) {
        tell_role(packet);
    }
}

void Stack::on_udp(const LocalPacket& packet, const Upper& upper, base::Now now) {
    if (upper.offset + 8 > packet.ip.size() || has(packet.packet, wire::FaultKind::checksum))
        return;
    const std::uint16_t port = base::read16(packet.ip, upper.offset + 2);
    if (options_.listens_to_all_udp || contains(options_.wants.udp_ports, port))
        tell_role(packet);
    else
        report(packet.ip, wire::DestinationUnreachable{4, {}, 0, {}}, packet.origin, now);
}

void Stack::on_mobility(const LocalPacket& packet, base::Now now) {
    const MobilityCheck check = check_mobility(packet.packet, packet.ip, options_.wants.mobility_types);
    if (std::holds_alternative<MobilityAccepted>(check)) {
        tell_role(packet);
    } else if (const auto* problem = std::get_if<MobilityProblem>(&check)) {
        report(packet.ip, wire::ParameterProblem{0, problem->pointer, {}, {}}, packet.origin, now);
    } else if (const auto* unknown = std::get_if<MobilityUnknownType>(&check)) {
        if (!options_.sends_errors || destination_of(packet.ip).is_multicast() || !binding_errors_.allow(now))
            return;
        constexpr std::uint8_t unrecognized_type = 2;
        wire::BindingError error;
        error.status = unrecognized_type;
        error.home_address = unknown->home_address;
        const wire::Ipv6 header{destination_of(packet.ip), source_of(packet.ip)};
        send(wire::encode({{header, error}, {}, {}}, profile_), now);
    }
}

void Stack::on_error_message(const LocalPacket& packet, std::uint8_t type, base::Now now) {
    const Upper upper = upper_of(packet.ip);
    if (upper.offset + 8 + ip6_size > packet.ip.size())
        return;
    const base::View invoking = packet.ip.subspan(upper.offset + 8);
    if (invoking[0] >> 4 != 6 || !own_.contains(source_of(invoking)))
        return; // not about anything that we sent
    if (type == wire::PacketTooBig::kind.type)
        on_packet_too_big(packet, invoking, base::read32(packet.ip, upper.offset + 4), now);
    else if (const auto inner = quoted_inner(invoking); inner && tunnels_.find(inner->tunnel))
        relay_error(*inner, wire::DestinationUnreachable{3, {}, 0, {}}, now);
    tell_role(packet);
}

void Stack::on_packet_too_big(const LocalPacket&, base::View invoking, std::uint32_t mtu, base::Now now) {
    const base::Ip6 destination = destination_of(invoking);
    const Target* target = routes_.find(destination);
    const auto* out = target ? std::get_if<PortTarget>(target) : nullptr;
    if (!out || !options_.follows_packet_too_big)
        return;
    const unsigned current = path_mtu_.find(destination, ports_[out->port].mtu, now);
    const bool news = path_mtu_.learn(destination, mtu, current, now);
    const auto inner = quoted_inner(invoking);
    const TunnelSettings* settings = inner ? tunnels_.find(inner->tunnel) : nullptr;
    if (!settings)
        return;
    const unsigned within = mtu_of(inner->tunnel, now);
    if (news)
        for_role_.push_back({TunnelMtu{inner->tunnel, within}, nullptr});
    const unsigned bearable = std::max(within, minimum_mtu);
    if (inner->size > bearable)
        relay_error(*inner, wire::PacketTooBig{bearable, {}, {}}, now);
}

void Stack::tell_role(const LocalPacket& packet, bool for_us) {
    ForRole what;
    what.packet = std::make_unique<wire::Packet>(packet.packet);
    what.input =
        Arrived{packet.origin.port,  packet.origin.link_source, packet.origin.tunnel, for_us, nullptr,
                packet.origin.opened};
    for_role_.push_back(std::move(what));
}

} // namespace peers::common
