#include "peers/pmip6/mag_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

TEST(MagRegistration, AsksTheAnchorOfTheProfileForAPrefix) {
    MagBench b;
    b.attach("mn1");
    ASSERT_EQ(b.bench.count<wire::BindingUpdate>(), 1u);
    EXPECT_EQ(b.update_ip().source, b.care_of);
    EXPECT_EQ(b.update_ip().destination, b.lma1);
    EXPECT_TRUE(b.update().a && b.update().p);
    EXPECT_FALSE(b.update().h || b.update().l || b.update().k || b.update().m || b.update().r);
    EXPECT_EQ(b.update().reserved, 0);
    EXPECT_EQ(b.update().lifetime, 900);
    EXPECT_EQ(b.asked(b.update()), b.prefix("::/0"));
    EXPECT_EQ(b.option<wire::Timestamp>()->value, 0x000046DCA0008001u);
    EXPECT_EQ(b.option<wire::MobileNodeIdentifier>()->nai, "mn1@example.net");
    EXPECT_EQ(b.option<wire::HandoffIndicator>(), nullptr);
}

TEST(MagRegistration, NamesTheKnownPrefixOnlyWhenToldTo) {
    MagBench b({{"hint", "on"}});
    b.bench.tell("policy", {{"mobile-node", "mn1"}, {"prefix", "2001:db8:200:1::/64"}});
    b.attach("mn1");
    EXPECT_EQ(b.asked(b.update()), b.prefix("2001:db8:200:1::/64"));
    b.bench.arrive(b.answer(0, 900, "2001:db8:100:7::/64"));
    EXPECT_EQ(b.visitor("mn1")->prefix, b.prefix("2001:db8:100:7::/64"));
    EXPECT_EQ(b.advertised()->prefix, b.ip("2001:db8:100:7::"));
}

TEST(MagRegistration, AnAcceptanceInstallsEverything) {
    MagBench b;
    b.attach("mn1");
    EXPECT_TRUE(b.is_dropped(b.mn1, b.home, b.cn));
    EXPECT_EQ(b.bench.count<wire::RouterAdvertisement>(), 0u);
    b.bench.arrive(b.answer());
    const Visitor* entry = b.visitor("mn1");
    ASSERT_TRUE(b.is_bound("mn1"));
    EXPECT_EQ(entry->prefix, b.prefix("2001:db8:100:1::/64"));
    EXPECT_EQ(entry->mac, b.mac(1));
    EXPECT_EQ(entry->lma, b.lma1);
    EXPECT_EQ(entry->tunnel, b.to_lma1);
    EXPECT_TRUE(b.bench.tunnels.contains(b.to_lma1));
    EXPECT_TRUE(b.uplink_is(b.mn1, b.home, b.cn, b.to_lma1));
    const auto down = b.bench.verdict({}, b.to_lma1, b.cn, b.home);
    ASSERT_TRUE(std::holds_alternative<peers::common::PortTarget>(down));
    EXPECT_EQ(std::get<peers::common::PortTarget>(down).port, b.mn1);
    ASSERT_NE(b.advertised(), nullptr);
    EXPECT_EQ(b.advertised()->prefix, b.ip("2001:db8:100:1::"));
    EXPECT_TRUE(b.advertised()->l && b.advertised()->a);
    EXPECT_EQ(b.advertised()->valid_lifetime, 3600u);
    const auto* sent = b.bench.all<wire::RouterAdvertisement>().back();
    EXPECT_EQ(sent->port, b.mn1);
    EXPECT_EQ(sent->to, b.mac(1));
    EXPECT_GT(sent->packet.find<wire::RouterAdvertisement>()->router_lifetime, 0);
}

