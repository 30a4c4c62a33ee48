#include "peers/pmip6/codes.h"
#include "peers/pmip6/mag.h"

#include <algorithm>

namespace peers::pmip6 {

void Mag::acknowledged(const common::Arrived& packet, base::Now now, common::Output& out) {
    Answer answer;
    answer.ack = packet.packet->find<wire::BindingAcknowledgement>();
    const wire::Ipv6* ip = packet.packet->find<wire::Ipv6>();
    const wire::MobilityOptions& options = answer.ack->options;
    if (!ip || !packet.for_us || wire::find<wire::RawOption>(options))
        return;
    answer.from = ip->source;
    answer.identifier = wire::find<wire::MobileNodeIdentifier>(options);
    answer.prefix = wire::find<wire::HomeNetworkPrefix>(options);
    if (const auto* option = wire::find<wire::Timestamp>(options))
        answer.timestamp = option->value;
    Visitor* visitor = addressee(answer);
    if (!visitor || !visitor->pending || !matches(*visitor, answer)) {
        out.note("acknowledgement ignored", {{"sequence", std::to_string(answer.ack->sequence)}});
        return;
    }
    const bool is_acceptance = answer.ack->status < status::unspecified || policy_.accept_refusals;
    if (is_acceptance && !(policy_.treat_small_status_as_refusal && answer.ack->status != 0))
        accepted(*visitor, answer, now, out);
    else
        refused(*visitor, answer, now, out);
}

/// Whom the answer names; without a name (160) the node that awaits this number.
Visitor* Mag::addressee(const Answer& answer) {
    if (!answer.identifier || !policy_.check_identifier || answer.identifier->nai.empty())
        return list_.awaiting(answer.from, answer.ack->sequence);
    return list_.find(answer.identifier->nai);
}

/// RFC 3775, 11.7.3, with the identifier and the timestamp that the draft adds.
bool Mag::matches(const Visitor& visitor, const Answer& answer) const {
    const PendingUpdate& pending = *visitor.pending;
    const std::uint8_t code = answer.ack->status;
    if (!pending.sent || (policy_.check_source && answer.from != visitor.lma))
        return false;
    if (policy_.check_proxy_flag && !answer.ack->p)
        return false;
    const bool names_number =
        code == status::sequence_out_of_window && !pending.timestamp && policy_.adopt_sequence;
    const Transmission* asked = pending.transmission(answer.ack->sequence);
    if (policy_.check_sequence && !asked && !names_number)
        return false;
    const auto timestamp = asked ? asked->timestamp : pending.timestamp;
    const bool is_stamped = timestamp && code < status::unspecified;
    return !is_stamped || !policy_.check_timestamp || answer.timestamp == timestamp;
}

void Mag::accepted(Visitor& visitor, const Answer& answer, base::Now now, common::Output& out) {
    visitor.transmit_at.reset();
    if (visitor.pending->lifetime == 0) {
        finish(visitor, "de-registered", out);
        return;
    }
    base::Prefix prefix;
    if (answer.prefix)
        prefix = base::Prefix{answer.prefix->prefix, std::min<unsigned>(answer.prefix->prefix_length, 128)}
                     .canonical();
    const bool is_usable = !prefix.address.is_unspecified() && prefix.length != 0;
    if ((!is_usable && !policy_.accept_without_prefix && !policy_.accept_refusals) ||
        answer.ack->lifetime == 0) {
        if (!policy_.accept_refusals) {
            deny(visitor, answer.ack->status, now, out);
            return;
        }
    }
    const std::uint16_t lifetime = answer.ack->lifetime ? answer.ack->lifetime : visitor.pending->lifetime;
    if (policy_.ask_granted_prefix_only && !visitor.pending->prefix.address.is_unspecified())
        prefix = visitor.pending->prefix;
    bind(visitor, prefix, std::min(lifetime, visitor.pending->lifetime), answer, now, out);
}

void Mag::bind(Visitor& visitor, const base::Prefix& prefix, std::uint16_t lifetime, const Answer& answer,
               base::Now now, common::Output& out) {
    if (visitor.is_bound() && visitor.prefix != prefix) // 6.12
        stop_service(visitor, policy_.router_lifetime, out);
    const bool fresh = !visitor.is_bound() || visitor.prefix != prefix;
    visitor.phase = Phase::bound;
    visitor.prefix = prefix;
    visitor.lifetime = lifetime;
    visitor.ignores_hint = false;
    visitor.pending.reset();
    visitor.mismatch_retry = Retransmission(policy_.mismatch_retry, policy_.most_mismatch_retry);
    visitor.expires_at = now.mono + std::chrono::seconds(lifetime_unit_seconds) * lifetime;
    schedule_refresh(visitor, answer, now);
    take_link_local(visitor, answer, out);
    if (fresh)
        install(visitor, out);
    take_network(visitor, answer, now, out);
    out.note(fresh ? "bound" : "refreshed", {{"nai", visitor.nai}, {"prefix", base::text(prefix)}});
    advertise(visitor, now, out);
}

/// Early enough for the presence check to come to an end, and at the time that the anchor advises.
void Mag::schedule_refresh(Visitor& visitor, const Answer& answer, base::Now now) const {
    const base::Duration life = *visitor.expires_at - now.mono;
    const base::Duration check = policy_.probe * (policy_.probe_attempts + 1);
    base::Duration wait = std::min(life / 100 * policy_.refresh_percent, std::max(life - check, life / 2));
    if (const auto* advice = wire::find<wire::BindingRefreshAdvice>(answer.ack->options);
        advice && advice->interval)
        wait = std::min<base::Duration>(wait, std::chrono::seconds(lifetime_unit_seconds) * advice->interval);
    visitor.refresh_at = now.mono + wait;
}

void Mag::refused(Visitor& visitor, const Answer& answer, base::Now now, common::Output& out) {
    const std::uint8_t code = answer.ack->status;
    visitor.transmit_at.reset();
    if (visitor.pending->lifetime == 0) {
        finish(visitor, "de-registration refused", out);
    } else if (code == status::sequence_out_of_window && !visitor.pending->timestamp &&
               policy_.adopt_sequence) {
        list_.set_sequence(visitor.nai, answer.ack->sequence);
        visitor.pending->sent = false;
        transmit(visitor, now, out);
    } else if (code == status::timestamp_mismatch || code == status::timestamp_lower) {
        mismatch(visitor, answer, now, out);
    } else if (code == status::prefix_not_authorised && policy_.retry_without_hint &&
               !visitor.pending->prefix.address.is_unspecified()) {
        if (visitor.is_bound())
            stop_service(visitor, policy_.router_lifetime, out);
        visitor.phase = Phase::registering;
        visitor.ignores_hint = true;
        request(visitor, policy_.lifetime, now, out);
    } else {
        deny(visitor, code, now, out);
    }
}

/// A running binding is served until it ends; a new attempt is made when the clock may be right again, by its
/// own source of time (5.4; RFC 5213, 6.9.1.2).
void Mag::mismatch(Visitor& visitor, const Answer& answer, base::Now now, common::Output& out) {
    out.note("clock refused", {{"nai", visitor.nai}});
    visitor.pending.reset();
    if (!visitor.is_bound())
        visitor.phase = Phase::denied;
    if (policy_.adopt_anchor_clock && answer.timestamp) {
        clock_offset_ = base::wall_of_48_16(*answer.timestamp) - now.wall;
        request(visitor, policy_.lifetime, now, out);
    } else if (policy_.retry_mismatch) {
        visitor.retry_at = now.mono + visitor.mismatch_retry.next();
    }
    if (policy_.refused_prefix)
        send_advertisement(visitor, *policy_.refused_prefix, 3600, policy_.router_lifetime, out);
}

void Mag::deny(Visitor& visitor, std::uint8_t code, base::Now now, common::Output& out) {
    out.note("refused", {{"nai", visitor.nai}, {"status", std::to_string(code)}});
    visitor.pending.reset();
    visitor.refresh_at.reset();
    if (policy_.refused_prefix)
        send_advertisement(visitor, *policy_.refused_prefix, 3600, policy_.router_lifetime, out);
    if (visitor.is_bound() && !policy_.stop_when_refused)
        return;
    if (visitor.is_bound())
        stop_service(visitor, 0, out);
    visitor.phase = Phase::denied;
    if (policy_.refused_retry > base::Duration{})
        visitor.retry_at = now.mono + policy_.refused_retry;
}

/// No forwarding any more, and the prefix is announced with lifetime 0 (6.12).
void Mag::stop_service(Visitor& visitor, std::uint16_t router_lifetime, common::Output& out) {
    const base::Prefix old = visitor.prefix;
    uninstall(visitor, out);
    visitor.advertise_at.reset();
    visitor.expires_at.reset();
    if (policy_.withdraw && old.length != 0)
        send_advertisement(visitor, old, 0, router_lifetime, out);
    visitor.prefix = {};
    visitor.network.prefix = {};
    visitor.network.over_at.reset();
    route_locally(out);
}

/// The granted lifetime is over: there is no binding, whatever is still on its way (MAG-101).
void Mag::expire(Visitor& visitor, base::Now now, common::Output& out) {
    if (!visitor.is_bound() || !policy_.stop_at_expiry)
        return;
    out.note("expired", {{"nai", visitor.nai}});
    stop_service(visitor, 0, out);
    visitor.phase = visitor.retry_at ? Phase::denied : Phase::registering;
    if (!visitor.pending && !visitor.retry_at && !visitor.probing && policy_.refresh)
        request(visitor, policy_.lifetime, now, out);
}

} // namespace peers::pmip6
