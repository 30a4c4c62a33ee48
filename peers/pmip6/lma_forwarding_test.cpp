#include "peers/pmip6/lma_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

const base::Ip6 correspondent = LmaBench::ip("2001:db8:c::1");

TEST(LmaForwarding, MovesTheRouteAndDropsTheUnusedTunnelAtAHandover) {
    LmaBench b;
    b.ask("mn1", b.mag1);
    const base::Prefix prefix = b.binding("mn1")->prefix;
    EXPECT_EQ(b.downlink(prefix), b.to_mag1);
    EXPECT_EQ(b.granted(*b.ask("mn1", b.mag2)), prefix);
    EXPECT_EQ(b.downlink(prefix), b.to_mag2);
    EXPECT_EQ(b.bench.tunnels, (std::set<peers::common::TunnelEnds>{b.to_mag2}));
    EXPECT_EQ(b.lma.cache().size(), 1u);
}

TEST(LmaForwarding, KeepsATunnelThatOthersUse) {
    LmaBench b;
    b.ask("mn1", b.mag1);
    b.ask("mn2", b.mag1);
    EXPECT_EQ(b.lma.tunnels().users(b.to_mag1), 2u);
    b.ask("mn1", b.mag2);
    EXPECT_EQ(b.downlink(b.binding("mn2")->prefix), b.to_mag1);
    EXPECT_EQ(b.bench.tunnels.size(), 2u);
    b.ask("mn2", b.mag1, 0);
    b.bench.run(1s);
    EXPECT_EQ(b.bench.tunnels, (std::set<peers::common::TunnelEnds>{b.to_mag2}));
}

TEST(LmaForwarding, LeaksNothingInAPingPong) {
    LmaBench b;
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(b.status("mn1", i % 2 ? b.mag2 : b.mag1), 0);
        b.bench.run(200ms);
    }
    EXPECT_EQ(b.bench.tunnels, (std::set<peers::common::TunnelEnds>{b.to_mag2}));
    EXPECT_EQ(b.bench.routes.size(), 1u);
    b.ask("mn1", b.mag2, 0);
    b.bench.run(1s);
    EXPECT_TRUE(b.bench.tunnels.empty());
    EXPECT_TRUE(b.bench.routes.empty());
    for (const auto& rule : b.bench.rules)
        EXPECT_TRUE(rule.name.starts_with("unbound ")) << rule.name;
}

TEST(LmaForwarding, KeepsStaticTunnels) {
    LmaBench b({{"static-tunnels", "on"}});
    EXPECT_EQ(b.bench.tunnels.size(), 2u);
    b.ask("mn1", b.mag1);
    EXPECT_EQ(b.downlink(b.binding("mn1")->prefix), b.to_mag1);
    b.bench.tell("delete", {{"mobile-node", "mn1"}});
    EXPECT_EQ(b.bench.tunnels.size(), 2u);
}

TEST(LmaForwarding, SendsNothingToAPrefixWithoutABinding) {
    LmaBench b;
    const auto verdict = b.bench.verdict(1, {}, correspondent, b.ip("2001:db8:100:3::1"));
    EXPECT_TRUE(std::holds_alternative<peers::common::Unreachable>(verdict));
    EXPECT_FALSE(b.downlink(b.prefix("2001:db8:100:3::/64")));
}

TEST(LmaForwarding, TakesOnlyTheNodesOwnSourcesOutOfItsTunnel) {
    LmaBench b;
    b.ask("mn1", b.mag1);
    b.ask("mn2", b.mag2);
    const auto mine = b.binding("mn1")->prefix.host(5), theirs = b.binding("mn2")->prefix.host(5);
    const auto passes = [&](const base::Ip6& source, const base::Ip6& to) {
        return std::holds_alternative<peers::common::ByRoute>(b.bench.verdict(0, b.to_mag1, source, to));
    };
    EXPECT_TRUE(passes(mine, correspondent));
    EXPECT_TRUE(passes(mine, theirs)); // hairpin: the route leads into the other tunnel
    EXPECT_EQ(b.downlink(b.binding("mn2")->prefix), b.to_mag2);
    EXPECT_FALSE(passes(theirs, correspondent));
    EXPECT_FALSE(passes(b.ip("2001:db8:66::1"), correspondent));
}

TEST(LmaForwarding, ForwardsDuringTheDelayUnlessToldToDrop) {
    LmaBench open;
    open.ask("mn1", open.mag1);
    open.ask("mn1", open.mag1, 0);
    EXPECT_EQ(open.downlink(open.binding("mn1")->prefix), open.to_mag1);
    LmaBench closed({{"traffic-during-delay", "drop"}});
    closed.ask("mn1", closed.mag1);
    closed.ask("mn1", closed.mag1, 0);
    EXPECT_FALSE(closed.downlink(closed.binding("mn1")->prefix));
    closed.ask("mn1", closed.mag2);
    EXPECT_EQ(closed.downlink(closed.binding("mn1")->prefix), closed.to_mag2);
}

TEST(LmaForwarding, TunnelsFromTheAddressThatWasAskedAnswersFromItToo) {
    LmaBench b;
    wire::Packet packet = b.pbu("mn1", b.mag1);
    packet.find<wire::Ipv6>()->destination = b.ip("2001:db8:0:ff::2");
    b.send(packet);
    ASSERT_EQ(b.bench.sent.size(), 1u);
    const auto* ip = b.bench.sent.front().packet.find<wire::Ipv6>();
    EXPECT_EQ(ip->source, b.ip("2001:db8:0:ff::2"));
    EXPECT_EQ(ip->destination, b.mag1);
    EXPECT_EQ(b.binding("mn1")->tunnel.local, b.ip("2001:db8:0:ff::2"));
}

TEST(TunnelUsers, GoesWithItsLastUser) {
    TunnelUsers users;
    const peers::common::TunnelEnds ends{LmaBench::ip("2001:db8::1"), LmaBench::ip("2001:db8::2")};
    EXPECT_TRUE(users.acquire(ends, "a"));
    EXPECT_FALSE(users.acquire(ends, "b"));
    EXPECT_FALSE(users.release(ends, "a"));
    EXPECT_FALSE(users.release(ends, "a"));
    EXPECT_TRUE(users.release(ends, "b"));
    EXPECT_EQ(users.size(), 0u);
}

} // namespace
