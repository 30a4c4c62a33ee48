#include "harness/run/checker.h"

#include "harness/stage/host/host.h"
#include "harness/stage/replay/replay.h"
#include "harness/wire/walk.h"

#include <algorithm>

namespace run {

namespace {

// Enough for every mobile node of a large operator; more are counted as one.
constexpr std::size_t most_sessions = 1'000'000;
constexpr std::size_t most_told = 1000;

judge::RuleBook::Options rule_options(const model::Library& library, const Checker::Options& options) {
    judge::RuleBook::Options out;
    out.profile = options.profile;
    out.dialect = {options.profile_name, {}};
    out.ledger = library.ledger;
    out.strict = options.strict;
    out.foreign = true; // who made it is unknown: what this project chose binds nobody
    out.under_test = {"*"};
    return out;
}

// Of a BU or BA: the identifier of the mobile node, or its home address.
template <class Message>
std::string about(const Message& message, const base::Ip6& home) {
    for (const auto& option : message.options)
        if (const auto* identifier = std::get_if<wire::MobileNodeIdentifier>(&option))
            return identifier->nai;

    return base::text(home);
}

} // namespace

Checker::Checker(const model::Library& library, const Options& options)
    : library_(library), profile_(options.profile), roles_(options.roles, options.profile),
      rules_(library.rules, rule_options(library, options)) {}

void Checker::read(stage::replay::Capture& capture) {
    name_ = capture.name();
    while (const stage::replay::Record* record = capture.next()) {
        packets_ = record->number;
        const auto inside = stage::replay::carried(*record);
        using What = stage::replay::Carried::What;
        if (inside.what == What::nothing)
            continue;
        const wire::Walk walk =
            inside.what == What::ethernet ? wire::walk_frame(inside.bytes) : wire::walk_ip(inside.bytes);
        if (!walk.is_signalling())
            continue;
        judge(*record, stage::replay::decode(*record, profile_));
        if ((messages_ & 0xfff) == 0 && stage::host::interrupted())
            break;
    }
    troubles_ = capture.troubles();
    whole_ = capture.is_whole();
}

void Checker::judge(const stage::replay::Record& record, wire::Packet packet) {
    ++messages_;
    if (!start_)
        start_ = record.at;
    last_ = std::max(last_, base::Mono{record.at - *start_});
    roles_.see(packet);
    follow(packet, record.number);
    model::Event event;
    event.number = record.number;
    event.at = last_;
    event.wall = record.at;
    model::Seen seen;
    seen.packet = std::move(packet);
    const auto sender = roles_.sender(seen.packet), receiver = roles_.receiver(seen.packet);
    rules_.see(event, seen, sender, receiver);
}

void Checker::follow(const wire::Packet& packet, std::uint64_t number) {
    const wire::Ipv6* ip = wire::inner_ip(packet);
    if (!ip)
        return;
    std::string node;
    base::Ip6 from = ip->source, to = ip->destination;
    if (const auto* update = packet.find_last<wire::BindingUpdate>()) {
        node = about(*update, ip->source);
    } else if (const auto* answer = packet.find_last<wire::BindingAcknowledgement>()) {
        node = about(*answer, ip->destination);
        std::swap(from, to);
    } else {
        return;
    }
    std::string key = node;
    key.append(reinterpret_cast<const char*>(from.octets.data()), 16);
    key.append(reinterpret_cast<const char*>(to.octets.data()), 16);
    const auto found = session_of_.find(key);
    if (found == session_of_.end()) {
        if (sessions_.size() >= most_sessions) {
            more_sessions_ = true;
            return;
        }
        session_of_.emplace(std::move(key), sessions_.size());
        sessions_.push_back({std::move(node), from, to, number, number, 1});
        return;
    }
    Session& session = sessions_[found->second];
    session.last = number;
    ++session.messages;
}

reports::CheckReport Checker::report() const {
    reports::CheckReport out;
    out.capture = name_;
    out.packets = packets_;
    out.messages = messages_;
    out.sessions_total = sessions_.size();
    for (std::size_t i = 0; i < std::min(sessions_.size(), most_told); ++i) {
        const Session& one = sessions_[i];
        out.sessions.push_back(
            {one.about, base::text(one.from), base::text(one.to), one.first, one.last, one.messages});
    }
    out.troubles = troubles_;
    if (more_sessions_)
        out.troubles.push_back(
            name_ + ": more than a million conversations: further ones are judged, but not listed");
    out.whole = whole_;
    out.findings = rules_.findings();
    out.findings_total = out.findings.size();
    std::map<std::string, reports::CheckReport::RequirementVerdict> requirements;
    for (const auto& finding : out.findings) {
        if (finding.requirement.empty())
            continue;
        auto& row = requirements[finding.requirement];
        row.requirement = finding.requirement;
        row.level = finding.level;
        row.verdict = std::max(row.verdict, finding.verdict);
        ++row.checked;
        row.broken += finding.verdict != model::Verdict::pass;
    }
    for (auto& [id, row] : requirements)
        out.requirements.push_back(std::move(row));
    return out;
}

} // namespace run
