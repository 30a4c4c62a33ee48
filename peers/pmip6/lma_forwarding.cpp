#include "peers/pmip6/lma.h"

#include <algorithm>

namespace peers::pmip6 {

namespace {

// Uplink packets are judged before anything else, bound prefixes before unbound ones.
constexpr int order_uplink = 10;
constexpr int order_foreign_uplink = 20;
constexpr int order_downlink = 30;
constexpr int order_unbound = 1000;

std::string tunnel_rule(const common::TunnelEnds& ends) {
    return "tunnel " + base::text(ends.local) + " " + base::text(ends.remote);
}

} // namespace

void Lma::install(const Binding& binding, common::Output& out) {
    common::Rule down{.name = "down " + binding.nai, .order = order_downlink, .destination = binding.prefix};
    if (binding.waiting && !policy_.forward_during_delay)
        down.verdict = common::Drop{};
    else
        down.verdict = common::ByRoute{};
    if (policy_.encapsulate)
        out.add_route(binding.prefix, binding.tunnel);
    out.set_rule(std::move(down));
    common::Rule up{.name = "up " + binding.nai, .order = order_uplink};
    up.tunnel = binding.tunnel;
    if (policy_.check_inner_source)
        up.source = binding.prefix;
    up.verdict = common::ByRoute{};
    out.set_rule(std::move(up));
}

void Lma::uninstall(const Binding& binding, common::Output& out) {
    out.remove_rule("down " + binding.nai);
    out.remove_rule("up " + binding.nai);
    out.remove_rule("network up " + binding.nai);
    if (policy_.encapsulate)
        out.remove_route(binding.prefix);
}

void Lma::use_tunnel(const Binding& binding, common::Output& out) {
    if (!tunnels_.acquire(binding.tunnel, binding.nai))
        return;
    out.add_tunnel(binding.tunnel);
    common::Rule foreign{.name = tunnel_rule(binding.tunnel), .order = order_foreign_uplink};
    foreign.tunnel = binding.tunnel;
    foreign.verdict = common::Drop{};
    out.set_rule(std::move(foreign));
}

void Lma::leave_tunnel(const common::TunnelEnds& ends, const std::string& nai, common::Output& out) {
    const bool last = tunnels_.release(ends, nai);
    if (!last && policy_.count_tunnel_users)
        return;
    out.remove_tunnel(ends);
    out.remove_rule(tunnel_rule(ends));
}

/// Nothing that is addressed to a prefix without a binding is tunnelled, or sent back to where it came from.
void Lma::guard_prefixes(common::Output& out) {
    for (const std::string& name : guards_)
        out.remove_rule(name);
    guards_.clear();
    std::vector<base::Prefix> ours = policy_.pools;
    ours.insert(ours.end(), policy_.owned.begin(), policy_.owned.end());
    ours.insert(ours.end(), policy_.network_pools.begin(), policy_.network_pools.end());
    for (const Profile& profile : store_.all())
        if (profile.prefix && (profile.lma.empty() || profile.lma == config_.self.name))
            ours.push_back(*profile.prefix);
    for (const base::Prefix& prefix : ours) {
        common::Rule rule{.name = "unbound " + base::text(prefix), .order = order_unbound};
        rule.destination = prefix;
        rule.verdict = common::Unreachable{0};
        guards_.push_back(rule.name);
        out.set_rule(std::move(rule));
    }
}

} // namespace peers::pmip6
