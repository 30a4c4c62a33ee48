#include "peers/mip6/home_registration.h"
#include "peers/netmip6/home_agent.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr std::uint8_t nai_subtype = 1, mn_ha_subtype = 1;

const wire::Authentication* authentication_of(const wire::BindingUpdate& update) {
    for (const auto* option : wire::find_all<wire::Authentication>(update.options))
        if (option->subtype == mn_ha_subtype)
            return option;
    return nullptr;
}

} // namespace

/// The order of the checks is PC-18; numbers in comments are its steps.
void HomeAgent::receive(const wire::Packet& packet, base::Now now, common::Output& out) {
    Visit visit;
    visit.packet = packet;
    if (!read(visit)) {
        if (policy_.answers_discarded)
            refuse(visit, status::unspecified, now, out);
        return out.note("update discarded", {{"because", "it cannot be one"}});
    }
    judge(std::move(visit), now, out);
}

/// 2: what no home registration may be, and what nobody answers.
bool HomeAgent::read(Visit& visit) const {
    const auto* ip = wire::outer_ip(visit.packet);
    const auto& update = visit.update();
    if (!ip)
        return false;
    visit.source = visit.care_of = visit.home = ip->source;
    visit.agent = ip->destination;
    if (const auto* options = visit.packet.find<wire::DestinationOptions>())
        if (const auto* home = wire::find<wire::HomeAddressOption>(options->options)) {
            visit.home = home->address;
            visit.has_home_option = true;
        }
    if (const auto* other = wire::find<wire::AlternateCareOfAddress>(update.options))
        visit.care_of = other->address;
    if (!is_wildcard(visit.home))
        visit.answer_home = visit.home;
    if (const auto* identity = wire::find<wire::MobileNodeIdentifier>(update.options))
        if ((identity->subtype == nai_subtype || !policy_.check_subtype) &&
            (!identity->nai.empty() || !policy_.check_empty))
            visit.nai = identity->nai.empty() ? "nobody" : identity->nai;
    if (const auto* stamp = wire::find<wire::ReplayProtection>(update.options))
        visit.stamp = stamp->timestamp;
    if (wire::find<wire::RawOption>(update.options)) // an option runs past the end
        return false;
    if (policy_.check_home_option && !visit.has_home_option)
        return false;
    const bool may_be_home = visit.home.is_routable_unicast() || (is_wildcard(visit.home) && !policy_.is_map);
    if (policy_.check_home_unicast && !may_be_home)
        return false;
    if (policy_.check_care_of && !visit.care_of.is_routable_unicast())
        return false;
    if (policy_.check_circle && entries_.contains(visit.care_of))
        return false;
    return !policy_.check_nonce || !wire::find<wire::NonceIndices>(update.options);
}

/// PC-17: by SPI and identity, then the common one, then what AAA has given.
std::optional<Key> HomeAgent::key_for(const Visit& visit) const {
    const auto* option = authentication_of(visit.update());
    if (!option)
        return std::nullopt;
    const auto of_node = [&](const model::Identity& identity) -> std::optional<Key> {
        const auto text = identity.policy.find("ha-key");
        if (text != identity.policy.end())
            for (const Key& key : parse_keys(text->second))
                if (key.spi == option->spi)
                    return key;
        return std::nullopt;
    };
    if (const auto* identity = identity_of(visit.nai))
        if (auto key = of_node(*identity))
            return key;
    if (!policy_.check_per_node)
        for (const model::Identity& identity : config_.topology.identities)
            if (auto key = of_node(identity))
                return key;
    for (const Key& key : policy_.keys)
        if (key.spi == option->spi)
            return key;
    const auto fetched = fetched_.find(visit.nai);
    if (fetched != fetched_.end() && fetched->second.spi == option->spi)
        return fetched->second;
    return std::nullopt;
}

/// 3: without a key an answer could not be protected, so that nobody gets one.
bool HomeAgent::find_key(Visit& visit, base::Now now, common::Output& out) {
    const auto* option = authentication_of(visit.update());
    if (!option) {
        visit.signed_ = false;
        return !policy_.check_missing;
    }
    if (const auto key = key_for(visit)) {
        visit.key = *key;
        visit.signed_ = true;
        return true;
    }
    if (policy_.fetches_keys && !visit.nai.empty() && !negative_.contains(visit.nai)) {
        const bool under_way =
            std::ranges::any_of(asked_, [&](const auto& one) { return one.second.nai == visit.nai; });
        if (under_way)
            return false;
        AaaRequest request;
        request.kind = AaaRequest::Kind::key;
        request.id = next_request_++;
        request.nai = visit.nai;
        request.nas = visit.agent;
        asked_[request.id] = {visit.nai, visit};
        aaa_->ask(request, now, out);
        heard_of_aaa(now, out);
        return false;
    }
    return !policy_.check_association;
}

/// 4: RFC 4285, 5.1, over the care-of address that is registered.
bool HomeAgent::is_authentic(const Visit& visit) const {
    if (!visit.signed_)
        return true;
    const auto verdict =
        verify(visit.packet, visit.key, visit.home, policy_.covers_care_of ? visit.care_of : visit.source);
    return verdict == crypto::Authenticity::authentic || !policy_.check_authenticator;
}

