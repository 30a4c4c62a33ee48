#include "peers/pmip6/lma_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

// RFC 3775, 10.3: an anchor that is told to be a home agent.

class LmaHosts : public testing::Test {
protected:
    wire::Packet update(std::uint16_t sequence, std::string_view care_of, std::uint16_t lifetime = 60,
                        std::string_view at_home = "2001:db8:300::5") {
        wire::BindingUpdate update;
        update.a = update.h = true;
        update.sequence = sequence;
        update.lifetime = lifetime;
        wire::Packet packet;
        packet.layers.push_back(wire::Ipv6{.source = b.ip(care_of), .destination = b.anchor});
        wire::DestinationOptions options;
        options.options.push_back(wire::HomeAddressOption{.address = b.ip(at_home)});
        packet.layers.push_back(options);
        packet.layers.push_back(update);
        return packet;
    }
    const Binding* entry() const { return b.lma.cache().find("home:2001:db8:300::5"); }
    LmaBench b = LmaBench({{"hosts", "on"}, {"home-link", "2001:db8:300::/64"}}, "draft02");
    base::Prefix home = b.prefix("2001:db8:300::5/128");
};

TEST_F(LmaHosts, AreBoundToTheirCareOfAddress) {
    const auto* ack = b.send(update(5, "2001:db8:0:77::5"));
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 0);
    EXPECT_FALSE(ack->p);
    EXPECT_EQ(ack->sequence, 5);
    EXPECT_EQ(ack->lifetime, 60);
    ASSERT_NE(entry(), nullptr);
    EXPECT_FALSE(entry()->proxy);
    const auto target = b.bench.route(home.address);
    ASSERT_TRUE(target);
    EXPECT_EQ(std::get<peers::common::TunnelEnds>(*target).remote, b.ip("2001:db8:0:77::5"));
}

TEST_F(LmaHosts, MoveLeaveAndExpire) {
    b.send(update(5, "2001:db8:0:77::5"));
    EXPECT_EQ(b.send(update(6, "2001:db8:0:78::5"))->status, 0);
    EXPECT_EQ(std::get<peers::common::TunnelEnds>(*b.bench.route(home.address)).remote,
              b.ip("2001:db8:0:78::5"));
    EXPECT_EQ(b.send(update(7, "2001:db8:0:78::5", 0))->status, 0);
    EXPECT_EQ(entry(), nullptr);
    EXPECT_FALSE(b.bench.route(home.address));
    b.send(update(8, "2001:db8:0:77::5", 1));
    b.bench.run(3900ms);
    EXPECT_NE(entry(), nullptr);
    b.bench.run(200ms);
    EXPECT_EQ(entry(), nullptr);
}

TEST_F(LmaHosts, AreRefusedOffTheHomeLinkAndWithOldNumbers) {
    EXPECT_EQ(b.send(update(5, "2001:db8:0:77::5", 60, "2001:db8:301::5"))->status, 132);
    EXPECT_EQ(b.send(update(5, "2001:db8:0:77::5", 0))->status, 133);
    EXPECT_EQ(b.send(update(5, "2001:db8:0:77::5"))->status, 0);
    const auto* ack = b.send(update(5, "2001:db8:0:77::5"));
    EXPECT_EQ(ack->status, 135);
    EXPECT_EQ(ack->sequence, 5);
}

TEST_F(LmaHosts, KeepTheTypeOfTheirEntry) {
    wire::Packet named = update(5, "2001:db8:0:77::5");
    named.find<wire::BindingUpdate>()->options = {wire::MobileNodeIdentifier{.nai = "mn1@example.net"}};
    EXPECT_EQ(b.send(named)->status, 0);
    EXPECT_EQ(b.status("mn1", b.mag1), 139);
    EXPECT_EQ(b.status("mn2", b.mag1), 0);
    wire::Packet taken = update(6, "2001:db8:0:77::5");
    taken.find<wire::BindingUpdate>()->options = {wire::MobileNodeIdentifier{.nai = "mn2@example.net"}};
    EXPECT_EQ(b.send(taken)->status, 139);
    EXPECT_TRUE(b.binding("mn2")->proxy);
}

} // namespace
