#include "peers/pmip6/mag_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

TEST(MagRefresh, LooksForTheNodeBeforeItAsksForMoreTime) {
    MagBench b({{"probe", "1s"}});
    b.bind("mn1", 10); // 40 s; refresh at 32 s
    b.bench.run(32s - 1ns);
    EXPECT_TRUE(b.bench.probes.empty());
    b.bench.run(1ns);
    ASSERT_EQ(b.bench.probes.size(), 1u);
    EXPECT_EQ(b.bench.probes.front().port, b.mn1);
    EXPECT_EQ(b.bench.probes.front().address, base::link_local(b.mac(1)));
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 1u);
    b.find_node(true, b.mac(1));
    ASSERT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
    EXPECT_EQ(b.update().lifetime, 900);
    EXPECT_EQ(b.asked(b.update()), b.prefix("2001:db8:100:1::/64"));
    b.bench.arrive(b.answer(0, 10));
    b.bench.run(20s);
    EXPECT_TRUE(b.is_bound("mn1"));
}

TEST(MagRefresh, LeavesTimeForThePresenceCheckOfAShortLifetime) {
    MagBench b({{"probe", "1s"}});
    b.bind("mn1", 3); // 12 s; the check may take 3 s
    b.bench.run(8s);
    EXPECT_EQ(b.bench.probes.size(), 1u);
}

TEST(MagRefresh, ComesWhenTheAnchorAdvisesIt) {
    MagBench b;
    b.attach("mn1");
    wire::Packet packet = b.answer(0, 100);
    b.ack(packet).options.push_back(wire::BindingRefreshAdvice{.interval = 10});
    b.bench.arrive(packet);
    b.bench.run(40s - 1ns);
    EXPECT_TRUE(b.bench.probes.empty());
    b.bench.run(1ns);
    EXPECT_EQ(b.bench.probes.size(), 1u);
}

TEST(MagRefresh, NeverExtendsForANodeThatIsNotThere) {
    MagBench b;
    b.bind("mn1", 10);
    b.bench.run(32s);
    b.find_node(false, {});
    ASSERT_EQ(b.bench.count<wire::BindingUpdate>(), 2u);
    EXPECT_EQ(b.update().lifetime, 0);
    EXPECT_TRUE(b.is_dropped(b.mn1, b.home, b.cn));
    b.bench.arrive(b.answer());
    EXPECT_EQ(b.visitor("mn1"), nullptr);
    EXPECT_TRUE(b.bench.tunnels.empty());
}

TEST(MagRefresh, AsksAtEveryAddressThatTheNodeMayHave) {
    MagBench b;
    b.bind("mn1", 10);
    wire::Packet dad;
    dad.layers = {wire::Ipv6{.destination = b.ip("ff02::1:ff00:a"), .hop_limit = 255},
                  wire::NeighborSolicitation{.target = b.ip("fe80::a")}};
    b.bench.arrive(dad, b.mn1, b.mac(1));
    EXPECT_EQ(b.visitor("mn1")->link_local, b.ip("fe80::a"));
    b.bench.run(32s);
    EXPECT_EQ(b.bench.probes.back().address, b.ip("fe80::a"));
    b.find_node(false, {});
    ASSERT_EQ(b.bench.probes.size(), 2u);
    EXPECT_EQ(b.bench.probes.back().address, base::link_local(b.mac(1)));
    b.find_node(true, b.mac(1));
    EXPECT_EQ(wire::find<wire::LinkLocalAddress>(b.update().options)->address, b.ip("fe80::a"));
    EXPECT_EQ(b.update().lifetime, 900);
}

