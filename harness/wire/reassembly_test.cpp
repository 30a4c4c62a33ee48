#include "harness/wire/packet.h"
#include "harness/wire/reassembly.h"
#include "harness/wire/walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace wire {
namespace {

using namespace std::chrono_literals;
using base::Bytes;
using base::View;

base::Ip6 ip(const char* text) {
    return base::parse_ip6(text).value();
}

/// An update of 64 octets or more, without an Ethernet header.
Bytes update() {
    BindingUpdate message{.sequence = 7, .a = true, .p = true, .lifetime = 900};
    MobileNodeIdentifier identifier;
    identifier.nai = "a-node-with-a-rather-long-name@example.net";
    message.options = {identifier};
    Packet packet;
    packet.layers = {Ipv6{.source = ip("2001:db8::1"), .destination = ip("2001:db8::2")}, message};
    return encode(packet);
}

/// RFC 8200, 4.5: octets [from, to) of the payload behind a fragment header.
Bytes fragment(const Bytes& whole, std::size_t from, std::size_t to, std::uint32_t identification = 5) {
    const bool more = 40 + to < whole.size();
    Bytes out(whole.begin(), whole.begin() + 40);
    out[6] = 44;
    base::write16(out, 4, static_cast<std::uint16_t>(8 + to - from));
    out.insert(out.end(), {whole[6], 0, 0, 0, 0, 0, 0, 0});
    base::write16(out, 42, static_cast<std::uint16_t>(from | (more ? 1 : 0)));
    base::write32(out, 44, identification);
    out.insert(out.end(), whole.begin() + 40 + static_cast<std::ptrdiff_t>(from),
               whole.begin() + 40 + static_cast<std::ptrdiff_t>(to));
    return out;
}

} // namespace

TEST(Reassembly, GivesThePacketInWhateverOrderItsFragmentsCome) {
    const Bytes whole = update();
    const std::size_t size = whole.size() - 40;
    std::vector<Bytes> parts{fragment(whole, 0, 24), fragment(whole, 24, 48), fragment(whole, 48, size)};
    std::ranges::sort(parts);
    do {
        Reassembly all;
        EXPECT_FALSE(all.add(parts[0], 1s));
        EXPECT_FALSE(all.add(parts[1], 1s));
        EXPECT_FALSE(all.add(parts[1], 1s)); // once more
        EXPECT_EQ(all.lost(), 1u);
        EXPECT_EQ(all.add(parts[2], 1s), whole);
        EXPECT_EQ(all.lost(), 0u);
    } while (std::ranges::next_permutation(parts).found);
    EXPECT_EQ(walk_ip(parts[0]).what, Walk::What::fragment);
    EXPECT_EQ(walk_ip(parts[0]).type, 135);
}

TEST(Reassembly, KeepsPacketsOfOtherIdentificationsApart) {
    const Bytes whole = update();
    Reassembly all;
    EXPECT_FALSE(all.add(fragment(whole, 0, 24, 1), 1s));
    EXPECT_FALSE(all.add(fragment(whole, 24, whole.size() - 40, 2), 1s));
    EXPECT_EQ(all.add(fragment(whole, 24, whole.size() - 40, 1), 1s), whole);
    EXPECT_EQ(all.lost(), 1u);
}

TEST(Reassembly, VoidsWhatOverlaps) {
    const Bytes whole = update();
    Reassembly all;
    EXPECT_FALSE(all.add(fragment(whole, 0, 32), 1s));
    EXPECT_FALSE(all.add(fragment(whole, 24, 48), 1s));
    EXPECT_FALSE(all.add(fragment(whole, 32, whole.size() - 40), 1s));
    EXPECT_EQ(all.lost(), 1u);
}

TEST(Reassembly, ForgetsWhatIsOlderThanAMinute) {
    const Bytes whole = update();
    Reassembly all;
    EXPECT_FALSE(all.add(fragment(whole, 0, 24), 1s));
    EXPECT_FALSE(all.add(fragment(whole, 24, whole.size() - 40), 62s));
    EXPECT_EQ(all.lost(), 2u);
}

TEST(Reassembly, IsBoundedWhateverComes) {
    const Bytes whole = update();
    Reassembly all;
    for (std::uint32_t i = 0; i < 5000; ++i)
        EXPECT_FALSE(all.add(fragment(whole, 0, 24, i), 1s));
    EXPECT_EQ(all.lost(), 5000u);
    EXPECT_EQ(all.add(fragment(whole, 24, whole.size() - 40, 4999), 1s), whole);
    EXPECT_FALSE(all.add(fragment(whole, 24, whole.size() - 40, 0), 1s));
}

TEST(Reassembly, PutsIpv4TogetherWithAChecksumThatVerifies) {
    // 10.0.0.1 to 10.0.0.2, 16 octets of UDP
    const Bytes payload = base::operator""_hex("1b581b590010000061626364656667 68", 33);
    const auto part = [&](std::size_t from, std::size_t to) {
        Bytes out{0x45, 0, 0, 0, 0, 9, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2};
        base::write16(out, 2, static_cast<std::uint16_t>(20 + to - from));
        base::write16(out, 6, static_cast<std::uint16_t>(from / 8 | (to < payload.size() ? 0x2000 : 0)));
        out.insert(out.end(), payload.begin() + static_cast<std::ptrdiff_t>(from),
                   payload.begin() + static_cast<std::ptrdiff_t>(to));
        return out;
    };
    Reassembly all;
    EXPECT_FALSE(all.add(part(8, 16), 1s));
    const auto whole = all.add(part(0, 8), 1s);
    ASSERT_TRUE(whole);
    EXPECT_EQ(Bytes(whole->begin() + 20, whole->end()), payload);
    EXPECT_EQ(base::read16(*whole, 2), 36);
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at < 20; at += 2)
        sum += base::read16(*whole, at);
    EXPECT_EQ((sum & 0xffff) + (sum >> 16), 0xffffu);
}

} // namespace wire
