#include "harness/wire/packet.h"
#include "peers/common/addresses_test.h"
#include "peers/common/make.h"
#include "peers/common/router_node.h"
#include "peers/common/scripted_role.h"
#include "peers/common/test_net.h"
#include "peers/common/tunnel.h"

#include <gtest/gtest.h>

namespace peers::common {
namespace {

using namespace std::chrono_literals;

const char* const cn = "2001:db8:c::1";
const char* const mn = "2001:db8:100:1::1";
const TunnelEnds down{ip("2001:db8:1::1"), ip("2001:db8:2::1")}; ///< at the anchor
const TunnelEnds up{down.remote, down.local};                    ///< at the gateway

/// cn - (outside) - lma - (core1) - middle - (core2) - mag - (access) - mn. The home network prefix
/// 2001:db8:100:1::/64 is behind a tunnel between lma and mag.
struct Domain : testing::Test {
    void build(unsigned core2_mtu = 1500, TunnelSettings settings = {}) {
        host("cn", "outside", "2001:db8:c::1/64", "2001:db8:c::ff");
        host("mn", "access", "2001:db8:100:1::1/64", "fe80::ff");
        router("lma",
               NodeBuilder("lma")
                   .port("outside", {"2001:db8:c::ff/64"})
                   .port("core1", {"2001:db8:1::1/64"})
                   .route("2001:db8:2::/64", "2001:db8:1::ff"),
               [settings](Output& output) {
                   output.add_tunnel(down, settings);
                   output.add_route(prefix("2001:db8:100:1::/64"), down);
               });
        router("middle",
               NodeBuilder("middle")
                   .port("core1", {"2001:db8:1::ff/64"})
                   .port("core2", {"2001:db8:2::ff/64"}, core2_mtu),
               {});
        mag = router("mag",
                     NodeBuilder("mag")
                         .port("core2", {"2001:db8:2::1/64"}, core2_mtu)
                         .port("access", {"fe80::ff/64"})
                         .route("2001:db8:1::/64", "2001:db8:2::ff"),
                     [settings](Output& output) {
                         output.add_tunnel(up, settings);
                         output.add_route(prefix("2001:db8:100:1::/64"), PortTarget{1, std::nullopt});
                         Rule rule;
                         rule.name = "mn up";
                         rule.port = 1;
                         rule.source = prefix("2001:db8:100:1::/64");
                         rule.verdict = up;
                         output.set_rule(rule);
                     });
    }
    void host(const char* name, const char* link, const char* address, const char* gateway) {
        const auto config = NodeBuilder(name).port(link, {address}).route("::/0", gateway).config();
        net.add(config, make_host(config));
    }
    ScriptedRole* router(const char*, const NodeBuilder& builder, std::function<void(Output&)> start) {
        auto role = std::make_unique<ScriptedRole>(std::move(start));
        ScriptedRole* raw = role.get();
        net.add(builder.config(), std::make_unique<RouterNode>(builder.config(), std::move(role)));
        return raw;
    }
    /// A ping of that many octets as an IPv6 packet.
    void ping(const char* from, const char* to, std::size_t size, std::uint8_t hop_limit = 64) {
        const char* node = std::string_view(from) == cn ? "cn" : "mn";
        net.emit(node, {{wire::Ipv6{ip(from), ip(to), hop_limit},
                         wire::EchoRequest{1, ++sequence, base::Bytes(size - 48), {}}},
                        {},
                        {}});
        net.run_for(100ms);
    }
    /// How many of the wire's frames carry a first fragment or whole outer packet, and how long they are
    /// without the Ethernet header.
    std::vector<std::size_t> sizes_on(const std::string& link, const std::string& from) const {
        std::vector<std::size_t> sizes;
        for (const auto& frame : net.frames)
            if (frame.link == link && frame.from == from && frame.packet.find<wire::Ipv6>() &&
                frame.packet.find<wire::Ipv6>()->source == down.local &&
                !frame.packet.find<wire::NeighborSolicitation>() &&
                !frame.packet.find<wire::NeighborAdvertisement>())
                sizes.push_back(frame.packet.raw.size() - ethernet_size);
        return sizes;
    }
    TestNet net;
    ScriptedRole* mag = nullptr;
    std::uint16_t sequence = 0;
};

TEST_F(Domain, CarriesPacketsBothWaysBetweenTheEndsOfTheTunnel) {
    build();
    ping(cn, mn, 100);
    const auto* outer = net.last<wire::EchoRequest>("lma", "core1");
    ASSERT_TRUE(outer);
    EXPECT_EQ(wire::outer_ip(*outer)->source, down.local);
    EXPECT_EQ(wire::outer_ip(*outer)->destination, down.remote);
    EXPECT_EQ(wire::inner_ip(*outer)->source, ip(cn));
    EXPECT_EQ(wire::inner_ip(*outer)->destination, ip(mn));
    EXPECT_EQ(outer->raw.size(), 14u + 40u + 100u);
    const auto* back = net.last<wire::EchoReply>("mag", "core2");
    ASSERT_TRUE(back);
    EXPECT_EQ(wire::outer_ip(*back)->source, up.local);
    EXPECT_EQ(wire::outer_ip(*back)->destination, up.remote);
    EXPECT_TRUE(net.last<wire::EchoReply>("lma", "outside"));
}

TEST_F(Domain, DecrementsTheInnerHopLimitOnceAtEachEndAndTheOuterOneOnTheWay) {
    build();
    ping(cn, mn, 100);
    EXPECT_EQ(wire::inner_ip(*net.last<wire::EchoRequest>("lma", "core1"))->hop_limit, 63);
    EXPECT_EQ(wire::outer_ip(*net.last<wire::EchoRequest>("lma", "core1"))->hop_limit, 64);
    EXPECT_EQ(wire::inner_ip(*net.last<wire::EchoRequest>("middle", "core2"))->hop_limit, 63);
    EXPECT_EQ(wire::outer_ip(*net.last<wire::EchoRequest>("middle", "core2"))->hop_limit, 63);
    EXPECT_EQ(wire::outer_ip(*net.last<wire::EchoRequest>("mag", "access"))->hop_limit, 62);
}

TEST_F(Domain, TakesPacketsOf1460OctetsThroughAPathOf1500) {
    build();
    ping(cn, mn, 1460);
    EXPECT_EQ(sizes_on("core1", "lma"), (std::vector<std::size_t>{1500}));
    EXPECT_TRUE(net.last<wire::EchoRequest>("mag", "access"));
}

TEST_F(Domain, ReportsPacketsOf1461OctetsAsTooBigFor1460) {
    build();
    ping(cn, mn, 1461);
    const auto* error = net.last<wire::PacketTooBig>("lma", "outside");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::PacketTooBig>()->mtu, 1460u);
    EXPECT_EQ(error->find<wire::Ipv6>()->destination, ip(cn));
    EXPECT_TRUE(net.all<wire::EchoRequest>("lma", "core1").empty());
}

TEST_F(Domain, ReportsToTheMobileNodeToo) {
    build();
    ping(mn, cn, 1461);
    const auto* error = net.last<wire::PacketTooBig>("mag", "access");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::PacketTooBig>()->mtu, 1460u);
    EXPECT_EQ(error->find<wire::Ipv6>()->destination, ip(mn));
}

