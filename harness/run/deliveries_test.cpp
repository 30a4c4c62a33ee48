#include "harness/run/deliveries.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using model::Player;

model::Topology two_routers() {
    model::Topology out;
    out.links = {{.name = "core"},
                 {.name = "transit"},
                 {.name = "sar-mn1", .access = "sar", .identity = "mn1"},
                 {.name = "tar-mn1", .access = "tar", .identity = "mn1"}};
    for (const char* name : {"sar", "tar"}) {
        model::Node node;
        node.name = node.role = name;
        out.nodes.push_back(node);
    }
    return out;
}

wire::Packet framed(wire::Packet packet) {
    packet.layers.insert(packet.layers.begin(), wire::Ethernet{});
    return wire::decode_frame(wire::encode(packet));
}

wire::Packet datagram(std::uint8_t hop_limit) {
    wire::Packet packet;
    packet.layers = {wire::Ipv6{.source = *base::parse_ip6("2001:db8:c::c"),
                                .destination = *base::parse_ip6("2001:db8:4000:1::5"),
                                .hop_limit = hop_limit},
                     wire::Udp{.source_port = 4000, .destination_port = 4001}};
    return framed(packet);
}

wire::Packet acknowledgement(const char* care_of) {
    wire::Packet packet;
    packet.layers = {
        wire::Ipv6{.source = *base::parse_ip6("2001:db8:b::100"), .destination = *base::parse_ip6(care_of)},
        wire::RoutingType2{.home_address = *base::parse_ip6("2001:db8:4000:1::5")},
        wire::BindingAcknowledgement{.lifetime = 150}};
    return framed(packet);
}

class Watching : public testing::Test {
protected:
    void see(base::Mono at, const char* link, const char* from, wire::Packet packet) {
        model::Event event;
        event.number = ++number_;
        event.at = at;
        model::Seen seen;
        seen.link = link;
        seen.from = from;
        seen.packet = std::move(packet);
        deliveries_.see(event, seen);
    }
    std::vector<model::Finding> found() {
        std::vector<model::Finding> out;
        deliveries_.findings(judge::Bench(topology_, {"*"}, nullptr, {}, false, false), out);
        return out;
    }
    model::Topology topology_ = two_routers();
    run::Deliveries deliveries_{topology_};
    std::uint64_t number_ = 0;
};

TEST_F(Watching, TwoOwnersAreFound) {
    see(1s, "core", "ha", acknowledgement("2001:db8:b::11"));
    see(20s, "sar-mn1", "sar", datagram(62));
    see(20s, "tar-mn1", "tar", datagram(61));
    const auto all = found();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all.front().requirement, "NETMIP6-SAR-006");
    EXPECT_NE(all.front().verdict, model::Verdict::pass);
}

TEST_F(Watching, WhileBothMayHaveItNothingIsWrong) {
    see(1s, "core", "ha", acknowledgement("2001:db8:b::11"));
    see(20s, "core", "ha", acknowledgement("2001:db8:b::12"));
    see(22s, "sar-mn1", "sar", datagram(62));
    see(22s, "tar-mn1", "tar", datagram(62));
    const auto all = found();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all.front().verdict, model::Verdict::pass);
}

TEST_F(Watching, OneOwnerMayDeliverTwice) {
    see(20s, "sar-mn1", "sar", datagram(62));
    see(21s, "sar-mn1", "sar", datagram(62));
    const auto all = found();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all.front().verdict, model::Verdict::pass);
}

wire::Packet echo(std::uint8_t hop_limit) {
    wire::Packet packet;
    packet.layers = {wire::Ipv6{.source = *base::parse_ip6("2001:db8:c::c"),
                                .destination = *base::parse_ip6("2001:db8:4000:1::5"),
                                .hop_limit = hop_limit},
                     wire::EchoRequest{.identifier = 7, .sequence = 1}};
    return framed(packet);
}

TEST_F(Watching, WhatWasSentOnceIsDeliveredByOneWhateverItsProtocol) {
    see(1s, "core", "ha", acknowledgement("2001:db8:b::11"));
    see(20s, "core", "cn", echo(64));
    see(20s, "sar-mn1", "sar", echo(62));
    see(20s, "tar-mn1", "tar", echo(61));
    const auto all = found();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_NE(all.front().verdict, model::Verdict::pass);
}

TEST_F(Watching, WhatPassesTwoLinksWasSentOnce) {
    see(1s, "core", "ha", acknowledgement("2001:db8:b::11"));
    see(20s, "transit", "cn", echo(64));
    see(20s, "core", "border", echo(63));
    see(20s, "sar-mn1", "sar", echo(62));
    see(20s, "tar-mn1", "tar", echo(61));
    const auto all = found();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_NE(all.front().verdict, model::Verdict::pass);
}

TEST_F(Watching, WhatWasSentTwiceMayBeDeliveredTwice) {
    see(1s, "core", "ha", acknowledgement("2001:db8:b::11"));
    see(20s, "core", "cn", echo(64));
    see(20s, "sar-mn1", "sar", echo(62));
    see(29s, "core", "cn", echo(64));
    see(29s, "tar-mn1", "tar", echo(62));
    const auto all = found();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all.front().verdict, model::Verdict::pass);
}

TEST_F(Watching, Ipv4HasOneOwnerToo) {
    wire::Packet told;
    wire::BindingAcknowledgement ack{.lifetime = 150};
    ack.options.push_back(wire::Ipv4HomeAddress{.address = base::Ip4{{10, 64, 0, 5}}, .prefix_length = 32});
    told.layers = {wire::Ipv6{.source = *base::parse_ip6("2001:db8:b::100"),
                              .destination = *base::parse_ip6("2001:db8:b::11")},
                   wire::RoutingType2{.home_address = *base::parse_ip6("2001:db8:4000:1::5")}, ack};
    const auto packet = [](std::uint8_t ttl) {
        wire::Packet out;
        out.layers = {wire::Ipv4{.source = base::Ip4{{192, 0, 2, 12}},
                                 .destination = base::Ip4{{10, 64, 0, 5}},
                                 .ttl = ttl},
                      wire::Udp{.source_port = 4000, .destination_port = 4001}};
        return framed(out);
    };
    see(1s, "core", "ha", framed(told));
    see(20s, "sar-mn1", "sar", packet(62));
    see(20s, "tar-mn1", "tar", packet(61));
    const auto all = found();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_NE(all.front().verdict, model::Verdict::pass);
}

TEST_F(Watching, WithoutDeliveriesThereIsNothingToSay) {
    see(1s, "core", "ha", acknowledgement("2001:db8:b::11"));
    EXPECT_TRUE(found().empty());
}

} // namespace
