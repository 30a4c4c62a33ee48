#include "reports/console.h"
#include "reports/events.h"
#include "reports/junit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports {
namespace {

using model::Standing;
using model::Verdict;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

model::CaseResult circumstance_result(Verdict verdict) {
    model::CaseResult out;
    out.suite = "s";
    out.name = "a";
    out.id = "s/a";
    out.verdict = verdict;
    out.seed = 7;
    if (model::is_red(verdict)) {
        model::Finding finding;
        finding.requirement = "X-1";
        finding.verdict = verdict;
        finding.sentence = "no answer came";
        out.findings = {finding};
    }
    return out;
}

model::CaseResult stalled(Verdict verdict) {
    auto out = circumstance_result(verdict);
    out.stall = {312ms, 400ms, 3, 1};
    return out;
}

model::CaseResult known(Verdict verdict, Standing standing) {
    auto out = circumstance_result(verdict);
    out.standing = standing;
    out.standing_because = "known to be fail (ticket 7, ann)";
    return out;
}

model::CaseResult alone(Verdict then) {
    auto out = circumstance_result(Verdict::fail);
    out.alone = model::Alone{then, model::is_red(then) ? "no answer came" : "", 1s, {}, "s.a.alone"};
    return out;
}

template <class Report>
void tell(Report& report, const model::CaseResult& result, const RunEnd& end = {},
          const std::string& baseline = {}) {
    RunInfo info;
    info.cases = 1;
    info.baseline = baseline;
    report.run_started(info);
    report.case_started(result.id);
    auto first = result;
    first.alone.reset();
    report.case_ended(first);
    if (result.alone)
        report.case_played_alone(result);
    report.run_ended(end);
}

std::string on_console(const model::CaseResult& result, const RunEnd& end = {},
                       const std::string& file = {}) {
    std::string out;
    Console report([&](std::string_view text) { out += text; }, {}, nullptr);
    tell(report, result, end, file);
    return out;
}

std::string in_junit(const model::CaseResult& result, Junit::Dialect dialect = Junit::Dialect::jenkins) {
    std::string out;
    Junit report([&](std::string_view text) { out += text; }, dialect, nullptr);
    tell(report, result);
    return out;
}

std::string in_events(const model::CaseResult& result, const RunEnd& end = {}) {
    std::string out;
    Ndjson report([&](std::string_view text) { out += text; });
    tell(report, result, end);
    return out;
}

TEST(HostStalls, AreToldEverywhere) {
    const std::string told = "this host fired timers up to 312ms late, 3 times; 1 play before did not count";
    EXPECT_THAT(on_console(stalled(Verdict::fail)), HasSubstr(told));
    EXPECT_THAT(on_console(stalled(Verdict::pass)),
                HasSubstr("this host was late in 1 of 1 cases, by up to 312ms (s/a)"));
    EXPECT_THAT(in_junit(stalled(Verdict::pass)), HasSubstr(told));
    EXPECT_THAT(in_junit(stalled(Verdict::pass), Junit::Dialect::rich),
                HasSubstr("name=\"host\" value=\"this"));
    EXPECT_EQ(results_of(in_events(stalled(Verdict::pass))).at(0).stall.worst, 312ms);
    EXPECT_THAT(on_console(circumstance_result(Verdict::pass)), Not(HasSubstr("this host")));
}

TEST(PlayedAlone, IsToldBesideTheFirstVerdict) {
    EXPECT_THAT(on_console(alone(Verdict::pass)),
                HasSubstr("alone: s/a (was fail) pass: load or chance may be the cause"));
    EXPECT_THAT(on_console(alone(Verdict::fail)),
                HasSubstr("alone: s/a (was fail) again fail: no answer came"));
    const std::string xml = in_junit(alone(Verdict::pass));
    EXPECT_THAT(xml, HasSubstr("failures=\"1\""));
    EXPECT_THAT(xml, HasSubstr("<failure type=\"conformance\""));
    EXPECT_THAT(xml, HasSubstr("played once more, alone: pass"));
    const auto read = results_of(in_events(alone(Verdict::pass)));
    EXPECT_EQ(read.at(0).verdict, Verdict::fail);
    EXPECT_EQ(read.at(0).alone.value().verdict, Verdict::pass);
    EXPECT_EQ(read.at(0).alone.value().directory, "s.a.alone");
}

TEST(KnownFailures, AreNoFailuresOfTheRun) {
    const std::string xml = in_junit(known(Verdict::fail, Standing::still_failing));
    EXPECT_THAT(xml, HasSubstr("failures=\"0\" errors=\"0\" skipped=\"1\""));
    EXPECT_THAT(
        xml,
        HasSubstr("<skipped type=\"known\" message=\"still failing: known to be fail (ticket 7, ann)\""));
    EXPECT_THAT(on_console(known(Verdict::fail, Standing::still_failing)), Not(HasSubstr("FAIL s/a")));
    EXPECT_EQ(results_of(in_events(known(Verdict::fail, Standing::still_failing))).at(0).standing,
              Standing::still_failing);
}

TEST(KnownFailures, ThatAreGoneFailTheRun) {
    const std::string xml = in_junit(known(Verdict::pass, Standing::fixed));
    EXPECT_THAT(xml, HasSubstr("failures=\"1\""));
    EXPECT_THAT(xml, HasSubstr("<failure type=\"baseline\" message=\"known to be fail"));
}

TEST(KnownFailures, AreCountedAtTheEnd) {
    RunEnd end;
    end.standings = {{Standing::unlisted, 300}, {Standing::fresh, 2}, {Standing::still_failing, 14}};
    EXPECT_THAT(on_console(circumstance_result(Verdict::pass), end, "known.xml"),
                HasSubstr("against known.xml: 2 new, 14 still failing\n"));
    EXPECT_THAT(in_events(circumstance_result(Verdict::pass), end),
                HasSubstr("\"standings\":{\"new\":2,\"still failing\":14}"));
}

TEST(Rounds, ThatDifferAreCalledFlaky) {
    RunEnd end;
    end.repeated = {{"s/a", 20, 3, 9, Verdict::fail}, {"s/b", 20, 20, 1, Verdict::error}};
    const std::string out = on_console(circumstance_result(Verdict::pass), end);
    EXPECT_THAT(out, HasSubstr("flaky: s/a fail in 3 of 20 rounds, first with --seed 9"));
    EXPECT_THAT(out, HasSubstr("failing every time: s/b error in 20 of 20 rounds"));
    EXPECT_THAT(in_events(circumstance_result(Verdict::pass), end),
                HasSubstr("{\"id\":\"s/a\",\"rounds\":20,\"red\":3,\"flaky\":true"));
}

TEST(Events, TellTheRequirementsOfTheirDrafts) {
    model::Ledger ledger;
    for (const char* suite : {"pmip6", "nemo"}) {
        model::Requirement one;
        one.id = std::string("X-") + suite;
        one.suite = suite;
        one.text = "Text.";
        ledger.add(one);
    }
    std::string out;
    Ndjson report([&](std::string_view text) { out += text; }, &ledger);
    RunInfo info;
    info.drafts = {"pmip6"};
    report.run_started(info);
    EXPECT_THAT(out, HasSubstr("\"event\":\"ledger\",\"requirements\":[{\"id\":\"X-pmip6\""));
    EXPECT_THAT(out, Not(HasSubstr("X-nemo")));
}

TEST(Events, OfARunThatWasCutOffHaveNoEnd) {
    const std::string whole = in_events(circumstance_result(Verdict::pass));
    EXPECT_TRUE(record_of(whole).end);
    const auto cut = record_of(whole.substr(0, whole.size() - 20));
    EXPECT_FALSE(cut.end);
    EXPECT_EQ(cut.results.size(), 1u);
}

} // namespace
} // namespace reports
