#include "peers/pmip6/lma.h"

#include <algorithm>

namespace peers::pmip6 {

namespace {

// Beside the rules for home network prefixes (lma_forwarding.cpp).
constexpr int order_network_uplink = 10, order_network_downlink = 30;

base::Prefix prefix_of(const wire::MobileNetworkPrefix& option) {
    return base::Prefix{option.prefix, std::min<unsigned>(option.prefix_length, 128)}.canonical();
}

} // namespace

bool Lma::is_for_router(const Request& request) const {
    return policy_.networks &&
           (request.update->r || (policy_.network_without_flag && request.network_option));
}

void Lma::configure_networks() {
    network_pool_ = PrefixPool(policy_.network_pools, policy_.network_length);
    for (const Profile& profile : store_.all())
        if (profile.network)
            network_pool_.reserve(*profile.network);
    for (const auto& [node, prefix] : networks_)
        network_pool_.take(prefix);
}

/// RFC 3963, 6.2: a prefix that is no network's is invalid, one of somebody else not authorised.
std::optional<std::uint8_t> Lma::claim_objection(const Request& request) const {
    const wire::MobileNetworkPrefix* option = request.network_option;
    if (!option || !policy_.check_network_claim)
        return std::nullopt;
    if (option->prefix_length > 128)
        return status::invalid_network;
    if (option->r)
        return std::nullopt; // whatever is in it does not count (3.1)
    const base::Prefix asked = prefix_of(*option);
    if (asked.length == 0 || !asked.address.is_routable_unicast())
        return status::invalid_network;
    const auto held = networks_.find(request.identifier->nai);
    const bool its_own = held != networks_.end() ? held->second == asked
                                                 : request.profile && request.profile->network == asked;
    return its_own ? std::nullopt : std::optional(status::network_not_authorised);
}

std::optional<base::Prefix> Lma::assign_network(const Request& request) {
    if (request.profile && request.profile->network)
        return request.profile->network->canonical();
    if (policy_.take_proposed_network && request.network_option->prefix_length != 0)
        return prefix_of(*request.network_option);
    return network_pool_.allocate();
}

/// 3.4.2 and 3.4.3: one prefix for each identifier, the same at every gateway and on every interface.
std::optional<std::uint8_t> Lma::choose_network(Request& request) {
    if (!is_for_router(request))
        return std::nullopt;
    if (policy_.routers_need_h && !request.update->h)
        return status::not_for_routers;
    if (const auto objection = claim_objection(request))
        return objection;
    const std::string& node = request.identifier->nai;
    retained_.erase(node);
    if (const auto held = networks_.find(node); held != networks_.end()) {
        request.network = held->second;
        return std::nullopt;
    }
    const bool has_static = request.profile && request.profile->network;
    if (!request.network_option && !has_static)
        return status::no_network_information;
    const auto fresh = assign_network(request);
    if (!fresh)
        return status::no_resources;
    networks_[node] = *fresh;
    request.network = fresh;
    request.fresh_network = true;
    return std::nullopt;
}

/// What was assigned to an update that is refused for another reason.
void Lma::give_back_network(Request& request) {
    if (!request.fresh_network || policy_.keep_network_at_refusal)
        return;
    network_pool_.release(*request.network);
    networks_.erase(request.identifier->nai);
    request.network.reset();
}

/// Every binding of the router may send from its network; what is for it goes to the one refreshed last
/// (digest, 6.5).
void Lma::route_network(const std::string& node, common::Output& out) {
    const auto assigned = networks_.find(node);
    if (assigned == networks_.end())
        return;
    const base::Prefix network = assigned->second;
    const Binding* serving = nullptr;
    for (const Binding* one : cache_.sessions(node)) {
        if (!one->network) {
            out.remove_rule("network up " + one->nai);
            continue;
        }
        common::Rule up{.name = "network up " + one->nai, .order = order_network_uplink};
        up.tunnel = one->tunnel;
        if (policy_.check_inner_source)
            up.source = network;
        up.verdict = common::ByRoute{};
        out.set_rule(std::move(up));
        const bool later = policy_.follow_latest_binding ? !serving || one->refreshed > serving->refreshed
                                                         : !serving || one->refreshed < serving->refreshed;
        if ((!one->waiting || policy_.forward_during_delay) && later)
            serving = one;
    }
    if (!serving) {
        out.remove_route(network);
        out.remove_rule("network " + node);
        return;
    }
    out.add_route(network, serving->tunnel);
    common::Rule down{.name = "network " + node, .order = order_network_downlink};
    down.destination = network;
    down.verdict = common::ByRoute{};
    out.set_rule(std::move(down));
}

/// The last binding of the router is gone: its prefix waits for it (digest, B17).
void Lma::retain_network(const std::string& node, base::Mono now) {
    if (policy_.retention && networks_.contains(node) && cache_.sessions(node).empty())
        retained_[node] = now + *policy_.retention;
    release_networks(now);
}

void Lma::release_networks(base::Mono now) {
    std::erase_if(retained_, [&](const auto& entry) {
        if (entry.second > now)
            return false;
        network_pool_.release(networks_[entry.first]);
        networks_.erase(entry.first);
        return true;
    });
}

} // namespace peers::pmip6
