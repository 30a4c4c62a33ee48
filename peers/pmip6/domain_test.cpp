#include "peers/pmip6/domain_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

TEST(Domain, ANodeBootsAndIsReachedThroughTheTunnel) {
    DomainBench d;
    d.attach("mn1", "mag1");
    d.net.run_for(2s);
    const base::Ip6 address = d.address("mn1");
    EXPECT_EQ(d.ping(address, 3), 3u);
    // Registration before advertisement before data, and never a Mobility Header of the node itself.
    const auto first = [&](auto tag, const char* from) { return d.net.all<decltype(tag)>(from).front()->at; };
    EXPECT_LT(first(wire::BindingUpdate{}, "mag1"), first(wire::BindingAcknowledgement{}, "lma"));
    EXPECT_LE(first(wire::BindingAcknowledgement{}, "lma"), first(wire::RouterAdvertisement{}, "mag1"));
    EXPECT_TRUE(d.net.all<wire::BindingUpdate>("mn1").empty());
    for (const auto& frame : d.net.frames)
        EXPECT_TRUE(frame.packet.faults.empty()) << wire::text(wire::describe(frame.packet));
}

TEST(Domain, AHandoverKeepsAddressAndTraffic) {
    DomainBench d;
    d.attach("mn1", "mag1");
    d.net.run_for(2s);
    const base::Ip6 address = d.address("mn1");
    ASSERT_EQ(d.ping(address), 1u);
    for (int i = 0; i < 4; ++i) {
        const std::string mag = i % 2 ? "mag1" : "mag2";
        d.attach("mn1", mag);
        d.net.run_for(500ms); // a gateway may send three updates a second about one node
        EXPECT_EQ(d.address("mn1"), address);
        EXPECT_EQ(d.ping(address, 2), 2u) << mag;
        EXPECT_EQ(d.state("lma", {{"of", "entries"}, {"mobile-node", "mn1"}})["care-of"],
                  mag == "mag1" ? "2001:db8:0:1::1" : "2001:db8:0:2::1");
    }
    d.net.run_for(5s);
    EXPECT_EQ(d.ping(address), 1u); // the late de-registrations did no harm
    EXPECT_EQ(d.state("lma", {{"of", "tunnels"}})["count"], "1");
    EXPECT_EQ(d.state("mag2", {{"of", "tunnels"}})["count"], "0");
}

TEST(Domain, ASilentMoveIsNoticedByTheSolicitation) {
    DomainBench d;
    d.attach("mn1", "mag1", false);
    d.net.run_for(2s);
    const base::Ip6 address = d.address("mn1");
    EXPECT_EQ(d.ping(address), 1u);
    d.attach("mn1", "mag2", false);
    d.net.run_for(2s);
    EXPECT_EQ(d.ping(address), 1u);
}

TEST(Domain, ADetachedNodeIsForgottenEverywhere) {
    DomainBench d;
    d.attach("mn1", "mag1");
    d.net.run_for(2s);
    const base::Ip6 address = d.address("mn1");
    d.detach("mn1");
    d.net.run_for(2s);
    EXPECT_EQ(d.ping(address), 0u);
    EXPECT_EQ(d.state("lma", {{"of", "entries"}})["count"], "0");
    EXPECT_EQ(d.state("lma", {{"of", "pool"}})["count"], "0");
    EXPECT_EQ(d.state("mag1", {{"of", "visitors"}})["count"], "0");
}

TEST(Domain, TwoNodesTalkThroughTheAnchorEvenAtOneGateway) {
    DomainBench d;
    d.attach("mn1", "mag1");
    d.attach("mn2", "mag1");
    d.net.run_for(2s);
    const base::Ip6 one = d.address("mn1"), two = d.address("mn2");
    const auto ask = [&] {
        const std::size_t before = d.net.all<wire::EchoReply>("mag1", "mag1-mn1").size();
        wire::Packet packet;
        packet.layers = {wire::Ipv6{.source = one, .destination = two}, wire::EchoRequest{.identifier = 9}};
        d.net.emit("mn1", packet);
        d.net.run_for(50ms);
        return d.net.all<wire::EchoReply>("mag1", "mag1-mn1").size() - before;
    };
    EXPECT_EQ(ask(), 1u);
    EXPECT_EQ(d.net.all<wire::EchoRequest>("lma", "core").size(), 1u);
    d.tell("mag1", "set", {{"local-routing", "on"}});
    EXPECT_EQ(ask(), 1u);
    EXPECT_EQ(d.net.all<wire::EchoRequest>("lma", "core").size(), 1u); // not again
}

