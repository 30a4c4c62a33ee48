#include "peers/netmip6/home_agent.h"

#include "peers/common/stack.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr int order_unbound = 1000;

} // namespace

HomeAgent::HomeAgent(const model::NodeConfig& config, AdjustHa adjust)
    : config_(config), settings_(config.self.settings), adjust_(std::move(adjust)),
      profile_(common::profile_of(config)) {
    configure();
    aaa_ = make_aaa(config_, policy_.radius);
    features_ = make_home_features(config_, policy_);
}

void HomeAgent::configure() {
    policy_ = ha_policy(config_, settings_);
    if (adjust_)
        adjust_(policy_);
}

common::Wants HomeAgent::wants() const {
    common::Wants wants;
    wants.mobility_types = {wire::BindingUpdate::kind.type, wire::BindingAcknowledgement::kind.type,
                            wire::BindingError::kind.type};
    wants.udp_ports = aaa_->ports();
    wants.checks_home_addresses = true;
    for (const auto& feature : features_)
        wants.ipv4 = wants.ipv4 || feature->ipv4();
    return wants;
}

void HomeAgent::start(base::Now now, common::Output& out) {
    for (const base::Prefix& prefix : policy_.home) {
        // Nothing for an address without a binding goes anywhere.
        common::Rule rule{.name = "unbound " + base::text(prefix), .order = order_unbound};
        rule.destination = prefix;
        rule.verdict = common::Unreachable{0};
        if (!policy_.home_port)
            out.set_rule(std::move(rule));
    }
    aaa_->start(now, out);
    for (const auto& feature : features_)
        feature->start(now, out);
}

void HomeAgent::on(const common::Input& input, base::Now now, common::Output& out) {
    if (aaa_->on(input, now, out))
        return heard_of_aaa(now, out);
    for (const auto& feature : features_)
        if (feature->on(input, now, out))
            return;
    if (const auto* event = std::get_if<model::Told>(&input))
        return told(*event, now, out);
    const auto* packet = std::get_if<common::Arrived>(&input);
    if (!packet || packet->tunnel)
        return;
    if (packet->packet->find<wire::BindingUpdate>()) {
        if (packet->for_us)
            receive(*packet->packet, now, out);
    } else if (const auto* news = packet->packet->find<wire::NeighborAdvertisement>()) {
        detected(news->target, true, now, out);
    } else if (const auto* question = packet->packet->find<wire::NeighborSolicitation>()) {
        // Somebody else is trying the same address.
        const auto* ip = wire::outer_ip(*packet->packet);
        if (ip && ip->source.is_unspecified())
            detected(question->target, true, now, out);
    }
}

void HomeAgent::told(const model::Told& event, base::Now now, common::Output& out) {
    if (event.event == "set") {
        for (const auto& [name, value] : event.arguments)
            settings_[name] = value;
        configure();
    } else if (event.event == "state") {
        answer_state(event, out);
    } else if (event.event == "delete") {
        const auto named = event.arguments.find("mobile-node");
        const auto* identity =
            named == event.arguments.end() ? nullptr : config_.topology.identity(named->second);
        if (Entry* entry = identity ? entry_of(identity->nai) : nullptr)
            remove(base::Ip6(entry->home), now, out);
    }
}

void HomeAgent::heard_of_aaa(base::Now now, common::Output& out) {
    constexpr base::Duration negative_time = std::chrono::seconds(5); // PC-24
    for (const AaaNews& news : aaa_->take()) {
        const auto* answer = std::get_if<AaaAnswer>(&news);
        const auto found = answer ? asked_.find(answer->id) : asked_.end();
        if (found == asked_.end())
            continue;
        Asked asked = std::move(found->second);
        asked_.erase(found);
        if (answer->result == AaaAnswer::Result::accepted && answer->profile.key) {
            fetched_[asked.nai] = *answer->profile.key;
        } else {
            negative_[asked.nai] = now.mono + negative_time;
            out.note("no key", {{"nai", asked.nai}});
            if (!policy_.binds_when_refused)
                continue;
            asked.visit.signed_ = false;
            asked.visit.key = {};
            proceed(asked.visit, now, out);
            continue;
        }
        judge(std::move(asked.visit), now, out);
    }
}

