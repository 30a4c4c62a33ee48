#include "harness/run/patience.h"
#include "harness/run/queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using namespace std::chrono_literals;

model::Step step(model::StepKind what) {
    model::Step out;
    out.what = std::move(what);
    return out;
}

model::Case waits(base::Duration time, std::vector<std::string> roles = {"lma"}) {
    model::Case out;
    out.under_test = std::move(roles);
    out.body = {step(model::Wait{time, {}})};
    return out;
}

model::Case bootstrap(std::vector<std::string> roles) {
    auto out = waits(0s, std::move(roles));
    out.bootstrap = true;
    return out;
}

Queue queue_of(const std::vector<model::Case>& cases, Queue::Order order = {.by_patience = true}) {
    std::vector<Queue::Entry> entries;
    for (std::size_t i = 0; i < cases.size(); ++i)
        entries.push_back({i, &cases[i]});
    return {entries, order};
}

TEST(Queue, BeginsWithWhatWaitsLongest) {
    const std::vector<model::Case> cases{waits(1s), waits(3s), waits(0s), waits(2s)};
    auto queue = queue_of(cases);
    EXPECT_THAT(queue.take(3), ElementsAre(1, 3, 0));
    EXPECT_EQ(queue.size(), 1u);
    EXPECT_THAT(queue.take(3), ElementsAre(2));
    EXPECT_THAT(queue.take(3), IsEmpty());
}

TEST(Queue, MayKeepTheOrderOfTheSuites) {
    std::vector<model::Case> cases{waits(1s), waits(3s), waits(0s)};
    cases[2].cost = model::Cost::medium;
    EXPECT_THAT(queue_of(cases, Queue::Order{}).take(3), ElementsAre(0, 1, 2));
}

TEST(Queue, HasTheBriskOnesAtItsOtherEnd) {
    const std::vector<model::Case> cases{waits(1s), waits(3s), waits(0s), waits(2s)};
    auto queue = queue_of(cases);
    EXPECT_THAT(queue.take(2, Queue::End::brisk), ElementsAre(2, 0));
    EXPECT_THAT(queue.take(2), ElementsAre(1, 3));
}

TEST(Queue, KeepsTheOrderOfWhatWaitsAlike) {
    const std::vector<model::Case> cases{waits(1s), waits(1s), waits(1s)};
    EXPECT_THAT(queue_of(cases).take(3), ElementsAre(0, 1, 2));
}

TEST(Queue, ACaseBeginsWhenTheBootstrapsOfItsRolesHaveEnded) {
    const std::vector<model::Case> cases{waits(9s, {"lma", "mag"}), waits(9s, {"ha"}), bootstrap({"lma"}),
                                         bootstrap({"mag"}), bootstrap({"lma"})};
    auto queue = queue_of(cases);
    EXPECT_THAT(queue.take(9), ElementsAre(2, 3, 4, 1)) << "nobody asks whether an HA is up";
    queue.ended(cases[2]);
    queue.ended(cases[3]);
    EXPECT_THAT(queue.take(9, Queue::End::brisk), IsEmpty());
    queue.ended(cases[4]);
    EXPECT_THAT(queue.take(9), ElementsAre(0));
}

TEST(Queue, NothingBeginsBeforeAllBootstrapsHaveEndedWhereAnImplementationIsAskedFirst) {
    const std::vector<model::Case> cases{waits(9s, {"ha"}), bootstrap({"lma"})};
    auto queue = queue_of(cases, {.asks_first = true, .by_patience = true});
    EXPECT_THAT(queue.take(9), ElementsAre(1));
    queue.ended(cases[1]);
    EXPECT_THAT(queue.take(9), ElementsAre(0));
}

TEST(Queue, BootstrapsOfAnImplementationKeepTheirOrder) {
    std::vector<model::Case> cases{bootstrap({"lma"}), waits(9s)};
    cases[1].bootstrap = true;
    EXPECT_THAT(queue_of(cases).take(1), ElementsAre(1));
    EXPECT_THAT(queue_of(cases, {.asks_first = true, .by_patience = true}).take(1), ElementsAre(0));
}

TEST(Queue, DropsWhatNeedsARoleThatIsNotUp) {
    const std::vector<model::Case> cases{waits(9s, {"mag", "lma"}), waits(9s, {"mag"}), bootstrap({"lma"})};
    auto queue = queue_of(cases);
    EXPECT_THAT(queue.drop({{"lma", "s/bootstrap"}}), ElementsAre(Pair(0, "lma")));
    EXPECT_EQ(queue.size(), 2u) << "a bootstrap of it is still played";
}

TEST(Patience, AddsWhatFollowsAndTakesTheLongestOfWhatDoesNot) {
    model::Case one = waits(2s);
    model::Expect late, soon, slow;
    late.not_before = model::Bound{3s, {}};
    late.within = model::Bound{9s, {}};
    soon.within = model::Bound{1s, {}};
    slow.within = model::Bound{4s, {}};
    one.given = {step(late), step(soon)};
    one.finally = {step(model::Either{{{step(slow)}, {step(model::Wait{1s, {}})}}, {}})};
    EXPECT_EQ(patience(one), 2s + 3s + 2s);
}

TEST(Patience, CountsTheRoundsOfARepetition) {
    model::Repeat rounds;
    rounds.count = {.op = model::Value::Op::literal, .text = "5", .operands = {}, .where = {}};
    rounds.every = 400ms;
    rounds.steps = {step(model::Wait{100ms, {}})};
    model::Case one;
    one.body = {step(rounds)};
    EXPECT_EQ(patience(one), 2s);
    rounds.parallel = true;
    one.body = {step(rounds)};
    EXPECT_EQ(patience(one), 400ms);
}

TEST(Patience, WaitsForAFlowThatEndsByItself) {
    model::RunsFlow flow;
    flow.flow.packets = 100;
    flow.flow.rate = 50;
    model::Case one;
    one.body = {step(flow)};
    EXPECT_EQ(patience(one), 2s);
    flow.background = true;
    one.body = {step(flow)};
    EXPECT_EQ(patience(one), 0s);
}

} // namespace
} // namespace run
