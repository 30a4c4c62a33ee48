#include "harness/wire/packet.h"
#include "peers/common/octets.h"
#include "peers/common/reassembly.h"

#include <gtest/gtest.h>

namespace peers::common {
namespace {

using namespace std::chrono_literals;

base::Bytes packet(std::size_t data) {
    const wire::Ipv6 header{base::parse_ip6("2001:db8::1").value(), base::parse_ip6("2001:db8::2").value()};
    base::Bytes filler(data);
    for (std::size_t i = 0; i < data; ++i)
        filler[i] = static_cast<std::uint8_t>(i * 7);
    return wire::encode({{header, wire::EchoRequest{1, 1, filler, {}}}, {}, {}});
}

base::Now moment(base::Mono mono) {
    return {mono, {}};
}

struct Reassembler : testing::Test {
    Reassembly::Result add(const base::Bytes& fragment, base::Mono when = {}) {
        const Upper upper = upper_of(fragment);
        EXPECT_EQ(upper.protocol, protocol::fragment);
        return reassembly.add(fragment, upper.offset, upper.named_at, moment(when));
    }
    Reassembly reassembly;
};

TEST_F(Reassembler, PutsThePiecesTogetherInAnyOrder) {
    const base::Bytes whole = packet(3000);
    const auto pieces = fragments_of(whole, 1280, 7);
    ASSERT_EQ(pieces.size(), 3u);
    EXPECT_FALSE(add(pieces[2]).whole);
    EXPECT_FALSE(add(pieces[0]).whole);
    const auto last = add(pieces[1]);
    ASSERT_TRUE(last.whole);
    EXPECT_EQ(*last.whole, whole);
    EXPECT_EQ(reassembly.octets(), 0u);
    EXPECT_FALSE(reassembly.deadline());
}

TEST_F(Reassembler, KeepsPacketsOfDifferentIdentificationApart) {
    const auto a = fragments_of(packet(2000), 1280, 1), b = fragments_of(packet(2000), 1280, 2);
    add(a[0]);
    EXPECT_FALSE(add(b[1]).whole);
    EXPECT_TRUE(add(a[1]).whole);
}

TEST_F(Reassembler, IgnoresARepeatedPiece) {
    const auto pieces = fragments_of(packet(2000), 1280, 1);
    add(pieces[0]);
    add(pieces[0]);
    EXPECT_TRUE(add(pieces[1]).whole);
}

TEST_F(Reassembler, DiscardsAPacketWhosePiecesOverlap) { // RFC 5722
    const base::Bytes whole = packet(2000);
    const auto pieces = fragments_of(whole, 1280, 1), shifted = fragments_of(whole, 1272, 1);
    add(pieces[0]);
    EXPECT_FALSE(add(shifted[1]).whole);
    EXPECT_FALSE(add(pieces[1]).whole);
}

TEST_F(Reassembler, ReportsAPieceThatIsNoMultipleOfEight) {
    auto pieces = fragments_of(packet(2000), 1280, 1);
    pieces[0].pop_back();
    base::write16(pieces[0], 4, static_cast<std::uint16_t>(pieces[0].size() - 40));
    EXPECT_EQ(add(pieces[0]).problem_at, 4u) << "the Payload Length field";
}

TEST_F(Reassembler, ReportsAPieceThatWouldMakeThePacketTooLong) {
    auto pieces = fragments_of(packet(2000), 1280, 1);
    base::write16(pieces[1], 42, 0xfff8);
    EXPECT_EQ(add(pieces[1]).problem_at, 42u) << "the Fragment Offset field";
}

TEST_F(Reassembler, GivesUpAfterSixtySecondsAndReturnsTheFirstFragment) {
    const auto pieces = fragments_of(packet(2000), 1280, 1);
    add(pieces[0], 1s);
    EXPECT_EQ(reassembly.deadline(), 61s);
    EXPECT_TRUE(reassembly.tick(moment(60s)).empty());
    const auto late = reassembly.tick(moment(61s));
    ASSERT_EQ(late.size(), 1u);
    EXPECT_EQ(late[0], pieces[0]);
    EXPECT_EQ(reassembly.octets(), 0u);
}

TEST_F(Reassembler, SaysNothingOfAPacketWhoseFirstFragmentIsMissing) {
    add(fragments_of(packet(2000), 1280, 1)[1]);
    EXPECT_TRUE(reassembly.tick(moment(60s)).empty());
    EXPECT_FALSE(reassembly.deadline());
}

TEST_F(Reassembler, HoldsBoundedMemory) {
    for (std::uint32_t id = 0; id < 1000; ++id) {
        const auto pieces = fragments_of(packet(60'000), 1480, id);
        for (std::size_t i = 0; i + 1 < pieces.size(); ++i)
            add(pieces[i]);
        EXPECT_LE(reassembly.octets(), (1u << 20) + 70'000u);
    }
}

TEST_F(Reassembler, TakesAnAtomicFragmentAsItIs) {
    const base::Bytes whole = packet(100);
    const auto pieces = fragments_of(whole, 1280, 1);
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(add(pieces[0]).whole, whole);
}

TEST(Fragments, AreMultiplesOfEightWithinTheMtu) {
    const auto pieces = fragments_of(packet(1312 - 8), 1280, 9);
    ASSERT_EQ(pieces.size(), 2u);
    EXPECT_EQ(pieces[0].size(), 1280u) << "1232 octets of data fit exactly";
    EXPECT_EQ(pieces[1].size(), 40u + 8u + 80u);
    const auto decoded = wire::decode_ip(pieces[1]);
    const auto* header = decoded.find<wire::Fragment>();
    ASSERT_TRUE(header);
    EXPECT_EQ(header->offset, 1232 / 8);
    EXPECT_FALSE(header->more);
    EXPECT_EQ(header->identification, 9u);
}

TEST(Fragments, KeepRoutingHeadersInFrontAndDestinationOptionsBehind) {
    const wire::Ipv6 header{base::parse_ip6("2001:db8::1").value(), base::parse_ip6("2001:db8::2").value()};
    wire::RoutingType2 routing;
    const base::Bytes whole = wire::encode(
        {{header, routing, wire::DestinationOptions{}, wire::EchoRequest{1, 1, base::Bytes(1400), {}}},
         {},
         {}});
    for (const auto& piece : fragments_of(whole, 1280, 1)) {
        const auto decoded = wire::decode_ip(piece);
        ASSERT_GE(decoded.layers.size(), 3u);
        EXPECT_TRUE(std::holds_alternative<wire::RoutingType2>(decoded.layers[1]));
        EXPECT_TRUE(std::holds_alternative<wire::Fragment>(decoded.layers[2]));
    }
}

} // namespace
} // namespace peers::common
