#include "peers/common/neighbours.h"

#include <gtest/gtest.h>

namespace peers::common {
namespace {

using namespace std::chrono_literals;

const base::Ip6 neighbour = base::parse_ip6("fe80::1").value();
const base::Mac mac{{2, 0, 0, 0, 0, 1}}, other{{2, 0, 0, 0, 0, 2}};

base::Now at(base::Mono mono) {
    return {mono, {}};
}

struct NeighbourCache : testing::Test {
    Neighbours cache;
    Neighbours::Outcome outcome;
    Neighbours::Outcome taken() { return std::exchange(outcome, {}); }
    void tick(base::Mono when) { cache.tick(at(when), outcome); }
};

TEST_F(NeighbourCache, SolicitsThreeTimesASecondApartAndGivesUp) {
    cache.wait(0, neighbour, base::Bytes(20), at(0s), outcome);
    auto first = taken();
    ASSERT_EQ(first.asks.size(), 1u);
    EXPECT_EQ(first.asks[0].target, neighbour);
    EXPECT_FALSE(first.asks[0].to) << "to the solicited-node group";
    EXPECT_EQ(cache.deadline(), 1s);
    tick(1s);
    tick(2s);
    EXPECT_EQ(taken().asks.size(), 2u);
    tick(3s);
    const auto last = taken();
    EXPECT_TRUE(last.asks.empty());
    EXPECT_EQ(last.undeliverable.size(), 1u);
    EXPECT_FALSE(cache.deadline());
    EXPECT_EQ(cache.size(), 0u);
}

TEST_F(NeighbourCache, ReleasesWhatWaitedInOrderWithTheAddressFilledIn) {
    cache.wait(0, neighbour, base::Bytes(14, 1), at(0s), outcome);
    cache.wait(0, neighbour, base::Bytes(15, 1), at(0s), outcome);
    EXPECT_EQ(taken().asks.size(), 1u) << "one question for both";
    cache.advertised(0, neighbour, mac, true, true, at(1ms), outcome);
    const auto now = taken();
    ASSERT_EQ(now.released.size(), 2u);
    EXPECT_EQ(now.released[0].frame.size(), 14u);
    EXPECT_TRUE(std::equal(mac.octets.begin(), mac.octets.end(), now.released[1].frame.begin()));
    EXPECT_EQ(cache.find(0, neighbour, at(2ms)), mac);
}

TEST_F(NeighbourCache, KeepsAtMostSixteenPackets) {
    for (std::size_t i = 0; i < 20; ++i)
        cache.wait(0, neighbour, base::Bytes(14 + i), at(0s), outcome);
    cache.advertised(0, neighbour, mac, true, true, at(1ms), outcome);
    ASSERT_EQ(outcome.released.size(), 16u);
    EXPECT_EQ(outcome.released[0].frame.size(), 18u) << "the oldest gave way";
}

TEST_F(NeighbourCache, CreatesNoEntryForAnUnaskedAdvertisement) {
    cache.advertised(0, neighbour, mac, false, true, at(0s), outcome);
    EXPECT_EQ(cache.size(), 0u);
}

TEST_F(NeighbourCache, ChangesItsMindOnlyIfTheOverrideFlagSaysSo) {
    cache.set(0, neighbour, mac, at(0s), outcome);
    cache.advertised(0, neighbour, other, false, false, at(1s), outcome);
    EXPECT_EQ(cache.find(0, neighbour, at(1s)), mac);
    cache.advertised(0, neighbour, other, false, true, at(2s), outcome);
    EXPECT_EQ(cache.find(0, neighbour, at(2s)), other);
}

TEST_F(NeighbourCache, ProbesAUsedStaleNeighbourAfterFiveSecondsAndForgetsItIfItIsSilent) {
    cache.heard(0, neighbour, mac, at(0s), outcome);
    EXPECT_FALSE(cache.deadline()) << "an unused stale entry is left alone";
    EXPECT_EQ(cache.find(0, neighbour, at(1s)), mac);
    EXPECT_EQ(cache.deadline(), 6s);
    tick(6s);
    auto first = taken();
    ASSERT_EQ(first.asks.size(), 1u);
    EXPECT_EQ(first.asks[0].to, mac) << "unicast";
    tick(7s);
    tick(8s);
    tick(9s);
    EXPECT_FALSE(cache.find(0, neighbour, at(9s)));
}

TEST_F(NeighbourCache, IsContentWithASolicitedAnswer) {
    cache.heard(0, neighbour, mac, at(0s), outcome);
    cache.find(0, neighbour, at(1s));
    tick(6s);
    cache.advertised(0, neighbour, std::nullopt, true, false, at(6001ms), outcome);
    EXPECT_FALSE(cache.deadline());
    EXPECT_EQ(cache.find(0, neighbour, at(20s)), mac);
    EXPECT_FALSE(cache.deadline()) << "reachable for thirty seconds";
    cache.find(0, neighbour, at(40s));
    EXPECT_TRUE(cache.deadline()) << "then stale again";
}

TEST_F(NeighbourCache, AnswersAProbeOnDemand) {
    cache.set(0, neighbour, mac, at(0s), outcome);
    cache.probe({0, neighbour, 2, 100ms}, at(1s), outcome);
    auto first = taken();
    ASSERT_EQ(first.asks.size(), 1u);
    EXPECT_EQ(first.asks[0].to, mac);
    EXPECT_TRUE(first.probed.empty());
    cache.advertised(0, neighbour, mac, true, false, at(1050ms), outcome);
    auto second = taken();
    ASSERT_EQ(second.probed.size(), 1u);
    EXPECT_TRUE(second.probed[0].reachable);
    EXPECT_EQ(second.probed[0].mac, mac);
    EXPECT_FALSE(cache.deadline());
}

TEST_F(NeighbourCache, SaysAfterTheLastIntervalThatNobodyAnsweredAProbe) {
    cache.probe({0, neighbour, 2, 100ms}, at(0s), outcome);
    tick(100ms);
    EXPECT_EQ(taken().asks.size(), 2u);
    tick(200ms);
    const auto last = taken();
    ASSERT_EQ(last.probed.size(), 1u);
    EXPECT_FALSE(last.probed[0].reachable);
}

TEST_F(NeighbourCache, TakesAnUnsolicitedAdvertisementForNoAnswerToAProbe) {
    cache.set(0, neighbour, mac, at(0s), outcome);
    cache.probe({0, neighbour, 1, 100ms}, at(0s), outcome);
    cache.advertised(0, neighbour, other, false, true, at(10ms), outcome);
    cache.heard(0, neighbour, mac, at(20ms), outcome);
    EXPECT_TRUE(outcome.probed.empty());
    tick(100ms);
    ASSERT_EQ(outcome.probed.size(), 1u);
    EXPECT_FALSE(outcome.probed[0].reachable);
}

TEST_F(NeighbourCache, ForgetsThePortThatLostItsCarrier) {
    cache.set(0, neighbour, mac, at(0s), outcome);
    cache.set(1, neighbour, other, at(0s), outcome);
    cache.wait(0, base::parse_ip6("fe80::2").value(), base::Bytes(14), at(0s), outcome);
    cache.forget(0);
    EXPECT_FALSE(cache.find(0, neighbour, at(1s)));
    EXPECT_EQ(cache.find(1, neighbour, at(1s)), other);
    EXPECT_FALSE(cache.deadline() && *cache.deadline() < 5s);
}

TEST_F(NeighbourCache, IsBounded) {
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        base::Ip6 address = neighbour;
        address.octets[14] = static_cast<std::uint8_t>(i >> 8);
        address.octets[15] = static_cast<std::uint8_t>(i);
        cache.heard(0, address, mac, at(0s), outcome);
    }
    EXPECT_LE(cache.size(), 4096u);
}

} // namespace
} // namespace peers::common
