#include "peers/common/settings.h"
#include "peers/netmip6/access_router.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

Session* AccessRouter::session_at(common::PortIndex port, const base::Mac& mac) {
    for (auto& [nai, session] : sessions_)
        if (session.attached && session.port == port && session.mac == mac)
            return &session;
    return nullptr;
}

Session* AccessRouter::session_of(const std::string& nai) {
    const auto found = sessions_.find(nai);
    return found == sessions_.end() ? nullptr : &found->second;
}

/// The link says that a node is there (l2_up, mn_attached).
void AccessRouter::attach(const model::Told& event, base::Now now, common::Output& out) {
    const auto port = port_of(event);
    const model::Identity* identity = identity_of(event);
    const auto permitted = event.arguments.find("authenticated");
    if (!port || !identity || (permitted != event.arguments.end() && permitted->second == "no"))
        return out.note("not served", event.arguments);
    const auto given = event.arguments.find("mac");
    const auto parsed = given == event.arguments.end() ? std::nullopt : base::parse_mac(given->second);
    const base::Mac mac = parsed.value_or(identity->mac);
    if (Handover* handover = handover_of(identity->nai); handover && !handover->failed) {
        handover->attached = true;
        handover->port = *port;
        handover->mac = mac;
        return;
    }
    Session* session = session_of(identity->nai);
    if (!session || session->phase == Phase::released)
        return full_set_up(identity->nai, identity->name, *port, mac, false, now, out);
    session->attached = true;
    session->port = *port;
    session->mac = mac;
    if (session->phase == Phase::bound) {
        session->guard_at.reset();
        serve(*session, now, out);
        return account(*session, AaaRequest::Kind::start, now, out);
    }
    if (session->phase == Phase::deregistering || session->phase == Phase::failed)
        authenticate(*session, now, out);
}

void AccessRouter::full_set_up(const std::string& nai, const std::string& name, common::PortIndex port,
                               const base::Mac& mac, bool wanted, base::Now now, common::Output& out) {
    if (policy_.falls_back || !handovers_.contains(nai)) {
        handovers_.erase(nai);
        erase(nai, out);
        Session& session = sessions_[nai];
        session.nai = nai;
        session.name = name;
        session.port = port;
        session.mac = mac;
        session.attached = true;
        session.began = now.mono;
        session.wanted = wanted;
        authenticate(session, now, out);
    }
}

void AccessRouter::authenticate(Session& session, base::Now now, common::Output& out) {
    session.phase = Phase::authenticating;
    session.by_handover = false;
    session.guard_at.reset();
    session.asked = next_request_++;
    AaaRequest request;
    request.id = session.asked;
    request.nai = session.nai;
    request.link_address = session.mac;
    request.nas = care_of_;
    if (!policy_.asks_aaa)
        return authenticated({request.id, AaaAnswer::Result::accepted, {}}, now, out);
    aaa_->ask(request, now, out);
    heard_of_aaa(now, out);
}

void AccessRouter::authenticated(const AaaAnswer& answer, base::Now now, common::Output& out) {
    const auto found = std::ranges::find_if(
        sessions_, [&](const auto& one) { return one.second.asked && one.second.asked == answer.id; });
    if (found == sessions_.end())
        return;
    Session& session = found->second;
    session.asked = 0;
    if (answer.result != AaaAnswer::Result::accepted && policy_.obeys_aaa) {
        out.note("access refused", {{"nai", session.nai}});
        return erase(std::string(session.nai), out);
    }
    session.profile = answer.profile;
    session.phase = Phase::waiting;
    if (session.profile.session_timeout)
        session.ends_at = now.mono + *session.profile.session_timeout;
    out.note("access accepted", {{"nai", session.nai}});
    if (!policy_.waits_for_trigger || session.wanted)
        trigger(session, false, now, out);
}

void AccessRouter::trigger(Session& session, bool changed, base::Now now, common::Output& out) {
    switch (session.phase) {
    case Phase::authenticating:
        session.wanted = true; // nothing is done before the accept
        return;
    case Phase::waiting:
        return register_node(session, now, out);
    case Phase::failed:
        if (!session.guard_at)
            register_node(session, now, out);
        return;
    case Phase::registering:
        if (!policy_.one_registration)
            register_node(session, now, out);
        return;
    case Phase::bound:
        if (changed) {
            session.home.request(now);
            pump(session, now, out);
        }
        return;
    default:
        return;
    }
}