TEST_F(Domain, LearnsASmallerPathAndTellsTheSourceOfThePacketThatWasTooBig) {
    build(1400);
    ping(cn, mn, 1450);
    const auto* outer_error = net.last<wire::PacketTooBig>("middle", "core1");
    ASSERT_TRUE(outer_error);
    EXPECT_EQ(outer_error->find<wire::PacketTooBig>()->mtu, 1400u);
    const auto* error = net.last<wire::PacketTooBig>("lma", "outside");
    ASSERT_TRUE(error) << "RFC 2473, 8: relayed to the source of the inner packet";
    EXPECT_EQ(error->find<wire::PacketTooBig>()->mtu, 1360u);
    EXPECT_EQ(error->find<wire::Ipv6>()->destination, ip(cn));
    const wire::Packet quoted = wire::decode_ip(error->find<wire::PacketTooBig>()->invoking);
    EXPECT_EQ(quoted.find<wire::Ipv6>()->destination, ip(mn));

    ping(cn, mn, 1361);
    EXPECT_EQ(net.all<wire::PacketTooBig>("middle").size(), 1u) << "the second is refused at the entry";
    EXPECT_EQ(net.all<wire::PacketTooBig>("lma", "outside").size(), 2u);
    ping(cn, mn, 1360);
    EXPECT_EQ(net.all<wire::EchoRequest>("mag", "access").size(), 1u);
}

