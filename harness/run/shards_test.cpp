#include "harness/run/journal.h"
#include "harness/run/merge.h"
#include "harness/run/runner.h"
#include "harness/run/shards.h"
#include "reports/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace run {
namespace {

using model::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

std::vector<model::Case> cases_named(const std::vector<std::string>& names) {
    std::vector<model::Case> out;
    for (const auto& name : names) {
        model::Case one;
        one.suite = "s";
        one.name = name;
        one.id = "s/" + name;
        one.under_test = {"lma"};
        out.push_back(std::move(one));
    }
    return out;
}

std::vector<const model::Case*> selected(const std::vector<model::Case>& cases) {
    std::vector<const model::Case*> out;
    for (const auto& one : cases)
        out.push_back(&one);
    return out;
}

model::CaseResult result(const std::string& id, Verdict verdict, base::Duration took = 1s) {
    model::CaseResult out;
    out.id = id;
    out.verdict = verdict;
    out.took = took;
    out.seed = 1;
    return out;
}

TEST(Shards, AreMadeAlikeByTheTimesOfEarlierRuns) {
    const auto cases = cases_named({"a", "b", "c", "d"});
    const auto known = durations_of({result("s/a", Verdict::pass, 2s), result("s/a", Verdict::pass, 4s),
                                     result("s/b", Verdict::fail, 5s), result("s/c", Verdict::pass, 1s),
                                     result("s/c", Verdict::unsupported, 90s)});
    EXPECT_EQ(known.at("s/a"), 3s);
    EXPECT_EQ(known.at("s/c"), 1s);
    // d is not known and takes the mean, 3 s: b | a; then d beside a (6 s), then c beside b (6 s).
    EXPECT_THAT(divide(selected(cases), 2, known), ElementsAre(2, 1, 1, 2));
}

TEST(Shards, OfAnotherDivisionHaveAnotherDigest) {
    const auto cases = cases_named({"a", "b", "c"});
    const auto all = selected(cases);
    EXPECT_EQ(digest(all, {1, 2, 1}), digest(all, {1, 2, 1}));
    EXPECT_NE(digest(all, {1, 2, 1}), digest(all, {1, 2, 2}));
    EXPECT_NE(digest(all, {1, 2, 1}), digest({all[0], all[2], all[1]}, {1, 2, 1}));
    EXPECT_EQ(digest(all, {1, 2, 1}).size(), 16u);
}

TEST(Journal, ReadsTheWordsThatAReportQuoted) {
    std::string line = "mobiconform";
    const std::vector<std::string> words{"mobiconform", "run", "a b", "it's", "", "$(x)", "pmip6/*", "a\\b"};
    for (std::size_t i = 1; i < words.size(); ++i)
        line += " " + reports::shell_word(words[i]);
    EXPECT_EQ(words_of(line), words);
    EXPECT_TRUE(words_of("  ").empty());
}

struct ShardEar : reports::Listener {
    std::vector<std::string> ended;
    reports::RunEnd end;
    std::uint64_t announced = 0;
    void run_started(const reports::RunInfo& info) override { announced = info.cases; }
    void case_started(const std::string&) override {}
    void case_ended(const model::CaseResult& told) override {
        ended.push_back(told.id + " " + std::string(model::name(told.verdict)));
    }
    void run_ended(const reports::RunEnd& told) override { end = told; }
};

struct ShardBench {
    std::vector<model::Case> cases;
    RunSettings settings;
    std::map<std::string, Verdict> verdicts;
    ShardEar at_once, in_order, journal;