TEST(MagRefresh, IsRetransmittedFromOneSecondOnUntilTheBindingEnds) {
    MagBench b;
    b.bind("mn1", 10);
    b.bench.run(32s);
    b.find_node(true, b.mac(1));
    b.bench.clear();
    b.bench.run(7s);
    std::vector<base::Mono> times;
    for (const auto* one : b.bench.all<wire::BindingUpdate>())
        times.push_back(one->at);
    EXPECT_EQ(times, (std::vector<base::Mono>{33s, 35s, 39s}));
    EXPECT_TRUE(b.is_bound("mn1"));
    b.bench.run(1s - 1ns);
    EXPECT_TRUE(b.is_bound("mn1"));
    b.bench.run(1ns);
    EXPECT_FALSE(b.is_bound("mn1"));
    EXPECT_TRUE(b.is_dropped(b.mn1, b.home, b.cn));
    EXPECT_EQ(b.advertised()->valid_lifetime, 0u);
    b.bench.clear();
    b.bench.run(60s);
    for (const auto* ra : b.bench.all<wire::RouterAdvertisement>())
        EXPECT_EQ(ra->packet.find<wire::RouterAdvertisement>()->router_lifetime, 0);
    EXPECT_GE(b.bench.count<wire::BindingUpdate>(), 1u);
    b.bench.arrive(b.answer());
    EXPECT_TRUE(b.is_bound("mn1"));
}

TEST(MagRefresh, ARefusalEndsTheServiceAndWithdrawsThePrefix) {
    MagBench b;
    b.bind("mn1", 10);
    b.bench.run(32s);
    b.find_node(true, b.mac(1));
    b.bench.arrive(b.answer(152));
    EXPECT_FALSE(b.is_bound("mn1"));
    EXPECT_EQ(b.advertised()->prefix, b.ip("2001:db8:100:1::"));
    EXPECT_EQ(b.advertised()->valid_lifetime, 0u);
    EXPECT_EQ(b.advertised()->preferred_lifetime, 0u);
    EXPECT_TRUE(b.is_dropped(b.mn1, b.home, b.cn));
    b.bench.clear();
    b.bench.run(100s);
    EXPECT_TRUE(b.bench.sent.empty()); // 152: no retry
}

TEST(MagRefresh, AClockMismatchIsRetriedWhileTheOldLifetimeLasts) {
    MagBench b;
    b.bind("mn1", 10);
    b.bench.run(32s);
    b.find_node(true, b.mac(1));
    b.bench.arrive(b.answer(156));
    EXPECT_TRUE(b.is_bound("mn1"));
    b.bench.clear();
    b.bench.run(1s);
    ASSERT_EQ(b.bench.count<wire::BindingUpdate>(), 1u);
    b.bench.arrive(b.answer(156));
    b.bench.run(7s);
    EXPECT_FALSE(b.is_bound("mn1"));
    EXPECT_TRUE(b.is_dropped(b.mn1, b.home, b.cn));
}

TEST(MagDetachment, DeregistersAndForgetsAtTheAcknowledgement) {
    MagBench b;
    b.bind("mn1");
    b.bench.run(1s);
    b.detach("mn1");
    EXPECT_EQ(b.update().lifetime, 0);
    EXPECT_EQ(b.asked(b.update()), b.prefix("2001:db8:100:1::/64"));
    EXPECT_NE(b.option<wire::Timestamp>(), nullptr);
    EXPECT_EQ(b.option<wire::MobileNodeIdentifier>()->nai, "mn1@example.net");
    EXPECT_TRUE(b.is_dropped(b.mn1, b.home, b.cn));
    b.bench.arrive(b.answer());
    EXPECT_EQ(b.visitor("mn1"), nullptr);
    EXPECT_TRUE(b.bench.tunnels.empty());
    for (const auto& rule : b.bench.rules)
        EXPECT_TRUE(rule.name.starts_with("access ")) << rule.name;
}

TEST(MagDetachment, ForgetsAfterATimeoutWithoutAcknowledgement) {
    MagBench b;
    b.bind("mn1");
    b.bench.run(2s);
    b.detach("mn1");
    b.bench.run(3s - 1ns);
    EXPECT_NE(b.visitor("mn1"), nullptr);
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 3u); // at once and a second later
    b.bench.run(1ns);
    EXPECT_EQ(b.visitor("mn1"), nullptr);
    EXPECT_TRUE(b.bench.tunnels.empty());
    b.bench.run(60s);
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 3u);
}

TEST(MagDetachment, DuringRegistrationStopsTheRetransmissions) {
    MagBench b;
    b.attach("mn1");
    b.bench.run(3s);
    b.detach("mn1");
    b.bench.clear();
    b.bench.run(100s);
    for (const auto* one : b.bench.all<wire::BindingUpdate>())
        EXPECT_EQ(one->packet.find<wire::BindingUpdate>()->lifetime, 0);
    EXPECT_EQ(b.visitor("mn1"), nullptr);
}