/// 5: RFC 4285, 6.
HomeAgent::Status HomeAgent::stamp_objection(const Visit& visit, base::Now now) {
    if (!policy_.timestamps)
        return std::nullopt;
    if (!visit.stamp)
        return policy_.check_stamp_present ? Status(policy_.no_stamp) : std::nullopt;
    const base::Wall told = crypto::wall_of_ntp(*visit.stamp);
    if ((policy_.check_stale && told + policy_.tolerance < now.wall) ||
        (policy_.check_future && told > now.wall + policy_.tolerance))
        return policy_.bad_stamp;
    const auto newest = stamps_.find(visit.nai);
    if (policy_.check_repeated && newest != stamps_.end() && *visit.stamp <= newest->second)
        return policy_.bad_stamp;
    return std::nullopt;
}

/// 7: RFC 3775, 9.5.1. A router that has started anew asks with the wildcard and a good timestamp (PC-16).
HomeAgent::Status HomeAgent::sequence_objection(const Visit& visit) {
    const Entry* entry = is_wildcard(visit.home) ? entry_of(visit.nai) : find(visit.home);
    if (!entry || !policy_.check_sequence)
        return !entry && !policy_.any_first_sequence && visit.update().sequence > 0x8000
                   ? Status(policy_.out_of_window)
                   : std::nullopt;
    if (is_wildcard(visit.home) && policy_.timestamps && visit.stamp)
        return std::nullopt;
    const std::uint16_t number = visit.update().sequence;
    const bool newer = policy_.modulo ? mip6::is_newer(number, entry->sequence) : number > entry->sequence;
    return newer ? std::nullopt : Status(policy_.out_of_window);
}

/// 9: is it an address of ours, and of this node?
HomeAgent::Status HomeAgent::home_objection(const Visit& visit) {
    if (is_wildcard(visit.home))
        return std::nullopt;
    const bool ours = std::ranges::any_of(
        policy_.home, [&](const base::Prefix& prefix) { return prefix.contains(visit.home); });
    if (!ours && policy_.check_subnet)
        return policy_.not_subnet;
    const Entry* entry = find(visit.home);
    if (policy_.is_map)
        return entry && entry->nai != visit.nai && policy_.detects_duplicates ? Status(policy_.duplicate)
                                                                              : std::nullopt;
    if (!policy_.check_owner)
        return std::nullopt;
    if (entry && entry->nai != visit.nai)
        return policy_.not_owner;
    for (const auto& [nai, assignment] : assignments_)
        if (nai != visit.nai && prefix_of(assignment.home) == prefix_of(visit.home))
            return policy_.not_owner;
    // What the home agent knows of the node itself (HA-093).
    for (const model::Identity& identity : config_.topology.identities)
        if (identity.home_network_prefix && identity.home_network_prefix->contains(visit.home) &&
            identity.nai != visit.nai && identity.lma == config_.self.name)
            return policy_.not_owner;
    return std::nullopt;
}

/// 5 to 10, in this order; what is refused leaves no trace.
HomeAgent::Status HomeAgent::objection(Visit& visit, base::Now now) {
    if (const auto status = stamp_objection(visit, now))
        return status;
    if (is_wildcard(visit.home) && visit.nai.empty() && policy_.check_identity) // 6
        return policy_.no_identity;
    if (const auto status = sequence_objection(visit))
        return status;
    const wire::BindingUpdate& update = visit.update();
    if (!policy_.service) // 8
        return policy_.no_service;
    const Entry* entry = is_wildcard(visit.home) ? entry_of(visit.nai) : find(visit.home);
    if (entry && policy_.check_h_change && entry->h != update.h)
        return policy_.h_changed;
    if (const auto status = home_objection(visit))
        return status;
    if (update.lifetime && !entry && entries_.size() >= policy_.most_bindings) // 10
        return policy_.no_resources;
    return std::nullopt;
}

void HomeAgent::judge(Visit visit, base::Now now, common::Output& out) {
    if (policy_.blocks_while_asking && !asked_.empty())
        return;
    const auto discard = [&](const char* why) {
        out.note("update discarded", {{"because", why}});
        if (policy_.answers_discarded)
            refuse(visit, status::unspecified, now, out);
    };
    if (!find_key(visit, now, out)) {
        if (policy_.binds_without_key && visit.update().lifetime)
            return proceed(visit, now, out);
        return discard("there is no association");
    }
    if (policy_.authenticates_first && !is_authentic(visit))
        return refuse(visit, policy_.bad_authenticator, now, out);
    const wire::BindingUpdate& update = visit.update();
    const Entry* entry = is_wildcard(visit.home) ? entry_of(visit.nai) : find(visit.home);
    const bool is_ours = policy_.is_map ? update.m && !update.h : update.h || entry;
    if (policy_.check_h && !is_ours)
        return discard("it is no registration for this node");
    if (const auto status = objection(visit, now))
        return refuse(visit, *status, now, out);
    if (!policy_.authenticates_first && !is_authentic(visit))
        return refuse(visit, policy_.bad_authenticator, now, out);
    if (visit.stamp)
        stamps_[visit.nai] = *visit.stamp;
    if (update.lifetime == 0 || visit.care_of == visit.home)
        return deregister(visit, now, out);
    proceed(visit, now, out);
}

} // namespace peers::netmip6