    int run() {
        Runner runner(
            settings,
            [this](const Job& job, const std::string&) {
                Played out;
                const auto found = verdicts.find(job.scenario->id);
                out.result =
                    result(job.scenario->id, found == verdicts.end() ? Verdict::pass : found->second);
                return out;
            },
            stage::host::fork_child);
        runner.listen(at_once);
        runner.listen_in_order(in_order);
        runner.keep_journal(journal);
        return runner.run(selected(cases), {});
    }
};

TEST(Resume, PlaysWhatIsLeftAndTellsEverything) {
    ShardBench bench;
    bench.cases = cases_named({"a", "b", "c"});
    bench.settings.earlier = {result("s/b", Verdict::fail), result("s/gone", Verdict::fail)};
    EXPECT_EQ(bench.run(), 1);
    EXPECT_THAT(bench.in_order.ended, ElementsAre("s/a pass", "s/b fail", "s/c pass"));
    EXPECT_THAT(bench.journal.ended, ElementsAre("s/a pass", "s/c pass"));
    EXPECT_EQ(bench.in_order.announced, 3u);
    EXPECT_EQ(bench.in_order.end.tally.failed, 1u);
    EXPECT_THAT(bench.in_order.end.remarks, ElementsAre(HasSubstr("1 of 3 cases")));
}

TEST(Resume, DoesNotPlayWhatABrokenBootstrapForbids) {
    ShardBench bench;
    bench.cases = cases_named({"boot", "b"});
    bench.cases[0].bootstrap = true;
    bench.settings.earlier = {result("s/boot", Verdict::fail)};
    EXPECT_EQ(bench.run(), 1);
    EXPECT_THAT(bench.in_order.ended, ElementsAre("s/boot fail"));
}

TEST(Shards, AskTheBootstrapOfAnotherShardAndLeaveItsVerdictThere) {
    for (const bool is_up : {true, false}) {
        ShardBench bench;
        bench.cases = cases_named({"boot", "b", "c"});
        bench.cases[0].bootstrap = true;
        bench.settings.shard = 2;
        bench.settings.shards = 2;
        bench.settings.division = {1, 2, 1};
        if (!is_up)
            bench.verdicts["s/boot"] = Verdict::fail;
        EXPECT_EQ(bench.run(), is_up ? 0 : 1);
        EXPECT_EQ(bench.in_order.announced, 1u);
        if (is_up)
            EXPECT_THAT(bench.in_order.ended, ElementsAre("s/b pass"));
        else
            EXPECT_THAT(bench.in_order.ended, ElementsAre());
        EXPECT_EQ(bench.at_once.ended, bench.in_order.ended);
    }
}

TEST(Shards, MissAFeatureOnlyWhereTheirCasesNeedIt) {
    for (const unsigned shard : {1u, 2u}) {
        ShardBench bench;
        bench.cases = cases_named({"a", "b"});
        bench.cases[0].needs = {"guest"};
        bench.verdicts["s/a"] = Verdict::unsupported;
        bench.settings.shard = shard;
        bench.settings.shards = 2;
        bench.settings.division = {1, 2};
        bench.settings.require = {"guest"};
        EXPECT_EQ(bench.run(), shard == 1 ? 3 : 0);
    }
}

Part part(const std::string& shard, std::vector<model::CaseResult> results, int code = 0) {
    Part out;
    out.path = "part-" + shard.substr(0, 1);
    out.record.info.started = "2027-01-31T10:00:00Z";
    out.record.info.shard = shard;
    out.record.info.division = "0123";
    out.record.info.jobs = 2;
    out.record.results = std::move(results);
    out.record.end.emplace().exit_code = code;
    return out;
}

TEST(Merge, MakesOneRunInTheOrderOfTheSuites) {
    auto first = part("1/2", {result("s/c", Verdict::pass)}),
         second = part("2/2", {result("s/a", Verdict::fail)}, 1);
    const auto file = std::make_shared<const std::string>("s.xml");
    first.record.results[0].where = {file, 30, 1};
    second.record.results[0].where = {file, 4, 1};
    const auto whole = merge({first, second});
    ASSERT_EQ(whole.results.size(), 2u);
    EXPECT_EQ(whole.results[0].result.id, "s/a");
    EXPECT_EQ(whole.results[0].part, 1u);
    EXPECT_EQ(whole.end.exit_code, 1);
    EXPECT_EQ(whole.end.tally.failed, 1u);
    EXPECT_EQ(whole.info.jobs, 4u);
    EXPECT_EQ(whole.info.shard, "");
    EXPECT_TRUE(whole.end.remarks.empty());
}

TEST(Merge, IsNeverGreenWhereAPartIsMissingOrWasCutOff) {
    const auto first = part("1/3", {result("s/a", Verdict::pass)});
    auto third = part("3/3", {result("s/c", Verdict::pass)});
    auto whole = merge({first, third});
    EXPECT_EQ(whole.end.exit_code, 3);
    EXPECT_THAT(whole.end.remarks, ElementsAre("shard 2/3 is missing"));
    const auto second = part("2/3", {});
    EXPECT_EQ(merge({first, second, third}).end.exit_code, 0);
    third.record.end.reset();
    whole = merge({first, second, third});
    EXPECT_EQ(whole.end.exit_code, 3);
    EXPECT_THAT(whole.end.remarks, ElementsAre(HasSubstr("mobiconform run --resume part-3")));
    third = part("3/3", {});
    third.record.info.division = "4567";
    EXPECT_EQ(merge({first, second, third}).end.exit_code, 3);
}

TEST(Merge, TakesTheGraverOfTwoVerdictsOnOneCase) {
    const auto whole = merge({part("", {result("s/a", Verdict::inconclusive)}, 4),
                              part("", {result("s/a", Verdict::fail)}, 1),
                              part("", {result("s/a", Verdict::unsupported)}, 0)});
    ASSERT_EQ(whole.results.size(), 1u);
    EXPECT_EQ(whole.results[0].result.verdict, Verdict::fail);
    EXPECT_EQ(whole.results[0].part, 1u);
    EXPECT_EQ(whole.end.exit_code, 1);
    EXPECT_EQ(whole.end.remarks.size(), 2u);
}

TEST(Merge, ExcusesWhatTheBaselineExcuses) {
    auto known = part("1/1", {result("s/a", Verdict::fail)});
    known.record.info.baseline = "known.xml";
    known.record.results[0].standing = model::Standing::still_failing;
    EXPECT_EQ(merge({known}).end.exit_code, 0);
    known.record.results[0].standing = model::Standing::fixed;
    EXPECT_EQ(merge({known}).end.exit_code, 1);
}

} // namespace
} // namespace run
