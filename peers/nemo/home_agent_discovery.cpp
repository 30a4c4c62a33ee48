#include "peers/nemo/home_agent.h"

#include <algorithm>

namespace peers::nemo {

namespace {

constexpr std::uint16_t router_lifetime = 1800; // seconds
constexpr std::uint32_t home_lifetime = 86400;  // seconds, of the home prefix

bool has_router_bit(std::uint16_t reserved) {
    return (reserved & router_bit) != 0;
}

} // namespace

/// The port on whose link the home network is.
std::optional<common::PortIndex> HomeAgent::home_port() const {
    const auto& ports = config_.self.ports;
    for (common::PortIndex port = 0; port < ports.size(); ++port)
        for (const base::Prefix& address : ports[port].addresses)
            if (policy_.home.length != 0 && policy_.home.contains(address.address))
                return port;
    return std::nullopt;
}

/// Dynamic Home Agent Address Discovery (RFC 3775, 10.5; RFC 3963, 7.1 and 7.2).
void HomeAgent::discover(const common::Arrived& packet, common::Output& out) const {
    const auto* request = packet.packet->find<wire::HomeAgentDiscoveryRequest>();
    const auto* ip = wire::outer_ip(*packet.packet);
    if (!policy_.answers_discovery || !request || !ip || !ip->source.is_routable_unicast())
        return;
    const bool for_router = has_router_bit(request->reserved);
    wire::HomeAgentDiscoveryReply reply;
    reply.identifier = request->identifier;
    if (for_router && policy_.serves_routers && policy_.router_flag_in_discovery)
        reply.reserved = router_bit;
    const base::Ip6 own = config_.self.address();
    if (!for_router || policy_.serves_routers)
        reply.addresses.assign(own.octets.begin(), own.octets.end());
    wire::Packet answer;
    answer.layers.push_back(wire::Ipv6{.source = own, .destination = ip->source});
    answer.layers.push_back(std::move(reply));
    out.send(std::move(answer));
}

/// RFC 3775, 7.1 to 7.4; RFC 3963, 7.3.
void HomeAgent::advertise(base::Now now, common::Output& out) {
    const auto port = home_port();
    if (!port)
        return;
    if (policy_.advertise > base::Duration{})
        advertise_at_ = now.mono + policy_.advertise;
    wire::RouterAdvertisement ra;
    ra.h = true;
    ra.router_lifetime = router_lifetime;
    ra.options.push_back(wire::SourceLinkLayerAddress{.address = config_.self.ports[*port].mac});
    wire::PrefixInformation home;
    home.prefix = policy_.home.address;
    home.prefix_length = static_cast<std::uint8_t>(policy_.home.length);
    home.l = home.a = true;
    home.valid_lifetime = home.preferred_lifetime = home_lifetime;
    ra.options.push_back(home);
    wire::HomeAgentInformation about;
    about.lifetime = router_lifetime;
    if (policy_.serves_routers && policy_.router_flag_in_advertisements)
        about.reserved = router_bit;
    ra.options.push_back(about);
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = base::link_local(config_.self.ports[*port].mac),
                                       .destination = base::all_nodes,
                                       .hop_limit = 255});
    packet.layers.push_back(std::move(ra));
    out.send_on(*port, std::move(packet));
}

} // namespace peers::nemo
