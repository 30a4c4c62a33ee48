#include "peers/netmip6/home_agent.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr int order_up = 10, order_rest = 100, order_down = 30;

std::string rest_rule(const common::TunnelEnds& ends) {
    return "rest " + base::text(ends.remote);
}

} // namespace

std::optional<common::PortIndex> HomeAgent::home_port() const {
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (policy_.home_port && config_.self.ports[port].name == *policy_.home_port)
            return port;
    return std::nullopt;
}

/// Many nodes share the tunnel to their access router.
bool HomeAgent::uses(const base::Ip6& agent, const base::Ip6& care_of, const Entry* but) const {
    return std::ranges::any_of(entries_, [&](const auto& one) {
        const Entry& entry = one.second;
        return &entry != but && entry.agent == agent &&
               (entry.care_of == care_of || entry.old_leg == care_of);
    });
}

/// RFC 3775, 10.4: intercepts for the address, tunnels to its router or routers, and takes from there what
/// the node sends (two legs: digest, 9).
void HomeAgent::install(const Entry& entry, common::Output& out) {
    const std::string name = base::text(entry.home);
    const auto leg = [&](const base::Ip6& care_of, const std::string& which, bool accepts) {
        const common::TunnelEnds tunnel{entry.agent, care_of};
        out.add_tunnel(tunnel);
        common::Rule rest{.name = rest_rule(tunnel), .order = order_rest, .tunnel = tunnel};
        if (policy_.check_inner_source)
            rest.verdict = common::Drop{};
        else
            rest.verdict = common::ByRoute{};
        out.set_rule(std::move(rest));
        if (!accepts)
            return;
        common::Rule up{.name = which + name, .order = order_up};
        if (policy_.check_outer_source)
            up.tunnel = tunnel;
        up.source = entry.prefix;
        up.verdict = common::ByRoute{};
        out.set_rule(std::move(up));
    };
    leg(entry.care_of, "up ", true);
    if (entry.old_leg)
        leg(*entry.old_leg, "old ", policy_.accepts_old_uplink);
    const common::TunnelEnds active{entry.agent, entry.care_of};
    common::Rule down{.name = "down " + name, .order = order_down};
    down.destination = entry.prefix;
    down.verdict = active;
    if (entry.old_leg)
        down.verdict = common::Bicast{active, {entry.agent, *entry.old_leg}};
    if (!policy_.tunnels)
        down.verdict = common::Drop{};
    out.set_rule(std::move(down));
    if (policy_.bicasts_all && entry.old_leg)
        for (const auto& [home, other] : entries_)
            if (other.care_of == *entry.old_leg) {
                common::Rule also{.name = "down " + base::text(home), .order = order_down};
                also.destination = other.prefix;
                also.verdict = common::Bicast{active, {entry.agent, *entry.old_leg}};
                out.set_rule(std::move(also));
            }
    out.add_route(entry.prefix, active);
    const auto port = home_port();
    if (!port || !policy_.proxies)
        return;
    out.set_proxy(*port, entry.home);
    wire::NeighborAdvertisement news;
    news.target = entry.home;
    news.o = true;
    news.options.push_back(wire::TargetLinkLayerAddress{.address = config_.self.ports[*port].mac});
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = base::link_local(config_.self.ports[*port].mac),
                                       .destination = base::all_nodes,
                                       .hop_limit = 255});
    packet.layers.push_back(std::move(news));
    out.send_on(*port, std::move(packet));
}

void HomeAgent::uninstall(const Entry& entry, common::Output& out) {
    const std::string name = base::text(entry.home);
    out.remove_rule("up " + name);
    out.remove_rule("old " + name);
    out.remove_rule("down " + name);
    out.remove_route(entry.prefix);
    if (const auto port = home_port())
        out.set_proxy(*port, entry.home, false);
    const auto end = [&](const base::Ip6& care_of) {
        if (uses(entry.agent, care_of, &entry))
            return;
        out.remove_rule(rest_rule({entry.agent, care_of}));
        out.remove_tunnel({entry.agent, care_of});
    };
    end(entry.care_of);
    if (entry.old_leg)
        end(*entry.old_leg);
}

/// The other leg's time is over.
void HomeAgent::drop_leg(Entry& entry, base::Now now, common::Output& out) {
    if (!entry.old_leg)
        return;
    uninstall(entry, out);
    const bool still_hears = !policy_.refuses_old_uplink;
    const base::Ip6 old = *entry.old_leg;
    entry.old_leg.reset();
    entry.bicast_end.reset();
    install(entry, out);
    out.note("leg dropped", {{"nai", entry.nai}, {"care-of", base::text(old)}});
    if (still_hears) {
        common::Rule up{.name = "old " + base::text(entry.home), .order = order_up};
        up.tunnel = common::TunnelEnds{entry.agent, old};
        up.source = entry.prefix;
        up.verdict = common::ByRoute{};
        out.add_tunnel({entry.agent, old});
        out.set_rule(std::move(up));
    }
    for (const auto& feature : features_)
        feature->moved(entry, now, out);
}

} // namespace peers::netmip6
