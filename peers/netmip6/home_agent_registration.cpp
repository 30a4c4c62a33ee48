#include "peers/mip6/home_registration.h"
#include "peers/netmip6/home_agent.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr std::uint64_t chosen_host = 5;

} // namespace

/// A /64 of the home prefixes that nobody has, and in it the address that the node would form itself; the
/// same as before as long as its entry or quarantine lasts (PC-15).
std::optional<base::Ip6> HomeAgent::assign(const Visit& visit) {
    const auto known = assignments_.find(visit.nai);
    if (known != assignments_.end() && policy_.is_sticky)
        return known->second.home;
    const model::Identity* identity = identity_of(visit.nai);
    const auto in = [&](const base::Prefix& prefix) {
        return identity && identity->mac != base::Mac{} && policy_.is_unique
                   ? base::slaac(prefix.address, identity->mac)
                   : prefix.host(chosen_host);
    };
    if (!policy_.assigns_in_home)
        return in(*base::parse_prefix("2001:db8:bad::/64"));
    if (identity && identity->home_network_prefix && identity->lma == config_.self.name && policy_.is_unique)
        return in(identity->home_network_prefix->canonical());
    const auto is_taken = [&](const base::Prefix& prefix) {
        const bool assigned = std::ranges::any_of(assignments_, [&](const auto& one) {
            return prefix_of(one.second.home) == prefix && one.first != visit.nai;
        });
        const bool provisioned =
            std::ranges::any_of(config_.topology.identities, [&](const model::Identity& other) {
                return other.home_network_prefix && other.lma == config_.self.name &&
                       prefix.overlaps(*other.home_network_prefix);
            });
        return (assigned || provisioned) && policy_.is_unique;
    };
    for (const base::Prefix& home : policy_.home) {
        const unsigned bits = home.length < 64 ? 64 - home.length : 0;
        const std::uint64_t count = std::uint64_t{1} << std::min(bits, 20u);
        for (std::uint64_t step = 0; step < count; ++step) {
            const std::uint64_t index = policy_.is_unique ? (next_prefix_ + step) % count : 0;
            const base::Prefix prefix = home.subnet(index, std::max(home.length, 64u)).canonical();
            if (is_taken(prefix))
                continue;
            next_prefix_ = index + 1;
            return in(prefix);
        }
    }
    return std::nullopt;
}

/// 9 to 12: the address, whether it is nobody's, and the entry.
void HomeAgent::proceed(Visit& visit, base::Now now, common::Output& out) {
    if (is_wildcard(visit.home)) {
        const auto home = assign(visit);
        if (!home)
            return refuse(visit, policy_.no_resources, now, out);
        visit.answer_home = *home;
    }
    const bool is_new = !find(*visit.answer_home);
    const bool has_neighbours = home_port().has_value();
    if (has_neighbours && (is_new || policy_.detects_at_update) && policy_.detects_duplicates)
        return detect(visit, now, out);
    bind(visit, now, out);
}

/// RFC 3775, 10.3.1; RFC 4862, 5.4. Repetitions wait for the same answer.
void HomeAgent::detect(const Visit& visit, base::Now now, common::Output& out) {
    const base::Ip6 home = *visit.answer_home;
    const bool running = detections_.contains(home);
    detections_[home].visit = visit;
    if (running)
        return;
    detections_[home].until = now.mono + policy_.detection;
    wire::NeighborSolicitation question;
    question.target = home;
    wire::Packet packet;
    packet.layers.push_back(
        wire::Ipv6{.source = base::Ip6{}, .destination = home.solicited_node(), .hop_limit = 255});
    packet.layers.push_back(std::move(question));
    out.send_on(*home_port(), std::move(packet));
}

void HomeAgent::detected(const base::Ip6& target, bool taken, base::Now now, common::Output& out) {
    const auto found = detections_.find(target);
    if (found == detections_.end())
        return;
    Visit visit = std::move(found->second.visit);
    detections_.erase(found);
    if (taken)
        refuse(visit, policy_.duplicate, now, out);
    else
        bind(visit, now, out);
}

void HomeAgent::bind(Visit& visit, base::Now now, common::Output& out) {
    const wire::BindingUpdate& update = visit.update();
    const base::Ip6 home = *visit.answer_home;
    Entry* entry = find(home);
    const bool is_new = !entry;
    if (is_new) {
        entry = &entries_[home];
        entry->nai = visit.nai;
        entry->home = home;
        entry->prefix = prefix_of(home);
        entry->care_of = visit.care_of;
    }
    entry->agent = visit.agent;
    if (!visit.nai.empty())
        assignments_[visit.nai] = {home, std::nullopt};
    const bool moves = !is_new && entry->care_of != visit.care_of;
    if (moves && policy_.follows_care_of) {
        uninstall(*entry, out);
        if (policy_.bicast && (!entry->old_leg || policy_.drops_oldest)) {
            entry->old_leg = entry->care_of;
            entry->bicast_end.reset();
            if (policy_.ends_bicast)
                entry->bicast_end = now.mono + policy_.bicast_time;
        }
        entry->care_of = visit.care_of;
        if (entry->old_leg == entry->care_of) {
            entry->old_leg.reset();
            entry->bicast_end.reset();
        }
    }
    entry->sequence = update.sequence;
    entry->h = update.h;
    std::uint16_t granted = update.lifetime;
    if (policy_.policy_lifetime)
        granted = std::min(granted, policy_.max_lifetime);
    if (!policy_.bounds_lifetime)
        granted = static_cast<std::uint16_t>(update.lifetime + 10);
    if (policy_.follows_lifetime || is_new) {
        entry->lifetime = granted;
        entry->expires = now.mono + mip6::lifetime_unit * granted;
    }
    entry->ask_at.reset();
    if (policy_.asks_for_refresh)
        entry->ask_at = now.mono + mip6::lifetime_unit * granted * 9 / 10;
    install(*entry, out);
    out.note(
        "registered",
        {{"nai", entry->nai}, {"home-address", base::text(home)}, {"care-of", base::text(entry->care_of)}});
    wire::BindingAcknowledgement ack;
    ack.lifetime = policy_.positive_lifetime ? granted : std::uint16_t{0};
    ack.sequence = update.sequence;
    if (policy_.advice)
        ack.options.push_back(wire::BindingRefreshAdvice{.interval = policy_.advice});
    for (const auto& feature : features_) {
        feature->bound(*entry, update, ack, now, out);
        if (moves)
            feature->moved(*entry, now, out);
    }
    if ((!policy_.same_home && moves) || (policy_.changes_named && !is_wildcard(visit.home)))
        visit.answer_home->octets[15] ^= 1;
    if (update.a || policy_.answers_silent)
        reply(visit, std::move(ack), now, out);
}

