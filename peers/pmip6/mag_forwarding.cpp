#include "peers/pmip6/mag.h"

#include <algorithm>

namespace peers::pmip6 {

namespace {

// A node's own rules come first; what none of them lets pass is dropped.
constexpr int order_local = 5;
constexpr int order_bound = 10;
constexpr int order_rest = 100;

std::string tunnel_rule(const common::TunnelEnds& ends) {
    return "tunnel " + base::text(ends.local) + " " + base::text(ends.remote);
}

} // namespace

/// 6.10.6: nothing from an access link is forwarded without a binding, and nothing with another source.
void Mag::guard_access(common::Output& out) {
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (is_access(port))
            out.set_rule({.name = "access " + config_.self.ports[port].name,
                          .order = order_rest,
                          .port = port,
                          .verdict = common::Drop{}});
}

void Mag::install(Visitor& visitor, common::Output& out) {
    if (tunnels_.acquire(visitor.tunnel, visitor.nai)) {
        out.add_tunnel(visitor.tunnel);
        common::Rule rest{.name = tunnel_rule(visitor.tunnel), .order = order_rest, .tunnel = visitor.tunnel};
        if (policy_.check_inner_destination)
            rest.verdict = common::Drop{};
        else
            rest.verdict = visitor.tunnel;
        out.set_rule(std::move(rest));
    }
    common::Rule up{.name = "up " + visitor.nai, .order = order_bound, .port = visitor.port};
    if (policy_.check_source_prefix)
        up.source = visitor.prefix;
    if (policy_.encapsulate)
        up.verdict = visitor.tunnel;
    out.set_rule(std::move(up));
    common::Rule down{.name = "down " + visitor.nai, .order = order_bound, .tunnel = visitor.tunnel};
    down.destination = visitor.prefix;
    down.verdict = common::PortTarget{visitor.port, {}};
    out.set_rule(std::move(down));
    if (visitor.prefix.length != 0) {
        // For the gateway's own packets (errors, echo replies). What comes to the prefix natively, from
        // elsewhere than the tunnel, goes on as if the node were not here.
        out.add_route(visitor.prefix, common::PortTarget{visitor.port, {}});
        for (const common::PortIndex port : transport_ports())
            out.set_rule({.name = around(visitor, port),
                          .order = order_bound,
                          .port = port,
                          .destination = visitor.prefix,
                          .verdict = way_out()});
    }
    if (visitor.network.is_known())
        install_network(visitor, out);
    if (visitor.mac != base::Mac{} && !visitor.link_local.is_unspecified())
        out.set_neighbour(visitor.port, visitor.link_local, visitor.mac);
    route_locally(out);
}

std::string Mag::around(const Visitor& visitor, common::PortIndex port) const {
    return "around " + visitor.nai + " " + config_.self.ports[port].name;
}

std::vector<common::PortIndex> Mag::transport_ports() const {
    std::vector<common::PortIndex> list;
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (!is_access(port))
            list.push_back(port);
    return list;
}

/// The default route of the transport network.
common::Verdict Mag::way_out() const {
    for (const model::Route& route : config_.self.routes)
        for (const common::PortIndex port : transport_ports())
            for (const base::Prefix& address : config_.self.ports[port].addresses)
                if (route.to.length == 0 && address.canonical().contains(route.via))
                    return common::PortTarget{port, route.via};
    return common::Unreachable{};
}

void Mag::uninstall_uplink(const Visitor& visitor, common::Output& out) {
    out.remove_rule("up " + visitor.nai);
    out.remove_rule("network up " + visitor.nai);
    out.remove_rule("early " + visitor.nai);
}

void Mag::uninstall(Visitor& visitor, common::Output& out) {
    uninstall_uplink(visitor, out);
    uninstall_network(visitor, out);
    out.remove_rule("down " + visitor.nai);
    if (visitor.prefix.length != 0)
        out.remove_route(visitor.prefix);
    for (const common::PortIndex port : transport_ports())
        out.remove_rule(around(visitor, port));
    const bool last = tunnels_.release(visitor.tunnel, visitor.nai);
    if (!last && (policy_.share_tunnel || tunnels_.users(visitor.tunnel) == 0))
        return;
    out.remove_tunnel(visitor.tunnel);
    out.remove_rule(tunnel_rule(visitor.tunnel));
}

bool Mag::routes_locally(const Visitor& visitor) const {
    const Profile* profile = store_.by_nai(visitor.nai);
    return profile && profile->local_routing ? *profile->local_routing : policy_.local_routing;
}

/// On-link prefixes of the gateway's own that are neither access links nor the way to the anchor.
std::vector<base::Prefix> Mag::local_links() const {
    std::vector<base::Prefix> list;
    for (common::PortIndex index = 0; index < config_.self.ports.size(); ++index) {
        const model::Port& port = config_.self.ports[index];
        const bool leads_out =
            std::any_of(port.addresses.begin(), port.addresses.end(),
                        [&](const base::Prefix& address) { return address.address == care_of_; });
        if (is_access(index) || leads_out)
            continue;
        for (const base::Prefix& address : port.addresses)
            if (!address.address.is_link_local())
                list.push_back(address.canonical());
    }
    return list;
}

/// EnableMAGLocalRouting (6.10.4, 9): packets between local neighbours do not go to the anchor.
void Mag::route_locally(common::Output& out) {
    for (const std::string& name : local_rules_)
        out.remove_rule(name);
    local_rules_.clear();
    const auto add = [&](common::Rule rule) {
        local_rules_.push_back(rule.name);
        out.set_rule(std::move(rule));
    };
    for (const Visitor* from : list_.all()) {
        if (!from->is_bound() || !routes_locally(*from))
            continue;
        for (const Visitor* to : list_.all())
            if (to != from && to->is_bound())
                add({.name = "local " + from->nai + " " + to->nai,
                     .order = order_local,
                     .port = from->port,
                     .source = from->prefix,
                     .destination = to->prefix,
                     .verdict = common::PortTarget{to->port, {}}});
        for (const base::Prefix& link : local_links()) {
            add({.name = "local " + from->nai + " " + base::text(link),
                 .order = order_local,
                 .port = from->port,
                 .source = from->prefix,
                 .destination = link,
                 .verdict = common::ByRoute{}});
            add({.name = "local " + base::text(link) + " " + from->nai,
                 .order = order_local,
                 .source = link,
                 .destination = from->prefix,
                 .verdict = common::PortTarget{from->port, {}}});
        }
    }
}

} // namespace peers::pmip6