TEST(MagDetachment, OfOneNodeLeavesTheSharedTunnelToTheOther) {
    MagBench b;
    b.bench.tell("policy", {{"mobile-node", "mn2"}, {"lma", "lma1"}});
    b.bind("mn1");
    b.bind("mn2", 900, "2001:db8:100:2::/64");
    EXPECT_EQ(b.mag.tunnels().users(b.to_lma1), 2u);
    b.detach("mn1");
    b.bench.arrive(b.answer());
    EXPECT_TRUE(b.bench.tunnels.contains(b.to_lma1));
    EXPECT_TRUE(b.uplink_is(b.mn2, b.ip("2001:db8:100:2::5"), b.cn, b.to_lma1));
}

TEST(MagDetachment, ANodeThatComesBackIsRegisteredAnew) {
    MagBench b;
    b.bind("mn1");
    b.bench.run(2s);
    b.detach("mn1");
    b.attach("mn1");
    EXPECT_EQ(b.update().lifetime, 900);
    b.bench.arrive(b.answer());
    EXPECT_TRUE(b.is_bound("mn1"));
    EXPECT_TRUE(b.uplink_is(b.mn1, b.home, b.cn, b.to_lma1));
    b.bench.run(2s);
    b.attach("mn1"); // the link says so again: the anchor may know better by now
    EXPECT_EQ(b.update().lifetime, 900);
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 4u);
}

TEST(MagRenumbering, AnotherPrefixInARefreshReplacesTheOld) {
    MagBench b;
    b.bind("mn1", 10);
    b.bench.run(32s);
    b.find_node(true, b.mac(1));
    const wire::Packet renumbered = b.answer(0, 10, "2001:db8:100:2::/64");
    b.bench.clear();
    b.bench.arrive(renumbered);
    const auto sent = b.bench.all<wire::RouterAdvertisement>();
    ASSERT_EQ(sent.size(), 2u);
    const auto information = [&](std::size_t i) {
        return *wire::find<wire::PrefixInformation>(
            sent[i]->packet.find<wire::RouterAdvertisement>()->options);
    };
    EXPECT_EQ(information(0).prefix, b.ip("2001:db8:100:1::"));
    EXPECT_EQ(information(0).valid_lifetime, 0u);
    EXPECT_EQ(information(0).preferred_lifetime, 0u);
    EXPECT_EQ(information(1).prefix, b.ip("2001:db8:100:2::"));
    EXPECT_EQ(information(1).valid_lifetime, 40u);
    EXPECT_TRUE(b.is_dropped(b.mn1, b.home, b.cn));
    EXPECT_TRUE(b.uplink_is(b.mn1, b.ip("2001:db8:100:2::5"), b.cn, b.to_lma1));
    EXPECT_TRUE(std::holds_alternative<peers::common::Drop>(b.bench.verdict({}, b.to_lma1, b.cn, b.home)));
}

TEST(MagRenumbering, ByManagementAsksTheAnchorForAnyPrefix) {
    MagBench b;
    b.bind("mn1");
    b.bench.tell("renumber", {{"mobile-node", "mn1"}});
    EXPECT_EQ(b.advertised()->valid_lifetime, 0u);
    EXPECT_EQ(b.asked(b.update()), b.prefix("::/0"));
    b.bench.arrive(b.answer(0, 900, "2001:db8:100:2::/64"));
    EXPECT_EQ(b.visitor("mn1")->prefix, b.prefix("2001:db8:100:2::/64"));
}

TEST(MagRenumbering, AWithdrawalEndsTheRegistrationToo) {
    MagBench b;
    b.bind("mn1");
    b.bench.tell("withdraw", {{"mobile-node", "mn1"}});
    EXPECT_EQ(b.advertised()->valid_lifetime, 0u);
    EXPECT_EQ(b.update().lifetime, 0);
    b.bench.arrive(b.answer());
    EXPECT_EQ(b.visitor("mn1"), nullptr);
    EXPECT_TRUE(b.bench.tunnels.empty());
}

} // namespace