/// RFC 3775, 10.3.2, and PC-22: what does not come from the active leg ends the other one only.
void HomeAgent::deregister(Visit& visit, base::Now now, common::Output& out) {
    const wire::BindingUpdate& update = visit.update();
    Entry* entry = is_wildcard(visit.home) ? entry_of(visit.nai) : find(visit.home);
    wire::BindingAcknowledgement ack;
    ack.sequence = update.sequence;
    if (!entry) {
        if (policy_.refuses_unknown)
            return refuse(visit, policy_.unknown, now, out);
        return reply(visit, std::move(ack), now, out);
    }
    visit.answer_home = entry->home;
    const bool of_other_leg = entry->care_of != visit.care_of && visit.care_of != visit.home;
    if (of_other_leg && policy_.leg_only) {
        if (entry->old_leg == visit.care_of && policy_.ends_bicast_by_leg)
            drop_leg(*entry, now, out);
    } else if (policy_.deletes) {
        remove(base::Ip6(entry->home), now, out);
        if (!policy_.independent)
            for (const auto& [home, other] : std::map<base::Ip6, Entry>(entries_))
                if (other.care_of == visit.care_of)
                    remove(home, now, out);
    }
    if (update.a)
        reply(visit, std::move(ack), now, out);
}

void HomeAgent::remove(const base::Ip6& home, base::Now now, common::Output& out) {
    const auto found = entries_.find(home);
    if (found == entries_.end())
        return;
    Entry& entry = found->second;
    for (const auto& feature : features_)
        feature->unbound(entry, now, out);
    uninstall(entry, out);
    if (const auto assigned = assignments_.find(entry.nai); assigned != assignments_.end())
        assigned->second.free_at = now.mono + policy_.quarantine;
    out.note("unbound", {{"nai", entry.nai}, {"home-address", base::text(home)}});
    entries_.erase(found);
}

void HomeAgent::refuse(const Visit& visit, std::uint8_t status, base::Now now, common::Output& out) {
    wire::BindingAcknowledgement ack;
    ack.status = status;
    ack.sequence = visit.update().sequence;
    const Entry* entry = is_wildcard(visit.home) ? entry_of(visit.nai) : find(visit.home);
    if (status == policy_.out_of_window && entry && policy_.tells_sequence)
        ack.sequence = entry->sequence;
    Visit told = visit;
    if (is_wildcard(visit.home)) // a refusal of the wildcard names no address (PC-13)
        told.answer_home.reset();
    out.note("refused", {{"nai", visit.nai}, {"status", std::to_string(unsigned{status})}});
    reply(told, std::move(ack), now, out);
}

void HomeAgent::reply(const Visit& visit, wire::BindingAcknowledgement ack, base::Now now,
                      common::Output& out) {
    if (!policy_.answers)
        return;
    if (!policy_.copies_sequence)
        ++ack.sequence;
    wire::MobilityOptions options;
    if (!visit.nai.empty())
        options.push_back(wire::MobileNodeIdentifier{.nai = visit.nai});
    for (auto& option : ack.options)
        options.push_back(std::move(option));
    const bool about_time = ack.status == status::message_id_mismatch;
    if (about_time && policy_.tells_time)
        options.push_back(wire::ReplayProtection{.timestamp = crypto::ntp_of(now.wall)});
    else if (visit.stamp && !about_time && policy_.echoes_stamp)
        options.push_back(wire::ReplayProtection{.timestamp = *visit.stamp});
    if (visit.signed_ && policy_.authenticates)
        options.push_back(wire::Authentication{.spi = visit.key.spi});
    ack.options = std::move(options);
    const base::Ip6 to = policy_.to_source ? visit.source : visit.care_of;
    const base::Ip6 home = visit.answer_home.value_or(visit.home);
    const bool routed = visit.answer_home && policy_.routing_header;
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = visit.agent, .destination = to});
    if (routed)
        packet.layers.push_back(wire::RoutingType2{.home_address = home});
    packet.layers.push_back(std::move(ack));
    if (visit.signed_)
        sign(packet, visit.key.octets, profile_, home, visit.care_of);
    out.send(std::move(packet));
}

} // namespace peers::netmip6
