#include "reports/coverage.h"

#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace reports {

using model::Level;
using model::Verdict;

namespace {

std::unordered_map<std::string, Verdict>
gravest_by_requirement(const std::vector<model::CaseResult>& results) {
    std::unordered_map<std::string, Verdict> out;
    for (const auto& result : results)
        for (const auto& finding : result.findings) {
            if (finding.requirement.empty() || finding.verdict > Verdict::fail)
                continue;
            const auto [place, is_new] = out.try_emplace(finding.requirement, finding.verdict);
            if (!is_new)
                place->second = std::max(place->second, finding.verdict);
        }
    return out;
}

bool is_must(Level level) {
    return level == Level::must || level == Level::must_not || level == Level::base;
}

} // namespace

Coverage coverage(const model::Ledger& ledger, const model::Library& library,
                  const std::vector<model::CaseResult>& results) {
    std::unordered_map<std::string, std::vector<std::string>> provers;
    for (const auto& one : library.cases)
        for (const auto& id : one.proves())
            provers[id].push_back(one.id);
    for (const auto& rule : library.rules)
        for (const auto& proof : rule.proves)
            provers[proof.id].push_back("rule " + rule.name);
    const auto verdicts = gravest_by_requirement(results);

    Coverage out;
    for (const auto& requirement : ledger.all()) {
        Coverage::Row row{&requirement, {}, {}};
        if (const auto found = provers.find(requirement.id); found != provers.end()) {
            row.proven_by = found->second;
            std::sort(row.proven_by.begin(), row.proven_by.end());
            row.proven_by.erase(std::unique(row.proven_by.begin(), row.proven_by.end()), row.proven_by.end());
        }
        if (const auto judged = verdicts.find(requirement.id); judged != verdicts.end())
            row.verdict = model::name(judged->second);
        else if (!row.proven_by.empty())
            row.verdict = "not-run";
        else
            row.verdict = requirement.untestable.empty() ? "untested" : "untestable";
        ++out.by_verdict[row.verdict];
        if (is_must(requirement.level)) {
            ++out.musts;
            out.musts_proven += !row.proven_by.empty();
        }
        out.rows.push_back(std::move(row));
    }
    return out;
}

std::string text(const Coverage& coverage) {
    std::string out;
    for (const auto& row : coverage.rows) {
        const auto& requirement = *row.requirement;
        out += fmt::format("{:<18} {:<10} {:<10} {:<12} {}\n", requirement.id, model::name(requirement.level),
                           requirement.role, row.verdict, requirement.section);
        const std::size_t shown = std::min<std::size_t>(row.proven_by.size(), 4);
        for (std::size_t i = 0; i < shown; ++i)
            out += fmt::format("    {}\n", row.proven_by[i]);
        if (shown < row.proven_by.size())
            out += fmt::format("    and {} more\n", row.proven_by.size() - shown);
        if (row.verdict == "untestable")
            out += fmt::format("    {}\n", requirement.untestable);
    }
    out += "\n";
    for (const auto& [verdict, count] : coverage.by_verdict)
        out += fmt::format("{:>5} {}\n", count, verdict);
    out += fmt::format("{} of {} MUST, MUST NOT and BASE requirements have a case or a rule\n",
                       coverage.musts_proven, coverage.musts);
    const auto untested = [](const Coverage::Row& row) {
        return is_must(row.requirement->level) && row.verdict == "untested";
    };
    for (const auto& row : coverage.rows)
        if (untested(row))
            out += fmt::format("untested: {} ({}, {})  {}\n", row.requirement->id,
                               model::name(row.requirement->level), row.requirement->section,
                               row.requirement->text);
    return clean(out);
}

} // namespace reports
