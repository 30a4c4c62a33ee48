#include "harness/crypto/gate.h"

#include <algorithm>

namespace crypto {

namespace {

bool is_protected(const Chain& chain) {
    return chain.next == static_cast<std::uint8_t>(Protocol::esp) ||
           chain.next == static_cast<std::uint8_t>(Protocol::ah);
}

bool selects(const Policy& policy, const Chain& chain) {
    return policy.source.contains(chain.source) && policy.destination.contains(chain.destination) &&
           (policy.upper == 0 || policy.upper == chain.next) && (!policy.type || *policy.type == chain.type);
}

bool is_between(const Association& one, const Chain& chain) {
    return one.source == chain.source && one.destination == chain.destination;
}

/// The first 32 bits behind the header's own start that name the association.
std::optional<std::uint32_t> spi_of(base::View ip, const Chain& chain) {
    const std::size_t at = chain.at + (chain.next == static_cast<std::uint8_t>(Protocol::ah) ? 4 : 0);
    if (at + 4 > chain.end)
        return std::nullopt;
    return base::read32(ip, at);
}

} // namespace

Gate::Gate(const Configuration& configuration, std::uint64_t seed, const Lapses& lapses)
    : policies_(configuration.policies), lapses_(lapses) {
    ends_.reserve(configuration.associations.size());
    for (const Association& one : configuration.associations)
        ends_.push_back({Transform(one, seed ^ one.spi, lapses), Transform(one, seed, lapses)});
}

const Policy* Gate::policy_for(const Chain& chain) const {
    const auto found =
        std::ranges::find_if(policies_, [&](const Policy& policy) { return selects(policy, chain); });
    return found == policies_.end() ? nullptr : &*found;
}

Gate::End* Gate::outbound(const Chain& chain, Protocol protocol) {
    for (End& end : ends_) {
        const Association& one = end.out.association();
        const bool fits = lapses_.forgets_peers ? one.source == chain.source : is_between(one, chain);
        if (one.protocol == protocol && fits)
            return &end;
    }
    return nullptr;
}

Gate::End* Gate::to_lie_with(const Chain& chain, const Lies& lies, const Policy* policy) {
    if (lies.spi)
        for (End& end : ends_)
            if (end.out.association().spi == *lies.spi)
                return &end;
    if (policy)
        if (End* end = outbound(chain, policy->protocol))
            return end;
    const auto to_there = std::ranges::find_if(
        ends_, [&](const End& end) { return end.out.association().destination == chain.destination; });
    return to_there == ends_.end() ? nullptr : &*to_there;
}

Gate::Sent Gate::send(base::View ip, const Lies* lies) {
    using What = Sent::What;
    const auto chain = empty() ? std::nullopt : chain_of(ip);
    if (!chain || is_protected(*chain))
        return {};
    const Policy* policy = policy_for(*chain);
    End* end = nullptr;
    if (lies) {
        end = to_lie_with(*chain, *lies, policy);
    } else {
        if (lapses_.sends_clear)
            return {};
        const bool all = lapses_.protects_everything && !ends_.empty();
        if (!policy && !all)
            return {};
        if (policy && policy->verdict == Policy::Verdict::bypass)
            return {};
        if (policy && policy->verdict == Policy::Verdict::discard)
            return {What::discarded, {}, "the policy discards it"};
        end = outbound(*chain, policy ? policy->protocol : ends_.front().out.association().protocol);
        if (!end && !policy)
            return {};
    }
    if (!end)
        return {What::discarded, {}, "there is no association for it"};
    auto made = end->out.protect(ip, lies);
    if (!made)
        return {What::discarded, {}, "the association has no number left for it"};
    return {What::protected_, std::move(*made), {}};
}

Gate::Received Gate::open(base::View ip, const Chain& chain) {
    using What = Received::What;
    Received out{What::discarded, {}, Verdict::no_association};
    const auto spi = spi_of(ip, chain);
    if (!spi) {
        out.because = Verdict::malformed;
        return out;
    }
    for (End& end : ends_) {
        const Association& one = end.in.association();
        if (static_cast<std::uint8_t>(one.protocol) != chain.next || one.destination != chain.destination)
            continue;
        const bool by_ends = is_between(one, chain);
        if (lapses_.ignores_spi ? !by_ends : one.spi != *spi)
            continue;
        if (!by_ends && !lapses_.ignores_addresses) {
            out.because = Verdict::wrong_addresses;
            return out;
        }
        Opened opened = end.in.open(ip);
        out.because = opened.verdict;
        if (opened.verdict != Verdict::accepted)
            return out;
        // RFC 4301, 5.2: what came out has to be what the association is for.
        const auto inner = chain_of(opened.ip);
        const Policy* policy = inner ? policy_for(*inner) : nullptr;
        const bool is_meant =
            policy && policy->verdict == Policy::Verdict::protect && policy->protocol == one.protocol;
        if (!is_meant && !policies_.empty() && !lapses_.ignores_selectors) {
            out.because = Verdict::policy;
            return out;
        }
        out.what = What::opened;
        out.ip = std::move(opened.ip);
        return out;
    }
    return out;
}

Gate::Received Gate::receive(base::View ip) {
    using What = Received::What;
    const auto chain = empty() ? std::nullopt : chain_of(ip);
    if (!chain)
        return {};
    if (is_protected(*chain))
        return open(ip, *chain);
    const Policy* policy = policy_for(*chain);
    if (!policy || policy->verdict == Policy::Verdict::bypass || lapses_.accepts_clear)
        return {};
    return {What::discarded, {}, Verdict::policy};
}

Watcher::Watcher(const std::vector<Association>& associations) {
    transforms_.reserve(associations.size());
    for (const Association& one : associations)
        transforms_.emplace_back(one);
}

std::optional<Watcher::Seen> Watcher::look(base::View ip) {
    const auto chain = chain_of(ip);
    if (!chain || !is_protected(*chain))
        return std::nullopt;
    Seen out;
    out.protocol = static_cast<Protocol>(chain->next);
    out.opened.verdict = Verdict::no_association;
    const auto spi = spi_of(ip, *chain);
    for (Transform& transform : transforms_) {
        const Association& one = transform.association();
        if (one.protocol != out.protocol || one.spi != spi || one.destination != chain->destination)
            continue;
        out.opened = transform.look(ip);
        if (out.opened.verdict == Verdict::accepted)
            break;
    }
    if (out.opened.verdict != Verdict::accepted)
        out.opened.spi = spi.value_or(0);
    return out;
}

} // namespace crypto
