#include "harness/run/baseline.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace run {

using model::Standing;
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

// What the entry speaks of, as it is now.
Verdict verdict_now(const model::CaseResult& result, const model::Expectation& expected) {
    if (expected.requirement.empty())
        return result.verdict;
    Verdict out = Verdict::pass;
    for (const auto& finding : result.findings)
        if (finding.requirement == expected.requirement && finding.verdict <= Verdict::fail)
            out = std::max(out, finding.verdict);
    return out;
}

std::string entry(const model::Expectation& one) {
    std::string out = one.reason;
    if (!one.owner.empty())
        out += fmt::format("{}{}", out.empty() ? "" : ", ", one.owner);
    return out.empty() ? out : " (" + out + ")";
}

Comparison off(const model::CaseResult& result, const model::Expectation& expected) {
    const Verdict now = verdict_now(result, expected);
    const bool better = model::is_red(expected.verdict) && !model::is_red(now) &&
                        !model::is_red(result.verdict) && result.verdict <= Verdict::fail;
    return {better ? Standing::fixed : Standing::different,
            fmt::format("{}: {}{}{} is no longer {}{}: the case is {} now", model::text(expected.where),
                        result.id, expected.requirement.empty() ? "" : " ", expected.requirement,
                        model::name(expected.verdict), entry(expected), model::name(result.verdict))};
}

Comparison as_known(const model::CaseResult& result, const model::Expectation& expected) {
    const Standing standing = !model::is_red(result.verdict) && !expected.flaky ? Standing::unlisted
                              : expected.flaky                                  ? Standing::flaky
                                                                                : Standing::still_failing;
    std::string because = fmt::format("known to be {}{}{}", expected.flaky ? "flaky, " : "",
                                      model::name(expected.verdict), entry(expected));
    if (!expected.expires.empty())
        because += " until " + expected.expires;
    return {standing, std::move(because)};
}

} // namespace

Comparison compare(const model::Baseline& baseline, const model::CaseResult& result,
                   const std::string& today) {
    std::vector<const model::Expectation*> own;
    const model::Expectation* expired = nullptr;
    for (const auto& expected : baseline.expectations) {
        if (!base::glob(expected.case_id, result.id) && expected.case_id != result.id)
            continue;
        const bool fulfilled = holds(result, expected) || (expected.flaky && !model::is_red(result.verdict));
        if (!fulfilled)
            return off(result, expected);
        if (!expected.expires.empty() && expected.expires < today)
            expired = &expected;
        else
            own.push_back(&expected);
    }
    if (expired && model::is_red(result.verdict))
        return {Standing::expired,
                fmt::format("{}: {} is {}; the entry{} expired after {}", model::text(expired->where),
                            result.id, model::name(result.verdict), entry(*expired), expired->expires)};
    if (own.empty())
        return {model::is_red(result.verdict) ? Standing::fresh : Standing::unlisted, {}};
    for (const auto& finding : result.findings)
        if (model::is_red(finding.verdict) &&
            std::none_of(own.begin(), own.end(), [&](const auto* one) { return covers(*one, finding); }))
            return {Standing::different,
                    fmt::format("{}: {} is {}, which is not in the baseline", result.id,
                                finding.requirement.empty() ? finding.sentence : finding.requirement,
                                model::name(finding.verdict))};
    return as_known(result, *own.front());
}

bool is_news(model::Standing standing) {
    return standing == Standing::unlisted || standing == Standing::fresh || standing == Standing::expired;
}

bool is_off_baseline(model::Standing standing) {
    return standing == Standing::fixed || standing == Standing::different;
}

} // namespace run
