#include "peers/nemo/mobile_router.h"

#include <algorithm>

namespace peers::nemo {

namespace {

bool is_grant(std::uint8_t status) {
    return status == confirmation::success || status == confirmation::other_length;
}

} // namespace

MobileRouter::Need* MobileRouter::by_correlation(std::uint16_t correlation) {
    for (Need& need : needs_)
        if (need.correlation == correlation && need.state != Need::State::given_up)
            return &need;
    return nullptr;
}

MobileRouter::Network* MobileRouter::network(const base::Prefix& prefix) {
    for (Network& one : networks_)
        if (one.prefix == prefix.canonical())
            return &one;
    return nullptr;
}

void MobileRouter::read_confirmations(const wire::BindingAcknowledgement& ack, bool is_accepted,
                                      base::Now now, common::Output& out) {
    if (!policy_.requests)
        return;
    for (const auto* option : wire::find_all<wire::MnpConfirmation>(ack.options))
        read_confirmation(*option, is_accepted, now, out);
}

void MobileRouter::read_confirmation(const wire::MnpConfirmation& told, bool is_accepted, base::Now now,
                                     common::Output& out) {
    const bool grant = is_grant(told.status);
    if (grant && policy_.checks_form && !is_network_prefix(told.prefix, told.prefix_length))
        return;
    Need* need = by_correlation(told.correlation_id);
    // A refusal may come without D, since nothing was delegated (digest, AMB-A13).
    const bool answers = told.d || !policy_.reads_d || (!grant && need && need->state == Need::State::asked);
    if (!answers) {
        if (is_accepted)
            read_news(told, now, out);
        return;
    }
    if (!need && policy_.checks_correlation)
        return;
    if (!grant && !policy_.uses_refused) {
        if (need)
            failed(*need, told.status, now, out);
        return;
    }
    if (told.status == confirmation::other_length && !policy_.takes_longer)
        return;
    if (!is_accepted && policy_.checks_status)
        return;
    if (!is_network_prefix(told.prefix, std::min<unsigned>(told.prefix_length, 128)) && policy_.checks_form)
        return;
    Network fresh;
    fresh.prefix = base::Prefix{told.prefix, std::min<unsigned>(told.prefix_length, 128)}.canonical();
    fresh.persistent = told.p;
    fresh.implicit = told.i;
    fresh.delegated = true;
    if (told.valid_lifetime != infinite && policy_.heeds_lifetimes)
        fresh.valid_until = now.mono + std::chrono::seconds(told.valid_lifetime);
    if (need) {
        if (need->state == Need::State::met && need->got != fresh.prefix)
            withdraw(need->got, out);
        need->state = Need::State::met;
        need->failures = 0;
        need->got = fresh.prefix;
    }
    granted_now_.push_back(fresh.prefix);
    if (policy_.installs_granted)
        install(fresh, now, out);
}

/// D=0: the agent speaks of a prefix, and nobody has asked (A 3.1.2, 5.1).
void MobileRouter::read_news(const wire::MnpConfirmation& told, base::Now now, common::Output& out) {
    const base::Prefix prefix{told.prefix, std::min<unsigned>(told.prefix_length, 128)};
    Network* known = network(prefix);
    if (!known || !policy_.heeds_unsolicited)
        return;
    if (told.valid_lifetime == 0 || !is_grant(told.status)) {
        const base::Prefix gone = known->prefix;
        withdraw(gone, out);
        return;
    }
    if (told.valid_lifetime == infinite)
        known->valid_until.reset();
    else
        known->valid_until = now.mono + std::chrono::seconds(told.valid_lifetime);
}

/// A 3.1.2, 5.2: the whole of what the agent believes to be ours.
void MobileRouter::read_list(const wire::BindingAcknowledgement& ack, base::Now now, common::Output& out) {
    std::vector<base::Prefix> listed = granted_now_;
    for (const auto* option : wire::find_all<wire::MobileNetworkPrefix>(ack.options)) {
        if (!is_network_prefix(option->prefix, option->prefix_length))
            continue;
        const base::Prefix prefix = base::Prefix{option->prefix, option->prefix_length}.canonical();
        listed.push_back(prefix);
        if (Network* known = network(prefix)) {
            known->reclaimed = false;
            continue;
        }
        if (!policy_.installs_listed)
            continue;
        Network fresh;
        fresh.prefix = prefix;
        fresh.persistent = option->p;
        fresh.implicit = option->i;
        fresh.delegated = option->d;
        if (!option->p)
            fresh.valid_until = expires_at_;
        install(fresh, now, out);
        const auto open = std::ranges::find_if(needs_, [](const Need& need) {
            return need.state == Need::State::open || need.state == Need::State::asked;
        });
        if (open != needs_.end() && policy_.uses_the_list_first) {
            open->state = Need::State::met;
            open->got = prefix;
        }
    }
    if (!policy_.heeds_missing)
        return;
    std::vector<base::Prefix> lost;
    for (Network& one : networks_) {
        if (std::ranges::find(listed, one.prefix) != listed.end())
            continue;
        if (one.reclaimed || !policy_.explicit_mode)
            lost.push_back(one.prefix);
        one.reclaimed = true; // claimed by the next update, once
        one.confirmed = false;
    }
    for (const base::Prefix& prefix : lost) {
        withdraw(prefix, out);
        if (policy_.requests) {
            want(now);
            needs_.back().persistent = true;
        }
    }
}

void MobileRouter::postpone(Need& need, base::Now now) {
    const unsigned doublings = std::min(need.failures, 5u);
    ++need.failures;
    need.state = Need::State::open;
    need.not_before = now.mono + (policy_.waits ? policy_.back_off * (1u << doublings) : base::Duration{});
    if (!policy_.waits)
        need.not_before += std::chrono::milliseconds(100);
}

/// A 7 and digest 4.1: what each status makes of a request.
void MobileRouter::failed(Need& need, std::uint8_t why, base::Now now, common::Output& out) {
    out.note("no prefix", {{"status", std::to_string(why)}});
    const auto change = [&] {
        need.correlation = fresh_correlation();
        need.state = Need::State::open;
        need.not_before = now.mono + std::chrono::seconds(1);
    };
    const auto give_up = [&] { need.state = Need::State::given_up; };
    switch (why) {
    case confirmation::not_a_router:
        if (policy_.alerts)
            out.note("alarm: the home agent does not take this node for a mobile router", {});
        return policy_.waits ? give_up() : postpone(need, now);
    case confirmation::of_another:
    case confirmation::no_persistent:
    case confirmation::no_transient:
        if (!policy_.asks_again)
            break;
        if (need.changed_persistence)
            return give_up();
        need.persistent = why == confirmation::no_transient;
        need.changed_persistence = true;
        return change();
    case confirmation::no_implicit:
        if (!policy_.asks_again)
            break;
        if (need.changed_implicit)
            return give_up();
        need.implicit = false;
        need.changed_implicit = true;
        return change();
    default:
        break;
    }
    postpone(need, now);
    need.correlation = fresh_correlation();
}

} // namespace peers::nemo