const model::Identity* HomeAgent::identity_of(const std::string& nai) const {
    const auto found = std::ranges::find(config_.topology.identities, nai, &model::Identity::nai);
    return found == config_.topology.identities.end() ? nullptr : &*found;
}

Entry* HomeAgent::entry_of(const std::string& nai) {
    const auto found = std::ranges::find_if(entries_, [&](const auto& one) { return one.second.nai == nai; });
    return found == entries_.end() ? nullptr : &found->second;
}

Entry* HomeAgent::find(const base::Ip6& home) {
    const auto found = entries_.find(home);
    return found == entries_.end() ? nullptr : &found->second;
}

void HomeAgent::tick(base::Now now, common::Output& out) {
    aaa_->tick(now, out);
    heard_of_aaa(now, out);
    for (const auto& feature : features_)
        feature->tick(now, out);
    std::vector<base::Ip6> over, clear;
    for (auto& [home, entry] : entries_) {
        if (entry.bicast_end && *entry.bicast_end <= now.mono)
            drop_leg(entry, now, out);
        if (entry.expires <= now.mono && policy_.expires)
            over.push_back(home);
        if (entry.ask_at && *entry.ask_at <= now.mono) {
            entry.ask_at.reset();
            wire::BindingRefreshRequest question;
            question.options.push_back(wire::MobileNodeIdentifier{.nai = entry.nai});
            wire::Packet packet;
            packet.layers.push_back(wire::Ipv6{.source = entry.agent, .destination = entry.care_of});
            packet.layers.push_back(wire::RoutingType2{.home_address = entry.home});
            packet.layers.push_back(std::move(question));
            out.send(std::move(packet));
        }
    }
    for (const base::Ip6& home : over)
        remove(home, now, out);
    for (const auto& [home, detection] : detections_)
        if (detection.until <= now.mono)
            clear.push_back(home);
    for (const base::Ip6& home : clear)
        detected(home, false, now, out);
    std::erase_if(assignments_,
                  [&](const auto& one) { return one.second.free_at && *one.second.free_at <= now.mono; });
    std::erase_if(negative_, [&](const auto& one) { return one.second <= now.mono; });
}

std::optional<base::Mono> HomeAgent::deadline() const {
    std::optional<base::Mono> first = aaa_->deadline();
    const auto consider = [&first](const std::optional<base::Mono>& timer) {
        if (timer && (!first || *timer < *first))
            first = timer;
    };
    for (const auto& feature : features_)
        consider(feature->deadline());
    for (const auto& [home, entry] : entries_) {
        consider(entry.bicast_end);
        consider(entry.ask_at);
        if (policy_.expires)
            consider(entry.expires);
    }
    for (const auto& [home, detection] : detections_)
        consider(detection.until);
    for (const auto& [nai, assignment] : assignments_)
        consider(assignment.free_at);
    for (const auto& [nai, until] : negative_)
        consider(until);
    return first;
}

void HomeAgent::answer_state(const model::Told& question, common::Output& out) const {
    const auto of = question.arguments.find("of");
    if (of != question.arguments.end() && of->second != "entries")
        return; // the stack's
    model::Arguments fields = question.arguments;
    const auto named = question.arguments.find("mobile-node");
    const auto* identity =
        named == question.arguments.end() ? nullptr : config_.topology.identity(named->second);
    std::size_t count = 0;
    for (const auto& [home, entry] : entries_) {
        if (identity && identity->nai != entry.nai)
            continue;
        ++count;
        fields["home-address"] = base::text(home);
        fields["care-of"] = base::text(entry.care_of);
        fields["legs"] = entry.old_leg ? "2" : "1";
    }
    fields["count"] = std::to_string(count);
    out.note("state", std::move(fields));
}

} // namespace peers::netmip6