TEST_F(Domain, FragmentsOutsideWhenPacketsOf1280OctetsDoNotFitAPathOf1280) {
    build(1280);
    ping(cn, mn, 1280); // 1320 outside: the middle router teaches the path, nothing is said to the source
    EXPECT_TRUE(net.all<wire::PacketTooBig>("lma", "outside").empty());
    EXPECT_TRUE(net.all<wire::EchoRequest>("mag", "access").empty());
    net.frames.clear();

    ping(cn, mn, 1280);
    // RFC 2460, 4.5: 1280 octets leave 1232 behind 40 + 8, the rest of the 1280 follows.
    EXPECT_EQ(sizes_on("core1", "lma"), (std::vector<std::size_t>{1280, 40 + 8 + 48}));
    const auto* arrived = net.last<wire::EchoRequest>("mag", "access");
    ASSERT_TRUE(arrived) << "put together at the exit";
    EXPECT_EQ(arrived->raw.size(), 14u + 1280u);
    EXPECT_TRUE(arrived->faults.empty());
}

TEST_F(Domain, SaysAtLeast1280InPacketTooBig) {
    build(1280);
    ping(cn, mn, 1300); // teaches a tunnel MTU of 1240
    net.frames.clear();
    ping(cn, mn, 1281);
    const auto* error = net.last<wire::PacketTooBig>("lma", "outside");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::PacketTooBig>()->mtu, 1280u);
}

TEST_F(Domain, ReportsAnExceededOuterHopLimitAsUnreachableAddress) {
    build(1500, {.hop_limit = 1});
    ping(cn, mn, 100);
    ASSERT_TRUE(net.last<wire::TimeExceeded>("middle", "core1"));
    const auto* error = net.last<wire::DestinationUnreachable>("lma", "outside");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::DestinationUnreachable>()->code, 3);
    EXPECT_EQ(error->find<wire::Ipv6>()->destination, ip(cn));
}

TEST_F(Domain, CarriesAnEncapsulationLimitAndItsEightOctetsCount) {
    build(1500, {.encapsulation_limit = 4});
    ping(cn, mn, 1453);
    EXPECT_EQ(net.last<wire::PacketTooBig>("lma", "outside")->find<wire::PacketTooBig>()->mtu, 1452u);
    ping(cn, mn, 1452);
    const auto* outer = net.last<wire::EchoRequest>("lma", "core1");
    ASSERT_TRUE(outer);
    const auto* options = outer->find<wire::DestinationOptions>();
    ASSERT_TRUE(options);
    const auto* limit = wire::find<wire::TunnelEncapsulationLimit>(options->options);
    ASSERT_TRUE(limit);
    EXPECT_EQ(limit->limit, 4);
    EXPECT_TRUE(outer->faults.empty());
    EXPECT_TRUE(net.last<wire::EchoReply>("lma", "outside"));
}

TEST_F(Domain, HonoursTheEncapsulationLimitOfAnInnerPacket) { // RFC 2473, 4.1.1
    build();
    const auto send = [&](std::uint8_t limit) {
        wire::DestinationOptions options;
        options.options.emplace_back(wire::TunnelEncapsulationLimit{limit, {}});
        net.emit("cn", {{wire::Ipv6{ip(cn), ip(mn)}, options, wire::EchoRequest{}}, {}, {}});
        net.run_for(100ms);
    };
    send(3);
    const auto* outer = net.last<wire::EchoRequest>("lma", "core1");
    ASSERT_TRUE(outer);
    const auto* limit =
        wire::find<wire::TunnelEncapsulationLimit>(outer->find<wire::DestinationOptions>()->options);
    ASSERT_TRUE(limit);
    EXPECT_EQ(limit->limit, 2);
    send(0);
    EXPECT_EQ(net.all<wire::EchoRequest>("lma", "core1").size(), 1u);
    const auto* error = net.last<wire::ParameterProblem>("lma", "outside");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::ParameterProblem>()->code, 0);
    EXPECT_EQ(error->find<wire::ParameterProblem>()->pointer, 44u)
        << "header, next header and length, type and length";
}

