#include "harness/run/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace run {
namespace {

using model::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

model::Case scenario(const std::string& name, const std::string& role = "lma") {
    model::Case out;
    out.suite = "s";
    out.name = name;
    out.id = "s/" + name;
    out.under_test = {role};
    return out;
}

model::CaseResult result_of(const std::string& id) {
    model::CaseResult out;
    out.id = id;
    return out;
}

// A listener that writes down what it hears.
struct Ear : reports::Listener {
    std::vector<std::string> ended;
    std::vector<model::CaseResult> results, alone;
    reports::RunEnd end;
    std::uint64_t announced = 0;
    void run_started(const reports::RunInfo& info) override { announced = info.cases; }
    void case_started(const std::string&) override {}
    void case_ended(const model::CaseResult& result) override {
        ended.push_back(result.name);
        results.push_back(result);
    }
    void case_played_alone(const model::CaseResult& result) override { alone.push_back(result); }
    void run_ended(const reports::RunEnd& told) override { end = told; }
};

struct Bench {
    std::vector<model::Case> cases;
    RunSettings settings;
    std::map<std::string, Verdict> verdicts; ///< by name; pass otherwise
    Ear ear;
    std::optional<model::Baseline> baseline;
    std::function<void(Played&, const Job&)> also;

    int run() {
        const auto play = [this](const Job& job, const std::string&) {
            Played out;
            out.result.id = job.scenario->id;
            out.result.name = job.scenario->name;
            out.result.suite = job.scenario->suite;
            const auto found = verdicts.find(job.scenario->name);
            out.result.verdict = found == verdicts.end() ? Verdict::pass : found->second;
            if (model::is_red(out.result.verdict) || out.result.verdict == Verdict::deviation) {
                model::Finding finding;
                finding.requirement = "X-1";
                finding.verdict = out.result.verdict;
                out.result.findings = {finding};
            }
            if (also)
                also(out, job);
            return out;
        };
        Runner runner(settings, play, stage::host::fork_child, baseline ? &*baseline : nullptr);
        runner.listen_in_order(ear);
        std::vector<const model::Case*> selected;
        for (const auto& one : cases)
            selected.push_back(&one);
        return runner.run(selected, {});
    }
};

TEST(Runner, TellsResultsInTheOrderOfTheSelection) {
    Bench bench;
    for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"})
        bench.cases.push_back(scenario(name));
    bench.settings.jobs = 8;
    EXPECT_EQ(bench.run(), 0);
    EXPECT_THAT(bench.ear.ended, ElementsAre("a", "b", "c", "d", "e", "f", "g", "h"));
    EXPECT_EQ(bench.ear.announced, 8u);
    EXPECT_EQ(bench.ear.end.tally.passed, 8u);
}

struct Precedence {
    std::vector<Verdict> verdicts;
    int code;
};

class ExitCode : public testing::TestWithParam<Precedence> {};

TEST_P(ExitCode, FollowsTheGravestOutcome) {
    Bench bench;
    unsigned number = 0;
    for (const Verdict verdict : GetParam().verdicts) {
        const std::string name = "c" + std::to_string(number++);
        bench.cases.push_back(scenario(name));
        bench.verdicts[name] = verdict;
    }
    EXPECT_EQ(bench.run(), GetParam().code);
}

// SUITES, section 4.
INSTANTIATE_TEST_SUITE_P(Suites, ExitCode,
                         testing::Values(Precedence{{}, 0}, Precedence{{Verdict::pass, Verdict::observed}, 0},
                                         Precedence{{Verdict::deviation}, 0},
                                         Precedence{{Verdict::unsupported, Verdict::not_claimed}, 0},
                                         Precedence{{Verdict::pass, Verdict::inconclusive}, 4},
                                         Precedence{{Verdict::error, Verdict::inconclusive}, 3},
                                         Precedence{{Verdict::fail, Verdict::error, Verdict::inconclusive},
                                                    1}));

TEST(Played, NamesTheNamespacesThatCanBeEntered) {
    Played played;
    played.result = result_of("s/a");
    played.spaces = {{"mn1", 14}, {"a=b", 3}};
    const auto again = parse_played(text(played));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->spaces, played.spaces);
    EXPECT_FALSE(again->never_ready);
}

TEST(Keep, SaysHowToEnterEachNode) {
    EXPECT_EQ(how_to_enter({"s/a", 7, {{"mn1", 14}}}),
              "s/a is still up:\n  nsenter --target 7 --all --preserve-credentials --net=/proc/7/fd/14 sh   "
              "# mn1\n");
}