TEST(MagRegistration, EveryRefusalDeniesTheService) {
    for (const int code : {128, 129, 130, 133, 135, 152, 153, 154, 155, 156, 157, 160, 255}) {
        MagBench b;
        b.attach("mn1");
        b.bench.arrive(b.answer(static_cast<std::uint8_t>(code)));
        b.solicit(b.mn1, b.mac(1));
        EXPECT_FALSE(b.is_bound("mn1")) << code;
        EXPECT_EQ(b.bench.count<wire::RouterAdvertisement>(), 0u) << code;
        EXPECT_TRUE(b.is_dropped(b.mn1, b.home, b.cn)) << code;
        EXPECT_TRUE(b.bench.tunnels.empty()) << code;
    }
}

TEST(MagRegistration, StatusValuesBelow128GrantTheService) {
    for (const int code : {1, 127}) {
        MagBench b;
        b.attach("mn1");
        b.bench.arrive(b.answer(static_cast<std::uint8_t>(code)));
        EXPECT_TRUE(b.is_bound("mn1")) << code;
    }
}

TEST(MagRegistration, ADefectiveAcceptanceGrantsNothing) {
    for (int defect = 0; defect < 5; ++defect) {
        MagBench b;
        b.attach("mn1");
        wire::Packet packet = b.answer();
        auto& ack = b.ack(packet);
        auto& home = std::get<wire::HomeNetworkPrefix>(ack.options.front());
        if (defect == 0)
            ack.options.erase(ack.options.begin());
        if (defect == 1)
            home = {};
        if (defect == 2)
            ack.p = false;
        if (defect == 3)
            ack.lifetime = 0;
        if (defect == 4)
            ack.options.front() = wire::UnknownMobilityOption{.type = 22, .data = base::Bytes(17)};
        b.bench.arrive(packet);
        EXPECT_FALSE(b.is_bound("mn1")) << defect;
        EXPECT_EQ(b.bench.count<wire::RouterAdvertisement>(), 0u) << defect;
    }
}

TEST(MagRegistration, IgnoresReservedBitsAndUnknownOptions) {
    MagBench b;
    b.attach("mn1");
    wire::Packet packet = b.answer();
    b.ack(packet).reserved = 0x1f;
    b.ack(packet).options.insert(b.ack(packet).options.begin(), wire::UnknownMobilityOption{.type = 250});
    b.bench.arrive(packet);
    EXPECT_TRUE(b.is_bound("mn1"));
}

TEST(MagRegistration, IgnoresAnAnswerThatDoesNotMatch) {
    MagBench b;
    b.attach("mn1");
    const wire::Packet good = b.answer();
    wire::Packet bad = good;
    ++b.ack(bad).sequence;
    b.bench.arrive(bad);
    bad = good;
    wire::find<wire::MobileNodeIdentifier>(b.ack(bad).options)->nai = "mn2@example.net";
    b.bench.arrive(bad);
    bad = good;
    bad.find<wire::Ipv6>()->source = b.lma2;
    b.bench.arrive(bad);
    bad = good;
    --wire::find<wire::Timestamp>(b.ack(bad).options)->value;
    b.bench.arrive(bad);
    bad = good;
    b.ack(bad).options.push_back(wire::RawOption{.data = {1}});
    b.bench.arrive(bad);
    EXPECT_FALSE(b.is_bound("mn1"));
    b.bench.run(1500ms);
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
    b.bench.arrive(good); // late, but to one of the two that are on their way
    EXPECT_TRUE(b.is_bound("mn1"));
    b.bench.run(60s);
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
}

TEST(MagRegistration, ADuplicateOrUnsolicitedAnswerChangesNothing) {
    MagBench b;
    b.bind("mn1");
    wire::Packet again = b.answer(0, 900, "2001:db8:100:9::/64");
    b.bench.arrive(again);
    EXPECT_EQ(b.visitor("mn1")->prefix, b.prefix("2001:db8:100:1::/64"));
}

