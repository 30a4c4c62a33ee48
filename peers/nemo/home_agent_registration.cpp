#include "peers/nemo/home_agent.h"

#include <algorithm>

namespace peers::nemo {

namespace status = mip6::status;

namespace {

bool holds(const std::vector<base::Prefix>& all, const base::Prefix& one) {
    return std::ranges::find(all, one) != all.end();
}

bool is_authenticated(const Client& client, const base::Ip6& source) {
    return client.associations.empty() ||
           std::ranges::any_of(client.associations,
                               [&](const base::Prefix& one) { return one.contains(source); });
}

base::Prefix prefix_of(const wire::MobileNetworkPrefix& option) {
    return base::Prefix{option.prefix, std::min<unsigned>(option.prefix_length, 128)}.canonical();
}

} // namespace

bool HomeAgent::is_served(const base::Ip6& home_address) const {
    // RFC 3963, 6.2: a home address may also be formed from a mobile network prefix.
    return policy_.home.contains(home_address) || pool_.covers({home_address, 128}) ||
           persistent_pool_.covers({home_address, 128});
}

bool HomeAgent::is_unroutable(const base::Prefix& prefix) const {
    return std::ranges::any_of(policy_.unroutable,
                               [&](const base::Prefix& one) { return one.overlaps(prefix); });
}

void HomeAgent::receive(const mip6::Registration& registration, base::Now now, common::Output& out) {
    const wire::BindingUpdate& update = *registration.update;
    if (policy_.check_truncation && wire::find<wire::RawOption>(update.options))
        return;
    if (!ready_ || (!update.h && !update.r))
        return; // not open yet, or meant for a correspondent
    Visit visit;
    visit.registration = registration;
    wire::BindingUpdate shortened;
    if (policy_.stops_at_request) {
        shortened = update;
        auto& options = shortened.options;
        const auto request = std::ranges::find_if(options, [](const wire::MobilityOption& option) {
            return std::holds_alternative<wire::MnpRequest>(option);
        });
        if (request != options.end())
            options.erase(request + 1, options.end());
        visit.registration.update = &shortened;
    }
    visit.client = client_of(registration.home_address);
    if (visit.client && policy_.check_association && !is_authenticated(*visit.client, registration.source))
        return;
    if (waiting_.contains(registration.home_address))
        return; // its turn comes with the answer that the store still owes
    visit.wants_list = update.s && policy_.delegates && (update.r || policy_.s_without_r);
    visit.is_explicit =
        policy_.reads_explicit && wire::find<wire::MobileNetworkPrefix>(update.options) != nullptr;
    if (const Status objection = base_objection(visit)) {
        visit.wants_list = false;
        if (!policy_.checks_before_requests && visit.client)
            serve_requests(visit, false, now);
        reply(visit, *objection, 0, now, out);
        return;
    }
    if (update.lifetime == 0)
        deregister(visit, now, out);
    else
        register_client(visit, now, out);
}

/// RFC 3775, 9.5.1 and 10.3.1: where the update may come from and in which order.
HomeAgent::Status HomeAgent::base_objection(const Visit& visit) const {
    const wire::BindingUpdate& update = visit.update();
    if (policy_.check_h && update.r && !update.h)
        return policy_.without_h; // RFC 3963, 6.2
    if (policy_.check_home_subnet && !is_served(visit.registration.home_address))
        return policy_.outside_home;
    if (!visit.client)
        return policy_.unknown_node;
    const auto& binding = visit.client->binding;
    if (policy_.check_sequence && binding && !mip6::is_newer(update.sequence, binding->sequence))
        return policy_.out_of_window;
    return router_objection(visit);
}

/// RFC 3963, 6.2: may this node be a mobile router, and is it still what it was?
HomeAgent::Status HomeAgent::router_objection(const Visit& visit) const {
    const wire::BindingUpdate& update = visit.update();
    const auto& binding = visit.client->binding;
    if (update.lifetime == 0 && policy_.ignores_r_at_deregistration)
        return std::nullopt;
    if (update.r && (!policy_.serves_routers || !visit.client->is_router))
        return policy_.no_router_service;
    if (policy_.check_r_change && binding && binding->router != update.r)
        return policy_.r_changed;
    return std::nullopt;
}

void HomeAgent::deregister(Visit& visit, base::Now now, common::Output& out) {
    Client& client = *visit.client;
    const bool asks = policy_.delegates && !requests_of(visit.update()).empty();
    if (!client.binding && !asks) {
        reply(visit, status::not_home_agent, 0, now, out);
        return;
    }
    if (!policy_.ignores_prefixes_at_deregistration)
        if (const Status objection = claims_objection(visit)) {
            reply(visit, *objection, 0, now, out);
            return;
        }
    if (client.binding && policy_.delete_at_deregistration)
        remove_binding(client, now, out);
    serve_requests(visit, false, now);
    if (policy_.routes_without_binding && !visit.granted.empty()) {
        bind(visit, now, out);
        client.binding->expires = now.mono + std::chrono::hours(1);
    }
    if (!awaits_store(visit, out))
        conclude(visit, now, out);
}

/// The answer to what was granted, or to what needed no grant.
void HomeAgent::conclude(Visit& visit, base::Now now, common::Output& out) {
    if (visit.update().lifetime != 0) {
        bind(visit, now, out);
        reply(visit, status::accepted, visit.client->binding->lifetime, now, out);
        return;
    }
    const bool nothing_met = visit.failed != 0 && visit.met == 0;
    reply(visit, nothing_met ? policy_.without_resources : status::accepted, 0, now, out);
}

/// The status that a claimed prefix earns, and what a confirmation says of it (A 6.5; digest, 4).
std::pair<HomeAgent::Status, std::uint8_t>
HomeAgent::judge_claim(const Client& client, const wire::MobileNetworkPrefix& option) const {
    const base::Prefix prefix = prefix_of(option);
    if (!is_network_prefix(option.prefix, option.prefix_length))
        return {policy_.check_valid_prefix ? Status(policy_.bad_prefix) : Status(), policy_.claim_invalid};
    if (is_unroutable(prefix))
        return {policy_.check_valid_prefix ? Status(policy_.bad_prefix) : Status(), confirmation::no_route};
    if (client.find(prefix))
        return {Status(), confirmation::success};
    const Status refused = policy_.check_entitled ? Status(policy_.not_entitled) : Status();
    for (const auto& [home, other] : clients_)
        if (&other != &client && std::ranges::any_of(other.leases, [&](const Lease& lease) {
                return lease.prefix.overlaps(prefix);
            }))
            return {refused, policy_.claim_of_another};
    if (client.lapsed.contains(prefix) || pool_.covers(prefix) || persistent_pool_.covers(prefix))
        return {refused, policy_.claim_unregistered};
    return {refused, policy_.claim_of_foreign};
}

/// RFC 3963, 6.2: every prefix of an explicit update, or none.
HomeAgent::Status HomeAgent::claims_objection(Visit& visit) {
    Status worst;
    Client& client = *visit.client;
    for (const auto* option : wire::find_all<wire::MobileNetworkPrefix>(visit.update().options)) {
        const auto [objection, code] = judge_claim(client, *option);
        const base::Prefix prefix = prefix_of(*option);
        if (!objection) {
            if (Lease* own = client.find(prefix)) {
                visit.listed.push_back(prefix);
                own->confirmed = own->confirmed || option->d;
            } else if (code != confirmation::success) { // a fault: takes what is not the router's
                visit.granted.push_back(prefix);
            }
            continue;
        }
        if (!worst && policy_.all_or_nothing)
            worst = objection;
        if (policy_.delegates && visit.answers.size() < 63) {
            wire::MnpConfirmation refused;
            refused.prefix = option->prefix;
            refused.prefix_length = std::min<std::uint8_t>(option->prefix_length, 128);
            refused.prefix_type = type_of(prefix);
            refused.status = code;
            visit.answers.push_back(refused);
        }
    }
    if (policy_.reads_confirmations)
        for (const auto* option : wire::find_all<wire::MnpConfirmation>(visit.update().options))
            visit.granted.push_back({option->prefix, option->prefix_length});
    return worst;
}

/// Is there anything for which this registration could forward, or good reason to be without?
HomeAgent::Status HomeAgent::nothing_objection(const Visit& visit) const {
    const Client& client = *visit.client;
    if (visit.failed != 0 && visit.met == 0 && !visit.is_explicit && !client.binding &&
        client.leases.empty() && !visit.wants_list)
        return client.may_request || !policy_.check_right ? policy_.without_resources : policy_.without_right;
    if (policy_.reject_mismatch && visit.mismatch)
        return policy_.without_resources;
    if (visit.is_explicit)
        return std::nullopt;
    const bool granted = policy_.counts_grant_as_prefix && visit.met != 0;
    const bool has_prefixes =
        policy_.serves_implicit && std::ranges::any_of(client.leases, [&](const Lease& lease) {
            return !lease.delegated || policy_.counts_grant_as_prefix || client.binding;
        });
    if (granted || has_prefixes || (visit.wants_list && policy_.accepts_empty))
        return std::nullopt;
    return policy_.nothing_to_forward;
}

void HomeAgent::roll_back(Visit& visit, common::Output& out) {
    for (const base::Prefix& prefix : visit.granted)
        release(*visit.client, prefix, out);
    visit.granted.clear();
    for (wire::MnpConfirmation& answer : visit.answers)
        if (answer.status == confirmation::success || answer.status == confirmation::other_length) {
            answer.status = policy_.exhausted;
            answer.prefix = {};
            answer.prefix_length = 0;
            answer.prefix_type = prefix_type::none;
            answer.valid_lifetime = 0;
        }
}

void HomeAgent::register_client(Visit& visit, base::Now now, common::Output& out) {
    Status refused;
    if (visit.router() && policy_.reads_explicit)
        refused = claims_objection(visit);
    serve_requests(visit, !refused, now);
    if (!refused && visit.router())
        refused = nothing_objection(visit);
    if (refused) {
        roll_back(visit, out);
        visit.wants_list = false;
        if (policy_.register_refused)
            bind(visit, now, out);
        reply(visit, *refused, 0, now, out);
        return;
    }
    if (!awaits_store(visit, out))
        conclude(visit, now, out);
}

void HomeAgent::bind(Visit& visit, base::Now now, common::Output& out) {
    Client& client = *visit.client;
    const wire::BindingUpdate& update = visit.update();
    const bool moved = !client.binding || client.binding->care_of != visit.registration.care_of;
    if (!policy_.keeps_at_move && moved && client.binding)
        for (const Lease& lease : std::vector<Lease>(client.leases))
            if (lease.delegated && !lease.persistent)
                release(client, lease.prefix, out);
    Binding fresh = client.binding.value_or(Binding{});
    if (client.binding && (moved || !client.binding->routed.empty()))
        uninstall(client, out);
    if (policy_.follows_care_of || fresh.care_of.is_unspecified())
        fresh.care_of = visit.registration.care_of;
    fresh.home_agent = visit.registration.home_agent;
    fresh.sequence = update.sequence;
    fresh.lifetime = std::min(update.lifetime, policy_.max_lifetime);
    fresh.router = update.r;
    fresh.expires = now.mono + mip6::lifetime_unit * fresh.lifetime;
    client.binding = fresh;
    client.unbound_since.reset();

    std::vector<base::Prefix> routed;
    if (update.r || !policy_.serves_hosts_as_hosts) {
        for (const Lease& lease : client.leases) {
            const bool listed = holds(visit.listed, lease.prefix),
                       granted = holds(visit.granted, lease.prefix);
            bool routes = visit.is_explicit ? (listed && policy_.route_listed) || granted ||
                                                  (lease.implicit && policy_.routes_implicit_always)
                                            : true;
            if (lease.delegated &&
                (!policy_.routes_delegated || (policy_.routes_at_confirm && !lease.confirmed)))
                routes = false;
            if (routes && !is_unroutable(lease.prefix))
                routed.push_back(lease.prefix);
        }
        for (const base::Prefix& prefix : visit.granted) // by a fault, what is no lease
            if (!client.find(prefix))
                routed.push_back(prefix);
    }
    install(client, routed, out);
    if (moved)
        announce_proxy(client, out);
    out.note("registered", {{"home-address", base::text(client.home_address)},
                            {"care-of", base::text(client.binding->care_of)},
                            {"prefixes", std::to_string(routed.size())}});
}

/// The binding ends, and with it what was lent for its time (A 5.3).
void HomeAgent::remove_binding(Client& client, base::Now now, common::Output& out) {
    if (!client.binding)
        return;
    uninstall(client, out);
    client.binding.reset();
    client.unbound_since = now.mono;
    std::vector<base::Prefix> over;
    for (const Lease& lease : client.leases)
        if (lease.delegated && ((!lease.persistent && policy_.frees_transient) ||
                                (lease.persistent && !policy_.keeps_persistent)))
            over.push_back(lease.prefix);
    for (const base::Prefix& prefix : over) {
        release(client, prefix, out);
        client.lapsed.insert(prefix);
    }
    for (Lease& lease : client.leases)
        lease.confirmed = false;
}

} // namespace peers::nemo