TEST(Runner, FailsDeviationsWhereTheUserIsStrict) {
    Bench bench;
    bench.cases = {scenario("a")};
    bench.verdicts["a"] = Verdict::deviation;
    bench.settings.strict = true;
    EXPECT_EQ(bench.run(), 1);
    EXPECT_EQ(bench.ear.results.at(0).findings.at(0).verdict, Verdict::fail);
}

TEST(Runner, ShowsOneCauseWhereABootstrapFails) {
    Bench bench;
    bench.cases = {scenario("one"), scenario("two"), scenario("up"), scenario("other", "mag")};
    bench.cases[2].bootstrap = true;
    bench.verdicts["up"] = Verdict::fail;
    EXPECT_EQ(bench.run(), 1);
    EXPECT_THAT(bench.ear.ended, ElementsAre("up", "other"));
    EXPECT_THAT(bench.ear.end.remarks,
                ElementsAre(HasSubstr("lma: 2 cases not played, because its bootstrap s/up")));
}

TEST(Runner, TakesADeadProcessForAnErrorOfOurs) {
    Bench bench;
    bench.cases = {scenario("a"), scenario("b")};
    bench.also = [](Played&, const Job& job) {
        if (job.scenario->name == "a")
            std::abort();
    };
    EXPECT_EQ(bench.run(), 3);
    EXPECT_EQ(bench.ear.results.at(0).verdict, Verdict::error);
    EXPECT_THAT(bench.ear.results.at(0).reason, HasSubstr("died of signal 6"));
    EXPECT_EQ(bench.ear.results.at(1).verdict, Verdict::pass);
}

TEST(Runner, StopsACaseThatRunsForEver) {
    Bench bench;
    bench.cases = {scenario("a")};
    bench.settings.timeout = 100ms;
    bench.also = [](Played&, const Job&) {
        for (;;)
            std::raise(SIGSTOP);
    };
    EXPECT_EQ(bench.run(), 3);
    EXPECT_THAT(bench.ear.results.at(0).reason, HasSubstr("ran longer than 100ms"));
}

// The attempts of a case are processes of their own: what they tell each other goes through a file.
TEST(Runner, PlaysACaseAgainThatThisHostStopped) {
    const auto marks =
        std::filesystem::temp_directory_path() / ("mobiconform-runner-test-" + std::to_string(::getpid()));
    Bench bench;
    bench.cases = {scenario("a")};
    bench.also = [&](Played& played, const Job&) {
        std::error_code ignored;
        const auto size = std::filesystem::file_size(marks, ignored);
        const bool first = ignored || size == 0;
        std::ofstream(marks, std::ios::app) << "x";
        played.stalled = first;
        played.result.verdict = first ? Verdict::fail : Verdict::pass;
    };
    EXPECT_EQ(bench.run(), 0);
    EXPECT_EQ(std::filesystem::file_size(marks), 2u);
    std::filesystem::remove(marks);
}

TEST(Runner, NeverBlamesTheImplementationForAStall) {
    Bench bench;
    bench.cases = {scenario("a")};
    bench.verdicts["a"] = Verdict::fail;
    bench.also = [](Played& played, const Job&) { played.stalled = true; };
    EXPECT_EQ(bench.run(), 4);
    EXPECT_EQ(bench.ear.results.at(0).verdict, Verdict::inconclusive);
}

TEST(Runner, BelievesWhatIsRedOnABusyHostWhenItStaysRed) {
    Bench bench;
    bench.cases = {scenario("a")};
    bench.verdicts["a"] = Verdict::fail;
    bench.also = [](Played& played, const Job&) { played.result.stall.count = 1; };
    EXPECT_EQ(bench.run(), 1);
    EXPECT_EQ(bench.ear.results.at(0).verdict, Verdict::fail);
    EXPECT_EQ(bench.ear.results.at(0).stall.replays, 2u);
}

TEST(Runner, TakesNoDeviationForTrueThatAStallMayHaveMade) {
    Bench bench;
    bench.cases = {scenario("a")};
    bench.verdicts["a"] = Verdict::deviation;
    bench.also = [](Played& played, const Job&) { played.stalled = true; };
    EXPECT_EQ(bench.run(), 4);
    EXPECT_EQ(bench.ear.results.at(0).findings.at(0).verdict, Verdict::inconclusive);
    EXPECT_EQ(bench.ear.results.at(0).stall.replays, 3u);
}

TEST(Runner, TrustsNoGreenCaseOfWhichFramesWereLost) {
    Bench bench;
    bench.cases = {scenario("a")};
    bench.also = [](Played& played, const Job&) { played.trouble = "3 frames were lost"; };
    EXPECT_EQ(bench.run(), 4);
    EXPECT_EQ(bench.ear.results.at(0).reason, "3 frames were lost");
}