TEST(MagRegistration, RetransmitsWithDoublingTimeoutsNewNumbersAndNewTimestamps) {
    MagBench b;
    b.attach("mn1");
    b.bench.run(120s);
    const auto sent = b.bench.all<wire::BindingUpdate>();
    std::vector<base::Mono> times;
    for (const auto* one : sent)
        times.push_back(one->at);
    EXPECT_EQ(times,
              (std::vector<base::Mono>{0s, 1500ms, 4500ms, 10500ms, 22500ms, 46500ms, 78500ms, 110500ms}));
    for (std::size_t i = 1; i < sent.size(); ++i) {
        const auto &before = *sent[i - 1]->packet.find<wire::BindingUpdate>(),
                   &after = *sent[i]->packet.find<wire::BindingUpdate>();
        EXPECT_EQ(after.sequence, before.sequence + 1);
        EXPECT_GT(wire::find<wire::Timestamp>(after.options)->value,
                  wire::find<wire::Timestamp>(before.options)->value);
        EXPECT_EQ(b.asked(after), b.asked(before));
    }
}

TEST(MagOf5213, WaitsOneSecondForTheFirstAnswerAndSaysHowTheNodeCame) {
    MagBench b({}, "rfc5213");
    b.attach("mn1");
    EXPECT_EQ(b.option<wire::HandoffIndicator>()->value, 4);
    EXPECT_NE(b.option<wire::AccessTechnologyType>(), nullptr);
    b.bench.run(1s - 1ns);
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 1u);
    b.bench.run(1ns);
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
}

TEST(MagRegistration, BacksOffForEachNodeByItself) {
    MagBench b;
    b.attach("mn1");
    b.bench.run(30s);
    b.attach("mn2");
    EXPECT_EQ(b.update_ip().destination, b.lma2);
    EXPECT_EQ(b.bench.all<wire::BindingUpdate>().back()->at, 30s);
}

TEST(MagRegistration, SendsAtMostThreeUpdatesASecondAboutOneNode) {
    MagBench b;
    for (int i = 0; i < 40; ++i) {
        b.attach("mn1");
        b.bench.run(25ms);
        b.detach("mn1");
        b.bench.run(25ms);
    }
    b.bench.run(3s);
    const auto sent = b.bench.all<wire::BindingUpdate>();
    for (std::size_t i = 3; i < sent.size(); ++i)
        EXPECT_GE(sent[i]->at - sent[i - 3]->at, 1s);
}

TEST(MagRegistration, RetriesAfterAClockMismatchWithItsOwnTime) {
    MagBench b;
    b.attach("mn1");
    wire::Packet refusal = b.answer(156);
    wire::find<wire::Timestamp>(b.ack(refusal).options)->value = 0x0000700000000000;
    b.bench.arrive(refusal);
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 1u);
    b.bench.run(1s);
    ASSERT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
    EXPECT_EQ(b.option<wire::Timestamp>()->value, 0x000046DCA0018001u);
    b.bench.arrive(b.answer());
    EXPECT_TRUE(b.is_bound("mn1"));
}

TEST(MagRegistration, StormsNobodyWhileItsClockIsWrong) {
    MagBench b;
    b.attach("mn1");
    for (int i = 0; i < 400; ++i) {
        if (b.visitor("mn1")->pending)
            b.bench.arrive(b.answer(156));
        b.bench.run(100ms);
    }
    EXPECT_LE(b.bench.count<wire::BindingUpdate>(), 13u); // 0, 1, 3, 7, 11 … 39 s
    EXPECT_GE(b.bench.count<wire::BindingUpdate>(), 8u);
}

TEST(MagRegistration, AdoptsTheAnchorsClockOnlyWhenToldTo) {
    MagBench b({{"adopt-lma-clock", "on"}});
    b.attach("mn1");
    wire::Packet refusal = b.answer(156);
    wire::find<wire::Timestamp>(b.ack(refusal).options)->value = 0x0000700000000000;
    b.bench.arrive(refusal);
    ASSERT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
    EXPECT_EQ(b.option<wire::Timestamp>()->value, 0x0000700000000001u);
}

