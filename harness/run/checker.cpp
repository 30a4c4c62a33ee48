#include "harness/run/checker.h"

#include "harness/run/protection.h"
#include "harness/stage/host/host.h"
#include "harness/stage/replay/replay.h"
#include "harness/wire/walk.h"

#include <fmt/format.h>

#include <algorithm>

namespace run {

namespace {

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

base::View view_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Its upper layer stands behind an AH. The glance at the headers has followed them, so their lengths are
/// sound.
bool is_authenticated(base::View octets, const wire::Walk& walk) {
    if (walk.inner_ip == wire::Walk::none || walk.inner_ip + 40 > octets.size())
        return false;
    const auto chain = crypto::chain_of(octets.subspan(walk.inner_ip));
    return chain && chain->next == static_cast<std::uint8_t>(crypto::Protocol::ah);
}

/// What the rules speak of.
bool is_signalling(const wire::Packet& packet) {
    const auto kind = wire::kind(packet);
    return kind != "esp" && kind != "ah" && kind != "payload" && kind != "udp";
}

/// Of a binding update or acknowledgement: the identifier of the mobile node, or its address.
template <class Message>
std::string about(const Message& message, const base::Ip6& node) {
    const auto* identifier = wire::find<wire::MobileNodeIdentifier>(message.options);
    return identifier ? identifier->nai : base::text(node);
}

} // namespace

Checker::Checker(const model::Library& library, const Options& options)
    : profile_(options.profile), roles_(options.roles, options.profile), dialect_{options.profile_name, {}},
      rules_(library.rules, rule_options(library, options)),
      precedents_(library.rules, dialect_, profile_, roles_), use_precedents_(options.precedents),
      watcher_(options.associations) {}

void Checker::share_with(Checker& other) {
    other_ = &other;
    families_ = Families(family_of(profile_.dialect));
}

/// Of mobility messages only: what else nodes send is judged under either dialect, each for its own roles.
bool Checker::is_others(const wire::Packet& packet) {
    return other_ && families_.of(packet) != family_of(profile_.dialect);
}

void Checker::read(stage::replay::Capture& capture) {
    name_ = capture.name();
    while (const stage::replay::Record* record = capture.next()) {
        packets_ = record->number;
        if ((packets_ & 0xfff) == 0 && stage::host::interrupted())
            break;
        const auto inside = stage::replay::carried(*record);
        using What = stage::replay::Carried::What;
        if (inside.what == What::nothing)
            continue;
        const wire::Walk walk =
            inside.what == What::ethernet ? wire::walk_frame(inside.bytes) : wire::walk_ip(inside.bytes);
        // ESP hides what it holds; an AH can be read, but who has the key wants to know whether it is true.
        if (walk.what == wire::Walk::What::protected_ ||
            (!watcher_.empty() && walk.is_signalling() && is_authenticated(inside.bytes, walk)))
            unlock(*record, walk);
        else if (walk.is_signalling())
            see(*record, inside.bytes, walk);
    }
    troubles_ = capture.troubles();
    whole_ = capture.is_whole();
}

void Checker::see(const stage::replay::Record& record, base::View octets, const wire::Walk& walk) {
    if (other_ && walk.what == wire::Walk::What::mobility) {
        if (is_others(stage::replay::decode(record, profile_)))
            return other_->see(record, octets, walk);
    } else if (other_) {
        other_->see(record, octets, walk);
        ++shared_;
    }
    ++messages_;
    if (!start_)
        start_ = record.at;
    last_ = std::max(last_, base::Mono{record.at - *start_});
    if (use_precedents_)
        if (const auto* known = precedents_.find(octets, walk, record.at)) {
            follow(*known, walk, record.number);
            return;
        }
    judge(record, walk, stage::replay::decode(record, profile_));
}

void Checker::unlock(const stage::replay::Record& record, const wire::Walk& walk) {
    if (watcher_.empty()) {
        ++sealed_[crypto::Verdict::no_association];
        return;
    }
    crypto::Verdict why = crypto::Verdict::malformed;
    auto packet = opened(watcher_, stage::replay::decode(record, profile_), profile_, &why);
    if (why != crypto::Verdict::accepted || !packet) {
        ++sealed_[why];
        return;
    }
    if (is_others(*packet))
        return other_->unlock(record, walk);
    if (!packet->find<wire::EspHeader>() || is_signalling(*packet)) {
        ++messages_;
        if (!start_)
            start_ = record.at;
        last_ = std::max(last_, base::Mono{record.at - *start_});
        judge(record, walk, std::move(*packet), false);
    }
}

void Checker::judge(const stage::replay::Record& record, const wire::Walk& walk, wire::Packet packet,
                    bool is_precedent) {
    roles_.see(packet);
    follow(packet, record.number);
    model::Event event;
    event.number = record.number;
    event.at = last_;
    event.wall = record.at;
    model::Seen seen;
    seen.packet = std::move(packet);
    const auto sender = roles_.sender(seen.packet), receiver = roles_.receiver(seen.packet);
    if (rules_.see(event, seen, sender, receiver) && use_precedents_ && is_precedent)
        precedents_.add(seen.packet, walk, record.at);
}

void Checker::follow(const wire::Packet& packet, std::uint64_t number) {
    const wire::Ipv6* ip = wire::inner_ip(packet);
    if (!ip)
        return;
    if (const auto* update = packet.find_last<wire::BindingUpdate>())
        sessions_.add(view_of(about(*update, ip->source)), ip->source, ip->destination, number);
    else if (const auto* answer = packet.find_last<wire::BindingAcknowledgement>())
        sessions_.add(view_of(about(*answer, ip->destination)), ip->destination, ip->source, number);
}

void Checker::follow(const judge::Precedents::Case& known, const wire::Walk& walk, std::uint64_t number) {
    const bool is_answer = walk.type == wire::BindingAcknowledgement::kind.type;
    if (walk.what != wire::Walk::What::mobility ||
        (!is_answer && walk.type != wire::BindingUpdate::kind.type))
        return;
    const base::Ip6& from = is_answer ? known.destination : known.source;
    const base::Ip6& to = is_answer ? known.source : known.destination;
    if (known.about)
        sessions_.add(*known.about, from, to, number);
    else
        sessions_.add(view_of(base::text(from)), from, to, number);
}

reports::CheckReport Checker::report() const {
    reports::CheckReport out;
    out.capture = name_;
    out.packets = packets_;
    out.messages = messages_;
    out.sessions_total = sessions_.all().size();
    for (std::size_t i = 0; i < std::min(sessions_.all().size(), most_told); ++i) {
        const Conversations::One& one = sessions_.all()[i];
        out.sessions.push_back(
            {one.about, base::text(one.from), base::text(one.to), one.first, one.last, one.messages});
    }
    out.troubles = troubles_;
    for (const auto& [why, count] : sealed_)
        out.troubles.push_back(
            fmt::format("{}: {} packet{} protected, not decoded: {}", name_, count, count == 1 ? "" : "s",
                        why == crypto::Verdict::no_association ? "no key" : crypto::name(why)));
    if (sessions_.is_full())
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
    if (other_)
        add_other(out);
    return out;
}

void Checker::add_other(reports::CheckReport& out) const {
    const reports::CheckReport theirs = other_->report();
    out.messages += theirs.messages - shared_;
    out.sessions_total += theirs.sessions_total;
    out.findings_total += theirs.findings_total;
    out.sessions.insert(out.sessions.end(), theirs.sessions.begin(), theirs.sessions.end());
    out.findings.insert(out.findings.end(), theirs.findings.begin(), theirs.findings.end());
    out.requirements.insert(out.requirements.end(), theirs.requirements.begin(), theirs.requirements.end());
    out.troubles.insert(out.troubles.end(), theirs.troubles.begin(), theirs.troubles.end());
}

} // namespace run