TEST(Domain, ALostAnswerCostsATimeoutAndNoAddress) {
    DomainBench d;
    int lost = 0;
    d.net.loses = [&](const auto& frame) {
        return frame.packet.template find<wire::BindingAcknowledgement>() && lost++ == 0;
    };
    d.attach("mn1", "mag1");
    d.net.run_for(3s);
    EXPECT_EQ(d.net.all<wire::BindingUpdate>().size(), 2u);
    EXPECT_EQ(d.net.last<wire::BindingAcknowledgement>()->find<wire::BindingAcknowledgement>()->status, 0);
    EXPECT_EQ(d.ping(d.address("mn1")), 1u);
    EXPECT_EQ(d.state("lma", {{"of", "pool"}})["count"], "1");
}

TEST(Domain, AClockThatIsRightAgainBringsTheServiceBack) {
    DomainBench d;
    d.net.clock["mag2"] = -30s;
    d.attach("mn1", "mag1");
    d.net.run_for(2s);
    const base::Ip6 address = d.address("mn1");
    d.attach("mn1", "mag2");
    d.net.run_for(3s);
    EXPECT_TRUE(d.net.all<wire::RouterAdvertisement>("mag2").empty());
    d.net.clock["mag2"] = 0s;
    d.net.run_for(5s);
    EXPECT_EQ(d.ping(d.address("mn1")), 1u);
    EXPECT_NE(address, base::Ip6{});
}

TEST(Domain, RenumberingReachesTheNode) {
    DomainBench d;
    d.attach("mn1", "mag1");
    d.net.run_for(2s);
    const base::Prefix old = d.home("mn1");
    d.tell("lma", "renumber", {{"mobile-node", "mn1"}});
    d.tell("mag1", "refresh", {{"mobile-node", "mn1"}});
    d.net.run_for(2s);
    EXPECT_NE(d.home("mn1"), old);
    EXPECT_EQ(d.ping(d.address("mn1")), 1u);
    bool withdrawn = false;
    for (const auto* frame : d.net.all<wire::RouterAdvertisement>("mag1")) {
        const auto* option =
            wire::find<wire::PrefixInformation>(frame->packet.find<wire::RouterAdvertisement>()->options);
        withdrawn |= option && option->prefix == old.address && option->valid_lifetime == 0;
    }
    EXPECT_TRUE(withdrawn);
}

TEST(Domain, AnIdleNodeIsKeptAndAVanishedOneIsNot) {
    model::Topology t = DomainBench::topology();
    t.node("mag1")->settings["lifetime"] = "20s";
    DomainBench d(t);
    d.attach("mn1", "mag1");
    d.attach("mn2", "mag1");
    d.net.run_for(60s);
    EXPECT_EQ(d.state("lma", {{"of", "entries"}})["count"], "2");
    d.detach("mn2", false);
    d.net.run_for(25s);
    EXPECT_EQ(d.state("lma", {{"of", "entries"}})["count"], "1");
    EXPECT_EQ(d.ping(d.address("mn1")), 1u);
}

TEST(Domain, SpeaksRfc5213AmongItself) {
    DomainBench d(DomainBench::topology(), "rfc5213");
    d.attach("mn1", "mag1");
    d.net.run_for(2s);
    const base::Ip6 address = d.address("mn1");
    EXPECT_EQ(d.ping(address), 1u);
    d.attach("mn1", "mag2");
    d.net.run_for(2s);
    EXPECT_EQ(d.ping(address), 1u);
    d.net.run_for(15s);
    EXPECT_EQ(d.ping(address), 1u);
}

TEST(Domain, SequenceNumbersFromACommonClockOrderAHandover) {
    model::Topology t = DomainBench::topology();
    for (const char* mag : {"mag1", "mag2"}) {
        t.node(mag)->settings["timestamps"] = "off";
        t.node(mag)->settings["sequence"] = "clock";
    }
    DomainBench d(t);
    d.attach("mn1", "mag1");
    d.net.run_for(2s);
    d.attach("mn1", "mag2");
    d.net.run_for(2s);
    EXPECT_EQ(d.ping(d.address("mn1")), 1u);
    for (const auto* frame : d.net.all<wire::BindingAcknowledgement>())
        EXPECT_EQ(frame->packet.find<wire::BindingAcknowledgement>()->status, 0);
}

} // namespace
