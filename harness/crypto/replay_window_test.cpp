#include "harness/crypto/replay_window.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace crypto {
namespace {

using Answer = ReplayWindow::Answer;

TEST(ReplayWindow, TakesEachNumberOnce) {
    ReplayWindow window;
    for (const std::uint32_t number : {1u, 2u, 5u, 4u, 3u}) {
        EXPECT_EQ(window.ask(number), Answer::fresh) << number;
        window.mark(number);
        EXPECT_EQ(window.ask(number), Answer::seen) << number;
    }
}

TEST(ReplayWindow, RefusesZero) {
    EXPECT_EQ(ReplayWindow(64).ask(0), Answer::zero);
}

TEST(ReplayWindow, ReachesBackItsSizeAndNotOneFurther) {
    for (const unsigned size : {32u, 64u, 65u, 100u, 1024u}) {
        ReplayWindow window(size);
        window.mark(5000);
        EXPECT_EQ(window.ask(5000 - size + 1), Answer::fresh) << size;
        EXPECT_EQ(window.ask(5000 - size), Answer::too_old) << size;
    }
}

TEST(ReplayWindow, AskingMovesNothing) {
    ReplayWindow window;
    EXPECT_EQ(window.ask(1'000'000), Answer::fresh);
    EXPECT_EQ(window.ask(1), Answer::fresh);
    EXPECT_EQ(window.highest(), 0u);
}

TEST(ReplayWindow, ForgetsWhatAGreatLeapLeavesBehind) {
    ReplayWindow window(64);
    for (std::uint32_t number = 1; number <= 64; ++number)
        window.mark(number);
    window.mark(64 + 128);
    for (std::uint32_t number = 64 + 65; number < 64 + 128; ++number)
        EXPECT_EQ(window.ask(number), Answer::fresh) << number;
    EXPECT_EQ(window.ask(64), Answer::too_old);
}

TEST(ReplayWindow, ReachesTheLastNumber) {
    ReplayWindow window(64);
    window.mark(0xfffffffe);
    EXPECT_EQ(window.ask(0xffffffff), Answer::fresh);
    window.mark(0xffffffff);
    EXPECT_EQ(window.ask(0xffffffff), Answer::seen);
    EXPECT_EQ(window.ask(1), Answer::too_old);
}

TEST(ReplayWindow, OfNoSizeRefusesNothing) {
    ReplayWindow window(0);
    window.mark(7);
    EXPECT_EQ(window.ask(7), Answer::fresh);
    EXPECT_EQ(window.ask(0), Answer::fresh);
}

/// Against a set of all numbers that ever came.
TEST(ReplayWindow, AgreesWithASetThatForgetsNothing) {
    for (const unsigned size : {1u, 64u, 70u, 128u}) {
        std::mt19937 random(size);
        ReplayWindow window(size);
        std::set<std::uint32_t> seen;
        std::uint32_t highest = 0;
        for (int i = 0; i < 20'000; ++i) {
            const auto step = static_cast<std::int64_t>(random() % 300) - 150;
            const auto number =
                static_cast<std::uint32_t>(std::max<std::int64_t>(1, std::int64_t{highest} + step));
            const Answer right = number > highest           ? Answer::fresh
                                 : highest - number >= size ? Answer::too_old
                                 : seen.contains(number)    ? Answer::seen
                                                            : Answer::fresh;
            ASSERT_EQ(window.ask(number), right) << size << " at " << highest << " asked " << number;
            if (right == Answer::fresh) {
                window.mark(number);
                seen.insert(number);
                highest = std::max(highest, number);
            }
        }
    }
}

} // namespace
} // namespace crypto
