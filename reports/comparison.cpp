#include "reports/comparison.h"

#include "harness/base/text.h"
#include "reports/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace reports {

using model::Verdict;
using Change = RunComparison::Change;
using namespace std::chrono_literals;

namespace {

// A case over all rounds of one run.
struct History {
    unsigned played = 0, red = 0;
    bool alone_green = false; ///< one that was red among others was green alone
    Verdict gravest = Verdict::pass;
    std::set<std::string> broken; ///< requirements
    std::vector<base::Duration> took;
    std::string reason;

    void add(const model::CaseResult& result) {
        if (result.verdict > Verdict::fail) {
            if (played == 0)
                gravest = result.verdict;
            reason = result.reason;
            return;
        }
        gravest = played++ == 0 ? result.verdict : std::max(gravest, result.verdict);
        red += model::is_red(result.verdict);
        took.push_back(result.took);
        alone_green |= result.alone && !model::is_red(result.alone->verdict);
        for (const auto& finding : result.findings)
            if (is_notable(finding) && !finding.requirement.empty())
                broken.insert(finding.requirement);
        if (model::is_red(result.verdict) && reason.empty())
            reason = headline(result);
    }
    bool is_flaky() const { return red != 0 && (red < played || alone_green); }
    bool is_red() const { return red != 0; }
    base::Duration median() {
        std::sort(took.begin(), took.end());
        return took.empty() ? base::Duration{} : took[took.size() / 2];
    }
};

std::string text(const History& history) {
    std::string out(model::name(history.gravest));
    if (history.played > 1 && history.is_red())
        out += fmt::format(" in {} of {} rounds", history.red, history.played);
    if (history.alone_green)
        out += ", green alone";
    constexpr std::size_t most = 4;
    std::vector<std::string> ids(history.broken.begin(), history.broken.end());
    if (ids.size() > most) {
        ids.resize(most);
        ids.push_back("…");
    }
    return ids.empty() ? out : fmt::format("{} ({})", out, base::join(ids, " "));
}

std::map<std::string, History> histories(const Record& record) {
    std::map<std::string, History> out;
    for (const auto& result : record.results)
        out[result.id].add(result);
    return out;
}

std::string other_ids(const History& before, const History& after) {
    std::vector<std::string> more, less;
    std::set_difference(after.broken.begin(), after.broken.end(), before.broken.begin(), before.broken.end(),
                        std::back_inserter(more));
    std::set_difference(before.broken.begin(), before.broken.end(), after.broken.begin(), after.broken.end(),
                        std::back_inserter(less));
    std::string out;
    if (!more.empty())
        out = "now also " + base::join(more, " ");
    if (!less.empty())
        out += (out.empty() ? "no longer " : "; no longer ") + base::join(less, " ");
    return out;
}

// nullopt: nothing to tell.
std::optional<RunComparison::Case> change(const std::string& id, const History* before,
                                          const History* after) {
    RunComparison::Case out{id, {}, before ? text(*before) : "not there", after ? text(*after) : "not there",
                            {}, {}};
    const bool was_played = before && before->played != 0, is_played = after && after->played != 0;
    const bool was_red = before && before->is_red();
    if (!is_played) {
        out.change = Change::gone;
        out.detail = after ? after->reason : std::string{};
        return was_played ? std::optional(out) : std::nullopt;
    }
    if (after->is_red() && !was_red)
        out.trouble = after->gravest;
    if (after->is_flaky() || (was_red && before->is_flaky()))
        out.change = Change::flaky;
    else if (after->is_red())
        out.change = was_red ? Change::still_failing : Change::fresh;
    else if (was_red)
        out.change = Change::fixed;
    else if (!was_played)
        out.change = Change::appeared;
    else if (before->gravest != after->gravest || before->broken != after->broken)
        out.change = Change::changed;
    else
        return std::nullopt;
    if (after->is_red())
        out.detail = was_red ? other_ids(*before, *after) : after->reason;
    return out;
}

void add_context(RunComparison& out, std::string_view what, const std::string& before,
                 const std::string& after) {
    if (before != after)
        out.context.push_back(fmt::format("{}: {} before, {} now", what, before.empty() ? "none" : before,
                                          after.empty() ? "none" : after));
}

void add_timing(RunComparison& out, const std::string& id, History& before, History& after) {
    if (before.played == 0 || after.played == 0 || before.is_red() || after.is_red())
        return;
    const auto was = before.median(), is = after.median();
    // Less is what a scheduler does.
    constexpr base::Duration noise = 500ms;
    if (is > was + noise ? is >= 2 * was : was > is + noise && was >= 2 * is)
        out.timing.push_back({id, was, is});
}

int exit_code(const RunComparison& comparison) {
    Verdict gravest = Verdict::pass;
    for (const auto& one : comparison.cases)
        gravest = std::max(gravest, one.trouble);
    return gravest == Verdict::fail           ? 1
           : gravest == Verdict::error        ? 3
           : gravest == Verdict::inconclusive ? 4
                                              : 0;
}

} // namespace

std::string_view name(Change change) {
    switch (change) {
    case Change::fresh:
        return "new";
    case Change::flaky:
        return "flaky";
    case Change::still_failing:
        return "still failing";
    case Change::fixed:
        return "fixed";
    case Change::changed:
        return "changed";
    case Change::gone:
        return "gone";
    case Change::appeared:
        return "appeared";
    }
    return "?";
}

RunComparison compare(const Record& before, const Record& after) {
    RunComparison out;
    add_context(out, "harness", before.info.harness, after.info.harness);
    add_context(out, "suites", before.info.suites, after.info.suites);
    add_context(out, "stage", before.info.stage, after.info.stage);
    add_context(out, "profile", before.info.profile, after.info.profile);
    add_context(out, "under test", base::join(before.info.suts, ", "), base::join(after.info.suts, ", "));
    add_context(out, "seed", fmt::format("{}", before.info.seed), fmt::format("{}", after.info.seed));
    if (!before.end)
        out.context.push_back("the earlier run was cut off");
    if (!after.end)
        out.context.push_back("the later run was cut off");
    auto old = histories(before), now = histories(after);
    std::set<std::string> ids;
    for (const auto* side : {&old, &now})
        for (const auto& [id, history] : *side)
            ids.insert(id);
    for (const auto& id : ids) {
        const auto was = old.find(id), is = now.find(id);
        History* left = was == old.end() ? nullptr : &was->second;
        History* right = is == now.end() ? nullptr : &is->second;
        if (auto one = change(id, left, right)) {
            ++out.count[one->change];
            out.cases.push_back(std::move(*one));
        } else {
            ++out.same;
        }
        if (left && right)
            add_timing(out, id, *left, *right);
    }
    std::stable_sort(out.cases.begin(), out.cases.end(),
                     [](const auto& left, const auto& right) { return left.change < right.change; });
    std::stable_sort(out.timing.begin(), out.timing.end(), [](const auto& left, const auto& right) {
        return left.after - left.before > right.after - right.before;
    });
    out.exit_code = exit_code(out);
    return out;
}

} // namespace reports
