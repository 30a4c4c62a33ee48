#include "peers/netmip6/registration.h"

#include "harness/crypto/mobility_authentication.h"
#include "peers/mip6/home_registration.h"
#include "peers/netmip6/codes.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

Registration::Registration(Parties parties, const ClientPolicy& policy)
    : parties_(std::move(parties)), policy_(policy), next_(policy.first_sequence) {}

void Registration::begin(base::Now now, base::Duration first) {
    open_.clear();
    sends_ = 0;
    wait_ = first;
    status_ = 0;
    transmit_at_ = now.mono;
    refresh_at_.reset();
}

void Registration::request(base::Now now) {
    const bool was_bound = is_bound();
    phase_ = was_bound ? Phase::refreshing : Phase::registering;
    begin(now, was_bound ? policy_.timeout : policy_.first_timeout);
}

/// The node's binding is not the first one: RFC 3775, 11.8.
void Registration::take_over(std::uint16_t sequence, std::uint64_t timestamp, base::Now now) {
    next_ = static_cast<std::uint16_t>(sequence + 1);
    timestamp_ = timestamp;
    phase_ = Phase::registering;
    begin(now, policy_.timeout);
}

void Registration::adopt(std::uint16_t sequence, std::uint64_t timestamp, std::uint16_t granted,
                         std::uint16_t remaining, base::Now now) {
    drop();
    sequence_ = sequence;
    next_ = static_cast<std::uint16_t>(sequence + 1);
    timestamp_ = timestamp;
    granted_ = granted;
    phase_ = Phase::bound;
    const base::Duration life = mip6::lifetime_unit * remaining;
    expires_ = now.mono + life;
    if (policy_.refreshes)
        refresh_at_ = now.mono + life / 100 * policy_.refresh_percent;
}

void Registration::deregister(base::Now now) {
    phase_ = Phase::deregistering;
    expires_.reset();
    begin(now, policy_.timeout);
}

void Registration::drop() {
    phase_ = Phase::idle;
    transmit_at_.reset();
    refresh_at_.reset();
    expires_.reset();
    open_.clear();
}

void Registration::freeze() {
    frozen_ = true;
    transmit_at_.reset();
    if (phase_ == Phase::refreshing)
        phase_ = Phase::bound;
}

void Registration::thaw(base::Now now) {
    frozen_ = false;
    request(now);
}

std::uint16_t Registration::remaining(base::Now now) const {
    if (!expires_ || *expires_ <= now.mono)
        return 0;
    return static_cast<std::uint16_t>((*expires_ - now.mono) / mip6::lifetime_unit);
}

std::optional<wire::Packet> Registration::due(base::Now now, const wire::Profile& profile,
                                              const Extend& extend) {
    if (!transmit_at_ || *transmit_at_ > now.mono)
        return std::nullopt;
    // MAX_UPDATE_RATE (RFC 3775, 11.8)
    if (policy_.most_updates && recent_.size() >= policy_.most_updates &&
        now.mono - recent_.front() < std::chrono::seconds(1)) {
        transmit_at_ = recent_.front() + std::chrono::seconds(1);
        return std::nullopt;
    }
    recent_.push_back(now.mono);
    if (recent_.size() > policy_.most_updates)
        recent_.pop_front();
    ++sends_;
    transmit_at_.reset();
    if (policy_.retransmits)
        transmit_at_ = now.mono + wait_;
    if (policy_.doubles)
        wait_ = std::min(wait_ * 2, policy_.most_timeout);
    return update(now, profile, extend);
}

