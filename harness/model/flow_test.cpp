#include "harness/model/flow.h"

#include <gtest/gtest.h>

namespace {

using base::operator""_hex;

TEST(FlowMark, StandsAtTheStartOfThePayloadInNetworkOrder) {
    const auto payload = model::flow_payload({0x1234, true, 0x0000000500000007}, 18);
    EXPECT_EQ(payload, "6d63666c 1234 01 00 0000000500000007 0000"_hex);
}

TEST(FlowMark, IsNeverCutByASmallSize) {
    EXPECT_EQ(model::flow_payload({1, false, 2}, 0).size(), 16u);
}

TEST(FlowMark, ComesBackFromAPayload) {
    const model::FlowMark mark{40001, false, 0xfedcba9876543210};
    EXPECT_EQ(model::flow_mark(base::View(model::flow_payload(mark, 64))), mark);
}

TEST(FlowMark, IsNotSeenInOtherPayloads) {
    auto payload = model::flow_payload({1, false, 2}, 16);
    payload[0] = 'M';
    EXPECT_FALSE(model::flow_mark(base::View(payload)));
    EXPECT_FALSE(model::flow_mark(base::View("6d63666c123401"_hex)));
    EXPECT_FALSE(model::flow_mark(base::View{}));
}

TEST(FlowMark, IsFoundInUdpInEchoRequestsAndInTheirReplies) {
    const model::FlowMark mark{7, true, 9};
    const auto payload = model::flow_payload(mark, 32);
    const wire::Packet udp{{wire::Ipv6{}, wire::Ipv6{}, wire::Udp{7, 7}, wire::Payload{payload}}, {}, {}};
    const wire::Packet request{{wire::Ipv6{}, wire::EchoRequest{7, 9, payload, {}}}, {}, {}};
    const wire::Packet reply{{wire::Ipv6{}, wire::EchoReply{7, 9, payload, {}}}, {}, {}};
    ASSERT_TRUE(model::flow_mark(udp));
    EXPECT_EQ(model::flow_mark(udp)->mark, mark);
    EXPECT_FALSE(model::flow_mark(udp)->is_reply);
    ASSERT_TRUE(model::flow_mark(request));
    EXPECT_FALSE(model::flow_mark(request)->is_reply);
    ASSERT_TRUE(model::flow_mark(reply));
    EXPECT_TRUE(model::flow_mark(reply)->is_reply);
    const wire::Packet none{{wire::Ipv6{}, wire::Payload{payload}}, {}, {}};
    EXPECT_FALSE(model::flow_mark(none));
}

} // namespace
