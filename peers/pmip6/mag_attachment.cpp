#include "peers/common/access_ports.h"
#include "peers/pmip6/mag.h"

#include <algorithm>

namespace peers::pmip6 {

bool Mag::is_access(common::PortIndex index) const {
    return common::is_access_port(config_, index);
}

const Profile* Mag::profile_of_port(common::PortIndex index) const {
    const model::Port& port = config_.self.ports[index];
    const model::Link* link = config_.topology.link(port.link);
    return store_.by_identity(link && !link->identity.empty() ? link->identity : port.name);
}

std::optional<common::PortIndex> Mag::port_of(const model::Told& event) const {
    return common::access_port_of(config_, event);
}

/// By the identity that the access authentication showed; it may be a temporary one (6.6).
const Profile* Mag::profile_of(const model::Told& event) const {
    for (const char* key : {"identity", "nai", "mobile-node"})
        if (const auto found = event.arguments.find(key); found != event.arguments.end())
            return store_.by_identity(found->second);
    return nullptr;
}

/// Nothing for a profile that names no anchor: it is incomplete, and a guess would be worse (6.2).
std::optional<base::Ip6> Mag::anchor_of(const Profile& profile) const {
    if (const auto address = base::parse_ip6(profile.lma))
        return address;
    for (const model::Node& node : config_.topology.nodes)
        if (!profile.lma.empty() && node.name == profile.lma)
            return node.address();
    return std::nullopt;
}

/// `certain`: the link itself says that the node has come, so an older binding may be stale.
void Mag::attach(const Profile& profile, common::PortIndex port, base::Mac mac, bool certain, base::Now now,
                 common::Output& out) {
    Visitor* visitor = list_.find(profile.nai);
    if (visitor && visitor->port == port) {
        if (mac != base::Mac{})
            visitor->mac = mac;
        const bool waits = visitor->phase == Phase::registering ||
                           (visitor->phase == Phase::denied && !certain) || visitor->phase == Phase::plain;
        if (waits)
            return;
        if (visitor->is_bound()) {
            if (certain)
                request(*visitor, policy_.lifetime, now, out);
            return;
        }
    }
    if (visitor) {
        uninstall(*visitor, out);
        list_.erase(profile.nai);
    }
    begin(profile, port, mac, now, out);
}

void Mag::begin(const Profile& profile, common::PortIndex port, base::Mac mac, base::Now now,
                common::Output& out) {
    Visitor fresh;
    fresh.nai = profile.nai;
    fresh.name = profile.name;
    fresh.port = port;
    fresh.mac = mac;
    fresh.network.wanted = wants_network(profile);
    if (const auto context = contexts_.find(profile.nai); context != contexts_.end())
        fresh.network.told = context->second;
    const auto anchor = anchor_of(profile);
    if (!profile.service && !policy_.register_all) {
        fresh.phase = Phase::plain;
        give_plain_access(list_.create(std::move(fresh)), profile, out);
        return;
    }
    if (!anchor) {
        out.note("not served", {{"nai", profile.nai}});
        return;
    }
    if (policy_.one_visitor)
        for (Visitor* other : list_.all())
            finish(*other, "displaced", out);
    fresh.lma = *anchor;
    fresh.tunnel = {care_of_, *anchor};
    fresh.mismatch_retry = Retransmission(policy_.mismatch_retry, policy_.most_mismatch_retry);
    Visitor& visitor = list_.create(std::move(fresh));
    out.note("attached", {{"nai", profile.nai}, {"port", config_.self.ports[port].name}});
    if (policy_.early_prefix)
        send_advertisement(visitor, *policy_.early_prefix, 3600, policy_.router_lifetime, out);
    if (policy_.forward_before_binding) {
        out.add_tunnel(visitor.tunnel);
        out.set_rule({.name = "early " + visitor.nai, .order = 50, .port = port, .verdict = visitor.tunnel});
    }
    if (policy_.shared_prefix) // its address is registered, which it has to lease first
        send_advertisement(visitor, {}, 0, policy_.router_lifetime, out);
    else
        request(visitor, policy_.lifetime, now, out);
}

/// A node without the service gets the local prefix and the local routes, or nothing (6.14).
void Mag::give_plain_access(Visitor& visitor, const Profile& profile, common::Output& out) {
    out.note("no mobility service", {{"nai", profile.nai}});
    if (!policy_.local_prefix)
        return;
    const base::Prefix local = *policy_.local_prefix;
    visitor.prefix = local.length < 64 ? local.subnet(visitor.port, 64) : local;
    out.add_route(visitor.prefix, common::PortTarget{visitor.port, {}});
    out.set_rule({.name = "up " + visitor.nai,
                  .order = 10,
                  .port = visitor.port,
                  .source = visitor.prefix,
                  .verdict = common::ByRoute{}});
    send_advertisement(visitor, visitor.prefix, 3600, policy_.router_lifetime, out);
}

void Mag::leave(Visitor& visitor, std::string_view why, base::Now now, common::Output& out) {
    if (!policy_.stop_when_gone && visitor.phase == Phase::registering)
        return;
    visitor.probing = false;
    visitor.refresh_at.reset();
    visitor.advertise_at.reset();
    visitor.retry_at.reset();
    visitor.expires_at.reset();
    if (!policy_.forget_held && visitor.network.held)
        forward_request(visitor, *visitor.network.held, out);
    visitor.network.held.reset();
    visitor.network.exchange.reset();
    visitor.network.repeat_at.reset();
    visitor.network.over_at.reset();
    const bool may_be_bound =
        visitor.is_bound() ||
        (visitor.phase == Phase::registering && visitor.pending && visitor.pending->sent) ||
        why == "withdrawn";
    if (visitor.phase == Phase::deregistering)
        return;
    if (!may_be_bound || !policy_.deregister) {
        finish(visitor, why, out);
        return;
    }
    if (!policy_.keep_state)
        uninstall_uplink(visitor, out);
    visitor.phase = Phase::deregistering;
    visitor.give_up_at = now.mono + policy_.deregistration;
    request(visitor, 0, now, out);
}

void Mag::finish(Visitor& visitor, std::string_view why, common::Output& out) {
    out.note("left", {{"nai", visitor.nai}, {"why", std::string(why)}});
    if (!policy_.keep_state)
        uninstall(visitor, out);
    list_.erase(std::string(visitor.nai));
    route_locally(out);
}

std::vector<base::Ip6> Mag::likely_addresses(const Visitor& visitor) const {
    std::vector<base::Ip6> list;
    const auto add = [&](const base::Ip6& address) {
        if (!address.is_unspecified() && std::find(list.begin(), list.end(), address) == list.end())
            list.push_back(address);
    };
    add(visitor.link_local);
    if (const Profile* profile = store_.by_nai(visitor.nai))
        add(profile->link_local);
    if (visitor.mac != base::Mac{})
        add(base::link_local(visitor.mac));
    return list;
}

/// 6.13: no extension before the node has been found present by neighbour unreachability detection.
void Mag::check_presence(Visitor& visitor, base::Now now, common::Output& out) {
    if (!visitor.is_bound() || !policy_.refresh)
        return;
    if (!policy_.check_presence) {
        request(visitor, policy_.lifetime, now, out);
        return;
    }
    visitor.probing = true;
    visitor.probes_tried = 0;
    probe_next(visitor, now, out);
}

void Mag::probe_next(Visitor& visitor, base::Now now, common::Output& out) {
    const std::vector<base::Ip6> candidates = likely_addresses(visitor);
    if (visitor.probes_tried >= candidates.size()) {
        leave(visitor, "not found on its link", now, out);
        return;
    }
    out.probe({visitor.port, candidates[visitor.probes_tried++], policy_.probe_attempts, policy_.probe});
}

void Mag::probed(const common::Probed& answer, base::Now now, common::Output& out) {
    for (Visitor* visitor : list_.on_port(answer.port)) {
        if (!visitor->probing)
            continue;
        const std::vector<base::Ip6> candidates = likely_addresses(*visitor);
        if (std::find(candidates.begin(), candidates.end(), answer.address) == candidates.end())
            continue;
        const bool is_it = visitor->mac == base::Mac{} || answer.mac == visitor->mac;
        if (answer.reachable && is_it) {
            visitor->probing = false;
            request(*visitor, policy_.lifetime, now, out);
        } else {
            probe_next(*visitor, now, out);
        }
        return;
    }
}

} // namespace peers::pmip6