TEST_F(Domain, ReportsAnUnreachableExitAsUnreachableAddress) {
    build();
    net.loses = [](const TestNet::Frame& frame) { return frame.from == "middle" && frame.link == "core1"; };
    ping(cn, mn, 100); // nobody answers the anchor's solicitation for its next hop
    net.run_for(4s);
    const auto* error = net.last<wire::DestinationUnreachable>("lma", "outside");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::DestinationUnreachable>()->code, 3);
    EXPECT_EQ(error->find<wire::Ipv6>()->destination, ip(cn));
}

TEST_F(Domain, DoesNotCarryAnInnerHopLimitOfOne) {
    build();
    ping(cn, mn, 100, 1);
    EXPECT_TRUE(net.last<wire::TimeExceeded>("lma", "outside"));
    EXPECT_TRUE(net.all<wire::EchoRequest>("lma", "core1").empty());
}

TEST_F(Domain, TakesNothingFromATunnelThatItDoesNotHave) {
    build();
    net.emit("cn", {{wire::Ipv6{ip(cn), down.local}, wire::Ipv6{ip("2001:db8:c::2"), ip(mn)},
                     wire::EchoRequest{1, 1, {}, {}}},
                    {},
                    {}});
    net.run_for(100ms);
    EXPECT_TRUE(net.all<wire::EchoRequest>("lma").empty());
}

TEST_F(Domain, TellsTheRoleOfASmallerTunnelMtu) {
    build();
    // Somebody on the way says that the gateway's packets are too big; they quote one of them.
    const base::Bytes inner =
        wire::encode({{wire::Ipv6{ip(mn), ip(cn)}, wire::EchoRequest{1, 1, base::Bytes(1400), {}}}, {}, {}});
    base::Bytes outer = outer_headers(up, {}, inner.size());
    outer.insert(outer.end(), inner.begin(), inner.end());
    outer.resize(1232);
    net.emit("cn", {{wire::Ipv6{ip(cn), up.local}, wire::PacketTooBig{1404, outer, {}}}, {}, {}});
    net.run_for(100ms);
    ASSERT_EQ(mag->mtus.size(), 1u);
    EXPECT_EQ(mag->mtus[0].mtu, 1364u);
    const auto* error = net.last<wire::PacketTooBig>("mag", "access");
    ASSERT_TRUE(error) << "the quoted packet had 1448 octets";
    EXPECT_EQ(error->find<wire::PacketTooBig>()->mtu, 1364u);
}

TEST(OuterHeaders, AreFortyOctetsWithNextHeader41) {
    const auto octets = outer_headers(down, {}, 100);
    ASSERT_EQ(octets.size(), 40u);
    EXPECT_EQ(octets[6], 41);
    EXPECT_EQ(octets[7], 64);
    EXPECT_EQ(base::read16(octets, 4), 100);
}

TEST(TunnelMtu, IsThatOfThePathLessTheOuterHeaders) {
    EXPECT_EQ(tunnel_mtu(1500, {}), 1460u);
    EXPECT_EQ(tunnel_mtu(1280, {}), 1240u);
    EXPECT_EQ(tunnel_mtu(1500, {.encapsulation_limit = 1}), 1452u);
}

TEST(QuotedInner, IsNotFoundInAQuotationThatIsTooShort) {
    base::Bytes quoted = outer_headers(down, {}, 40);
    quoted.resize(79);
    EXPECT_FALSE(quoted_inner(quoted));
}

} // namespace
} // namespace peers::common
