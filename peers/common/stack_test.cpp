#include "harness/model/flow.h"
#include "peers/common/addresses_test.h"
#include "peers/common/make.h"
#include "peers/common/router_node.h"
#include "peers/common/stack.h"
#include "peers/common/test_net.h"

#include <gtest/gtest.h>

namespace peers::common {
namespace {

using namespace std::chrono_literals;

/// host a (2001:db8:a::1) - router - host b (2001:db8:b::1)
struct TwoLinks : testing::Test {
    TwoLinks() {
        add("a", NodeBuilder("a").port("left", {"2001:db8:a::1/64"}).route("::/0", "2001:db8:a::ff"),
            make_host);
        add("b", NodeBuilder("b").port("right", {"2001:db8:b::1/64"}).route("::/0", "2001:db8:b::ff"),
            make_host);
        const auto router =
            NodeBuilder("r").port("left", {"2001:db8:a::ff/64"}).port("right", {"2001:db8:b::ff/64"}, 1400);
        net.add(router.config(), make_router(router.config()));
    }
    void add(const char*, const NodeBuilder& builder,
             std::unique_ptr<model::Machine> (*make)(const model::NodeConfig&)) {
        net.add(builder.config(), make(builder.config()));
    }
    void emit_from_a(wire::Layer message, std::uint8_t hop_limit = 64, const char* to = "2001:db8:b::1") {
        net.emit("a", {{wire::Ipv6{ip("2001:db8:a::1"), ip(to), hop_limit}, std::move(message)}, {}, {}});
    }
    TestNet net;
};

TEST_F(TwoLinks, RouterForwardsAndDecrementsTheHopLimitOnce) {
    emit_from_a(wire::EchoRequest{1, 1, {1, 2, 3}, {}});
    net.run_for(100ms);
    const auto* request = net.last<wire::EchoRequest>("r", "right");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->find<wire::Ipv6>()->hop_limit, 63);
    const auto* reply = net.last<wire::EchoReply>("r", "left");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->find<wire::Ipv6>()->destination, ip("2001:db8:a::1"));
    EXPECT_EQ(reply->find<wire::EchoReply>()->data, (base::Bytes{1, 2, 3}));
    EXPECT_TRUE(reply->faults.empty());
}

TEST_F(TwoLinks, RouterReportsAnExceededHopLimit) {
    emit_from_a(wire::EchoRequest{1, 1, {}, {}}, 1);
    net.run_for(100ms);
    const auto* error = net.last<wire::TimeExceeded>("r", "left");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::TimeExceeded>()->code, 0);
    EXPECT_EQ(error->find<wire::Ipv6>()->source, ip("2001:db8:a::ff"));
    EXPECT_TRUE(net.all<wire::EchoRequest>("r", "right").empty());
}

TEST_F(TwoLinks, RouterReportsAPacketTooBigForTheNextLink) {
    emit_from_a(wire::EchoRequest{1, 1, base::Bytes(1401 - 48), {}});
    net.run_for(100ms);
    const auto* error = net.last<wire::PacketTooBig>("r", "left");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::PacketTooBig>()->mtu, 1400u);
    EXPECT_EQ(error->raw.size(), 14u + 1280u) << "as much of the packet as fits 1280 octets";
}

TEST_F(TwoLinks, RouterReportsAnAddressThatNobodyHas) {
    emit_from_a(wire::EchoRequest{1, 1, {}, {}}, 64, "2001:db8:b::77");
    net.run_for(2900ms);
    EXPECT_FALSE(net.last<wire::DestinationUnreachable>("r", "left"))
        << "three solicitations, a second apart";
    net.run_for(200ms);
    const auto* error = net.last<wire::DestinationUnreachable>("r", "left");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::DestinationUnreachable>()->code, 3);
    EXPECT_EQ(net.all<wire::NeighborSolicitation>("r", "right").size(), 3u);
}

} // namespace
} // namespace peers::common
