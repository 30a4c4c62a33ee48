#include "harness/crypto/key_wrap.h"
#include "peers/netmip6/access_router.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr unsigned refusals_a_second = 10, refusals_at_once = 20; // PC-6
constexpr std::size_t most_askers = 1000, most_answers = 10'000;
constexpr std::uint16_t ethernet = 1;
constexpr unsigned probes = 3;
constexpr base::Duration probe_interval = std::chrono::milliseconds(500);

std::uint64_t identifier_of(const base::Ip6& address) {
    std::uint64_t number = 0;
    for (std::size_t i = 8; i < 16; ++i)
        number = number << 8 | address.octets[i];
    return number;
}

} // namespace

bool AccessRouter::is_permitted(const base::Ip6& asker, const std::string& nai) const {
    bool listed = std::ranges::find(policy_.permitted, asker) != policy_.permitted.end();
    if (policy_.permits_all)
        listed = std::ranges::any_of(config_.topology.nodes, [&](const model::Node& node) {
            return (node.role == "sar" || node.role == "tar" || node.role == "ar") && node.address() == asker;
        });
    const Session* session = listed ? located(nai) : nullptr;
    if (!session)
        return listed;
    const auto& named = session->profile.permitted;
    return session->profile.transferable && (named.empty() || std::ranges::find(named, asker) != named.end());
}

const Session* AccessRouter::located(const std::string& nai) const {
    const auto found = std::ranges::find_if(
        sessions_, [&](const auto& one) { return is_same_nai(one.first, nai) && one.second.is_served(); });
    return found == sessions_.end() ? nullptr : &found->second;
}

void AccessRouter::requested(const common::Arrived& packet, base::Now now, common::Output& out) {
    const auto* ip = wire::outer_ip(*packet.packet);
    if (!ip)
        return;
    const auto repeated = [&](const wire::HoRequest& request) {
        return std::ranges::find_if(answered_, [&](const Answered& one) {
            return one.asker == ip->source && one.identifier == request.identifier;
        });
    };
    const auto* asked = packet.packet->find<wire::HoRequest>();
    const bool has_answer = asked && policy_.keeps_answers && repeated(*asked) != answered_.end();
    HoFacts facts;
    facts.was_protected = packet.was_protected;
    facts.is_permitted = [this](const base::Ip6& source, const std::string& nai) {
        return is_permitted(source, nai);
    };
    facts.is_located = [&](const base::Ip6&, const std::string& nai) {
        return located(nai) || (has_answer && is_same_nai(repeated(*asked)->nai, nai));
    };
    const HoJudgement judgement = judge_request(*packet.packet, policy_.ho, facts);
    if (judgement.discarded)
        return out.note("request discarded", {{"because", std::string(judgement.why)}});
    const wire::HoRequest& request = *judgement.request;
    if (judgement.status == ho_status::success && has_answer &&
        is_same_nai(repeated(request)->nai, judgement.nai))
        return respond(ip->source, ip->destination, repeated(request)->response, out);
    wire::HoResponse response;
    response.identifier =
        policy_.echoes_identifier ? request.identifier : static_cast<std::uint16_t>(request.identifier + 1);
    response.status = judgement.status;
    if (judgement.status == ho_status::success)
        response.status = policy_.granted;
    if (policy_.ho.response_code)
        response.header.code = policy_.ho.response_code;
    if (judgement.status != ho_status::success) {
        if (!may_refuse(ip->source, now))
            return;
        switch (judgement.status) {
        case ho_status::poorly_formatted:
            response.status = policy_.refused_format;
            break;
        case ho_status::authentication_failed:
            response.status = policy_.refused_authentication;
            break;
        case ho_status::not_located:
            response.status = policy_.refused_location;
            break;
        default:
            response.status = policy_.refused_permission;
        }
        if (policy_.context_with_refusal)
            if (const Session* session = located(judgement.nai))
                add_context(*session, now, response);
        return respond(ip->source, ip->destination, std::move(response), out);
    }
    const Session* found = located(judgement.nai);
    if (!found) // only where somebody forgets to look
        return respond(ip->source, ip->destination, std::move(response), out);
    Session& session = sessions_.at(found->nai);
    if ((request.c || policy_.context_without_c) && policy_.transfers)
        add_context(session, now, response);
    else if (policy_.gives_identity)
        response.options.push_back(wire::ContextIdentity{.nai = session.nai});
    if (request.h || policy_.leaves_without_h) {
        session.phase = Phase::handing_over;
        if (policy_.freezes)
            session.home.freeze();
        if (policy_.guards)
            session.guard_at = now.mono + policy_.guard;
        if (!policy_.serves_until_detach)
            stop_serving(session, true, now, out);
    }
    if (answered_.size() < most_answers)
        answered_.push_back({ip->source, request.identifier, session.nai, ip->destination, response,
                             now.mono + policy_.guard + policy_.tombstone});
    respond(ip->source, ip->destination, std::move(response), out);
}