wire::Packet Registration::update(base::Now now, const wire::Profile& profile, const Extend& extend) {
    if (sends_ == 1 || policy_.renumbers) {
        const bool stays = !policy_.wraps && sequence_ == 0xffff;
        sequence_ = next_.value_or(static_cast<std::uint16_t>(stays ? sequence_ : sequence_ + 1));
        next_.reset();
    }
    if (policy_.timestamps && (sends_ == 1 || policy_.restamps))
        timestamp_ = std::max(timestamp_ + 1, crypto::ntp_of(now.wall + clock_offset_));
    wire::BindingUpdate update;
    update.sequence = sequence_;
    update.a = policy_.flag_a;
    update.h = policy_.flag_h && !parties_.map;
    update.l = policy_.flag_l;
    update.k = policy_.flag_k;
    update.m = parties_.map || policy_.flag_m;
    asked_ = std::min(policy_.lifetime, most_lifetime_);
    update.lifetime = phase_ == Phase::deregistering ? 0 : asked_;
    flags_ = static_cast<std::uint16_t>((update.a ? 0x8000 : 0) | (update.h ? 0x4000 : 0) |
                                        (update.l ? 0x2000 : 0) | (update.k ? 0x1000 : 0) |
                                        (update.m ? 0x0800 : 0));
    if (policy_.identifies)
        update.options.push_back(wire::MobileNodeIdentifier{.nai = parties_.nai});
    if (policy_.names_care_of)
        update.options.push_back(wire::AlternateCareOfAddress{.address = parties_.care_of});
    if (extend)
        extend(update);
    if (policy_.timestamps)
        update.options.push_back(wire::ReplayProtection{.timestamp = timestamp_});
    if (policy_.authenticates && (parties_.key.is_set() || policy_.any_spi))
        update.options.push_back(wire::Authentication{.spi = parties_.key.spi});
    open_.push_back({sequence_, timestamp_});
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = parties_.care_of, .destination = parties_.anchor});
    if (policy_.home_option) {
        wire::DestinationOptions options;
        options.options.push_back(wire::HomeAddressOption{.address = parties_.home});
        packet.layers.push_back(std::move(options));
    }
    packet.layers.push_back(std::move(update));
    sign(packet, parties_.key.octets, profile);
    return packet;
}

/// RFC 3775, 11.7.3; RFC 4285, 5 and 6: is this the anchor's answer to one of ours?
bool Registration::belongs(const wire::Packet& packet, const wire::BindingAcknowledgement& ack,
                           const wire::Profile&) const {
    const auto* ip = wire::outer_ip(packet);
    if (!ip || open_.empty() || ip->destination != parties_.care_of ||
        (policy_.check_source && ip->source != parties_.anchor) || wire::find<wire::RawOption>(ack.options))
        return false;
    if (const auto* named = wire::find<wire::MobileNodeIdentifier>(ack.options);
        named && named->nai != parties_.nai)
        return false;
    const auto sent = std::ranges::find(open_, ack.sequence, &Transmission::sequence);
    const bool tells_sequence = ack.status == status::sequence_out_of_window;
    if (policy_.check_sequence && sent == open_.end() && !tells_sequence)
        return false;
    const bool refusal = ack.status >= status::unspecified;
    const auto* routing = packet.find<wire::RoutingType2>();
    // A refusal of a wildcard has no address to route to (PC-13).
    if (policy_.check_routing && !routing && !refusal)
        return false;
    if (routing && policy_.check_routing && !is_wildcard(parties_.home) &&
        routing->home_address != parties_.home)
        return false;
    if (routing && policy_.check_home && !routing->home_address.is_routable_unicast())
        return false;
    if (parties_.key.is_set()) {
        const auto home = routing ? std::optional<base::Ip6>{} : std::optional{parties_.home};
        const auto authenticity = verify(packet, parties_.key, home);
        if (authenticity == crypto::Authenticity::missing
                ? policy_.needs_authenticator
                : authenticity != crypto::Authenticity::authentic && policy_.check_authenticator)
            return false;
    }
    const bool tells_time = ack.status == status::message_id_mismatch;
    if (policy_.timestamps && policy_.check_timestamp && !tells_time && !tells_sequence && !refusal) {
        const auto* stamp = wire::find<wire::ReplayProtection>(ack.options);
        if (!stamp || sent == open_.end() || stamp->timestamp != sent->timestamp)
            return false;
    }
    return true;
}

