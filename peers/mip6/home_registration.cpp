#include "peers/mip6/home_registration.h"

#include <utility>

namespace peers::mip6 {

std::optional<Registration> read_registration(const wire::Packet& packet) {
    const auto* ip = wire::outer_ip(packet);
    const auto* update = packet.find<wire::BindingUpdate>();
    if (!ip || !update)
        return std::nullopt;
    Registration out;
    out.source = out.care_of = out.home_address = ip->source;
    out.home_agent = ip->destination;
    out.update = update;
    if (const auto* options = packet.find<wire::DestinationOptions>())
        if (const auto* home = wire::find<wire::HomeAddressOption>(options->options)) {
            out.home_address = home->address;
            out.has_home_address_option = true;
        }
    if (const auto* other = wire::find<wire::AlternateCareOfAddress>(update->options))
        out.care_of = other->address;
    if (!out.source.is_routable_unicast() || !out.home_address.is_routable_unicast() ||
        !out.care_of.is_routable_unicast() || out.home_agent.is_multicast())
        return std::nullopt;
    return out;
}

wire::Packet update_packet(const base::Ip6& care_of, const base::Ip6& home_agent,
                           const base::Ip6& home_address, wire::BindingUpdate update) {
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = care_of, .destination = home_agent});
    if (care_of != home_address) {
        wire::DestinationOptions options;
        options.options.push_back(wire::HomeAddressOption{.address = home_address});
        packet.layers.push_back(std::move(options));
    }
    packet.layers.push_back(std::move(update));
    return packet;
}

wire::Packet to_mobile_node(const base::Ip6& home_agent, const base::Ip6& care_of,
                            const base::Ip6& home_address, wire::Layer message) {
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = home_agent, .destination = care_of});
    if (care_of != home_address)
        packet.layers.push_back(wire::RoutingType2{.home_address = home_address});
    packet.layers.push_back(std::move(message));
    return packet;
}

base::Ip6 home_address_of(const wire::Packet& packet) {
    if (const auto* routing = packet.find<wire::RoutingType2>())
        return routing->home_address;
    const auto* ip = wire::outer_ip(packet);
    return ip ? ip->destination : base::Ip6{};
}

base::Ip6 home_agents_anycast(const base::Prefix& home) {
    base::Ip6 address = home.canonical().address;
    for (std::size_t i = 8; i < 16; ++i)
        address.octets[i] = 0xff;
    address.octets[8] = 0xfd;
    address.octets[15] = 0xfe;
    return address;
}

} // namespace peers::mip6
