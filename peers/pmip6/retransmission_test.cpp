#include "peers/pmip6/retransmission.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace std::chrono_literals;
using peers::pmip6::Retransmission;
using peers::pmip6::UpdateRate;

TEST(Retransmission, DoublesUpToTheCapAndStaysThere) {
    Retransmission first(1500ms, 32s);
    std::vector<base::Duration> waits;
    for (int i = 0; i < 7; ++i)
        waits.push_back(first.next());
    EXPECT_EQ(waits, (std::vector<base::Duration>{1500ms, 3s, 6s, 12s, 24s, 32s, 32s}));
}

TEST(Retransmission, BeginsWithOneSecondWhereABindingExists) {
    Retransmission later(1s, 32s);
    std::vector<base::Duration> waits;
    for (int i = 0; i < 7; ++i)
        waits.push_back(later.next());
    EXPECT_EQ(waits, (std::vector<base::Duration>{1s, 2s, 4s, 8s, 16s, 32s, 32s}));
}

TEST(UpdateRate, AllowsThreeInAnySecondForEachNode) {
    UpdateRate rate(3);
    for (const auto at : {0ms, 100ms, 200ms}) {
        EXPECT_EQ(rate.allowed_at("a", at), at);
        rate.count("a", at);
    }
    EXPECT_EQ(rate.allowed_at("a", 300ms), 1s);
    EXPECT_EQ(rate.allowed_at("b", 300ms), 300ms);
    EXPECT_EQ(rate.allowed_at("a", 1s), 1s);
    rate.count("a", 1s);
    EXPECT_EQ(rate.allowed_at("a", 1s), 1100ms);
}

} // namespace
