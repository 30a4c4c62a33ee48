#include "harness/run/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace run {

namespace {

constexpr std::size_t most_told = 1000;

const char* state_of(const judge::Session& session, base::Wall now) {
    if (session.bound_to == judge::Session::none)
        return session.bound_before != judge::Session::none ? "ended" : "unbound";
    return now <= session.bound_until ? "bound" : "expired";
}

} // namespace

reports::CheckReport Checker::report() const {
    reports::CheckReport out;
    out.capture = name_;
    out.packets = packets_;
    out.messages = messages_;
    const auto& sessions = dialogue_.sessions();
    out.sessions_total = sessions.size();
    const base::Wall now = start_.value_or(base::Wall{}) + last_;
    for (std::size_t i = 0; i < std::min(sessions.size(), most_told); ++i) {
        const auto& one = sessions.at(i);
        auto& row = out.sessions.emplace_back();
        row.about = one.about;
        row.from = base::text(sessions.address(one.gateway));
        row.to = base::text(sessions.address(one.anchor));
        row.first = one.first;
        row.last = one.last;
        row.messages = one.messages;
        row.state = state_of(one, now);
        if (one.prefix_length != 0)
            row.prefix = base::text(base::Prefix{one.prefix, one.prefix_length});
        row.handovers = one.handovers;
        row.refusals = one.refusals;
        row.repetitions = one.retransmissions;
    }
    out.troubles = troubles_;
    for (const auto& [why, count] : sealed_)
        out.troubles.push_back(
            fmt::format("{}: {} packet{} protected, not decoded: {}", name_, count, count == 1 ? "" : "s",
                        why == crypto::Verdict::no_association ? "no key" : crypto::name(why)));
    if (sessions.is_full())
        out.troubles.push_back(name_ +
                               ": more than a million sessions: further ones are judged, but not listed");
    out.whole = whole_;
    if (const auto strangers = dialogue_.of_strangers(); strangers != 0)
        out.troubles.push_back(
            fmt::format("{}: {} tunnelled packet{} not judged: no registration of {} in it", name_, strangers,
                        strangers == 1 ? "" : "s", strangers == 1 ? "its prefix is" : "their prefixes is"));
    out.findings = own_rules_ ? own_rules_->findings() : rules_.findings();
    if (cut_ != 0) {
        auto& finding = out.findings.emplace_back();
        finding.verdict = model::Verdict::inconclusive;
        finding.step = "capture";
        finding.packet = first_cut_;
        finding.sentence =
            fmt::format("{} message{} cut by the length that was captured of each packet: what "
                        "{} cannot be judged",
                        cut_, cut_ == 1 ? " is" : "s are", cut_ == 1 ? "it holds" : "they hold");
    }
    if (const auto lost = reassembly_.lost(); lost != 0)
        out.troubles.push_back(fmt::format("{}: of {} fragmented packet{} not all fragments are there", name_,
                                           lost, lost == 1 ? "" : "s"));
    for (auto& finding : dialogue_.findings())
        out.findings.push_back(std::move(finding));
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
        row.broken += finding.verdict != model::Verdict::pass && finding.name != "consequence-of";
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
