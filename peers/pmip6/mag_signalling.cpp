#include "peers/pmip6/mag.h"
#include "peers/pmip6/ordering.h"

namespace peers::pmip6 {

namespace {

constexpr std::uint8_t handoff_unknown = 4, handoff_none = 5; // RFC 5213, 8.4

} // namespace

base::Prefix Mag::wanted_prefix(const Visitor& visitor) const {
    if (visitor.ignores_hint)
        return {};
    if (visitor.is_bound() || visitor.phase == Phase::deregistering)
        return visitor.prefix;
    if (policy_.shared_prefix && visitor.leased_address)
        return {*visitor.leased_address, 128};
    const Profile* profile = store_.by_nai(visitor.nai);
    return policy_.hint && profile && profile->prefix ? profile->prefix->canonical() : base::Prefix{};
}

/// Begins an exchange; one that is still running is given up.
void Mag::request(Visitor& visitor, std::uint16_t lifetime, base::Now now, common::Output& out) {
    const bool had_none = !visitor.is_bound() && lifetime != 0;
    PendingUpdate pending;
    pending.lifetime = lifetime;
    pending.prefix = wanted_prefix(visitor);
    pending.retry = Retransmission(had_none ? policy_.first_timeout : policy_.timeout, policy_.most_timeout,
                                   policy_.doubles);
    visitor.pending = pending;
    visitor.refresh_at.reset();
    visitor.retry_at.reset();
    if (visitor.phase == Phase::denied)
        visitor.phase = Phase::registering;
    transmit(visitor, now, out);
}

std::uint16_t Mag::next_sequence(const Visitor& visitor, base::Now now) const {
    const std::uint16_t last = list_.sequence(visitor.nai, policy_.first_sequence);
    if (policy_.sequence_from_clock) {
        // Numbers of gateways with the same clock rise together, and arrival beats departure in the same
        // instant. Half a second is less than any stay, and half the number space more than any lifetime.
        const auto halves = (now.wall + clock_offset_) / std::chrono::milliseconds(500);
        const auto number = static_cast<std::uint16_t>(halves * 2 + (visitor.pending->lifetime != 0));
        if (!list_.knows_sequence(visitor.nai) || sequence_after(number, last))
            return number;
    }
    return static_cast<std::uint16_t>(last + 1);
}

/// The time of day, and later than the node's last one even if the clock has not moved on. Where two gateways
/// speak in the same instant, the one at which the node arrives is the newer.
std::uint64_t Mag::stamp(const Visitor& visitor, base::Now now) {
    std::uint64_t value = base::timestamp_48_16(now.wall + clock_offset_);
    if (visitor.pending->lifetime != 0)
        ++value;
    if (const auto last = stamps_.find(visitor.nai); last != stamps_.end() && last->second == value)
        ++value;
    stamps_[visitor.nai] = value;
    return value;
}

void Mag::transmit(Visitor& visitor, base::Now now, common::Output& out) {
    PendingUpdate& pending = *visitor.pending;
    const base::Mono allowed = rate_.allowed_at(visitor.nai, now.mono);
    if (allowed > now.mono) {
        visitor.transmit_at = allowed;
        return;
    }
    rate_.count(visitor.nai, now.mono);
    if (!pending.sent || policy_.renumber_retransmissions) {
        pending.sequence = next_sequence(visitor, now);
        list_.set_sequence(visitor.nai, pending.sequence);
    }
    if (policy_.timestamps && (!pending.sent || policy_.restamp))
        pending.timestamp = stamp(visitor, now);
    pending.sent = true;
    pending.transmissions.push_back({pending.sequence, pending.timestamp});
    const base::Duration wait = pending.retry.next();
    visitor.transmit_at = policy_.retransmit ? std::optional(now.mono + wait) : std::nullopt;
    out.send(update(visitor));
}

wire::Packet Mag::update(const Visitor& visitor) const {
    const PendingUpdate& pending = *visitor.pending;
    wire::BindingUpdate update;
    update.a = policy_.acknowledge_flag;
    update.p = policy_.proxy_flag;
    update.sequence = pending.sequence;
    update.lifetime = pending.lifetime;
    if (policy_.prefix_option)
        update.options.push_back(
            wire::HomeNetworkPrefix{.prefix = pending.prefix.address,
                                    .prefix_length = static_cast<std::uint8_t>(pending.prefix.length)});
    ask_for_network(visitor, update);
    if (policy_.handoff_options) {
        const std::uint8_t handoff = pending.lifetime == 0 ? handoff_unknown
                                     : visitor.is_bound()  ? handoff_none
                                                           : policy_.first_handoff;
        update.options.push_back(wire::HandoffIndicator{.value = handoff});
        update.options.push_back(wire::AccessTechnologyType{.value = policy_.access_technology});
        if (visitor.mac != base::Mac{})
            update.options.push_back(wire::MobileNodeLinkLayerIdentifier{
                .identifier = base::Bytes(visitor.mac.octets.begin(), visitor.mac.octets.end())});
    }
    if (policy_.link_local_option)
        update.options.push_back(wire::LinkLocalAddress{
            .address =
                policy_.link_local_is_ours ? policy_.link_local.value_or(base::Ip6{}) : visitor.link_local});
    if (pending.timestamp)
        update.options.push_back(wire::Timestamp{.value = *pending.timestamp});
    if (policy_.identifier_option)
        update.options.push_back(wire::MobileNodeIdentifier{.nai = visitor.nai});
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = care_of_, .destination = visitor.lma});
    packet.layers.push_back(std::move(update));
    return packet;
}

} // namespace peers::pmip6
