#include "peers/pmip6/ordering.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using peers::pmip6::OrderFault;
using peers::pmip6::Ordering;
using peers::pmip6::OrderingState;

// 2007-09-04 00:00:00.5 UTC, the time of the golden vectors.
constexpr base::Wall clock_now = 1'188'864'000'500ms;
constexpr std::uint64_t stamp_now = 0x000046DCA0008000;
constexpr std::uint64_t second = 65536;

Ordering two_seconds() {
    return Ordering{.tolerance = 2s};
}

TEST(LmaOrdering, AcceptsAnyTimestampNearTheClockWhenThereIsNoBinding) {
    EXPECT_EQ(two_seconds().judge(stamp_now, 0, nullptr, clock_now), OrderFault::none);
}

TEST(LmaOrdering, DrawsTheWindowOnBothSidesOfItsClock) {
    const Ordering o = two_seconds();
    EXPECT_EQ(o.judge(stamp_now - 2 * second, 0, nullptr, clock_now), OrderFault::none);
    EXPECT_EQ(o.judge(stamp_now - 2 * second - 1, 0, nullptr, clock_now), OrderFault::outside_window);
    EXPECT_EQ(o.judge(stamp_now + 2 * second, 0, nullptr, clock_now), OrderFault::none);
    EXPECT_EQ(o.judge(stamp_now + 2 * second + 1, 0, nullptr, clock_now), OrderFault::outside_window);
    EXPECT_EQ(o.judge(0, 0, nullptr, clock_now), OrderFault::outside_window);
    EXPECT_EQ(o.judge(~std::uint64_t{0}, 0, nullptr, clock_now), OrderFault::outside_window);
}

TEST(LmaOrdering, DemandsAStrictlyGreaterTimestampDownToTheLastBit) {
    const OrderingState last{stamp_now, 7};
    const Ordering o = two_seconds();
    EXPECT_EQ(o.judge(stamp_now - 1, 0, &last, clock_now), OrderFault::lower);
    EXPECT_EQ(o.judge(stamp_now, 0, &last, clock_now), OrderFault::equal);
    EXPECT_EQ(o.judge(stamp_now + 1, 0, &last, clock_now), OrderFault::none);
}

TEST(LmaOrdering, ComparesAcrossTheCarryOfTheFraction) {
    const OrderingState last{0x000046DCA000FFFF, 7};
    EXPECT_EQ(two_seconds().judge(0x000046DCA0010000, 0, &last, clock_now), OrderFault::none);
}

TEST(LmaOrdering, IgnoresTheSequenceNumberBesideATimestamp) {
    const OrderingState last{stamp_now, 1000};
    EXPECT_EQ(two_seconds().judge(stamp_now + 1, 5, &last, clock_now), OrderFault::none);
    EXPECT_EQ(two_seconds().judge(stamp_now + 1, 1000, &last, clock_now), OrderFault::none);
}

TEST(LmaOrdering, FallsBackToTheSequenceNumberModulo65536) {
    const Ordering o = two_seconds();
    const auto judge = [&](std::uint16_t next, std::uint16_t last_number) {
        const OrderingState last{std::nullopt, last_number};
        return o.judge(std::nullopt, next, &last, clock_now);
    };
    EXPECT_EQ(judge(11, 10), OrderFault::none);
    EXPECT_EQ(judge(11, 11), OrderFault::sequence);
    EXPECT_EQ(judge(9, 11), OrderFault::sequence);
    EXPECT_EQ(judge(0x0005, 0xFFF0), OrderFault::none);
    EXPECT_EQ(judge(0x8005, 0x0005), OrderFault::sequence);
    EXPECT_EQ(judge(0x8004, 0x0005), OrderFault::none);
}

TEST(LmaOrdering, TakesAnySequenceNumberWhenThereIsNoBinding) {
    EXPECT_EQ(two_seconds().judge(std::nullopt, 0, nullptr, clock_now), OrderFault::none);
}

TEST(LmaOrdering, JudgesByNumberAfterTimestampsWereUsed) {
    const OrderingState last{stamp_now, 50};
    EXPECT_EQ(two_seconds().judge(std::nullopt, 51, &last, clock_now), OrderFault::none);
    EXPECT_EQ(two_seconds().judge(std::nullopt, 40, &last, clock_now), OrderFault::sequence);
}

TEST(LmaOrdering, StepBackOfItsOwnClockRefusesOnlyWhatLeavesTheWindow) {
    EXPECT_EQ(two_seconds().judge(stamp_now, 0, nullptr, clock_now - 10s), OrderFault::outside_window);
    EXPECT_EQ(two_seconds().judge(stamp_now, 0, nullptr, clock_now - 1s), OrderFault::none);
}

} // namespace