TEST(MagRegistration, GoesOnBehindTheNumberOfA135) {
    MagBench b({{"timestamps", "off"}});
    b.attach("mn1");
    EXPECT_EQ(b.option<wire::Timestamp>(), nullptr);
    wire::Packet refusal = b.answer(135);
    b.ack(refusal).sequence = 500;
    b.bench.arrive(refusal);
    ASSERT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
    EXPECT_EQ(b.update().sequence, 501);
    b.bench.arrive(b.answer());
    EXPECT_TRUE(b.is_bound("mn1"));
}

TEST(MagRegistration, GoesOnBehindTheNumberOfAnotherGateway) {
    MagBench b({{"timestamps", "off"}});
    b.bench.tell("sequence", {{"mobile-node", "mn1"}, {"value", "77"}});
    b.attach("mn1");
    EXPECT_EQ(b.update().sequence, 78);
    MagBench one({{"timestamps", "off"}, {"sequence", "clock"}}),
        two({{"timestamps", "off"}, {"sequence", "clock"}});
    one.attach("mn1");
    two.bench.run(1s);
    two.attach("mn1");
    EXPECT_EQ(static_cast<std::uint16_t>(two.update().sequence - one.update().sequence), 4);
}

TEST(MagRegistration, AsksForAnyPrefixWhenItsOwnIsRefused) {
    MagBench b({{"hint", "on"}});
    b.bench.tell("policy", {{"mobile-node", "mn1"}, {"prefix", "2001:db8:200:1::/64"}});
    b.attach("mn1");
    b.bench.arrive(b.answer(155));
    ASSERT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
    EXPECT_EQ(b.asked(b.update()), b.prefix("::/0"));
}

TEST(MagRegistration, KeepsTheTwoAnchorsApart) {
    MagBench b;
    b.bind("mn1");
    b.bind("mn2", 900, "2001:db8:300:1::/64");
    EXPECT_TRUE(b.uplink_is(b.mn1, b.home, b.cn, b.to_lma1));
    EXPECT_TRUE(b.uplink_is(b.mn2, b.ip("2001:db8:300:1::5"), b.cn, b.to_lma2));
    const auto crossed = b.bench.verdict({}, b.to_lma2, b.cn, b.home);
    EXPECT_TRUE(std::holds_alternative<peers::common::Drop>(crossed));
}

TEST(MagRegistration, ServesNobodyWithoutAProfile) {
    MagBench b({{"policy-store", "unreachable"}});
    b.attach("mn1");
    EXPECT_TRUE(b.bench.sent.empty());
    b.bench.tell("set", {{"policy-store", "reachable"}});
    b.bench.tell("attached", {{"mobile-node", "mn1"}, {"port", "mn1"}, {"authenticated", "no"}});
    EXPECT_TRUE(b.bench.sent.empty());
    b.attach("mn1");
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 1u);
}

TEST(MagRegistration, LooksUpTheStableIdentifierOfATemporaryOne) {
    MagBench b;
    b.bench.tell("policy", {{"mobile-node", "mn1"}, {"pseudonym", "tmp-4711"}});
    b.bench.tell("attached", {{"identity", "tmp-4711"}, {"port", "mn1"}});
    EXPECT_EQ(b.option<wire::MobileNodeIdentifier>()->nai, "mn1@example.net");
}

TEST(MagRegistration, NoticesANodeByItsSolicitationOrItsCarrier) {
    MagBench b;
    b.solicit(b.mn1, b.mac(9));
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 0u);
    b.solicit(b.mn1, b.mac(1));
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 1u);
    EXPECT_EQ(b.visitor("mn1")->link_local, base::link_local(b.mac(1)));
    b.bench.give(model::Carrier{b.mn2, true}); // power on
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 1u);
    b.bench.give(model::Carrier{b.mn2, false});
    b.bench.give(model::Carrier{b.mn2, true});
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
    b.bench.arrive(b.answer());
    b.bench.give(model::Carrier{b.mn2, false});
    EXPECT_EQ(b.update().lifetime, 0);
}

} // namespace
