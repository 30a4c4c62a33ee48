#include "harness/judge/dialogue_test.h"

namespace judge {
namespace {

TEST_F(Conversation, ThatIsRightKeepsItsRules) {
    exchange();
    now += 10s;
    uplink();
    downlink();
    now += 100s;
    exchange();
    lifetime = 0;
    exchange();
    EXPECT_EQ(wrong(), Wrong{});
    for (const auto* id :
         {"PMIP6-LMA-083", "PMIP6-LMA-150", "PMIP6-LMA-066", "PMIP6-LMA-105", "PMIP6-LMA-111",
          "PMIP6-LMA-108", "PMIP6-MAG-091", "PMIP6-MAG-154", "PMIP6-LMA-192"})
        EXPECT_TRUE(is_kept(id)) << id;
    EXPECT_STREQ(std::string(dialogue().sessions().at(0).about).c_str(), "mn1@example.net");
    EXPECT_EQ(dialogue().sessions().at(0).messages, 6u);
}

TEST_F(Conversation, AnAnswerBearsTheNumberOfItsRequest) {
    update();
    answer([](Signal& one) { one.sequence += 1; });
    EXPECT_EQ(wrong(), Wrong{"PMIP6-LMA-083 fail 2"});
}

TEST_F(Conversation, AnAnswerToNothingThatWasCapturedIsUndecided) {
    answer();
    EXPECT_EQ(wrong(), Wrong{"PMIP6-LMA-083 inconclusive 1"});
}

TEST_F(Conversation, TheSameAnswerOnceMoreIsNoOther) {
    exchange();
    answer();
    EXPECT_EQ(wrong(), Wrong{});
}

TEST_F(Conversation, ARefusalForItsNumberTellsTheLastOneThatWasAccepted) {
    exchange();
    const auto accepted = sequence;
    update();
    answer([&](Signal& one) {
        one.status = 135;
        one.sequence = accepted;
    });
    EXPECT_EQ(wrong(), Wrong{});
    update();
    answer([&](Signal& one) { one.status = 135; });
    EXPECT_EQ(wrong(), Wrong{"PMIP6-LMA-117 fail 6"});
}

TEST_F(Conversation, NoMoreIsGrantedThanAskedFor) {
    update();
    answer([](Signal& one) { one.lifetime = 900; });
    update();
    answer([](Signal& one) { one.lifetime = 901; });
    EXPECT_EQ(wrong(), Wrong{"PMIP6-LMA-150 fail 4"});
}

TEST_F(Conversation, TheEndOfABindingIsAnsweredAtOnceAndWithoutLifetime) {
    exchange();
    lifetime = 0;
    update();
    now += 990ms;
    answer();
    EXPECT_EQ(wrong(), Wrong{});
    lifetime = 900;
    exchange();
    lifetime = 0;
    update();
    now += 1010ms;
    answer([](Signal& one) { one.lifetime = 1; });
    EXPECT_EQ(wrong(), (Wrong{"PMIP6-LMA-066 fail 8", "PMIP6-LMA-064 fail 8"}));
}

TEST_F(Conversation, AnUpdateSeenAgainOnItsWayIsNoRepetition) {
    update([](Signal& one) { one.hop_limit = 64; });
    now += 50ms;
    const auto seen_again = [&](std::uint8_t hop_limit) {
        auto one = signal(false);
        one.hop_limit = hop_limit;
        dialogue().see(one);
    };
    seen_again(63); // behind a router, or the end of a tunnel
    EXPECT_EQ(wrong(), Wrong{});
    seen_again(64); // from its sender once more
    EXPECT_EQ(wrong().size(), 2u);
}

TEST_F(Conversation, ATimestampComesBack) {
    update();
    answer([](Signal& one) { one.stamp = *one.stamp + 1; });
    EXPECT_EQ(wrong(), Wrong{"PMIP6-LMA-111 fail 2"});
}

TEST_F(Conversation, ATimestampIsAnsweredWithOne) {
    update();
    answer([](Signal& one) { one.stamp.reset(); });
    EXPECT_EQ(wrong(), Wrong{"PMIP6-LMA-105 fail 2"});
}

TEST_F(Conversation, NoTimestampComesUnasked) {
    stamp = 0;
    update();
    answer([](Signal& one) { one.stamp = 5; });
    EXPECT_EQ(wrong(), Wrong{"PMIP6-LMA-116 fail 2"});
}

TEST_F(Conversation, AnAcceptedTimestampIsLaterThanTheOneBefore) {
    exchange();
    stamp -= 2000;
    exchange();
    EXPECT_EQ(wrong(), Wrong{"PMIP6-LMA-108 fail 4"});
}

TEST_F(Conversation, WithoutTimestampsAnAcceptedNumberComesAfterTheOneBefore) {
    stamp = 0;
    exchange();
    now += 5s;
    exchange();
    EXPECT_EQ(wrong(), Wrong{});
    now += 5s;
    sequence = static_cast<std::uint16_t>(sequence - 5);
    exchange();
    EXPECT_EQ(wrong(), Wrong{"PMIP6-LMA-115 fail 6"});
}

TEST_F(Conversation, RepetitionsBackOffFromOneSecondToThirtyTwo) {
    update();
    for (const auto gap : {1s, 2s, 4s, 8s, 16s, 32s, 32s}) {
        now += gap;
        update();
    }
    EXPECT_EQ(wrong(), Wrong{});
    EXPECT_TRUE(is_kept("PMIP6-MAG-120"));
    EXPECT_TRUE(is_kept("PMIP6-MAG-121"));
    EXPECT_TRUE(is_kept("PMIP6-MAG-123"));
    EXPECT_TRUE(is_kept("PMIP6-MAG-124"));
    EXPECT_EQ(dialogue().sessions().at(0).retransmissions, 7u);
}

TEST_F(Conversation, ARepetitionDoesNotComeBeforeItsTime) {
    update();
    now += 890ms;
    update();
    EXPECT_EQ(wrong(), Wrong{"PMIP6-MAG-121 fail 2"});
}

TEST_F(Conversation, ARepetitionOfABoundNodeDoesNotComeBeforeItsTime) {
    exchange();
    now += 10s;
    update();
    now += 200ms;
    update();
    EXPECT_EQ(wrong(), Wrong{"PMIP6-MAG-122 fail 4"});
}

TEST_F(Conversation, BackOffDoubles) {
    update();
    now += 1s;
    update();
    now += 1s;
    update();
    EXPECT_EQ(wrong(), Wrong{"PMIP6-MAG-120 fail 3"});
}

TEST_F(Conversation, BackOffThatTakesTooLongMayBeAGapInTheCapture) {
    update();
    now += 1s;
    update();
    now += 6s;
    update();
    EXPECT_EQ(wrong(), Wrong{"PMIP6-MAG-120 inconclusive 3"});
}

TEST_F(Conversation, RepetitionsCountUp) {
    update();
    now += 1s;
    --sequence;
    update();
    EXPECT_EQ(wrong(), Wrong{"PMIP6-MAG-124 fail 2"});
}

TEST_F(Conversation, ABindingIsRefreshedBeforeItEnds) {
    exchange();
    now += 3600s;
    exchange();
    EXPECT_EQ(wrong(), Wrong{});
    now += 3601s;
    exchange();
    EXPECT_EQ(wrong(), Wrong{"PMIP6-MAG-091 inconclusive 5"});
}

TEST_F(Conversation, TrafficEndsWithTheBinding) {
    exchange();
    now += 3600s;
    uplink();
    downlink();
    EXPECT_EQ(wrong(), Wrong{});
    now += 2s;
    uplink();
    downlink();
    EXPECT_EQ(wrong(), (Wrong{"PMIP6-MAG-101 fail 5", "PMIP6-LMA-152 fail 6"}));
}

TEST_F(Conversation, TrafficTakesTheTunnelOfTheGatewayThatIsRegistered) {
    exchange();
    now += 10s;
    gateway = mag2;
    exchange();
    EXPECT_EQ(dialogue().sessions().at(0).handovers, 1u);
    gateway = mag1;
    uplink(); // was on its way
    downlink();
    EXPECT_EQ(wrong(), Wrong{});
    now += 2s;
    uplink();
    downlink();
    EXPECT_EQ(wrong(), (Wrong{"PMIP6-MAG-154 fail 7", "PMIP6-LMA-192 fail 8"}));
}

TEST_F(Conversation, TrafficOfAGatewayWhoseAnswerIsMissingIsUndecided) {
    exchange();
    now += 10s;
    gateway = mag2;
    update();
    now += 2s;
    uplink();
    downlink();
    EXPECT_EQ(wrong(), (Wrong{"PMIP6-MAG-154 inconclusive 4", "PMIP6-LMA-192 inconclusive 5"}));
}

TEST_F(Conversation, TheLeavingOfAGatewayThatHasLostTheNodeEndsNothing) {
    exchange();
    gateway = mag2;
    exchange();
    gateway = mag1;
    lifetime = 0;
    exchange();
    gateway = mag2;
    now += 5s;
    uplink();
    EXPECT_EQ(wrong(), Wrong{});
    EXPECT_EQ(dialogue().of_strangers(), 0u);
}

TEST_F(Conversation, TrafficOfUnknownPrefixesIsCounted) {
    update();
    uplink();
    EXPECT_EQ(wrong(), Wrong{});
    EXPECT_EQ(dialogue().of_strangers(), 1u);
}

TEST_F(Conversation, WhatFollowsFromAFaultIsItsConsequence) {
    update();
    answer([](Signal& one) { one.sequence += 1; }); // is not accepted, so that the gateway repeats
    now += 300ms;
    update();
    now += 300ms;
    update();
    answer();
    EXPECT_EQ(wrong(), (Wrong{"PMIP6-LMA-083 fail 2", "PMIP6-MAG-122 observed 4 +2"}));
    now += 5s;
    update();
    now += 100ms;
    update(); // all has been well since
    EXPECT_EQ(wrong(),
              (Wrong{"PMIP6-LMA-083 fail 2", "PMIP6-MAG-122 fail 7", "PMIP6-MAG-122 observed 4 +2"}));
}

TEST_F(Conversation, WhatHasAWrongChecksumWasNeverSaid) {
    update([](Signal& one) { one.is_heeded = one.is_right = false; });
    now += 1s;
    exchange();
    EXPECT_EQ(wrong(), Wrong{});
}

TEST(Sessions, HoldAMillionAndSayThatThereAreMore) {
    Sessions all;
    for (std::uint32_t i = 0; i < 1'000'010; ++i) {
        const std::string nai = "mn" + std::to_string(i);
        const base::View about(reinterpret_cast<const std::uint8_t*>(nai.data()), nai.size());
        Session* one = all.find(Sessions::hash(about, lma), about, lma);
        ASSERT_EQ(one == nullptr, i >= 1'000'000) << i;
        if (one && i % 1000 == 0) {
            one->prefix = address("2001:db8::");
            one->prefix.octets[6] = static_cast<std::uint8_t>(i >> 16);
            one->prefix.octets[7] = static_cast<std::uint8_t>(i >> 8);
            one->prefix_length = 64;
            all.index_prefix(*one);
        }
    }
    EXPECT_TRUE(all.is_full());
    EXPECT_EQ(all.size(), 1'000'000u);
    for (std::size_t i = 0; i < all.size(); i += 997)
        EXPECT_EQ(all.at(i).about, "mn" + std::to_string(i));
    auto inside = address("2001:db8::9");
    inside.octets[7] = static_cast<std::uint8_t>(4000 >> 8);
    ASSERT_TRUE(all.of_prefix(inside));
    EXPECT_EQ(all.of_prefix(inside)->about, "mn4000");
    EXPECT_FALSE(all.of_prefix(cn));
}

} // namespace
} // namespace judge
