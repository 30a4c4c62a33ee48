#include "peers/pmip6/lma.h"
#include "peers/pmip6/routing_protocol.h"

#include <algorithm>

namespace peers::pmip6 {

namespace {

// RFC 2080: responses to all routers of the link, with at most as many entries as the link takes.
constexpr base::Ip6 all_rip_routers{{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x09}};
constexpr std::uint8_t response = 2, version = 1, metric = 1;
constexpr std::size_t most_entries = 70; // of twenty octets, in 1500

base::Bytes routes_of(const std::vector<base::Prefix>& prefixes) {
    base::Bytes octets{response, version, 0, 0};
    for (const base::Prefix& prefix : prefixes) {
        octets.insert(octets.end(), prefix.address.octets.begin(), prefix.address.octets.end());
        octets.insert(octets.end(), {0, 0, static_cast<std::uint8_t>(prefix.length), metric});
    }
    return octets;
}

} // namespace

/// The pools and the prefixes of profiles that are in none of them: what the anchor attracts packets for.
std::vector<base::Prefix> Lma::aggregates() const {
    std::vector<base::Prefix> all;
    const auto add = [&](const base::Prefix& prefix) {
        const base::Prefix one = prefix.canonical();
        const auto covers = [&](const base::Prefix& wider) { return wider.contains(one); };
        if (std::none_of(all.begin(), all.end(), covers) && all.size() < most_entries)
            all.push_back(one);
    };
    for (const base::Prefix& prefix : policy_.pools)
        add(prefix);
    for (const base::Prefix& prefix : policy_.owned)
        add(prefix);
    for (const base::Prefix& prefix : policy_.network_pools)
        add(prefix);
    for (const Profile& profile : store_.all())
        if (profile.prefix && (profile.lma.empty() || profile.lma == config_.self.name))
            add(*profile.prefix);
    return all;
}

/// Tells the routers outside that the prefixes are connected here (proxymip6-02, 5.5.2).
void Lma::announce(base::Now now, common::Output& out) {
    next_announcement_.reset();
    if (policy_.announce.empty() || !policy_.service)
        return;
    for (std::size_t port = 0; port < config_.self.ports.size(); ++port) {
        const model::Port& one = config_.self.ports[port];
        if (std::find(policy_.announce.begin(), policy_.announce.end(), one.name) == policy_.announce.end())
            continue;
        wire::Packet packet;
        packet.layers.push_back(wire::Ipv6{
            .source = base::link_local(one.mac), .destination = all_rip_routers, .hop_limit = 255});
        packet.layers.push_back(wire::Udp{.source_port = ripng_port, .destination_port = ripng_port});
        packet.layers.push_back(wire::Payload{routes_of(aggregates())});
        out.send_on(port, std::move(packet));
    }
    next_announcement_ = now.mono + policy_.announce_interval;
}

} // namespace peers::pmip6