TEST(Runner, StopsWhereTheImplementationNeverBecomesReady) {
    Bench bench;
    for (const char* name : {"a", "b", "c"})
        bench.cases.push_back(scenario(name));
    bench.verdicts["a"] = Verdict::error;
    bench.also = [](Played& played, const Job&) { played.never_ready = true; };
    EXPECT_EQ(bench.run(), 3);
    EXPECT_THAT(bench.ear.ended, ElementsAre("a"));
}

TEST(Runner, CountsSeedsUpwardsWhenItRepeats) {
    Bench bench;
    bench.cases = {scenario("a")};
    bench.settings.repeat = 3;
    bench.settings.seed = 40;
    EXPECT_EQ(bench.run(), 0);
    ASSERT_EQ(bench.ear.results.size(), 3u);
    EXPECT_EQ(bench.ear.results[2].seed, 42u);
    EXPECT_THAT(bench.ear.results[2].again, HasSubstr("s/a --stage"));
    EXPECT_THAT(bench.ear.results[2].again, HasSubstr("--seed 42"));
}

TEST(Runner, SharesTheSelectionAmongShards) {
    std::vector<std::string> all;
    for (unsigned shard = 1; shard <= 3; ++shard) {
        Bench bench;
        for (const char* name : {"a", "b", "c", "d", "e"})
            bench.cases.push_back(scenario(name));
        bench.settings.shard = shard;
        bench.settings.shards = 3;
        bench.settings.division = {3, 1, 2, 2, 1};
        EXPECT_EQ(bench.run(), 0);
        all.insert(all.end(), bench.ear.ended.begin(), bench.ear.ended.end());
    }
    EXPECT_THAT(all, testing::UnorderedElementsAre("a", "b", "c", "d", "e"));
}

TEST(Runner, MissesAFeatureThatNothingPlayed) {
    Bench bench;
    bench.cases = {scenario("a"), scenario("b")};
    bench.cases[0].needs = {"guest"};
    bench.cases[1].needs = {"kea"};
    bench.verdicts["a"] = Verdict::unsupported;
    bench.settings.require = {"kea"};
    EXPECT_EQ(bench.run(), 0);
    Bench again;
    again.cases = bench.cases;
    again.verdicts = bench.verdicts;
    again.settings.require = {"guest", "kea"};
    EXPECT_EQ(again.run(), 3);
}

// A file in which each play of a case leaves a mark, across processes.
class Marks {
public:
    explicit Marks(const char* name)
        : path_(std::filesystem::temp_directory_path() / (std::string(name) + std::to_string(::getpid()))) {
        std::filesystem::remove(path_);
    }
    ~Marks() { std::filesystem::remove(path_); }
    std::size_t leave() const {
        std::ofstream(path_, std::ios::app) << "x";
        return count();
    }
    std::size_t count() const {
        std::error_code none;
        const auto size = std::filesystem::file_size(path_, none);
        return none ? 0 : size;
    }

private:
    std::filesystem::path path_;
};

TEST(Alone, ARedCaseIsPlayedOnceMoreAndStaysRed) {
    const Marks marks("mobiconform-alone-");
    Bench bench;
    bench.cases = {scenario("a"), scenario("b")};
    bench.settings.alone = 5;
    bench.settings.seed = 9;
    bench.also = [&](Played& played, const Job& job) {
        if (job.scenario->name == "a" && marks.leave() == 1)
            played.result.verdict = Verdict::fail;
    };
    EXPECT_EQ(bench.run(), 1);
    EXPECT_EQ(bench.ear.results.at(0).verdict, Verdict::fail);
    ASSERT_EQ(bench.ear.alone.size(), 1u);
    EXPECT_EQ(bench.ear.alone[0].id, "s/a");
    EXPECT_EQ(bench.ear.alone[0].seed, 9u);
    EXPECT_EQ(bench.ear.alone[0].verdict, Verdict::fail);
    EXPECT_EQ(bench.ear.alone[0].alone->verdict, Verdict::pass);
    EXPECT_EQ(marks.count(), 2u);
}

TEST(Alone, NothingElseRunsMeanwhile) {
    Bench bench;
    for (const char* name : {"a", "b", "c", "d"}) {
        bench.cases.push_back(scenario(name));
        bench.verdicts[name] = Verdict::fail;
    }
    bench.settings.jobs = 4;
    bench.settings.alone = 2;
    EXPECT_EQ(bench.run(), 1);
    ASSERT_EQ(bench.ear.alone.size(), 2u); // no more than were asked for
    EXPECT_EQ(bench.ear.alone[0].alone->verdict, Verdict::fail);
    EXPECT_EQ(bench.ear.alone[1].id, "s/b");
}

