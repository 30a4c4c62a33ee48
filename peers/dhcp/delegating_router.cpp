#include "peers/dhcp/delegating_router.h"

#include "peers/dhcp/options.h"

#include <algorithm>

namespace peers::dhcp {

namespace {

constexpr std::uint64_t most_tries = 1 << 16; ///< prefixes of a pool that are looked at for a free one

bool is_about_bindings(std::uint8_t type) {
    return type == wire::dhcpv6::request || type == wire::dhcpv6::renew || type == wire::dhcpv6::release ||
           type == wire::dhcpv6::decline;
}

} // namespace

base::Bytes DelegatingRouter::duid() const {
    base::Bytes out{0, 3, 0, 1}; // DUID-LL (RFC 3315, 9.4)
    out.insert(out.end(), policy_.mac.octets.begin(), policy_.mac.octets.end());
    return out;
}

/// RFC 3315, 15.
bool DelegatingRouter::is_acceptable(const wire::Dhcpv6Message& message) const {
    const auto* client = find_option<wire::ClientId>(message.options);
    const auto* server = find_option<wire::ServerId>(message.options);
    if (!is_sound(message.options))
        return false;
    const bool is_information = message.type == wire::dhcpv6::information_request;
    if (policy_.checks_client_id && !is_information && (!client || client->duid.empty()))
        return false;
    if (!policy_.checks_server_id)
        return true;
    if (is_about_bindings(message.type))
        return server && server->duid == duid();
    return !server || (is_information && server->duid == duid());
}

bool DelegatingRouter::in_pool(const base::Prefix& prefix) const {
    return std::ranges::any_of(policy_.pools,
                               [&](const base::Prefix& pool) { return pool.contains(prefix); });
}

bool DelegatingRouter::is_free(const base::Prefix& prefix, const Key& except, base::Now now) const {
    return std::ranges::none_of(bindings_, [&](const auto& entry) {
        return entry.first != except && entry.second.until > now.mono && entry.second.prefix.overlaps(prefix);
    });
}

/// The hint, if it can be had; where there is none, what it has or the first that is free.
std::optional<base::Prefix> DelegatingRouter::choose(const Key& key, const wire::IaPd& asked,
                                                     base::Now now) const {
    if (policy_.honours_hints)
        for (const auto* hint : find_options<wire::IaPrefix>(asked.options)) {
            const base::Prefix wanted = prefix_of(*hint);
            if (wanted.address.is_unspecified())
                continue; // a wish for a length only
            if (in_pool(wanted) && is_free(wanted, key, now))
                return wanted;
            if (policy_.refuses_other_hints)
                return std::nullopt;
        }
    if (const auto has = bindings_.find(key); has != bindings_.end() && has->second.until > now.mono)
        return has->second.prefix;
    for (const base::Prefix& pool : policy_.pools) {
        if (pool.length > policy_.length)
            continue;
        const unsigned bits = std::min(policy_.length - pool.length, 16u);
        for (std::uint64_t i = 0; i < std::min(std::uint64_t{1} << bits, most_tries); ++i)
            if (const base::Prefix one = pool.subnet(i, policy_.length); is_free(one, key, now))
                return one;
    }
    return std::nullopt;
}

void DelegatingRouter::put(wire::IaPd& into, const base::Prefix& prefix, base::Now now,
                           const Binding* before) const {
    std::uint32_t gone = 0;
    if (before && !policy_.refreshes)
        gone = static_cast<std::uint32_t>((now.mono - before->since) / std::chrono::seconds(1)) + 1;
    const auto left = [&](std::uint32_t whole) { return whole - std::min(gone, whole); };
    into.options.emplace_back(option_for(prefix, left(policy_.preferred), left(policy_.valid)));
}

wire::IaPd DelegatingRouter::grant(const Key& key, const wire::IaPd& asked, bool commits, base::Now now) {
    wire::IaPd out;
    out.iaid = asked.iaid;
    const auto chosen = choose(key, asked, now);
    if (!chosen) { // RFC 3633, 11.2
        if (policy_.says_no_prefix)
            out.options.emplace_back(status_option(code::no_prefix));
        return out;
    }
    out.t1 = policy_.believes_times && asked.t1 ? asked.t1 : policy_.t1;
    out.t2 = policy_.believes_times && asked.t2 ? asked.t2 : policy_.t2;
    put(out, *chosen, now, nullptr);
    if (commits)
        bindings_[key] = {*chosen, now.mono + std::chrono::seconds(policy_.valid), now.mono};
    return out;
}

/// RFC 3633, 12.2.
wire::IaPd DelegatingRouter::extend(const Key& key, const wire::IaPd& asked, bool is_rebind, bool& silent,
                                    base::Now now) {
    wire::IaPd out;
    out.iaid = asked.iaid;
    auto found = bindings_.find(key);
    const auto shown = find_options<wire::IaPrefix>(asked.options);
    if (found == bindings_.end() && !policy_.knows_bindings && !shown.empty())
        found = bindings_.emplace(key, Binding{prefix_of(*shown.front()), {}, now.mono}).first;
    if (found == bindings_.end()) {
        if (!is_rebind) {
            out.options.emplace_back(status_option(code::no_binding));
            return out;
        }
        // It can tell that they are not appropriate only where they are none of its own.
        bool any = false;
        for (const auto* one : shown)
            if (!in_pool(prefix_of(*one))) {
                out.options.emplace_back(option_for(prefix_of(*one)));
                any = true;
            }
        silent = !any;
        return out;
    }
    Binding& binding = found->second;
    out.t1 = policy_.t1;
    out.t2 = policy_.t2;
    put(out, binding.prefix, now, &binding);
    binding.until = now.mono + std::chrono::seconds(policy_.valid);
    for (const auto* one : shown)
        if (prefix_of(*one) != binding.prefix) {
            const std::uint32_t life = policy_.ends_foreign ? 0 : policy_.valid;
            out.options.emplace_back(option_for(prefix_of(*one), life, life));
        }
    return out;
}

wire::IaPd DelegatingRouter::release(const Key& key, const wire::IaPd& asked) {
    wire::IaPd out;
    out.iaid = asked.iaid;
    const auto found = bindings_.find(key);
    if (found == bindings_.end())
        out.options.emplace_back(status_option(code::no_binding));
    else if (policy_.releases)
        bindings_.erase(found);
    return out;
}

std::optional<wire::Dhcpv6Message> DelegatingRouter::answer(const wire::Dhcpv6Message& asked, base::Now now) {
    namespace type = wire::dhcpv6;
    const bool serves = asked.type == type::solicit || asked.type == type::request ||
                        asked.type == type::renew || asked.type == type::rebind ||
                        asked.type == type::release || asked.type == type::decline ||
                        asked.type == type::information_request;
    if (!serves || !is_acceptable(asked))
        return std::nullopt;
    const auto* client = find_option<wire::ClientId>(asked.options);
    wire::Dhcpv6Message out;
    const bool rapid = asked.type == type::solicit && policy_.rapid_commit &&
                       find_option<wire::RapidCommit>(asked.options) != nullptr;
    out.type = asked.type == type::solicit && !rapid ? type::advertise : type::reply;
    out.transaction_id = asked.transaction_id;
    if (client)
        out.options.emplace_back(wire::ClientId{client->duid, {}});
    out.options.emplace_back(wire::ServerId{duid(), {}});
    if (rapid)
        out.options.emplace_back(wire::RapidCommit{});
    bool silent = false;
    for (const auto* association : find_options<wire::IaPd>(asked.options)) {
        const Key key{client ? client->duid : base::Bytes{}, association->iaid};
        if (asked.type == type::solicit || asked.type == type::request)
            out.options.emplace_back(grant(key, *association, asked.type == type::request || rapid, now));
        else if (asked.type == type::renew || asked.type == type::rebind)
            out.options.emplace_back(extend(key, *association, asked.type == type::rebind, silent, now));
        else if (asked.type == type::release || asked.type == type::decline)
            out.options.emplace_back(release(key, *association));
    }
    if (asked.type == type::release || asked.type == type::decline)
        out.options.emplace_back(status_option(code::success));
    return silent ? std::nullopt : std::optional(out);
}

} // namespace peers::dhcp