void AccessRouter::register_node(Session& session, base::Now now, common::Output& out) {
    Parties parties;
    parties.care_of = care_of_;
    parties.nai = session.profile.nai.empty() || policy_.identity_of_node ? session.nai : session.profile.nai;
    const auto agent = policy_.follows_profile ? session.profile.home_agent : std::nullopt;
    parties.anchor = agent.value_or(policy_.home_agent.value_or(base::Ip6{}));
    if (policy_.follows_profile)
        parties.home = session.profile.wanted_address().value_or(base::Ip6{});
    if (session.profile.key)
        parties.key = *session.profile.key;
    else if (!policy_.keys.empty())
        parties.key = policy_.keys.front();
    if (parties.anchor.is_unspecified() ||
        (!parties.key.is_set() && policy_.client.authenticates && !policy_.client.any_spi)) {
        out.note("not registered", {{"nai", session.nai}, {"because", "no home agent, or no key for it"}});
        session.phase = Phase::failed;
        return;
    }
    const auto past = past_.find(session.nai);
    session.home = past == past_.end() ? Registration(parties, policy_.client) : past->second;
    session.home.parties() = parties;
    if (session.ends_at && policy_.bounds_by_session)
        session.home.limit(common::lifetime_units(*session.ends_at - now.mono));
    session.phase = Phase::registering;
    session.guard_at.reset();
    for (const auto& feature : features_)
        if (!feature->prepare(session, now, out))
            return;
    session.home.request(now);
    pump(session, now, out);
    if (policy_.serves_early && session.attached)
        send_advertisement(session, *base::parse_prefix("2001:db8:dead::/64"), 3600, policy_.router_lifetime,
                           out);
}

void AccessRouter::pump(Session& session, base::Now now, common::Output& out) {
    const auto extend = [&](wire::BindingUpdate& update) {
        for (const auto& feature : features_)
            feature->extend(session, update);
    };
    if (session.ends_at && policy_.bounds_by_session)
        session.home.limit(std::max<std::uint16_t>(
            1, common::lifetime_units(std::max(*session.ends_at - now.mono, base::Duration{}))));
    if (auto packet = session.home.due(now, profile_, extend))
        out.send(std::move(*packet));
}

void AccessRouter::concluded(Session& session, Registration::Outcome outcome, const wire::Packet* packet,
                             base::Now now, common::Output& out) {
    using Outcome = Registration::Outcome;
    switch (outcome) {
    case Outcome::ignored:
        return;
    case Outcome::again:
        return pump(session, now, out);
    case Outcome::accepted:
        if (const auto* ack = packet ? packet->find<wire::BindingAcknowledgement>() : nullptr)
            bound(session, ack, now, out);
        return;
    case Outcome::refused:
        return refused(session, now, out);
    case Outcome::deleted:
        out.note("de-registered", {{"nai", session.nai}});
        return session.phase == Phase::deregistering ? erase(std::string(session.nai), out) : void();
    case Outcome::expired:
        out.note("expired", {{"nai", session.nai}});
        if (session.served_by)
            stop_serving(session, false, now, out);
        session.phase = Phase::waiting;
        session.home.drop();
        return;
    case Outcome::given_up:
        if (session.phase == Phase::deregistering)
            return erase(std::string(session.nai), out);
        return refused(session, now, out);
    }
}

void AccessRouter::resume(Session& session, base::Now now, common::Output& out) {
    if (session.home.is_bound())
        return bound(session, nullptr, now, out);
    session.phase = Phase::registering;
    pump(session, now, out);
}

void AccessRouter::bound(Session& session, const wire::BindingAcknowledgement* ack, base::Now now,
                         common::Output& out) {
    const base::Prefix prefix = prefix_of(session.home.parties().home);
    const bool moved = session.prefix != prefix;
    if (moved && session.served_by)
        stop_serving(session, false, now, out);
    session.prefix = prefix;
    if (session.phase != Phase::handing_over)
        session.phase = Phase::bound;
    out.note("bound", {{"nai", session.nai}, {"prefix", base::text(prefix)}});
    for (const auto& feature : features_)
        if (ack)
            feature->accepted(session, *ack, now, out);
    if (session.attached || !policy_.waits_for_attachment) {
        session.guard_at.reset();
        serve(session, now, out);
        if (session.accounting.empty())
            account(session, AaaRequest::Kind::start, now, out);
    } else if (!session.guard_at && policy_.gives_up_waiting) {
        session.guard_at = now.mono + policy_.attach; // T_READY
    }
}

