#include "peers/pmip6/lma.h"

#include "harness/base/text.h"

#include <algorithm>

namespace peers::pmip6 {

namespace {

std::string argument(const model::Told& told, const char* name) {
    const auto found = told.arguments.find(name);
    return found == told.arguments.end() ? std::string() : found->second;
}

/// The node that an event is about, by the name or identifier that it gives.
std::string who(const model::Told& told) {
    const std::string name = argument(told, "mobile-node");
    return name.empty() ? argument(told, "nai") : name;
}

} // namespace

Lma::Lma(const model::NodeConfig& config, AdjustLma adjust)
    : config_(config), settings_(config.self.settings), adjust_(std::move(adjust)), store_(config.topology) {}

common::Wants Lma::wants() const {
    // Acknowledgements and errors are understood, and mean nothing to an anchor.
    return {.mobility_types = {wire::BindingUpdate::kind.type, wire::BindingAcknowledgement::kind.type,
                               wire::BindingError::kind.type}};
}

void Lma::start(base::Now now, common::Output& out) {
    started_ = now.mono;
    configure(now, out);
    announce(now, out);
    if (!policy_.static_tunnels)
        return;
    for (const model::Node& node : config_.topology.nodes) {
        if (node.role != "mag")
            continue;
        const common::TunnelEnds ends{config_.self.address(), node.address()};
        tunnels_.make_static(ends);
        out.add_tunnel(ends);
    }
}

void Lma::configure(base::Now, common::Output& out) {
    policy_ = lma_policy(config_, settings_);
    if (adjust_)
        adjust_(policy_);
    pool_ = PrefixPool(policy_.pools, policy_.prefix_length);
    if (policy_.reserve_static)
        for (const Profile& profile : store_.all())
            if (profile.prefix)
                pool_.reserve(*profile.prefix);
    for (const Binding* binding : cache_.all())
        if (binding->dynamic)
            pool_.take(binding->prefix);
    for (const base::Prefix& gone : invalid_.all())
        pool_.reserve(gone);
    configure_networks();
    guard_prefixes(out);
}

void Lma::on(const common::Input& input, base::Now now, common::Output& out) {
    if (const auto* packet = std::get_if<common::Arrived>(&input))
        arrived(*packet, now, out);
    else if (const auto* event = std::get_if<model::Told>(&input))
        told(*event, now, out);
}

void Lma::arrived(const common::Arrived& packet, base::Now now, common::Output& out) {
    // What comes out of a tunnel is a visitor's traffic, whatever it claims to be.
    if (packet.tunnel || !packet.for_us)
        return;
    Request request = read(packet);
    if (!request.update || !request.from.is_routable_unicast() || request.to.is_multicast() ||
        request.from == request.to)
        return;
    if (wire::find<wire::RawOption>(request.update->options))
        return;
    if (!request.update->p)
        serve_host(packet, request, now, out);
    else
        admit(request, now, out);
}

void Lma::told(const model::Told& event, base::Now now, common::Output& out) {
    if (event.event == "set") {
        for (const auto& [name, value] : event.arguments)
            settings_[name] = value;
        configure(now, out);
        announce(now, out);
    } else if (event.event == "policy") {
        store_.change(event.arguments);
        configure(now, out);
    } else if (event.event == "renumber") {
        renumber(event, now, out);
    } else if (event.event == "delete" || event.event == "delete-binding") {
        const Profile* profile = store_.by_identity(who(event));
        remove(profile ? profile->nai : who(event), "administratively", now, out);
    } else if (event.event == "state") {
        answer_state(event, now, out);
    }
}

void Lma::renumber(const model::Told& event, base::Now now, common::Output& out) {
    const Profile* profile = store_.by_identity(who(event));
    const std::string nai = profile ? profile->nai : who(event);
    const Binding* binding = cache_.find(nai);
    const auto old = binding                      ? std::optional(binding->prefix)
                     : profile && profile->prefix ? profile->prefix
                                                  : std::nullopt;
    if (!old)
        return;
    remove(nai, "renumbered", now, out);
    invalid_.insert(*old);
    renumbered_[nai] = *old;
    pool_.reserve(*old);
    if (const std::string fresh = argument(event, "prefix"); !fresh.empty() && profile) {
        store_.change({{"nai", nai}, {"prefix", fresh}});
        if (const auto prefix = base::parse_prefix(fresh)) {
            invalid_.erase(*prefix);
            pool_.reserve(*prefix);
        }
    }
}

void Lma::tick(base::Now now, common::Output& out) {
    while (const auto nai = cache_.due(now.mono))
        remove(*nai, cache_.find(*nai)->waiting ? "de-registered" : "expired", now, out);
    release_networks(now.mono);
    if (next_announcement_ && *next_announcement_ <= now.mono)
        announce(now, out);
}

std::optional<base::Mono> Lma::deadline() const {
    auto first = cache_.next_deadline();
    const auto consider = [&](const std::optional<base::Mono>& when) {
        if (when && (!first || *when < *first))
            first = when;
    };
    consider(next_announcement_);
    for (const auto& [node, until] : retained_)
        consider(until);
    return first;
}

} // namespace peers::pmip6
