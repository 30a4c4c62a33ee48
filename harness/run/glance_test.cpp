#include "harness/run/glance.h"

#include <gtest/gtest.h>

namespace run {
namespace {

using namespace std::chrono_literals;

base::Ip6 ip(const char* text) {
    return base::parse_ip6(text).value();
}

// A PBU as it should be, straight behind its IPv6 header.
base::Bytes update(std::uint16_t sequence, const char* nai, std::uint64_t stamp, bool acknowledge = true) {
    wire::Ipv6 header;
    header.source = ip("2001:db8:0:1::1");
    header.destination = ip("2001:db8:0:ff::1");
    wire::BindingUpdate message;
    message.sequence = sequence;
    message.a = acknowledge;
    message.p = true;
    message.lifetime = 900;
    wire::MobileNodeIdentifier identifier;
    identifier.nai = nai;
    wire::Timestamp timestamp;
    timestamp.value = stamp;
    message.options = {identifier, timestamp};
    wire::Packet packet;
    packet.layers = {header, message};
    return wire::encode(packet);
}

// <rule><must><binding-update A="1"><timestamp value="…"/></binding-update></must></rule>
model::Rule rule() {
    model::ElementSpec message, timestamp;
    message.kind = "binding-update";
    model::FieldSpec acknowledge, stamp;
    acknowledge.name = "A";
    acknowledge.value.text = "1";
    stamp.name = "value";
    stamp.value.op = model::Value::Op::tolerance;
    message.fields = {acknowledge};
    timestamp.kind = "timestamp";
    timestamp.fields = {stamp};
    message.children = {timestamp};
    model::Rule out;
    out.must.emplace();
    out.must->layers = {message};
    return out;
}

struct Bench {
    model::Rule looked_at = rule();
    Glance glance{{&looked_at}, {}};
    base::Wall now = 1'188'864'000s;

    std::optional<std::uint64_t> print(const base::Bytes& octets) {
        return glance.print(octets, wire::walk_ip(octets), now);
    }
    void learn(const base::Bytes& octets) {
        glance.learn(octets, wire::walk_ip(octets), wire::decode_ip(octets));
    }
    std::uint64_t stamp(base::Duration off = {}) const { return base::timestamp_48_16(now + off); }
};

TEST(Glance, HasToLearnALayoutFirst) {
    Bench bench;
    const auto first = update(1, "mn1@example.net", bench.stamp());
    EXPECT_FALSE(bench.print(first));
    bench.learn(first);
    EXPECT_TRUE(bench.print(first));
}

TEST(Glance, PassesOverWhatNoRuleLooksAt) {
    Bench bench;
    const auto first = update(1, "mn1@example.net", bench.stamp());
    bench.learn(first);
    EXPECT_EQ(bench.print(first), bench.print(update(9999, "mn7@example.net", bench.stamp())));
}

TEST(Glance, SeesEveryFlagAndEveryOtherLayout) {
    Bench bench;
    const auto first = update(1, "mn1@example.net", bench.stamp());
    bench.learn(first);
    EXPECT_NE(bench.print(first), bench.print(update(1, "mn1@example.net", bench.stamp(), false)));
    EXPECT_FALSE(bench.print(update(1, "a-longer-name@example.net", bench.stamp())));
}

TEST(Glance, ComparesATimestampByItsDistanceFromThePacket) {
    Bench bench;
    const auto first = update(1, "mn1@example.net", bench.stamp());
    bench.learn(first);
    const auto print = bench.print(first);
    EXPECT_NE(print, bench.print(update(1, "mn1@example.net", bench.stamp(-5s))));
    EXPECT_NE(print, bench.print(update(1, "mn1@example.net", ~std::uint64_t{0})));
    bench.now += 60s;
    EXPECT_EQ(print, bench.print(update(1, "mn1@example.net", bench.stamp())));
    EXPECT_NE(print, bench.print(first));
}

TEST(Glance, TrustsNoMessageWhoseChecksumIsWrong) {
    Bench bench;
    auto octets = update(1, "mn1@example.net", bench.stamp());
    bench.learn(octets);
    for (std::size_t at = 8; at < octets.size(); ++at) {
        auto changed = octets;
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ 0x10);
        EXPECT_FALSE(bench.print(changed)) << at;
    }
}

TEST(Glance, FindsTheIdentifierOnItsWay) {
    Bench bench;
    const auto octets = update(1, "mn1@example.net", bench.stamp());
    bench.learn(octets);
    bench.print(octets);
    EXPECT_EQ(std::string(bench.glance.identifier().begin(), bench.glance.identifier().end()),
              "mn1@example.net");
}

} // namespace
} // namespace run
