#include "reports/failure.h"

#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace reports {

using model::Verdict;
using namespace std::chrono_literals;

std::string_view word(Verdict verdict) {
    switch (verdict) {
    case Verdict::pass:
        return "PASS";
    case Verdict::observed:
        return "OBSERVED";
    case Verdict::deviation:
        return "DEVIATION";
    case Verdict::inconclusive:
        return "INCONCLUSIVE";
    case Verdict::error:
        return "ERROR";
    case Verdict::fail:
        return "FAIL";
    case Verdict::not_claimed:
        return "NOT CLAIMED";
    case Verdict::unsupported:
        return "UNSUPPORTED";
    }
    return "?";
}

bool is_notable(const model::Finding& finding) {
    return model::is_red(finding.verdict) || finding.verdict == Verdict::deviation;
}

bool is_known(const model::CaseResult& result) {
    return result.standing == model::Standing::still_failing || result.standing == model::Standing::flaky;
}

std::string text(const model::Finding& finding, const model::CaseResult& result,
                 const model::Ledger* ledger) {
    const model::Where& where = finding.where.known() ? finding.where : result.where;
    std::string out = where.known() ? model::text(where) + "  " : std::string{};
    out += fmt::format("{}  {}\n", result.id, word(finding.verdict));
    if (!finding.requirement.empty()) {
        const model::Requirement* known = ledger ? ledger->find(finding.requirement) : nullptr;
        out += fmt::format("    {} ({}{}){}\n", finding.requirement, model::name(finding.level),
                           known && !known->section.empty() ? ", " + known->section : std::string{},
                           known && !known->text.empty() ? "  " + known->text : std::string{});
    }
    if (!finding.sentence.empty())
        out += fmt::format("    {}\n", finding.sentence);
    if (!finding.step.empty() || !finding.culprit.empty())
        out += fmt::format("    step: {}{}{}\n", finding.step,
                           finding.step.empty() || finding.culprit.empty() ? "" : ", ",
                           finding.culprit.empty() ? std::string{} : "duty of " + finding.culprit);
    std::size_t widest = 0;
    for (const auto& difference : finding.differences)
        widest = std::max(widest, difference.path.size());
    for (const auto& difference : finding.differences) {
        out += fmt::format("      {:<{}}  expected {}   actual {}", difference.path, widest,
                           difference.expected, difference.actual.empty() ? "nothing" : difference.actual);
        if (difference.size != 0)
            out += fmt::format("   at octet {}", difference.offset);
        out += '\n';
    }
    if (finding.packet != 0)
        out += fmt::format("    #{}  {}  {}\n", finding.packet, since_start(finding.at), finding.packet_text);
    else if (!finding.packet_text.empty())
        out += fmt::format("    {}\n", finding.packet_text);
    return clean(out);
}

std::string failure(const model::CaseResult& result, const model::Ledger* ledger,
                    std::string_view directory) {
    // The gravest come first; a case that breaks the same thing a hundred times is read no better for it.
    constexpr std::size_t most = 6;
    std::vector<const model::Finding*> notable;
    for (const auto& finding : result.findings)
        if (is_notable(finding))
            notable.push_back(&finding);
    std::stable_sort(notable.begin(), notable.end(),
                     [](const auto* left, const auto* right) { return left->verdict > right->verdict; });
    std::string out;
    for (std::size_t i = 0; i < std::min(most, notable.size()); ++i)
        out += text(*notable[i], result, ledger);
    if (notable.size() > most)
        out += fmt::format("    and {} findings more: all are in events.ndjson\n", notable.size() - most);
    if (out.empty() && !model::is_red(result.verdict))
        return out;
    if (out.empty() || (model::is_red(result.verdict) && !result.reason.empty())) {
        const std::string place = result.where.known() ? model::text(result.where) + "  " : std::string{};
        const std::string head =
            out.empty() ? fmt::format("{}{}  {}\n", place, result.id, word(result.verdict)) : "";
        out = clean(head) + out + clean(fmt::format("    {}\n", result.reason));
    }
    if (const std::string told = circumstances(result); !told.empty())
        out += told;
    if (!result.again.empty())
        out += clean(fmt::format("    again:   {}\n", result.again));
    if (!result.directory.empty())
        out += clean(fmt::format("    capture: {}{}{}/capture.pcapng\n", directory,
                                 directory.empty() ? "" : "/", result.directory));
    return out;
}

std::string text(const model::HostStall& stall) {
    std::string out;
    if (stall.count != 0)
        out = fmt::format("this host fired timers up to {}ms late, {} time{}", stall.worst / 1ms, stall.count,
                          stall.count == 1 ? "" : "s");
    if (stall.replays != 0)
        out += fmt::format("{}{} play{} before did not count, because it stood still",
                           out.empty() ? "" : "; ", stall.replays, stall.replays == 1 ? "" : "s");
    return out;
}

std::string text(const model::Alone& alone) {
    const std::string stall = text(alone.stall);
    return fmt::format("{}{}{}{}{}", model::is_red(alone.verdict) ? "again " : "", model::name(alone.verdict),
                       model::is_red(alone.verdict) ? std::string{} : ": load or chance may be the cause",
                       alone.reason.empty() ? std::string{} : ": " + alone.reason,
                       stall.empty() ? std::string{} : " (" + stall + ")");
}

std::string circumstances(const model::CaseResult& result) {
    std::string out;
    if (!result.standing_because.empty() && model::is_red(result.verdict))
        out += fmt::format("    baseline: {}\n", result.standing_because);
    if (const std::string told = text(result.stall); !told.empty())
        out += fmt::format("    host:    {}\n", told);
    return clean(out);
}

std::string headline(const model::CaseResult& result) {
    const model::Finding* gravest = nullptr;
    for (const auto& finding : result.findings)
        if (is_notable(finding) && (!gravest || finding.verdict > gravest->verdict))
            gravest = &finding;
    if (!gravest || (gravest->verdict < result.verdict && !result.reason.empty()))
        return clean(result.reason);
    std::string out = gravest->requirement;
    if (!out.empty())
        out += fmt::format(" ({}): ", model::name(gravest->level));
    out += gravest->sentence;
    if (!gravest->differences.empty()) {
        const auto& first = gravest->differences.front();
        out += fmt::format(" [{}: expected {}, actual {}]", first.path, first.expected, first.actual);
    }
    return clean(out);
}

} // namespace reports
