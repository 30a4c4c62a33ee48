#include "peers/pmip6/lma_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

// RFC 5213, 5.4.1: which session an update is about.

class LmaSessions : public testing::Test {
protected:
    wire::Packet from_interface(const base::Ip6& mag, std::uint8_t id, std::uint8_t handoff,
                                std::uint16_t lifetime = 900, std::string_view hint = "::/0") {
        b.bench.run(1ms);
        wire::Packet packet = b.pbu("mn1", mag, lifetime, hint);
        b.option<wire::HandoffIndicator>(packet).value = handoff;
        b.update(packet).options.push_back(
            wire::MobileNodeLinkLayerIdentifier{.identifier = {2, 0, 0, 0, 0xaa, id}});
        return packet;
    }
    base::Prefix granted(const wire::Packet& packet) {
        const auto* ack = b.send(packet);
        return ack && ack->status == 0 ? b.granted(*ack) : base::Prefix{};
    }
    static constexpr std::uint8_t new_interface = 1, between_interfaces = 2, between_mags = 3, unknown = 4;
    LmaBench b = LmaBench({{"delay", "1s"}}, "rfc5213");
};

TEST_F(LmaSessions, AreToldApartByInterface) {
    const auto first = granted(from_interface(b.mag1, 1, new_interface));
    const auto second = granted(from_interface(b.mag2, 2, new_interface));
    EXPECT_NE(first.length, 0u);
    EXPECT_NE(second.length, 0u);
    EXPECT_FALSE(first.overlaps(second));
    EXPECT_EQ(b.lma.cache().size(), 2u);
    EXPECT_EQ(b.downlink(first), b.to_mag1);
    EXPECT_EQ(b.downlink(second), b.to_mag2);
    EXPECT_EQ(granted(from_interface(b.mag2, 1, between_mags)), first);
    EXPECT_EQ(b.lma.cache().size(), 2u);
}

TEST_F(LmaSessions, GoAlongToAnotherInterfaceIfThereIsOneOnly) {
    const auto first = granted(from_interface(b.mag1, 1, new_interface));
    EXPECT_EQ(granted(from_interface(b.mag2, 2, between_interfaces)), first);
    EXPECT_EQ(b.lma.cache().size(), 1u);
    EXPECT_EQ(b.downlink(first), b.to_mag2);
}

TEST_F(LmaSessions, EndOneByOne) {
    const auto first = granted(from_interface(b.mag1, 1, new_interface));
    const auto second = granted(from_interface(b.mag2, 2, new_interface));
    const auto* ack = b.send(from_interface(b.mag1, 1, unknown, 0, base::text(first)));
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 0);
    b.bench.run(1100ms);
    EXPECT_EQ(b.lma.cache().size(), 1u);
    EXPECT_EQ(b.downlink(second), b.to_mag2);
    EXPECT_FALSE(b.downlink(first));
}

TEST_F(LmaSessions, AreFoundByTheirPrefix) {
    granted(from_interface(b.mag1, 1, new_interface));
    const auto second = granted(from_interface(b.mag2, 2, new_interface));
    b.bench.run(1ms);
    EXPECT_EQ(granted(b.pbu("mn1", b.mag2, 900, base::text(second))), second);
    EXPECT_EQ(b.lma.cache().size(), 2u);
}

TEST_F(LmaSessions, AreOneOfANodeInTheDraft) {
    LmaBench draft;
    draft.send(draft.pbu("mn1", draft.mag1));
    draft.bench.run(1ms);
    wire::Packet other = draft.pbu("mn1", draft.mag2);
    draft.update(other).options.push_back(wire::MobileNodeLinkLayerIdentifier{.identifier = {1, 2, 3}});
    EXPECT_EQ(draft.send(other)->status, 0);
    EXPECT_EQ(draft.lma.cache().size(), 1u);
}

} // namespace
