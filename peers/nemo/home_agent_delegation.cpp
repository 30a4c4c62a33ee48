#include "peers/nemo/home_agent.h"

#include <algorithm>

namespace peers::nemo {

namespace {

/// 63 MNPConf of 28 octets, each at 8n+4, fill a Mobility Header (digest, 10).
constexpr std::size_t most_answers = 63;
constexpr unsigned longest = 128;

/// A request whose length is another, read as if its octets were there: what a careless agent does.
std::optional<wire::MnpRequest> guess(const wire::UnknownMobilityOption& option) {
    if (option.type != wire::MnpRequest::kind.type || option.data.size() < 4)
        return std::nullopt;
    wire::MnpRequest request;
    request.prefix_length = option.data[0];
    request.p = (option.data[1] & 0x80) != 0;
    request.i = (option.data[1] & 0x40) != 0;
    request.correlation_id = base::read16(option.data, 2);
    request.prefix_type = prefix_type::global;
    return request;
}

} // namespace

/// Requests in their order, of each correlator one: several with the same are one request (digest, 9).
std::vector<wire::MnpRequest> HomeAgent::requests_of(const wire::BindingUpdate& update) const {
    std::vector<wire::MnpRequest> out;
    for (const auto& option : update.options) {
        std::optional<wire::MnpRequest> request;
        if (const auto* proper = std::get_if<wire::MnpRequest>(&option))
            request = *proper;
        else if (const auto* other = std::get_if<wire::UnknownMobilityOption>(&option);
                 other && policy_.takes_malformed)
            request = guess(*other);
        const bool again = request && policy_.remembers_correlation &&
                           std::ranges::any_of(out, [&](const wire::MnpRequest& one) {
                               return one.correlation_id == request->correlation_id;
                           });
        if (request && !again)
            out.push_back(*request);
    }
    return out;
}

/// A 8, steps 1 to 3, for each request; what cannot be told because the answer is full is not served.
void HomeAgent::serve_requests(Visit& visit, bool may_bind, base::Now now) {
    if (!policy_.delegates || !policy_.answers_requests)
        return;
    for (const wire::MnpRequest& request : requests_of(visit.update())) {
        if (policy_.bounds_answers && visit.answers.size() >= most_answers)
            return;
        serve(visit, request, may_bind, now);
        if (!policy_.answers_each)
            return;
    }
}

void HomeAgent::serve(Visit& visit, const wire::MnpRequest& request, bool may_bind, base::Now now) {
    wire::MnpConfirmation answer;
    answer.correlation_id = request.correlation_id;
    answer.d = true;
    if (!visit.router() && policy_.answers_hosts) {
        answer.status = policy_.not_router; // A 8: with all prefix data zero
        ++visit.failed;
        visit.answers.push_back(answer);
        return;
    }
    Lease* lease = nullptr;
    answer.status = grant(visit, request, may_bind, lease);
    if (!lease) {
        answer.p = request.p;
        answer.i = request.i;
        visit.mismatch = visit.mismatch || answer.status == policy_.not_offered_persistent ||
                         answer.status == policy_.not_offered_transient;
        ++visit.failed;
        visit.answers.push_back(answer);
        return;
    }
    const std::uint16_t lifetime = std::min(visit.update().lifetime, policy_.max_lifetime);
    answer.prefix = lease->prefix.address;
    answer.prefix_length = static_cast<std::uint8_t>(lease->prefix.length);
    answer.prefix_type = type_of(lease->prefix);
    answer.p = lease->persistent;
    answer.i = lease->implicit;
    answer.valid_lifetime = valid_of(*lease, lifetime, now);
    lease->news = false;
    ++visit.met;
    visit.answers.push_back(answer);
}

/// 0 or 7 with a lease, or why there is none.
std::uint8_t HomeAgent::grant(Visit& visit, const wire::MnpRequest& request, bool may_bind, Lease*& lease) {
    Client& client = *visit.client;
    if (policy_.remembers_correlation)
        lease = client.by_correlation(request.correlation_id);
    if (!lease && !policy_.correlation_is_per_router)
        for (auto& [home, other] : clients_)
            if (Lease* theirs = other.by_correlation(request.correlation_id)) {
                Lease shared = *theirs;
                client.leases.push_back(shared);
                lease = &client.leases.back();
                return shared.granted;
            }
    if (lease) {
        visit.listed.push_back(lease->prefix); // A 5.7: as if it were in the update
        return lease->granted;
    }
    if (const std::uint8_t why = request_objection(visit, request, may_bind))
        return why;
    unsigned length = request.prefix_length == 0 ? policy_.default_length : request.prefix_length;
    if (!policy_.obeys_length)
        length = policy_.default_length;
    const bool refused = length < policy_.min_length;
    if (refused)
        length = policy_.min_length;
    const auto prefix = choose(client, request, length);
    if (!prefix)
        return policy_.exhausted;
    if (is_unroutable(*prefix)) {
        pool_.release(*prefix);
        persistent_pool_.release(*prefix);
        return policy_.exhausted;
    }
    Lease fresh;
    fresh.prefix = *prefix;
    fresh.correlation = request.correlation_id;
    fresh.persistent = request.p;
    fresh.implicit = request.i;
    fresh.delegated = true;
    fresh.granted = refused ? policy_.shorter_refused : confirmation::success;
    client.leases.push_back(fresh);
    client.lapsed.erase(*prefix);
    visit.granted.push_back(*prefix);
    lease = &client.leases.back();
    return fresh.granted;
}

std::uint8_t HomeAgent::request_objection(const Visit& visit, const wire::MnpRequest& request,
                                          bool may_bind) const {
    const bool keeps_state = may_bind || visit.update().lifetime == 0;
    if (!keeps_state || (policy_.check_right && !visit.client->may_request))
        return policy_.exhausted;
    if (policy_.check_persistence && request.p && !policy_.persistent)
        return policy_.not_offered_persistent;
    // Without a binding there is nothing that a transient prefix could be bound to (digest, AMB-A09).
    const bool unbound = visit.update().lifetime == 0 && !policy_.grants_transient_unbound;
    if (policy_.check_persistence && !request.p && (!policy_.transient || unbound))
        return policy_.not_offered_transient;
    if (policy_.check_implicit && request.i && !policy_.implicit)
        return policy_.not_offered_implicit;
    if (request.prefix_type == prefix_type::site_local)
        return confirmation::foreign_domain;
    if (request.prefix_type > prefix_type::global || request.prefix_length > longest)
        return confirmation::invalid_prefix;
    if (request.prefix_length > policy_.max_length)
        return policy_.exhausted;
    return 0;
}

/// What was assigned in advance, else the first that is free (digest, 6.1).
std::optional<base::Prefix> HomeAgent::choose(Client& client, const wire::MnpRequest& request,
                                              unsigned length) {
    const std::uint8_t type = policy_.obeys_type ? request.prefix_type : prefix_type::none;
    if (request.p && policy_.uses_reserved)
        for (auto one = client.reserved.begin(); one != client.reserved.end(); ++one)
            if (one->length == length && (type == prefix_type::none || type_of(*one) == type)) {
                const base::Prefix prefix = one->canonical();
                client.reserved.erase(one);
                return prefix;
            }
    PrefixSpace& space = request.p && !persistent_pool_.aggregates().empty() ? persistent_pool_ : pool_;
    return space.allocate(length, type);
}

void HomeAgent::release(Client& client, const base::Prefix& prefix, common::Output& out) {
    const Lease* gone = client.find(prefix);
    if (gone && (gone->delegated || gone->fading) && (gone->persistent || policy_.stores_transient))
        erase(client, *gone, out);
    std::erase_if(client.leases, [&](const Lease& lease) { return lease.prefix == prefix; });
    if (gone_.contains(prefix))
        return;
    pool_.release(prefix);
    persistent_pool_.release(prefix);
}

/// Seconds from now (A 6.5): of a transient prefix as long as the binding (A 5.4).
std::uint32_t HomeAgent::valid_of(const Lease& lease, std::uint16_t lifetime, base::Now now) const {
    std::uint32_t valid = policy_.persistent_valid;
    if (!lease.persistent)
        valid = static_cast<std::uint32_t>(lifetime * mip6::lifetime_unit.count());
    if (lease.valid_until) {
        const auto left = std::chrono::floor<std::chrono::seconds>(*lease.valid_until - now.mono).count();
        valid = std::min(valid, static_cast<std::uint32_t>(std::max<std::int64_t>(left, 0)));
    }
    return valid;
}

} // namespace peers::nemo
