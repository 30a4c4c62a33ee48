#include "peers/pmip6/lma.h"

#include <algorithm>

namespace peers::pmip6 {

std::uint16_t Lma::granted(const Request& request, base::Now now) const {
    std::uint16_t units = std::min(request.update->lifetime, policy_.max_lifetime);
    if (policy_.prefix_valid) {
        const base::Duration left = started_ + *policy_.prefix_valid - now.mono;
        const auto whole = left / std::chrono::seconds(lifetime_unit_seconds);
        units = static_cast<std::uint16_t>(std::clamp<std::int64_t>(whole, 0, units));
    }
    if (request.update->lifetime == 0 && policy_.register_without_lifetime)
        units = policy_.max_lifetime;
    if (policy_.grant_more_than_asked)
        units = static_cast<std::uint16_t>(std::min(request.update->lifetime + 100, 0xffff));
    return units;
}

bool Lma::owns(const base::Prefix& prefix) const {
    if (prefix.length == 0 || invalid_.overlaps(prefix))
        return false;
    if (pool_.covers(prefix))
        return true;
    const auto covers = [&](const base::Prefix& wider) { return wider.contains(prefix); };
    if (std::any_of(policy_.owned.begin(), policy_.owned.end(), covers))
        return true;
    const auto& profiles = store_.all();
    return std::any_of(profiles.begin(), profiles.end(),
                       [&](const Profile& profile) { return profile.prefix && covers(*profile.prefix); });
}

std::optional<base::Prefix> Lma::static_prefix(const Profile& profile) const {
    if (!profile.prefix || invalid_.overlaps(*profile.prefix))
        return std::nullopt;
    return profile.prefix->canonical();
}

std::optional<std::uint8_t> Lma::hint_objection(const Request& request) const {
    const base::Prefix hint = request.hint();
    if (policy_.check_owned && !owns(hint))
        return policy_.not_owned;
    if (policy_.check_hint_authorised && request.profile) {
        const auto fixed = static_prefix(*request.profile);
        const bool may = fixed ? *fixed == hint
                               : policy_.dynamic_hints && pool_.is_member(hint) && !pool_.is_reserved(hint);
        if (!may)
            return policy_.prefix_of_another;
    }
    if (policy_.check_prefix_holder && cache_.holder(hint))
        return policy_.prefix_of_another;
    return std::nullopt;
}

/// The gateway cannot know yet that this prefix was taken from the node: it gets another one instead of a
/// refusal (6.12 leaves open how it learns; digest A7).
bool Lma::is_former_prefix(const Request& request) const {
    const auto found = renumbered_.find(request.identifier->nai);
    return found != renumbered_.end() && request.hint() == found->second.canonical() &&
           invalid_.contains(found->second);
}

std::optional<std::uint8_t> Lma::choose_prefix(const Request& request, base::Prefix& prefix, bool& dynamic) {
    dynamic = false;
    if (!request.asks_for_any() && !is_former_prefix(request)) {
        if (const auto objection = hint_objection(request))
            return objection;
        prefix = request.hint();
        dynamic = pool_.take(prefix);
        return std::nullopt;
    }
    if (policy_.share_bound_prefix && cache_.size() != 0) {
        prefix = cache_.all().front()->prefix;
        return std::nullopt;
    }
    if (const auto fixed =
            request.profile && policy_.use_profile_prefix ? static_prefix(*request.profile) : std::nullopt) {
        const Binding* other = cache_.holder(*fixed);
        const bool is_free = other == nullptr;
        if (is_free) {
            prefix = *fixed;
            return std::nullopt;
        }
        // Another interface of the same node has it.
        if (!policy_.sessions_by_interface || !other->nai.starts_with(request.identifier->nai))
            return policy_.exhausted;
    }
    const auto fresh = pool_.allocate();
    if (!fresh)
        return policy_.exhausted;
    prefix = *fresh;
    dynamic = true;
    return std::nullopt;
}

std::optional<std::uint8_t> Lma::refresh_objection(const Request& request) const {
    if (request.asks_for_any() || !policy_.check_same_prefix)
        return std::nullopt;
    const base::Prefix asked = request.hint(), bound = request.binding->prefix;
    if (asked == bound)
        return std::nullopt;
    return asked.overlaps(bound) ? policy_.overlapping_prefix : policy_.other_prefix;
}

void Lma::register_node(Request& request, bool answer, base::Now now, common::Output& out) {
    const std::uint16_t lifetime = granted(request, now);
    if (lifetime == 0 && !policy_.register_without_lifetime) {
        if (answer) // the prefix is at the end of its validity
            refuse(request, policy_.exhausted, now, out);
        return;
    }
    if (request.binding && (policy_.new_prefix_at_refresh ||
                            (policy_.forget_at_handover && request.binding->care_of != request.from))) {
        remove(request.binding->nai, "forgotten", now, out);
        request.binding = nullptr;
        request.forget_hint = true;
    }
    const bool fresh = request.binding == nullptr;
    if (const auto status = choose_network(request)) {
        if (answer)
            refuse(request, *status, now, out);
        return;
    }
    if (fresh) {
        make_room(now, out);
        Binding binding{.nai = cache_.free_key(request.identifier->nai)};
        binding.node = request.identifier->nai;
        if (const auto status = choose_prefix(request, binding.prefix, binding.dynamic)) {
            give_back_network(request);
            if (answer)
                refuse(request, *status, now, out);
            return;
        }
        binding.deadline = now.mono;
        request.binding = &cache_.create(std::move(binding));
    } else if (const auto status = refresh_objection(request)) {
        give_back_network(request);
        if (answer)
            refuse(request, *status, now, out);
        return;
    }
    update_binding(*request.binding, request, lifetime, now, out);
    out.note(fresh ? "registered" : "re-registered", {{"nai", request.binding->nai},
                                                      {"prefix", base::text(request.binding->prefix)},
                                                      {"care-of", base::text(request.binding->care_of)}});
    if (answer)
        reply(request,
              {policy_.success, request.update->lifetime ? request.binding->lifetime : std::uint16_t{0},
               request.update->sequence},
              now, out);
    if (!policy_.keep_entries)
        remove(std::string(request.binding->nai), "forgotten", now, out);
}

/// What a wrong anchor does to its other nodes when another one comes.
void Lma::make_room(base::Now now, common::Output& out) {
    const bool full = policy_.evict_when_full && pool_.in_use() >= pool_.capacity();
    if (cache_.size() == 0 || !(policy_.one_entry_only || full))
        return;
    for (const Binding* other : cache_.all()) {
        remove(std::string(other->nai), "evicted", now, out);
        if (full)
            return;
    }
}

void Lma::remember(Binding& binding, const Request& request) const {
    if (!policy_.remember_order)
        return;
    if (request.timestamp)
        binding.last.timestamp = request.timestamp;
    binding.last.sequence = request.update->sequence;
}

void Lma::name_interface(Binding& binding, const Request& request) const {
    const wire::MobilityOptions& options = request.update->options;
    if (const auto* technology = wire::find<wire::AccessTechnologyType>(options))
        binding.access_technology = technology->value;
    if (const auto* interface = wire::find<wire::MobileNodeLinkLayerIdentifier>(options))
        binding.link_layer_id.assign(interface->identifier.begin(), interface->identifier.end());
}

void Lma::update_binding(Binding& binding, const Request& request, std::uint16_t lifetime, base::Now now,
                         common::Output& out) {
    const common::TunnelEnds before = binding.tunnel, after{request.to, request.from};
    binding.network = request.network;
    binding.refreshed = ++registrations_;
    const bool was_waiting = binding.waiting;
    remember(binding, request);
    const bool renewed = before.remote.is_unspecified() || policy_.refresh_extends;
    name_interface(binding, request);
    binding.care_of = request.from;
    if (!was_waiting || !policy_.keep_values_during_delay)
        binding.lifetime = lifetime;
    if (renewed)
        binding.expires =
            now.mono + policy_.unit * (policy_.live_as_asked ? request.update->lifetime : binding.lifetime);
    if (policy_.keep_link_local && binding.link_local.is_unspecified() && request.link_local &&
        request.link_local->address.is_link_local())
        binding.link_local = request.link_local->address;
    else if (policy_.keep_link_local && policy_.allocates_link_local && request.link_local &&
             binding.link_local.is_unspecified())
        binding.link_local = link_local_answer(request, true);
    if (!was_waiting || policy_.cancel_delay) {
        binding.waiting = false;
        cache_.schedule(binding, policy_.expire ? binding.expires : base::Mono::max());
    }
    const bool moved = before != after;
    if (moved && (policy_.move_route || before.remote.is_unspecified())) {
        binding.tunnel = after;
        use_tunnel(binding, out);
    }
    if (moved || was_waiting)
        install(binding, out);
    if (moved && !before.remote.is_unspecified() && policy_.drop_old_tunnel && policy_.move_route)
        leave_tunnel(before, binding.nai, out);
    route_network(binding.node, out);
}

void Lma::deregister(Request& request, base::Now now, common::Output& out) {
    Binding* binding = request.binding;
    const Answer accepted{policy_.success, 0, request.update->sequence};
    if (!binding) {
        if (policy_.refuse_deregistration_without_entry)
            refuse(request, policy_.no_entry, now, out);
        return;
    }
    if (binding->care_of != request.from && policy_.check_care_of_at_deregistration) {
        if (policy_.foreign_deregistration != status::accepted)
            refuse(request, policy_.foreign_deregistration, now, out);
        else if (policy_.acknowledge_foreign_deregistration)
            reply(request, accepted, now, out);
        return;
    }
    remember(*binding, request);
    reply(request, accepted, now, out);
    out.note("de-registered", {{"nai", binding->nai}});
    if (binding->waiting && policy_.repetition_cancels_deletion) {
        binding->waiting = false;
        cache_.schedule(*binding, binding->expires);
        return;
    }
    if (!policy_.delete_at_deregistration || binding->waiting)
        return; // a repetition does not prolong the delay
    if (!policy_.delay_deletion || policy_.delay == base::Duration{}) {
        remove(std::string(binding->nai), "de-registered", now, out);
        return;
    }
    binding->waiting = true;
    cache_.schedule(*binding, now.mono + policy_.delay);
    if (!policy_.forward_during_delay)
        install(*binding, out);
    route_network(binding->node, out);
}

void Lma::remove(const std::string& nai, std::string_view why, base::Now now, common::Output& out) {
    const Binding* binding = cache_.find(nai);
    if (!binding)
        return;
    const std::string key = binding->nai, node = binding->node;
    uninstall(*binding, out);
    leave_tunnel(binding->tunnel, key, out);
    if (binding->dynamic && policy_.release_prefixes)
        pool_.release(binding->prefix);
    out.note("deleted", {{"nai", key}, {"why", std::string(why)}, {"prefix", base::text(binding->prefix)}});
    cache_.erase(key);
    route_network(node, out);
    retain_network(node, now.mono);
}

} // namespace peers::pmip6
