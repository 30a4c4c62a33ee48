#include "harness/run/baseline.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace run {

using model::Verdict;

namespace {

// The gravest verdict about a requirement, of the findings whose sentence contains the text; nullopt if there
// is none.
std::optional<Verdict> about(const model::CaseResult& result, const model::Expectation& expected) {
    std::optional<Verdict> out;
    for (const auto& finding : result.findings)
        if (finding.requirement == expected.requirement && finding.verdict <= Verdict::fail &&
            finding.sentence.find(expected.message) != std::string::npos)
            out = std::max(out.value_or(Verdict::pass), finding.verdict);
    return out;
}

bool holds(const model::CaseResult& result, const model::Expectation& expected) {
    if (!expected.requirement.empty())
        return about(result, expected) == expected.verdict;
    const auto says = [&](const model::Finding& finding) {
        return finding.sentence.find(expected.message) != std::string::npos;
    };
    return result.verdict == expected.verdict &&
           (expected.message.empty() || std::any_of(result.findings.begin(), result.findings.end(), says) ||
            result.reason.find(expected.message) != std::string::npos);
}

bool covers(const model::Expectation& expected, const model::Finding& finding) {
    return expected.requirement.empty() || expected.requirement == finding.requirement;
}

} // namespace

Comparison compare(const model::Baseline& baseline, const model::CaseResult& result) {
    std::vector<const model::Expectation*> own;
    for (const auto& expected : baseline.expectations)
        if (base::glob(expected.case_id, result.id))
            own.push_back(&expected);
    if (own.empty())
        return {};
    for (const auto* expected : own)
        if (!holds(result, *expected))
            return {Judgement::different,
                    fmt::format("{}: {}{}{} is no longer {} (the case is {} now)",
                                model::text(expected->where), result.id,
                                expected->requirement.empty() ? "" : " ", expected->requirement,
                                model::name(expected->verdict), model::name(result.verdict))};
    for (const auto& finding : result.findings)
        if (model::is_red(finding.verdict) &&
            std::none_of(own.begin(), own.end(), [&](const auto* one) { return covers(*one, finding); }))
            return {Judgement::different,
                    fmt::format("{}: {} is {}, which is not in the baseline", result.id,
                                finding.requirement.empty() ? finding.sentence : finding.requirement,
                                model::name(finding.verdict))};
    return {Judgement::as_known, {}};
}

} // namespace run