void AccessRouter::respond(const base::Ip6& asker, const base::Ip6& asked, wire::HoResponse response,
                           common::Output& out) const {
    response.reserved = policy_.response_reserved;
    if (policy_.spoils_checksum)
        response.header.checksum = 0xdead;
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{
        .source = !policy_.response_from_asked ? policy_.link_local
                  : asked.is_multicast()       ? care_of_
                                               : asked,
        .destination = policy_.response_to_asker ? asker : policy_.home_agent.value_or(base::Ip6{}),
        .hop_limit = policy_.response_hop_limit});
    packet.layers.push_back(std::move(response));
    out.send(std::move(packet));
}

bool AccessRouter::may_refuse(const base::Ip6& asker, base::Now now) {
    if (!policy_.limits_refusals)
        return true;
    if (refusals_.size() >= most_askers && !refusals_.contains(asker))
        refusals_.clear();
    return refusals_.try_emplace(asker, refusals_a_second, refusals_at_once).first->second.allow(now);
}

/// PC-9: the name of the association, and its key only as far as the operator wants it.
wire::ContextSecurity AccessRouter::security_of(const Session& session) const {
    const Key& key = session.home.parties().key;
    wire::ContextSecurity security{.spi = key.spi, .key_mode = 0};
    if (policy_.key_mode == KeyMode::clear && policy_.allow_clear_keys) {
        security.key_mode = static_cast<std::uint8_t>(KeyMode::clear);
        security.key = key.octets;
    }
    if (policy_.key_mode == KeyMode::wrapped)
        if (auto wrapped = crypto::wrap_key(policy_.kek, key.octets)) {
            security.key_mode = static_cast<std::uint8_t>(KeyMode::wrapped);
            security.key = std::move(*wrapped);
        }
    return security;
}

/// Everything that there is about one node (digest, 4).
void AccessRouter::add_context(const Session& session, base::Now now, wire::HoResponse& response) const {
    wire::ContextOptions& options = response.options;
    const Parties& parties = session.home.parties();
    if (policy_.gives_identity)
        options.push_back(wire::ContextIdentity{.nai = session.nai});
    if (policy_.gives_home)
        options.push_back(wire::ContextHomeAddress{
            .address = parties.home, .prefix_length = 64, .complete = true, .exclusive = true});
    if (policy_.gives_agent)
        options.push_back(wire::ContextHomeAgent{.address = parties.anchor});
    if (policy_.gives_binding)
        options.push_back(wire::ContextBinding{
            .flags = session.home.flags(),
            .sequence = static_cast<std::uint16_t>(session.home.sequence() + !policy_.right_sequence),
            .granted_lifetime = session.home.granted(),
            .remaining_lifetime = session.home.remaining(now),
            .timestamp = session.home.timestamp(),
            .care_of_address = session.home.parties().care_of});
    if (policy_.gives_keys)
        options.push_back(security_of(session));
    wire::ContextLink link;
    link.hardware_type = ethernet;
    link.interface_identifier = identifier_of(parties.home);
    link.address.assign(session.mac.octets.begin(), session.mac.octets.end());
    options.push_back(std::move(link));
    if (!session.profile.attributes.empty())
        options.push_back(wire::ContextSession{.attributes = session.profile.attributes});
    for (const auto& feature : features_)
        feature->give(session, now, options);
    if (policy_.of_everybody)
        for (const auto& [nai, other] : sessions_)
            if (&other != &session)
                options.push_back(wire::ContextIdentity{.nai = nai});
}

/// T_HO_GUARD, T_ATTACH, the end of a tombstone, and of the rest after a refusal.
void AccessRouter::guard_expired(Session& session, base::Now now, common::Output& out) {
    switch (session.phase) {
    case Phase::handing_over: {
        // Is it still there? Probed says so (PC-22).
        common::Probe probe;
        probe.port = session.port;
        probe.address =
            session.link_local.is_unspecified() ? base::link_local(session.mac) : session.link_local;
        probe.attempts = probes;
        probe.interval = probe_interval;
        out.probe(probe);
        return;
    }
    case Phase::bound:
        if (session.attached)
            return;
        out.note("it never came", {{"nai", session.nai}});
        if (policy_.deletes_when_giving_up)
            return end(session, "it never came", now, out);
        return erase(std::string(session.nai), out);
    case Phase::released:
        return erase(std::string(session.nai), out);
    case Phase::failed: // a trigger may try again
        return;
    default:
        return;
    }
}

} // namespace peers::netmip6
