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

// -1, 0 or 1: runs of digits are compared as numbers, everything else as text.
int order(std::string_view left, std::string_view right) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto take = [&](std::string_view& from) {
        std::size_t end = 0;
        while (end < from.size() && is_digit(from[end]) == is_digit(from[0]))
            ++end;
        const auto out = from.substr(0, end);
        from.remove_prefix(end);
        return out;
    };
    while (!left.empty() && !right.empty()) {
        std::string_view a = take(left), b = take(right);
        if (is_digit(a[0]) && is_digit(b[0])) {
            a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
            b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
            if (a.size() != b.size())
                return a.size() < b.size() ? -1 : 1;
        }
        if (a != b)
            return a < b ? -1 : 1;
    }
    return left.empty() && right.empty() ? 0 : left.empty() ? -1 : 1;
}

// Why the entry excuses nothing any more; empty: it does.
std::string run_out(const model::Expectation& expected, const std::string& today) {
    return expected.expires.empty() || expected.expires >= today ? std::string{}
                                                                 : "expired after " + expected.expires;
}

Comparison off(const model::CaseResult& result, const model::Expectation& expected, const std::string& over) {
    const Verdict now = verdict_now(result, expected);
    const bool better = model::is_red(expected.verdict) && !model::is_red(now) &&
                        !model::is_red(result.verdict) && result.verdict <= Verdict::fail;
    const Standing standing = !better        ? Standing::different
                              : over.empty() ? Standing::fixed
                                             : Standing::stale;
    return {standing,
            fmt::format("{}: {}{}{} is no longer {}{}: the case is {} now{}", model::text(expected.where),
                        result.id, expected.requirement.empty() ? "" : " ", expected.requirement,
                        model::name(expected.verdict), entry(expected), model::name(result.verdict),
                        over.empty() ? std::string{} : ", and the entry " + over)};
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

bool includes(const std::string& versions, const std::string& version) {
    if (version.empty())
        return false;
    const auto dots = versions.find("..");
    if (dots == std::string::npos)
        return order(versions, version) == 0;
    const std::string from = versions.substr(0, dots), to = versions.substr(dots + 2);
    return (from.empty() || order(from, version) <= 0) && (to.empty() || order(version, to) <= 0);
}

Comparison compare(const model::Baseline& baseline, const model::CaseResult& result, const std::string& today,
                   const std::string& version) {
    std::vector<const model::Expectation*> own;
    const model::Expectation* expired = nullptr;
    std::string others; // versions that are known to do this, while this one is not
    for (const auto& expected : baseline.expectations) {
        if (!base::glob(expected.case_id, result.id) && expected.case_id != result.id)
            continue;
        const bool fulfilled = holds(result, expected) || (expected.flaky && !model::is_red(result.verdict));
        if (!expected.versions.empty() && !includes(expected.versions, version)) {
            if (fulfilled)
                others += (others.empty() ? "" : ", ") + expected.versions;
            continue;
        }
        const std::string over = run_out(expected, today);
        if (!fulfilled)
            return off(result, expected, over);
        if (over.empty())
            own.push_back(&expected);
        else
            expired = &expected;
    }
    if (expired && model::is_red(result.verdict))
        return {Standing::expired,
                fmt::format("{}: {} is {}; the entry{} {}", model::text(expired->where), result.id,
                            model::name(result.verdict), entry(*expired), run_out(*expired, today))};
    if (own.empty() && model::is_red(result.verdict) && !others.empty())
        return {Standing::fresh,
                fmt::format("{}: known of version {}, not of {}", result.id, others,
                            version.empty() ? "one that its profile does not tell" : version)};
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
    return standing == Standing::fixed || standing == Standing::different || standing == Standing::stale;
}

} // namespace run