/// The home agent does not want it, or nobody answers.
void AccessRouter::refused(Session& session, base::Now now, common::Output& out) {
    out.note("not registered",
             {{"nai", session.nai}, {"status", std::to_string(unsigned{session.home.status()})}});
    if (session.served_by)
        stop_serving(session, false, now, out);
    for (const auto& feature : features_)
        feature->failed(session, now, out);
    if (policy_.serves_refused && session.attached)
        send_advertisement(session, *base::parse_prefix("2001:db8:dead::/64"), 3600, policy_.router_lifetime,
                           out);
    if (session.by_handover) { // T_FB
        Handover& handover = handovers_[session.nai];
        handover.nai = session.nai;
        handover.name = session.name;
        handover.attached = session.attached;
        handover.port = session.port;
        handover.mac = session.mac;
        erase(std::string(handover.nai), out);
        return fall_back(handover, "the home agent has refused", now, out);
    }
    session.phase = Phase::failed;
    session.guard_at = now.mono + policy_.refused_retry;
}

/// The node has left the link.
void AccessRouter::detach(Session& session, base::Now now, common::Output& out) {
    session.attached = false;
    session.wanted = false;
    switch (session.phase) {
    case Phase::handing_over: {
        if (!policy_.tears_down)
            return;
        stop_serving(session, true, now, out);
        account(session, AaaRequest::Kind::stop, now, out);
        session.phase = Phase::released;
        session.guard_at = now.mono + policy_.tombstone;
        if (policy_.leg_teardown || policy_.deletes_at_teardown) {
            session.home.deregister(now);
            pump(session, now, out);
        } else {
            session.home.drop();
        }
        for (Answered& one : answered_)
            if (one.nai == session.nai)
                one.until = now.mono + policy_.tombstone;
        return;
    }
    case Phase::released:
    case Phase::deregistering:
        return;
    case Phase::authenticating:
        aaa_->forget(session.asked);
        return erase(std::string(session.nai), out);
    case Phase::waiting:
    case Phase::failed:
        return erase(std::string(session.nai), out);
    default:
        return end(session, "detached", now, out);
    }
}

void AccessRouter::end(Session& session, const char* why, base::Now now, common::Output& out) {
    out.note("session ended", {{"nai", session.nai}, {"because", why}});
    const bool had_binding =
        session.home.is_bound() || session.home.phase() == Registration::Phase::registering;
    if (session.served_by)
        stop_serving(session, !session.attached, now, out);
    account(session, AaaRequest::Kind::stop, now, out);
    session.ends_at.reset();
    session.guard_at.reset();
    if (!had_binding || !policy_.deletes) {
        session.home.drop();
        return erase(std::string(session.nai), out);
    }
    session.phase = Phase::deregistering;
    session.home.deregister(now);
    pump(session, now, out);
}

void AccessRouter::account(Session& session, AaaRequest::Kind kind, base::Now now, common::Output& out) {
    if (kind == AaaRequest::Kind::start)
        session.accounting = config_.self.name + "-" + std::to_string(next_accounting_++);
    if (session.accounting.empty())
        return;
    AaaRequest request;
    request.kind = kind;
    request.id = next_request_++;
    request.nai = session.nai;
    request.nas = care_of_;
    request.link_address = session.mac;
    request.attributes = session.profile.attributes;
    request.session = session.accounting;
    request.time = now.mono - session.began;
    if (kind == AaaRequest::Kind::stop)
        session.accounting.clear();
    aaa_->ask(request, now, out);
}

void AccessRouter::erase(const std::string& nai, common::Output& out) {
    const auto found = sessions_.find(nai);
    if (found == sessions_.end())
        return;
    constexpr std::size_t most_remembered = 10'000;
    Session& session = found->second;
    if (session.served_by)
        uninstall(session, out);
    if (session.asked)
        aaa_->forget(session.asked);
    session.home.drop();
    if (session.home.sequence() && (past_.size() < most_remembered || past_.contains(nai)))
        past_[nai] = session.home;
    sessions_.erase(found);
}

} // namespace peers::netmip6