Registration::Outcome Registration::hear(const wire::Packet& packet, base::Now now,
                                         const wire::Profile& profile) {
    const auto* ack = packet.find<wire::BindingAcknowledgement>();
    if (!ack || !belongs(packet, *ack, profile))
        return Outcome::ignored;
    status_ = ack->status;
    const bool refusal = ack->status >= status::unspecified || (policy_.one_is_refusal && ack->status == 1);
    if (refusal && !policy_.accepts_refusals)
        return refuse(*ack, now);
    return accept(packet, *ack, now);
}

Registration::Outcome Registration::accept(const wire::Packet& packet,
                                           const wire::BindingAcknowledgement& ack, base::Now now) {
    if (policy_.stops_at_answer) {
        transmit_at_.reset();
        open_.clear();
    }
    if (phase_ == Phase::deregistering) {
        drop();
        return Outcome::deleted;
    }
    if (const auto* routing = packet.find<wire::RoutingType2>())
        if (is_wildcard(parties_.home))
            parties_.home = routing->home_address;
    phase_ = Phase::bound;
    granted_ = policy_.honours_grant ? ack.lifetime : asked_;
    const base::Duration life = mip6::lifetime_unit * granted_;
    expires_ = now.mono + life;
    base::Duration wait = life / 100 * policy_.refresh_percent;
    if (const auto* advice = wire::find<wire::BindingRefreshAdvice>(ack.options);
        advice && advice->interval && policy_.honours_advice)
        wait = std::min<base::Duration>(wait, mip6::lifetime_unit * advice->interval);
    refresh_at_.reset();
    if (policy_.refreshes)
        refresh_at_ = now.mono + wait;
    return Outcome::accepted;
}

Registration::Outcome Registration::refuse(const wire::BindingAcknowledgement& ack, base::Now now) {
    if (ack.status == status::sequence_out_of_window && policy_.adopts_sequence) {
        next_ = static_cast<std::uint16_t>(ack.sequence + 1);
        begin(now, wait_);
        return Outcome::again;
    }
    if (ack.status == status::message_id_mismatch && policy_.adopts_clock) {
        const auto* stamp = wire::find<wire::ReplayProtection>(ack.options);
        if (!stamp)
            return Outcome::ignored;
        clock_offset_ = crypto::wall_of_ntp(stamp->timestamp) - now.wall;
        timestamp_ = 0;
        begin(now, wait_);
        return Outcome::again;
    }
    if (phase_ == Phase::deregistering) {
        drop();
        return Outcome::deleted;
    }
    const bool may_go_on =
        (ack.status == status::authentication_failed && !policy_.stops_at_146) || !policy_.backs_off;
    if (may_go_on)
        return Outcome::ignored; // a fault: as if nothing had been said
    const bool was_bound = phase_ == Phase::refreshing;
    transmit_at_.reset();
    open_.clear();
    phase_ = Phase::failed;
    if (!was_bound)
        expires_.reset();
    return Outcome::refused;
}

Registration::Outcome Registration::tick(base::Now now) {
    if (expires_ && *expires_ <= now.mono) {
        expires_.reset();
        refresh_at_.reset();
        return Outcome::expired;
    }
    if (refresh_at_ && *refresh_at_ <= now.mono) {
        refresh_at_.reset();
        if (!frozen_)
            request(now);
    }
    const unsigned most = phase_ == Phase::deregistering ? policy_.most_deregistrations : policy_.most_sends;
    if (transmit_at_ && *transmit_at_ <= now.mono && most && sends_ >= most) {
        const bool was_deregistering = phase_ == Phase::deregistering;
        drop();
        if (!was_deregistering)
            phase_ = Phase::failed;
        return Outcome::given_up;
    }
    return Outcome::ignored;
}

std::optional<base::Mono> Registration::deadline() const {
    std::optional<base::Mono> first;
    for (const auto& timer : {transmit_at_, refresh_at_, expires_})
        if (timer && (!first || *timer < *first))
            first = timer;
    return first;
}

} // namespace peers::netmip6
