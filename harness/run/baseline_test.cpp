#include "harness/run/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace run {
namespace {

using model::Standing;
using model::Verdict;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* today = "2026-06-15";

model::CaseResult result(Verdict verdict, const std::string& requirement = "X-1") {
    model::CaseResult out;
    out.id = "s/a";
    out.verdict = verdict;
    model::Finding finding;
    finding.requirement = requirement;
    finding.verdict = verdict;
    finding.sentence = "the answer came late";
    out.findings = {finding};
    return out;
}

model::Expectation entry(Verdict verdict, const std::string& requirement = {}) {
    model::Expectation out;
    out.case_id = "s/a";
    out.requirement = requirement;
    out.verdict = verdict;
    out.reason = "ticket 7";
    out.owner = "ann";
    return out;
}

Comparison compared(const model::Expectation& expected, const model::CaseResult& now) {
    model::Baseline baseline;
    baseline.expectations = {expected};
    return compare(baseline, now, today);
}

TEST(Baselines, DoNotSpeakOfWhatTheyDoNotName) {
    model::Expectation other = entry(Verdict::fail);
    other.case_id = "s/b";
    EXPECT_EQ(compared(other, result(Verdict::pass)).standing, Standing::unlisted);
    EXPECT_EQ(compared(other, result(Verdict::fail)).standing, Standing::fresh);
}

TEST(Baselines, ExcuseWhatTheyKnow) {
    const auto known = compared(entry(Verdict::fail, "X-1"), result(Verdict::fail));
    EXPECT_EQ(known.standing, Standing::still_failing);
    EXPECT_THAT(known.because, AllOf(HasSubstr("ticket 7"), HasSubstr("ann")));
    EXPECT_FALSE(is_news(known.standing));
    EXPECT_FALSE(is_off_baseline(known.standing));
}

TEST(Baselines, FindAnEntryStaleWhoseCaseIsGreen) {
    const auto known = compared(entry(Verdict::fail, "X-1"), result(Verdict::pass));
    EXPECT_EQ(known.standing, Standing::fixed);
    EXPECT_THAT(known.because, HasSubstr("s/a X-1 is no longer fail (ticket 7, ann): the case is pass now"));
    EXPECT_TRUE(is_off_baseline(known.standing));
}

TEST(Baselines, FindACaseThatFailsForAnotherReason) {
    EXPECT_EQ(compared(entry(Verdict::fail, "X-2"), result(Verdict::fail)).standing, Standing::different);
    model::Expectation worded = entry(Verdict::fail, "X-1");
    worded.message = "never came";
    EXPECT_EQ(compared(worded, result(Verdict::fail)).standing, Standing::different);
    worded.message = "came late";
    EXPECT_EQ(compared(worded, result(Verdict::fail)).standing, Standing::still_failing);
}

TEST(Baselines, FindOneFailureMoreThanTheyKnow) {
    auto twice = result(Verdict::fail);
    twice.findings.push_back(result(Verdict::fail, "X-2").findings[0]);
    const auto known = compared(entry(Verdict::fail, "X-1"), twice);
    EXPECT_EQ(known.standing, Standing::different);
    EXPECT_THAT(known.because, HasSubstr("X-2 is fail, which is not in the baseline"));
}

TEST(Baselines, TakeNoFailureForFixedThatIsNotPlayedAnyMore) {
    model::CaseResult gone = result(Verdict::unsupported);
    gone.findings.clear();
    EXPECT_EQ(compared(entry(Verdict::fail), gone).standing, Standing::different);
    EXPECT_EQ(compared(entry(Verdict::fail, "X-1"), gone).standing, Standing::different);
}

TEST(Baselines, ExcuseNothingAfterTheirLastDay) {
    model::Expectation one = entry(Verdict::fail);
    one.expires = "2026-06-15";
    EXPECT_EQ(compared(one, result(Verdict::fail)).standing, Standing::still_failing);
    one.expires = "2026-06-14";
    const auto known = compared(one, result(Verdict::fail));
    EXPECT_EQ(known.standing, Standing::expired);
    EXPECT_TRUE(is_news(known.standing));
    EXPECT_THAT(known.because, HasSubstr("the entry (ticket 7, ann) expired after 2026-06-14"));
    // Nobody waits for it any more: that entry is only in the way.
    EXPECT_EQ(compared(one, result(Verdict::pass)).standing, Standing::stale);
    EXPECT_TRUE(is_off_baseline(Standing::stale));
}

TEST(Baselines, SpeakOnlyOfTheVersionsThatTheyName) {
    model::Baseline baseline;
    baseline.expectations = {entry(Verdict::fail)};
    baseline.expectations[0].versions = "1.2..1.10";
    const auto standing = [&](Verdict verdict, const char* version) {
        return compare(baseline, result(verdict), today, version).standing;
    };
    EXPECT_EQ(standing(Verdict::fail, "1.9"), Standing::still_failing);
    EXPECT_EQ(standing(Verdict::pass, "1.9"), Standing::fixed);
    EXPECT_EQ(standing(Verdict::fail, "1.11"), Standing::fresh); // it has come back, or never went
    EXPECT_EQ(standing(Verdict::pass, "1.11"), Standing::unlisted);
    EXPECT_EQ(standing(Verdict::fail, ""), Standing::fresh);
    EXPECT_THAT(compare(baseline, result(Verdict::fail), today, "2.0").because,
                HasSubstr("known of version 1.2..1.10, not of 2.0"));
}

TEST(Baselines, CountVersionsAsTheirMakersDo) {
    EXPECT_TRUE(includes("1.2", "1.2"));
    EXPECT_TRUE(includes("..1.10", "1.9"));
    EXPECT_FALSE(includes("1.10..", "1.9"));
    EXPECT_TRUE(includes("1.2..1.4", "1.4"));
    EXPECT_FALSE(includes("1.2..1.4", "1.4.1"));
    EXPECT_TRUE(includes("2.0-rc1..", "2.0-rc2"));
    EXPECT_TRUE(includes("01.2", "1.2"));
    EXPECT_FALSE(includes("..9", ""));
}

TEST(Baselines, KnowThatACaseIsFlaky) {
    model::Expectation one = entry(Verdict::fail);
    one.flaky = true;
    EXPECT_EQ(compared(one, result(Verdict::fail)).standing, Standing::flaky);
    EXPECT_EQ(compared(one, result(Verdict::pass)).standing, Standing::flaky);
    EXPECT_EQ(compared(one, result(Verdict::error)).standing, Standing::different);
}

TEST(Baselines, MayExpectWhatIsGreen) {
    EXPECT_EQ(compared(entry(Verdict::pass), result(Verdict::pass)).standing, Standing::unlisted);
    EXPECT_EQ(compared(entry(Verdict::pass), result(Verdict::fail)).standing, Standing::different);
}

TEST(Baselines, ReadPatternsAndIdsWithBrackets) {
    model::Expectation one = entry(Verdict::fail);
    one.case_id = "s/*";
    EXPECT_EQ(compared(one, result(Verdict::fail)).standing, Standing::still_failing);
    model::CaseResult varied = result(Verdict::fail);
    varied.id = one.case_id = "s/a[x=1]";
    EXPECT_EQ(compared(one, varied).standing, Standing::still_failing);
}

} // namespace
} // namespace run
