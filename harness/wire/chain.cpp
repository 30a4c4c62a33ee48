#include "harness/wire/chain.h"

#include "harness/wire/checksum.h"
#include "harness/wire/names.h"

#include <algorithm>
#include <array>

namespace wire {

namespace {

template <class T>
constexpr Space space_of() {
    if constexpr (requires(T t) { t.header.payload_proto; })
        return Space::mobility;
    else if constexpr (requires(T t) { t.header.code; })
        return Space::icmp6;
    else if constexpr (std::is_same_v<T, Ethernet> || std::is_same_v<T, Vlan>)
        return Space::link;
    else if constexpr (std::is_same_v<T, Payload>)
        return Space::none;
    else if constexpr (std::is_same_v<T, Dhcpv6Message> || std::is_same_v<T, Dhcpv6Relay> ||
                       std::is_same_v<T, Dhcpv4> || std::is_same_v<T, Radius>)
        return Space::application;
    else
        return Space::protocol;
}

template <class T>
Derived* next_header_of(void* layer) {
    auto& object = *static_cast<T*>(layer);
    if constexpr (requires { object.next_header; })
        return &object.next_header;
    else if constexpr (requires { object.protocol; })
        return &object.protocol;
    else if constexpr (space_of<T>() == Space::link)
        return &object.type;
    else
        return nullptr;
}

template <class T>
constexpr LayerShape shape_of() {
    return {&T::kind, space_of<T>(), &detail::describe<T>, &next_header_of<T>};
}

template <class... T>
constexpr std::array<LayerShape, sizeof...(T)> table_of(const std::variant<T...>*) {
    return {shape_of<T>()...};
}

constexpr auto table = table_of(static_cast<const Layer*>(nullptr));

struct Ends {
    base::Ip6 source, destination;
};

/// Routing header type 0 (RFC 2460, 4.4): the last of its addresses is the final destination.
void follow_routing(const RoutingOther& routing, Ends& ends) {
    if (routing.routing_type != 0 || routing.segments_left == 0 || routing.data.size() < 20)
        return;
    std::copy(routing.data.end() - 16, routing.data.end(), ends.destination.octets.begin());
}

/// The addresses of the pseudo header: nullopt where no IPv6 header carries the layer directly.
std::optional<Ends> pseudo_ends(const std::vector<Layer>& layers, std::size_t at) {
    std::size_t ip = at;
    while (ip-- > 0)
        if (std::holds_alternative<Ipv6>(layers[ip]) || std::holds_alternative<Ipv4>(layers[ip]))
            break;
    if (ip >= layers.size() || !std::holds_alternative<Ipv6>(layers[ip]))
        return std::nullopt;
    const auto& header = std::get<Ipv6>(layers[ip]);
    Ends ends{header.source, header.destination};
    for (std::size_t i = ip + 1; i < at; ++i) {
        if (const auto* options = std::get_if<DestinationOptions>(&layers[i])) {
            if (const auto* home = find<HomeAddressOption>(options->options))
                ends.source = home->address;
        } else if (const auto* home = std::get_if<RoutingType2>(&layers[i])) {
            if (home->segments_left > 0)
                ends.destination = home->home_address;
        } else if (const auto* routing = std::get_if<RoutingOther>(&layers[i])) {
            follow_routing(*routing, ends);
        }
    }
    return ends;
}

const Ipv4* ipv4_below(const std::vector<Layer>& layers, std::size_t at) {
    while (at-- > 0) {
        if (const auto* header = std::get_if<Ipv4>(&layers[at]))
            return header;
        if (std::holds_alternative<Ipv6>(layers[at]))
            return nullptr;
    }
    return nullptr;
}

constexpr std::uint8_t protocol_of(Right::Sum sum) {
    switch (sum) {
    case Right::Sum::mobility:
        return 135;
    case Right::Sum::icmp6:
        return 58;
    default:
        return 17;
    }
}

} // namespace

std::span<const LayerShape> layer_shapes() {
    return table;
}

void* append_layer(std::vector<Layer>& layers, std::size_t shape) {
    return detail::emplace(layers.emplace_back(), shape);
}

void* address_of(Layer& layer) {
    return detail::address(layer);
}

std::string_view element_name(const Dhcpv6Message& message) {
    return names::dhcpv6_message.name_of(message.type).value_or(Dhcpv6Message::kind.name);
}

std::string_view element_name(const Dhcpv6Relay& message) {
    return names::dhcpv6_relay.name_of(message.type).value_or(Dhcpv6Relay::kind.name);
}

std::string_view name(const Layer& layer) {
    if (const auto* message = std::get_if<Dhcpv6Message>(&layer))
        return element_name(*message);
    if (const auto* relay = std::get_if<Dhcpv6Relay>(&layer))
        return element_name(*relay);
    return table[layer.index()].kind->name;
}

std::size_t message_shape(Space space, std::uint8_t type, const Profile& profile) {
    std::size_t unknown =
        space == Space::mobility ? layer_index<UnknownMobility>() : layer_index<UnknownIcmp6>();
    for (std::size_t i = unknown + 1; i < table.size() && table[i].space == space; ++i)
        if ((table[i].kind->dialects & dialect(profile.dialect)) &&
            code_point(*table[i].kind, profile) == type)
            return i;
    return unknown;
}

std::uint32_t right_next_header(const std::vector<Layer>& layers, std::size_t at) {
    bool link = table[layers[at].index()].space == Space::link;
    const LayerShape* next = at + 1 < layers.size() ? &table[layers[at + 1].index()] : nullptr;
    if (link) {
        if (next && next->kind == &Vlan::kind)
            return 0x8100;
        if (next && next->kind == &Ipv4::kind)
            return 0x0800;
        return next && next->kind == &Ipv6::kind ? 0x86dd : 0x88b5; // local experimental
    }
    if (!next)
        return 59;
    switch (next->space) {
    case Space::protocol:
        return next->kind->type;
    case Space::mobility:
        return 135;
    case Space::icmp6:
        return 58;
    default:
        return 59;
    }
}

std::uint16_t right_checksum(const std::vector<Layer>& layers, std::size_t at, Right::Sum kind,
                             base::View octets, std::size_t field) {
    InternetSum sum;
    if (kind != Right::Sum::ipv4) {
        if (auto ends = pseudo_ends(layers, at)) {
            sum.add_pseudo_header(ends->source, ends->destination, octets.size(), protocol_of(kind));
        } else if (const auto* ip = ipv4_below(layers, at)) {
            sum.add(ip->source.octets);
            sum.add(ip->destination.octets);
            sum.add16(static_cast<std::uint32_t>(octets.size() + protocol_of(kind)));
        }
    }
    sum.add(octets.first(field));
    if (field % 2 == 0 && field + 2 <= octets.size())
        sum.add(octets.subspan(field + 2));
    std::uint16_t result = sum.fold();
    return kind == Right::Sum::udp && result == 0 ? 0xffff : result;
}

} // namespace wire
