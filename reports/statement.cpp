#include "reports/statement.h"

#include "harness/base/text.h"
#include "reports/failure.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

namespace reports {

using model::Verdict;

namespace {

constexpr std::size_t most_evidence = 3;

std::string upper(std::string text) {
    for (char& c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

bool binds(const std::string& role, const std::vector<std::string>& roles) {
    return roles.empty() || std::any_of(roles.begin(), roles.end(), [&](const std::string& one) {
               return role == one || (role == "BOTH" && (one == "LMA" || one == "MAG")) ||
                      (role == "AR" && (one == "SAR" || one == "TAR"));
           });
}

std::string wording(Verdict verdict) {
    switch (verdict) {
    case Verdict::pass:
        return "conforms";
    case Verdict::observed:
        return "observed";
    case Verdict::deviation:
        return "deviates";
    case Verdict::inconclusive:
    case Verdict::error:
        return "not decided";
    case Verdict::fail:
        return "does not conform";
    case Verdict::not_claimed:
        return "not claimed";
    case Verdict::unsupported:
        return "unsupported";
    }
    return "?";
}

struct Judged {
    std::vector<std::pair<const model::CaseResult*, const model::Finding*>>
        findings; ///< the gravest of each case
};

std::unordered_map<std::string, Judged> judged_in(const Record& record) {
    std::unordered_map<std::string, Judged> out;
    for (const auto& result : record.results)
        for (const auto& finding : result.findings) {
            if (finding.requirement.empty() || finding.verdict > Verdict::fail)
                continue;
            auto& all = out[finding.requirement].findings;
            if (!all.empty() && all.back().first == &result) {
                if (finding.verdict > all.back().second->verdict)
                    all.back().second = &finding;
            } else {
                all.emplace_back(&result, &finding);
            }
        }
    for (auto& [id, one] : out)
        std::stable_sort(one.findings.begin(), one.findings.end(), [](const auto& left, const auto& right) {
            return left.second->verdict > right.second->verdict;
        });
    return out;
}

Statement::Evidence evidence_of(const model::CaseResult& result, const model::Finding& finding) {
    return {result.id,
            is_notable(finding) ? finding.sentence : std::string{},
            result.directory.empty() ? std::string{} : result.directory + "/capture.pcapng",
            finding.verdict,
            finding.packet,
            result.seed};
}

// Why nothing was judged, although cases name the requirement.
void say_why_not(Statement::Row& row, const Coverage::Row& covered,
                 const std::unordered_map<std::string, const model::CaseResult*>& by_id) {
    row.verdict = "not tested";
    row.because = covered.named_by.empty() ? "no case" : "its cases were not part of the run";
    for (const auto& id : covered.named_by) {
        const auto found = by_id.find(id);
        if (found == by_id.end())
            continue;
        const auto& result = *found->second;
        if (result.verdict == Verdict::not_claimed || result.verdict == Verdict::unsupported) {
            row.verdict = wording(result.verdict);
            row.because = result.reason;
            return;
        }
        row.because = "its cases did not come to it: " + result.id;
    }
}

Statement::Row row_of(const Coverage::Row& covered, const std::unordered_map<std::string, Judged>& judged,
                      const std::unordered_map<std::string, const model::CaseResult*>& by_id) {
    Statement::Row row;
    row.requirement = covered.requirement;
    row.clause = covered.clause;
    const auto found = judged.find(covered.requirement->id);
    if (found == judged.end()) {
        if (covered.testable()) {
            say_why_not(row, covered, by_id);
        } else {
            row.verdict = "untestable";
            row.because = covered.requirement->untestable;
        }
        return row;
    }
    const auto& findings = found->second.findings;
    row.verdict = wording(findings.front().second->verdict);
    row.cases = findings.size();
    for (std::size_t i = 0; i < std::min(most_evidence, findings.size()); ++i)
        row.evidence.push_back(evidence_of(*findings[i].first, *findings[i].second));
    return row;
}

} // namespace

Statement statement(const Coverage& coverage, const Record& record) {
    Statement out;
    out.info = record.info;
    out.end = record.end;
    std::set<std::string> roles;
    for (const auto& one : record.info.implementations)
        roles.insert(upper(one.role));
    out.roles.assign(roles.begin(), roles.end());
    const auto judged = judged_in(record);
    std::unordered_map<std::string, const model::CaseResult*> by_id;
    for (const auto& result : record.results)
        by_id.emplace(result.id, &result);
    std::set<std::string> drafts;
    for (const auto& row : coverage.rows)
        if (judged.contains(row.requirement->id))
            drafts.insert(row.requirement->suite);
    for (const auto& covered : coverage.rows) {
        if (!drafts.contains(covered.requirement->suite))
            continue;
        if (!binds(covered.requirement->role, out.roles)) {
            ++out.other_roles;
            continue;
        }
        out.rows.push_back(row_of(covered, judged, by_id));
        ++out.count[std::string(model::name(covered.requirement->level))][out.rows.back().verdict];
    }
    std::set<std::string> known;
    for (const auto& covered : coverage.rows)
        known.insert(covered.requirement->id);
    for (const auto& result : record.results)
        for (const auto& finding : result.findings)
            if (finding.verdict == Verdict::fail && !known.contains(finding.requirement))
                out.failures.push_back(evidence_of(result, finding));
    std::set<std::pair<std::string, std::string>> told;
    for (const auto& result : record.results)
        for (const auto& finding : result.findings)
            if (finding.verdict == Verdict::observed && !finding.name.empty() &&
                told.insert({finding.name, finding.value}).second)
                out.choices.push_back({finding.name, finding.value, result.id});
    std::sort(out.choices.begin(), out.choices.end(), [](const auto& left, const auto& right) {
        return std::tie(left.name, left.value) < std::tie(right.name, right.value);
    });
    return out;
}

int exit_code(const Statement& statement) {
    const auto any = [&](std::string_view verdict) {
        return std::any_of(statement.rows.begin(), statement.rows.end(),
                           [&](const Statement::Row& row) { return row.verdict == verdict; });
    };
    constexpr int nonconforming = 1, our_trouble = 3, open = 4;
    if (any("does not conform") || !statement.failures.empty())
        return nonconforming;
    if (!statement.end || statement.end->interrupted || statement.end->exit_code == our_trouble)
        return our_trouble;
    return any("not decided") || statement.rows.empty() || statement.end->exit_code == open ? open : 0;
}

} // namespace reports
