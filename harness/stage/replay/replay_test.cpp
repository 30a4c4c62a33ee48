#include "harness/stage/replay/replay.h"

#include <gtest/gtest.h>

namespace stage::replay {
namespace {

using base::Bytes;
using base::operator""_hex;
using namespace std::chrono_literals;

void put(Bytes& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<std::uint8_t>(value >> shift));
}

Bytes udp(const char* from, const char* to) {
    wire::Ipv6 header;
    header.source = base::parse_ip6(from).value();
    header.destination = base::parse_ip6(to).value();
    wire::Packet packet;
    packet.layers = {header, wire::Udp{}};
    return wire::encode(packet);
}

// Raw IP, microseconds, little-endian: records at these seconds.
Bytes capture(const std::vector<std::pair<std::uint32_t, Bytes>>& records) {
    Bytes out = "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 65000000"_hex;
    for (const auto& [second, bytes] : records) {
        put(out, second);
        put(out, 0);
        put(out, static_cast<std::uint32_t>(bytes.size()));
        put(out, static_cast<std::uint32_t>(bytes.size()));
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
    return out;
}

model::Topology topology() {
    model::Topology out;
    model::Node node;
    node.name = "lma";
    model::Port port;
    port.addresses = {base::parse_prefix("2001:db8::1/64").value()};
    node.ports = {port};
    out.nodes = {node};
    return out;
}

TEST(Replay, LetsWhatHappenedHappenAgainInItsOwnTime) {
    const Bytes packet = udp("2001:db8::1", "2001:db8::2");
    Replay stage(Capture(read_from(capture({{100, packet}, {103, packet}})), "x"), topology(), {});
    const auto first = stage.next(std::nullopt);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->at, 0s);
    EXPECT_EQ(first->wall, 100s);
    EXPECT_FALSE(stage.next(2s));
    EXPECT_EQ(stage.now().mono, 2s);
    EXPECT_EQ(stage.now().wall, 102s);
    EXPECT_FALSE(stage.quiescent(3s));
    const auto second = stage.next(std::nullopt);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->number, 2u);
    EXPECT_EQ(second->at, 3s);
    EXPECT_FALSE(stage.next(std::nullopt));
    EXPECT_TRUE(stage.quiescent(1h));
}

TEST(Replay, KnowsTheEndsThatTheTopologyKnows) {
    Replay stage(Capture(read_from(capture({{1, udp("2001:db8::1", "2001:db8::9")}})), "x"), topology(), {});
    const auto event = stage.next(std::nullopt);
    ASSERT_TRUE(event);
    const auto& seen = std::get<model::Seen>(event->what);
    EXPECT_EQ(seen.source, "lma");
    EXPECT_EQ(seen.destination, "");
}

TEST(Replay, NeverRunsBackwards) {
    const Bytes packet = udp("2001:db8::1", "2001:db8::2");
    Replay stage(Capture(read_from(capture({{100, packet}, {40, packet}})), "x"), topology(), {});
    ASSERT_TRUE(stage.next(std::nullopt));
    EXPECT_EQ(stage.next(std::nullopt)->at, 0s);
}

} // namespace
} // namespace stage::replay
