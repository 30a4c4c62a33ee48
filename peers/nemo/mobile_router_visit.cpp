#include "peers/mip6/home_registration.h"
#include "peers/nemo/mobile_router.h"

#include <algorithm>

namespace peers::nemo {

namespace {

constexpr base::Prefix everything{};
constexpr base::Duration solicitation_interval = std::chrono::seconds(4);
constexpr base::Duration discovery_timeout = std::chrono::seconds(3); // RFC 3775, 12: INITIAL_DHAAD_TIMEOUT

} // namespace

void MobileRouter::solicit(base::Now now, common::Output& out) {
    if (solicitations_ == 0)
        return;
    --solicitations_;
    solicit_at_ = now.mono + solicitation_interval;
    wire::RouterSolicitation message;
    message.options.push_back(wire::SourceLinkLayerAddress{.address = config_.self.ports[access_].mac});
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = base::link_local(config_.self.ports[access_].mac),
                                       .destination = base::all_routers,
                                       .hop_limit = 255});
    packet.layers.push_back(std::move(message));
    out.send_on(access_, std::move(packet));
}

/// A visited link shows itself by its router (RFC 3775, 11.5.1); the home link by its prefix.
void MobileRouter::heard_router(const wire::RouterAdvertisement& ra, const common::Arrived& packet,
                                base::Now now, common::Output& out) {
    const auto* ip = wire::outer_ip(*packet.packet);
    if (!ip || ra.router_lifetime == 0)
        return;
    solicitations_ = 0;
    solicit_at_.reset();
    if (router_ != ip->source) {
        router_ = ip->source;
        out.add_route(everything, common::PortTarget{access_, ip->source});
    }
    for (const auto* option : wire::find_all<wire::PrefixInformation>(ra.options)) {
        if (!option->a || option->prefix_length != 64)
            continue;
        const base::Prefix prefix{option->prefix, option->prefix_length};
        if (prefix.contains(policy_.home_address))
            return come_home(now, out);
        return moved(base::slaac(prefix.address, config_.self.ports[access_].mac), now, out);
    }
}

void MobileRouter::moved(const base::Ip6& care_of, base::Now now, common::Output& out) {
    if (care_of == care_of_ && !at_home_)
        return;
    if (!care_of_.is_unspecified() && care_of_ != policy_.home_address)
        out.remove_address(access_, care_of_);
    drop_tunnel(out);
    at_home_ = false;
    care_of_ = care_of;
    out.add_address(access_, {care_of_, 128});
    out.note("moved", {{"care-of", base::text(care_of_)}});
    outstanding_.reset();
    update(now, out);
}

/// RFC 3775, 11.5.4; RFC 3963, 5.8.
void MobileRouter::come_home(base::Now now, common::Output& out) {
    if (at_home_)
        return;
    at_home_ = true;
    drop_tunnel(out);
    if (!care_of_.is_unspecified())
        out.remove_address(access_, care_of_);
    care_of_ = policy_.home_address;
    out.note("home", {});
    if (bound_ && policy_.leaves_at_home)
        leave(policy_.agents[agent_], now, out);
    bound_ = false;
    refresh_at_.reset();
    expires_at_.reset();
}

/// Dynamic home agent address discovery for mobile routers (RFC 3963, 7.1).
void MobileRouter::discover(base::Now now, common::Output& out) {
    discovering_ = true;
    discover_at_ = now.mono + discovery_timeout;
    if (!policy_.looks_for_agents)
        return;
    wire::HomeAgentDiscoveryRequest request;
    request.identifier = static_cast<std::uint16_t>(random_ = random_ * 6364136223846793005 + 1);
    request.reserved = router_bit;
    wire::Packet packet;
    packet.layers.push_back(
        wire::Ipv6{.source = care_of_, .destination = mip6::home_agents_anycast(policy_.home)});
    packet.layers.push_back(std::move(request));
    out.send(std::move(packet));
}

void MobileRouter::discovered(const wire::HomeAgentDiscoveryReply& reply, base::Now now,
                              common::Output& out) {
    if (!discovering_)
        return;
    discovering_ = false;
    discover_at_.reset();
    for (std::size_t at = 0; at + 16 <= reply.addresses.size(); at += 16) {
        base::Ip6 address;
        std::copy_n(reply.addresses.begin() + static_cast<std::ptrdiff_t>(at), 16, address.octets.begin());
        if (address.is_routable_unicast() &&
            std::ranges::find(policy_.agents, address) == policy_.agents.end())
            policy_.agents.push_back(address);
    }
    next_agent(now, out);
}

/// Another agent of the home link, or, when all have refused, none (RFC 3963, 5.4).
void MobileRouter::next_agent(base::Now now, common::Output& out) {
    outstanding_.reset();
    if (policy_.agents.empty())
        return;
    refused_by_.insert(policy_.agents[agent_]);
    for (std::size_t i = 0; i < policy_.agents.size() && policy_.tries_others; ++i)
        if (!refused_by_.contains(policy_.agents[i])) {
            agent_ = i;
            wants_list_ = policy_.asks_list;
            out.note("tries another home agent", {{"address", base::text(policy_.agents[i])}});
            return update(now, out);
        }
    if (policy_.stops_when_all_refuse) {
        stopped_ = true;
        out.note("no home agent serves this mobile router", {});
    } else {
        retry_at_ = now.mono + std::chrono::seconds(1);
    }
}

} // namespace peers::nemo
