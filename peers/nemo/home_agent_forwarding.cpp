#include "peers/nemo/home_agent.h"

#include <algorithm>

namespace peers::nemo {

namespace {

// Uplink packets are judged before anything else, bound prefixes before unbound ones.
constexpr int order_uplink = 10;
constexpr int order_foreign_uplink = 20;
constexpr int order_downlink = 30;
constexpr int order_unbound = 1000;

} // namespace

/// RFC 3963, 6.4 to 6.6: the tunnel, the routes into it, and what may come out of it.
void HomeAgent::install(Client& client, const std::vector<base::Prefix>& routed, common::Output& out) {
    Binding& binding = *client.binding;
    binding.routed = routed;
    const common::TunnelEnds tunnel{binding.home_agent, binding.care_of};
    const base::Prefix home{client.home_address, 128};
    const std::string name = base::text(client.home_address);
    out.add_tunnel(tunnel);
    out.add_route(home, tunnel);
    const auto up = [&](const std::string& rule, const base::Prefix& source) {
        common::Rule allowed{.name = "up " + rule, .order = order_uplink};
        allowed.tunnel = tunnel;
        allowed.source = source;
        allowed.verdict = common::ByRoute{};
        out.set_rule(std::move(allowed));
    };
    up(name, home);
    for (const base::Prefix& prefix : routed) {
        out.add_route(prefix, tunnel);
        up(base::text(prefix), prefix);
        common::Rule down{.name = "down " + base::text(prefix), .order = order_downlink};
        down.destination = prefix;
        down.verdict = common::ByRoute{};
        out.set_rule(std::move(down));
    }
    common::Rule foreign{.name = "foreign " + name, .order = order_foreign_uplink};
    foreign.tunnel = tunnel;
    if (policy_.check_inner_source)
        foreign.verdict = common::Drop{};
    else
        foreign.verdict = common::ByRoute{};
    out.set_rule(std::move(foreign));
    if (const auto port = home_port())
        out.set_proxy(*port, client.home_address);
}

void HomeAgent::uninstall(Client& client, common::Output& out) {
    const Binding& binding = *client.binding;
    const std::string name = base::text(client.home_address);
    out.remove_rule("foreign " + name);
    out.remove_rule("up " + name);
    out.remove_route({client.home_address, 128});
    for (const base::Prefix& prefix : binding.routed) {
        out.remove_rule("up " + base::text(prefix));
        if (!policy_.delete_routes)
            continue;
        out.remove_rule("down " + base::text(prefix));
        out.remove_route(prefix);
    }
    if (policy_.delete_routes)
        out.remove_tunnel({binding.home_agent, binding.care_of});
    if (const auto port = home_port())
        out.set_proxy(*port, client.home_address, false);
}

/// Nothing for a prefix without a binding is tunnelled, or sent back to where it came from.
void HomeAgent::guard(common::Output& out) {
    for (const std::string& name : guards_)
        out.remove_rule(name);
    guards_.clear();
    std::vector<base::Prefix> ours = policy_.pools;
    ours.insert(ours.end(), policy_.persistent_pools.begin(), policy_.persistent_pools.end());
    for (const auto& [home, client] : clients_)
        for (const Lease& lease : client.leases)
            ours.push_back(lease.prefix);
    for (const base::Prefix& prefix : ours) {
        common::Rule rule{.name = "unbound " + base::text(prefix), .order = order_unbound};
        rule.destination = prefix;
        rule.verdict = common::Unreachable{0};
        guards_.push_back(rule.name);
        out.set_rule(std::move(rule));
    }
}

/// RFC 3775, 10.4.1: everybody on the home link learns where packets for the home address go now; RFC 3963,
/// 6.5: as to a router.
void HomeAgent::announce_proxy(const Client& client, common::Output& out) const {
    const auto port = home_port();
    if (!port || !policy_.home.contains(client.home_address))
        return;
    wire::NeighborAdvertisement news;
    news.target = client.home_address;
    news.o = true;
    news.r = client.binding->router && policy_.router_flag_in_proxy;
    news.options.push_back(wire::TargetLinkLayerAddress{.address = config_.self.ports[*port].mac});
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = base::link_local(config_.self.ports[*port].mac),
                                       .destination = base::all_nodes,
                                       .hop_limit = 255});
    packet.layers.push_back(std::move(news));
    out.send_on(*port, std::move(packet));
}

} // namespace peers::nemo
