#include "harness/crypto/key_wrap.h"
#include "peers/common/settings.h"
#include "peers/netmip6/access_router.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

AccessRouter::Handover* AccessRouter::handover_of(const std::string& nai) {
    const auto found = handovers_.find(nai);
    return found == handovers_.end() ? nullptr : &found->second;
}

/// Unlike those of requests that are still out to that router, and not to be foreseen (PC-2).
std::uint16_t AccessRouter::new_identifier(const base::Ip6& serving) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
        const auto identifier = policy_.random_identifiers     ? static_cast<std::uint16_t>(random_())
                                : policy_.distinct_identifiers ? next_identifier_++
                                                               : std::uint16_t{1};
        const bool taken = std::ranges::any_of(handovers_, [&](const auto& one) {
            return one.second.serving == serving && one.second.identifier == identifier && one.second.sends;
        });
        if (!taken || !policy_.distinct_identifiers)
            return identifier;
    }
    return 0;
}

/// Of the base station: who comes, and from where.
void AccessRouter::indicated(const model::Told& event, base::Now now, common::Output& out) {
    const auto argument = [&](const char* key) {
        const auto found = event.arguments.find(key);
        return found == event.arguments.end() ? std::string{} : found->second;
    };
    std::optional<base::Ip6> serving = base::parse_ip6(argument("sar"));
    if (const auto* node = config_.topology.node(argument("sar")))
        serving = node->address();
    std::string nai = argument("nai"), name = argument("mobile-node");
    if (const auto* identity = identity_of(event)) {
        name = identity->name;
        if (nai.empty())
            nai = identity->nai;
    }
    if (!serving || nai.empty() || *serving == care_of_ || !serving->is_routable_unicast()) {
        out.note("indication ignored", event.arguments);
        if (!policy_.believes_bad_indications)
            return;
        serving = serving.value_or(policy_.home_agent.value_or(base::Ip6{}));
    }
    if (handover_of(nai) && !handover_of(nai)->failed)
        return;
    Handover handover;
    if (Session* session = session_of(nai)) {
        const bool has_begun = session->phase != Phase::authenticating && session->phase != Phase::waiting &&
                               session->phase != Phase::released && session->phase != Phase::failed;
        if (has_begun)
            return; // it is already served here, or about to be
        handover.attached = session->attached;
        handover.port = session->port;
        handover.mac = session->mac;
        erase(nai, out);
    }
    handover.nai = nai;
    handover.name = name;
    handover.serving = *serving;
    handover.identifier = new_identifier(*serving);
    handover.wait = policy_.ho_timeout;
    Handover& kept = handovers_[nai] = std::move(handover);
    if (policy_.registers_early)
        take_context(kept, {}, now, out);
    request_context(kept, now, out);
}

/// The first request, its retransmissions, and the failure after the last (PC-22).
void AccessRouter::request_context(Handover& handover, base::Now now, common::Output& out) {
    const bool most = policy_.bounds_requests && handover.sends >= policy_.ho_sends;
    if (most || (handover.sends && !policy_.retransmits_request))
        return fall_back(handover, "no response", now, out);
    if (handover.sends && !policy_.keeps_identifier)
        handover.identifier = new_identifier(handover.serving);
    ++handover.sends;
    handover.next = now.mono + handover.wait;
    if (policy_.backs_off_requests)
        handover.wait *= 2;
    wire::HoRequest request;
    request.identifier = handover.identifier;
    request.c = policy_.sends_c;
    request.h = policy_.sends_h;
    request.reserved = policy_.request_reserved;
    if (policy_.spoils_checksum)
        request.header.checksum = 0xdead;
    if (policy_.ho.request_code)
        request.header.code = policy_.ho.request_code;
    wire::ContextIdentity identity{.nai = handover.nai};
    if (policy_.spoils_options)
        identity.header.length = static_cast<std::uint8_t>(identity.nai.size() + 5);
    if (policy_.sends_identity)
        request.options.push_back(std::move(identity));
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = policy_.request_from_care_of ? care_of_ : policy_.link_local,
                                       .destination = policy_.request_to_serving
                                                          ? handover.serving
                                                          : policy_.home_agent.value_or(base::Ip6{}),
                                       .hop_limit = policy_.request_hop_limit});
    packet.layers.push_back(std::move(request));
    out.send(std::move(packet));
}

/// No context: when the node comes, or if it is here already, it is set up from the beginning.
void AccessRouter::fall_back(Handover& handover, const char* why, base::Now now, common::Output& out) {
    out.note("no context", {{"nai", handover.nai}, {"because", why}});
    handover.failed = true;
    handover.next = now.mono + policy_.fallback;
    if (handover.attached) {
        const Handover copy = handover;
        full_set_up(copy.nai, copy.name, copy.port, copy.mac, true, now, out);
    }
}

