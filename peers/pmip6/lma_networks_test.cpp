#include "peers/pmip6/lma_bench.h"

#include <gtest/gtest.h>

namespace peers::pmip6 {
namespace {

/// An anchor of mobile routers with four networks.
class LmaNetworks : public testing::Test {
protected:
    LmaNetworks() { lma.is_5213 = true; }
    wire::Packet pbu(const std::string& mn, const base::Ip6& mag, bool asks = true,
                     std::uint16_t lifetime = 900) {
        lma.bench.run(std::chrono::milliseconds(1));
        auto packet = lma.pbu(mn, mag, lifetime);
        auto& update = LmaBench::update(packet);
        update.r = update.h = true;
        if (asks)
            update.options.push_back(wire::MobileNetworkPrefix{.r = true});
        return packet;
    }
    static std::optional<base::Prefix> network(const wire::BindingAcknowledgement* ack) {
        const auto* option = ack ? wire::find<wire::MobileNetworkPrefix>(ack->options) : nullptr;
        return option ? std::optional(base::Prefix{option->prefix, option->prefix_length}) : std::nullopt;
    }
    LmaBench lma{{{"network-pool", "2001:db8:300::/62"}}, "pmip6-nemo"};
};

// pmip6-nemo-support, 3.4.2 and 3.4.3: one for each identifier, the same at every gateway.
TEST_F(LmaNetworks, OnePrefixForEachRouterWhereverItIs) {
    const auto* first = lma.send(pbu("mn1", lma.mag1));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->status, 0);
    EXPECT_TRUE(first->r);
    const auto mine = network(first);
    ASSERT_TRUE(mine);
    EXPECT_TRUE(LmaBench::prefix("2001:db8:300::/62").contains(*mine));
    EXPECT_EQ(network(lma.send(pbu("mn1", lma.mag2))), mine);
    EXPECT_EQ(network(lma.send(pbu("mn1", lma.mag2, false))), mine) << "asked for or not";
    EXPECT_NE(network(lma.send(pbu("mn2", lma.mag1))), mine);
    EXPECT_EQ(lma.downlink(*mine), lma.to_mag2);
}

// 3.4.3: 130, and nothing is left behind.
TEST_F(LmaNetworks, RefusesWhenThereIsNoneLeft) {
    for (const char* mn : {"mn1", "mn2", "mn3", "mn4"})
        EXPECT_TRUE(network(lma.send(pbu(mn, lma.mag1))));
    const auto* refused = lma.send(pbu("mn5", lma.mag1));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 130);
    EXPECT_FALSE(network(refused));
    EXPECT_EQ(lma.lma.cache().size(), 4u);
    EXPECT_TRUE(network(lma.send(pbu("mn1", lma.mag2)))) << "who has one keeps it";
}

// RFC 3963, 6.2.
TEST_F(LmaNetworks, BelievesNoClaim) {
    const auto other = network(lma.send(pbu("mn2", lma.mag1)));
    auto claim = pbu("mn1", lma.mag1, false);
    LmaBench::update(claim).options.push_back(
        wire::MobileNetworkPrefix{.prefix = other->address, .prefix_length = 64});
    EXPECT_EQ(lma.send(claim)->status, 142);
    auto nonsense = pbu("mn1", lma.mag1, false);
    LmaBench::update(nonsense).options.push_back(
        wire::MobileNetworkPrefix{.prefix = LmaBench::ip("fe80::"), .prefix_length = 64});
    EXPECT_EQ(lma.send(nonsense)->status, 141);
    EXPECT_EQ(lma.send(pbu("mn1", lma.mag1, false))->status, 143) << "nothing is known and nothing is asked";
    EXPECT_EQ(lma.downlink(*other), lma.to_mag1);
}

// Digest, 6.5: with two interfaces the way is that of the binding that was refreshed last, while it lasts.
TEST_F(LmaNetworks, GoesByTheOtherBindingWhenOneIsGone) {
    const auto on = [&](wire::Packet packet, std::uint8_t interface) {
        LmaBench::update(packet).options.push_back(
            wire::MobileNodeLinkLayerIdentifier{.identifier = {2, 0, 0, 0, 0, interface}});
        return packet;
    };
    const auto mine = network(lma.send(on(pbu("mn1", lma.mag1), 1)));
    EXPECT_EQ(network(lma.send(on(pbu("mn1", lma.mag2), 2))), mine);
    ASSERT_TRUE(mine);
    EXPECT_EQ(lma.lma.cache().size(), 2u);
    EXPECT_EQ(lma.downlink(*mine), lma.to_mag2);
    EXPECT_EQ(lma.send(on(pbu("mn1", lma.mag2, false, 0), 2))->status, 0);
    EXPECT_EQ(lma.downlink(*mine), lma.to_mag1);
    lma.send(on(pbu("mn1", lma.mag1, false, 0), 1));
    lma.bench.run(std::chrono::seconds(11));
    EXPECT_EQ(lma.downlink(*mine), std::nullopt);
    EXPECT_EQ(network(lma.send(on(pbu("mn1", lma.mag1), 1))), mine) << "it waits for its router";
}

TEST_F(LmaNetworks, AnUpdateWithoutTheFlagIsANodes) {
    auto packet = pbu("mn1", lma.mag1);
    LmaBench::update(packet).r = false;
    const auto* ack = lma.send(packet);
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->status, 0);
    EXPECT_FALSE(ack->r);
    EXPECT_FALSE(network(ack));
}

} // namespace
} // namespace peers::pmip6
