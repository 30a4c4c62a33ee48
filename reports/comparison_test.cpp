#include "reports/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports {
namespace {

using model::Verdict;
using testing::HasSubstr;
using testing::IsEmpty;
using Change = RunComparison::Change;
using namespace std::chrono_literals;

model::CaseResult played(const std::string& id, Verdict verdict, const std::string& requirement = "X-1") {
    model::CaseResult out;
    out.id = id;
    out.verdict = verdict;
    out.took = 100ms;
    if (model::is_red(verdict) || verdict == Verdict::deviation) {
        model::Finding finding;
        finding.requirement = requirement;
        finding.verdict = verdict;
        finding.sentence = "no answer came";
        out.findings = {finding};
    }
    return out;
}

Record run_of(std::vector<model::CaseResult> results) {
    Record out;
    out.results = std::move(results);
    out.end.emplace();
    return out;
}

RunComparison one(std::vector<model::CaseResult> before, std::vector<model::CaseResult> after) {
    return compare(run_of(std::move(before)), run_of(std::move(after)));
}

TEST(Comparison, OfARunWithItselfIsEmpty) {
    const auto out = one({played("a", Verdict::pass), played("b", Verdict::deviation)},
                         {played("a", Verdict::pass), played("b", Verdict::deviation)});
    EXPECT_THAT(out.cases, IsEmpty());
    EXPECT_THAT(out.context, IsEmpty());
    EXPECT_EQ(out.same, 2u);
    EXPECT_EQ(out.exit_code, 0);
}

struct Step {
    Verdict before, after;
    Change change;
    int exit_code;
};

class Changes : public testing::TestWithParam<Step> {};

TEST_P(Changes, AreNamed) {
    const auto out = one({played("a", GetParam().before)}, {played("a", GetParam().after)});
    ASSERT_EQ(out.cases.size(), 1u);
    EXPECT_EQ(out.cases[0].change, GetParam().change);
    EXPECT_EQ(out.exit_code, GetParam().exit_code);
}

INSTANTIATE_TEST_SUITE_P(Verdicts, Changes,
                         testing::Values(Step{Verdict::pass, Verdict::fail, Change::fresh, 1},
                                         Step{Verdict::pass, Verdict::error, Change::fresh, 3},
                                         Step{Verdict::pass, Verdict::inconclusive, Change::fresh, 4},
                                         Step{Verdict::unsupported, Verdict::fail, Change::fresh, 1},
                                         Step{Verdict::fail, Verdict::fail, Change::still_failing, 0},
                                         Step{Verdict::error, Verdict::fail, Change::still_failing, 0},
                                         Step{Verdict::fail, Verdict::pass, Change::fixed, 0},
                                         Step{Verdict::pass, Verdict::deviation, Change::changed, 0},
                                         Step{Verdict::fail, Verdict::unsupported, Change::gone, 0}));

TEST(Comparison, CallsACaseThatIsNotPlayedAnyMoreGoneAndNeverFixed) {
    const auto out = one({played("a", Verdict::fail), played("b", Verdict::pass)}, {});
    ASSERT_EQ(out.cases.size(), 2u);
    EXPECT_EQ(out.cases[0].change, Change::gone);
    EXPECT_EQ(out.cases[1].change, Change::gone);
    EXPECT_THAT(text(out), HasSubstr("fail (X-1) -> not there"));
}

TEST(Comparison, CountsAFailingCaseThatWasNotThereAsNew) {
    EXPECT_EQ(one({}, {played("a", Verdict::fail)}).cases.at(0).change, Change::fresh);
    EXPECT_EQ(one({}, {played("a", Verdict::pass)}).cases.at(0).change, Change::appeared);
}

TEST(Comparison, TellsFlakyFromFailing) {
    const auto rounds =
        one({played("a", Verdict::pass)}, {played("a", Verdict::pass), played("a", Verdict::fail)});
    EXPECT_EQ(rounds.cases.at(0).change, Change::flaky);
    EXPECT_EQ(rounds.cases.at(0).after, "fail in 1 of 2 rounds (X-1)");
    EXPECT_EQ(rounds.exit_code, 1); // it was not so before

    auto lonely = played("a", Verdict::fail);
    lonely.alone = model::Alone{Verdict::pass, {}, {}, {}, {}};
    EXPECT_EQ(one({played("a", Verdict::pass)}, {lonely}).cases.at(0).change, Change::flaky);
    lonely.alone->verdict = Verdict::fail;
    EXPECT_EQ(one({played("a", Verdict::pass)}, {lonely}).cases.at(0).change, Change::fresh);

    const auto calmed =
        one({played("a", Verdict::pass), played("a", Verdict::fail)}, {played("a", Verdict::pass)});
    EXPECT_EQ(calmed.cases.at(0).change, Change::flaky); // once green proves nothing
    EXPECT_EQ(calmed.exit_code, 0);
}

TEST(Comparison, SaysWhatAFailingCaseBreaksNow) {
    const auto out = one({played("a", Verdict::fail, "X-1")}, {played("a", Verdict::fail, "X-2")});
    EXPECT_EQ(out.cases.at(0).detail, "now also X-2; no longer X-1");
}

TEST(Comparison, TellsCasesThatTakeAnotherTime) {
    auto slow = played("a", Verdict::pass), jitter = played("b", Verdict::pass),
         quick = played("c", Verdict::pass);
    slow.took = 2s;
    jitter.took = 500ms;
    auto was_slow = quick;
    was_slow.took = 3s;
    const auto out =
        one({played("a", Verdict::pass), played("b", Verdict::pass), was_slow}, {slow, jitter, quick});
    ASSERT_EQ(out.timing.size(), 2u);
    EXPECT_THAT(text(out), HasSubstr("slower         a  0.100s -> 2.000s"));
    EXPECT_THAT(text(out), HasSubstr("faster         c  3.000s -> 0.100s"));
    EXPECT_EQ(out.exit_code, 0);
}

TEST(Comparison, NamesWhatElseIsDifferent) {
    Record before = run_of({}), after = run_of({});
    before.info.stage = "lab";
    after.info.stage = "sim";
    after.info.suts = {"acme-lma (lma)"};
    after.end.reset();
    const auto out = compare(before, after);
    EXPECT_THAT(out.context, testing::ElementsAre("stage: lab before, sim now",
                                                  "under test: none before, acme-lma (lma) now",
                                                  "the later run was cut off"));
}

TEST(Comparison, HoldsNothingThatATerminalOrJsonWouldChokeOn) {
    auto bad = played("a\x1b[2J", Verdict::error);
    bad.findings.clear();
    bad.reason = "\xff ]]> \"";
    const auto out = one({}, {bad});
    EXPECT_EQ(text(out).find('\x1b'), std::string::npos);
    EXPECT_THAT(comparison_json(out), HasSubstr("\\u001b[2J"));
    EXPECT_THAT(comparison_json(out), HasSubstr("\"summary\":{\"new\":1,\"same\":0,\"exit_code\":3}"));
}

} // namespace
} // namespace reports