void AccessRouter::responded(const common::Arrived& packet, base::Now now, common::Output& out) {
    const HoJudgement judgement = judge_response(*packet.packet, policy_.ho, packet.was_protected);
    const auto* ip = wire::outer_ip(*packet.packet);
    if (judgement.discarded || !ip)
        return out.note("response discarded", {{"because", std::string(judgement.why)}});
    const auto is_meant = [&](const auto& one) {
        const Handover& handover = one.second;
        return !handover.failed && handover.sends &&
               (handover.identifier == judgement.response->identifier ||
                !policy_.check_response_identifier) &&
               (handover.serving == ip->source || !policy_.check_response_source);
    };
    const auto found = std::ranges::find_if(handovers_, is_meant);
    if (found == handovers_.end())
        return out.note("response discarded", {{"because", "nobody has asked"}});
    Handover& handover = found->second;
    if (!judgement.nai.empty() && !is_same_nai(judgement.nai, handover.nai) &&
        policy_.check_response_identity)
        return out.note("response discarded", {{"because", "it is about another node"}});
    if (judgement.status != ho_status::success && policy_.check_response_status)
        return fall_back(handover, "refused", now, out);
    const wire::ContextOptions& options = judgement.response->options;
    const bool is_complete = (wire::find<wire::ContextHomeAddress>(options) || !policy_.needs_home) &&
                             (wire::find<wire::ContextHomeAgent>(options) || !policy_.needs_agent);
    if (!policy_.trusts_context)
        return fall_back(handover, "AAA has to be asked", now, out);
    if (!is_complete)
        return fall_back(handover, "it is incomplete", now, out);
    const Handover done = handover;
    const wire::HoResponse response = *judgement.response;
    if (policy_.answers_once)
        handovers_.erase(found);
    else
        handover.next = now.mono + policy_.fallback;
    take_context(done, response, now, out);
}

/// The association of the node with its home agent, where the context has it and it may be believed (PC-9).
std::optional<Key> AccessRouter::key_in(const wire::ContextOptions& options) const {
    const auto* security = wire::find<wire::ContextSecurity>(options);
    if (!security)
        return std::nullopt;
    if (security->key_mode == static_cast<std::uint8_t>(KeyMode::clear) && policy_.allow_clear_keys)
        return Key{security->spi, security->key};
    if (security->key_mode == static_cast<std::uint8_t>(KeyMode::wrapped))
        if (auto key = crypto::unwrap_key(policy_.kek, security->key))
            return Key{security->spi, std::move(*key)};
    return std::nullopt;
}

void AccessRouter::take_context(const Handover& handover, const wire::HoResponse& response, base::Now now,
                                common::Output& out) {
    erase(handover.nai, out);
    const wire::ContextOptions& options = response.options;
    Session& session = sessions_[handover.nai];
    session.nai = handover.nai;
    session.name = handover.name;
    session.by_handover = true;
    session.began = now.mono;
    session.attached = handover.attached;
    session.port = handover.port;
    session.mac = handover.mac;
    session.phase = Phase::registering;
    Parties parties;
    parties.care_of = care_of_;
    parties.nai = handover.nai;
    if (const auto* home = wire::find<wire::ContextHomeAddress>(options); home && !policy_.registers_wildcard)
        parties.home = home->address;
    if (const auto* agent = wire::find<wire::ContextHomeAgent>(options))
        parties.anchor = agent->address;
    else
        parties.anchor = policy_.home_agent.value_or(base::Ip6{});
    if (!policy_.keys.empty())
        parties.key = policy_.keys.front();
    if (const auto key = key_in(options))
        parties.key = *key;
    session.profile.home_agent = parties.anchor;
    session.profile.home_address = parties.home;
    if (parties.key.is_set() && (policy_.keys.empty() || parties.key != policy_.keys.front()))
        session.profile.key = parties.key;
    if (const auto* link = wire::find<wire::ContextLink>(options);
        link && link->address.size() == 6 && session.mac == base::Mac{})
        std::ranges::copy(link->address, session.mac.octets.begin());
    if (const auto* aaa = wire::find<wire::ContextSession>(options))
        session.profile.attributes = aaa->attributes;
    if (!policy_.keeps_prefix)
        session.prefix = {};
    session.home = Registration(parties, policy_.client);
    for (const auto& feature : features_)
        feature->take(session, options, now);
    for (const auto& feature : features_)
        if (!feature->prepare(session, now, out))
            return;
    const auto* binding = wire::find<wire::ContextBinding>(options);
    if (binding && policy_.continues_sequence)
        session.home.take_over(binding->sequence, policy_.continues_timestamp ? binding->timestamp : 0, now);
    else
        session.home.take_over(static_cast<std::uint16_t>(policy_.client.first_sequence - 1), 0, now);
    if (policy_.serves_before_answer && session.attached) {
        session.prefix = prefix_of(parties.home);
        send_advertisement(session, session.prefix, 3600, policy_.router_lifetime, out);
    }
    pump(session, now, out);
}

} // namespace peers::netmip6
