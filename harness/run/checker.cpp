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

constexpr std::size_t most_prints = 4'000'000;

std::uint64_t hash_of_roles(const judge::Party& party, std::uint64_t seed) {
    for (const auto& role : party.roles)
        seed = hash_of({reinterpret_cast<const std::uint8_t*>(role.data()), role.size()}, seed);
    return seed + 1;
}

/// What the mobile node of a BU or BA calls itself, where the message is decoded.
base::Bytes identifier_of(const wire::Packet& packet) {
    const auto in = [](const auto& message) {
        for (const auto& option : message.options)
            if (const auto* identifier = std::get_if<wire::MobileNodeIdentifier>(&option))
                return base::Bytes(identifier->nai.begin(), identifier->nai.end());
        return base::Bytes{};
    };
    if (const auto* update = packet.find_last<wire::BindingUpdate>())
        return in(*update);
    if (const auto* answer = packet.find_last<wire::BindingAcknowledgement>())
        return in(*answer);
    return {};
}

} // namespace

Checker::Checker(const model::Library& library, const Options& options)
    : library_(library), profile_(options.profile), roles_(options.roles, options.profile),
      rules_(library.rules, rule_options(library, options)), glance_(rules_.rules(), profile_) {}

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
        ++messages_;
        see(*record, inside.bytes, walk);
        if ((messages_ & 0xfff) == 0 && stage::host::interrupted())
            break;
    }
    troubles_ = capture.troubles();
    whole_ = capture.is_whole();
}

void Checker::see(const stage::replay::Record& record, base::View inside, const wire::Walk& walk) {
    const base::View ip = walk.outer_ip == wire::Walk::none ? base::View{} : inside.subspan(walk.outer_ip);
    const auto print = ip.empty() ? std::nullopt : glance_.print(ip, walk, record.at);
    std::uint64_t here = 0;
    if (print || walk.what == wire::Walk::What::dhcp) {
        const base::View ends = ip.size() >= 40 ? ip.subspan(8, 32) : ip;
        // DHCP that no rule speaks of is known by its type alone.
        here = hash_of(ends, print ? *print : std::uint64_t{walk.type} << 8 | 1);
        if (right_here_.contains(here)) {
            follow(ip, walk, glance_.identifier(), record.number);
            return;
        }
    }
    wire::Packet packet = stage::replay::decode(record, profile_);
    glance_.learn(ip, walk, packet);
    const base::Bytes identifier = identifier_of(packet);
    follow(ip, walk, identifier, record.number);
    roles_.see(packet);
    const auto sender = roles_.sender(packet), receiver = roles_.receiver(packet);
    const std::uint64_t there = print ? hash_of_roles(receiver, hash_of_roles(sender, *print)) : 0;
    const bool silent = walk.what == wire::Walk::What::dhcp && !rules_.concerns(wire::kind(packet));
    const bool right =
        silent || (print && right_.contains(there)) || judge(record, std::move(packet), sender, receiver);
    if (!right || here == 0 || right_here_.size() >= most_prints || right_.size() >= most_prints)
        return;
    if (print)
        right_.insert(there);
    if (print || silent)
        right_here_.insert(here);
}

bool Checker::judge(const stage::replay::Record& record, wire::Packet packet, const judge::Party& sender,
                    const judge::Party& receiver) {
    if (!start_)
        start_ = record.at;
    last_ = std::max(last_, base::Mono{record.at - *start_});
    model::Event event;
    event.number = record.number;
    event.at = last_;
    event.wall = record.at;
    model::Seen seen;
    seen.packet = std::move(packet);
    const std::uint64_t broken = rules_.broken();
    rules_.see(event, seen, sender, receiver);
    return rules_.broken() == broken;
}

void Checker::follow(base::View ip, const wire::Walk& walk, base::View identifier, std::uint64_t number) {
    if (walk.what != wire::Walk::What::mobility || (walk.type != 5 && walk.type != 6) ||
        walk.inner_ip == wire::Walk::none)
        return;
    const base::View header = ip.subspan(walk.inner_ip - walk.outer_ip);
    if (header.size() < 40 || header[0] >> 4 != 6)
        return;
    base::Ip6 from, to;
    std::copy_n(header.begin() + 8, 16, from.octets.begin());
    std::copy_n(header.begin() + 24, 16, to.octets.begin());
    if (walk.type == 6)
        std::swap(from, to);
    const std::uint64_t key = hash_of(identifier, hash_of(from.octets, hash_of(to.octets, 1)));
    const auto found = session_of_.find(key);
    if (found != session_of_.end()) {
        Session& session = sessions_[found->second];
        session.last = number;
        ++session.messages;
        return;
    }
    if (sessions_.size() >= most_sessions) {
        more_sessions_ = true;
        return;
    }
    session_of_.emplace(key, sessions_.size());
    sessions_.push_back(
        {identifier.empty() ? base::text(from) : std::string(identifier.begin(), identifier.end()), from, to,
         number, number, 1});
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
