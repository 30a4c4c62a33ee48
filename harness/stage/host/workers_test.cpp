#include "harness/stage/host/host.h"
#include "harness/stage/host/workers.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <unistd.h>

namespace stage::host {
namespace {

using namespace std::chrono_literals;

std::vector<Workers::Ended> all(Workers& workers) {
    std::vector<Workers::Ended> out;
    while (workers.running() != 0)
        for (auto& one : workers.wait(10s))
            out.push_back(std::move(one));
    return out;
}

TEST(Workers, BringBackWhatEachJobReturned) {
    Workers workers;
    for (std::size_t job = 0; job < 5; ++job)
        workers.start(
            job, [job] { return "result " + std::to_string(job); }, 0s, "");
    const auto ended = all(workers);
    ASSERT_EQ(ended.size(), 5u);
    for (const auto& one : ended) {
        EXPECT_EQ(one.result, "result " + std::to_string(one.job));
        EXPECT_EQ(one.status, 0);
    }
}

TEST(Workers, TakeResultsLargerThanAPipe) {
    Workers workers;
    workers.start(
        1, [] { return std::string(3'000'000, 'x'); }, 0s, "");
    EXPECT_EQ(all(workers).at(0).result.size(), 3'000'000u);
}

TEST(Workers, TellACrashFromAResult) {
    Workers workers;
    workers.start(
        1, []() -> std::string { std::abort(); }, 0s, "");
    workers.start(
        2, []() -> std::string { throw std::runtime_error("no"); }, 0s, "");
    for (const auto& one : all(workers)) {
        EXPECT_EQ(one.result, "");
        EXPECT_EQ(one.status, one.job == 1 ? 128 + SIGABRT : 70);
    }
}

std::string wait_for_ever() {
    for (;;)
        ::pause();
}

TEST(Workers, KillWhatRunsOutOfTime) {
    Workers workers;
    workers.start(1, wait_for_ever, 50ms, "");
    const auto ended = all(workers);
    EXPECT_TRUE(ended.at(0).out_of_time);
    EXPECT_EQ(ended.at(0).status, 128 + SIGKILL);
}

TEST(Workers, AreKeptAfterTheirResultUntilTheyAreLetGo) {
    Workers workers;
    workers.start(
        1, [] { return Workers::Outcome("done", wait_for_ever); }, 50ms, "");
    const auto ended = all(workers);
    EXPECT_EQ(ended.at(0).result, "done");
    ASSERT_GT(ended.at(0).still_runs, 0);
    EXPECT_TRUE(workers.wait(100ms).empty()); // its time limit was for the result
    workers.kill_all();
    EXPECT_EQ(::kill(ended.at(0).still_runs, 0), 0);
    workers.let_go(1);
    EXPECT_EQ(::kill(ended.at(0).still_runs, 0), -1);
}

TEST(Workers, ComeBackWhenTheTimeIsOver) {
    Workers workers;
    workers.start(1, wait_for_ever, 0s, "");
    EXPECT_TRUE(workers.wait(20ms).empty());
    EXPECT_EQ(workers.running(), 1u);
}

TEST(Host, RemembersThatItWasContinued) {
    remember_stops();
    EXPECT_FALSE(was_stopped());
    ::raise(SIGCONT);
    EXPECT_TRUE(was_stopped());
    EXPECT_FALSE(was_stopped());
}

TEST(Host, WritesTimesInUtc) {
    EXPECT_EQ(utc(1'188'864'000s), "2007-09-04T00:00:00Z");
}

} // namespace
} // namespace stage::host