TEST(Alone, TellsOfOneThatDies) {
    Bench bench;
    bench.cases = {scenario("a")};
    bench.settings.alone = 1;
    bench.also = [](Played&, const Job&) { std::abort(); };
    EXPECT_EQ(bench.run(), 3);
    ASSERT_EQ(bench.ear.alone.size(), 1u);
    EXPECT_EQ(bench.ear.alone[0].alone->verdict, Verdict::error);
    EXPECT_THAT(bench.ear.alone[0].alone->reason, HasSubstr("signal 6"));
}

TEST(Rounds, TellFlakyCasesFromFailingOnes) {
    Bench bench;
    bench.cases = {scenario("flaky"), scenario("failing"), scenario("fine")};
    bench.settings.repeat = 4;
    bench.settings.seed = 10;
    bench.verdicts["failing"] = Verdict::error;
    bench.also = [](Played& played, const Job& job) {
        if (job.scenario->name == "flaky" && job.seed >= 12)
            played.result.verdict = job.seed == 12 ? Verdict::fail : Verdict::inconclusive;
    };
    EXPECT_EQ(bench.run(), 1);
    const auto& told = bench.ear.end.repeated;
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0].id, "s/failing");
    EXPECT_FALSE(told[0].is_flaky());
    EXPECT_EQ(told[1].id, "s/flaky");
    EXPECT_TRUE(told[1].is_flaky());
    EXPECT_EQ(told[1].red, 2u);
    EXPECT_EQ(told[1].rounds, 4u);
    EXPECT_EQ(told[1].first_red_seed, 12u);
    EXPECT_EQ(told[1].gravest, Verdict::fail);
}

TEST(Rounds, AreCountedInTheResults) {
    Bench bench;
    bench.cases = {scenario("a")};
    bench.settings.repeat = 2;
    EXPECT_EQ(bench.run(), 0);
    EXPECT_EQ(bench.ear.results.at(0).round, 1u);
    EXPECT_EQ(bench.ear.results.at(1).round, 2u);
    EXPECT_TRUE(bench.ear.end.repeated.empty());
}

TEST(Together, OneProcessPlaysSeveralCases) {
    Bench bench;
    for (const char* name : {"a", "b", "c", "d"})
        bench.cases.push_back(scenario(name));
    bench.settings.together = 4;
    bench.settings.jobs = 1;
    bench.also = [](Played& played, const Job&) { played.result.reason = std::to_string(::getpid()); };
    EXPECT_EQ(bench.run(), 0);
    std::set<std::string> processes;
    for (const auto& result : bench.ear.results)
        processes.insert(result.reason);
    EXPECT_THAT(bench.ear.ended, ElementsAre("a", "b", "c", "d"));
    EXPECT_LT(processes.size(), 4u);
}

TEST(Together, WhatOneOfThemBreaksIsFoundByPlayingThemAlone) {
    Bench bench;
    for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"})
        bench.cases.push_back(scenario(name));
    bench.settings.together = 8;
    bench.also = [](Played&, const Job& job) {
        if (job.scenario->name == "b")
            ::_exit(3);
    };
    EXPECT_EQ(bench.run(), 3);
    for (const auto& result : bench.ear.results) {
        EXPECT_EQ(result.verdict, result.name == "b" ? Verdict::error : Verdict::pass) << result.name;
        EXPECT_EQ(result.stall.replays, 0u);
    }
    EXPECT_EQ(bench.ear.results.size(), 8u);
}

TEST(Together, OneThatNeverEndsHoldsItsNeighboursUpNoLongerThanAlone) {
    Bench bench;
    for (int number = 0; number < 40; ++number)
        bench.cases.push_back(scenario(std::to_string(number)));
    bench.settings.together = 8;
    bench.settings.timeout = 300ms;
    bench.also = [](Played&, const Job& job) {
        while (job.scenario->name == "0")
            ::pause();
    };
    EXPECT_EQ(bench.run(), 3);
    for (const auto& result : bench.ear.results)
        EXPECT_EQ(result.verdict, result.name == "0" ? Verdict::error : Verdict::pass) << result.name;
    EXPECT_LT(bench.ear.end.took, 8 * 300ms);
}

TEST(FileNames, HoldNothingThatAShellWouldEat) {
    EXPECT_EQ(file_name("pmip6/lma/x[offset=-1h]"), "pmip6.lma.x_offset=-1h_");
    EXPECT_LE(file_name(std::string(5000, 'x')).size(), 140u);
    EXPECT_NE(file_name(std::string(5000, 'x')), file_name(std::string(5001, 'x')));
}

} // namespace
} // namespace run
