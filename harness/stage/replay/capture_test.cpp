#include "harness/stage/replay/capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace stage::replay {
namespace {

using base::Bytes;
using base::operator""_hex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

// Fields of a capture file in either byte order.
struct Order {
    bool big = false;
    Bytes u16(std::uint16_t v) const {
        Bytes b{static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)};
        if (!big)
            std::reverse(b.begin(), b.end());
        return b;
    }
    Bytes u32(std::uint32_t v) const {
        return big ? u16(static_cast<std::uint16_t>(v >> 16)) + u16(static_cast<std::uint16_t>(v))
                   : u16(static_cast<std::uint16_t>(v)) + u16(static_cast<std::uint16_t>(v >> 16));
    }
    Bytes pcap(std::uint32_t magic, std::uint32_t link_type) const {
        return u32(magic) + u16(2) + u16(4) + u32(0) + u32(0) + u32(65535) + u32(link_type);
    }
    Bytes record(std::uint32_t seconds, std::uint32_t fraction, const Bytes& data) const {
        const auto size = static_cast<std::uint32_t>(data.size());
        return u32(seconds) + u32(fraction) + u32(size) + u32(size) + data;
    }
    Bytes block(std::uint32_t type, Bytes body) const {
        body.resize((body.size() + 3) / 4 * 4);
        const auto size = static_cast<std::uint32_t>(body.size() + 12);
        return u32(type) + u32(size) + body + u32(size);
    }
    Bytes section() const { return block(0x0a0d0d0a, u32(0x1a2b3c4d) + u16(1) + u16(0) + Bytes(8, 0xff)); }
    Bytes interface(std::uint16_t link_type, const Bytes& options = {}) const {
        return block(1, u16(link_type) + u16(0) + u32(0) + options);
    }
    Bytes option(std::uint16_t code, Bytes value) const {
        const auto size = static_cast<std::uint16_t>(value.size());
        value.resize((value.size() + 3) / 4 * 4);
        return u16(code) + u16(size) + value;
    }
    Bytes packet(std::uint32_t interface, std::uint64_t ticks, const Bytes& data) const {
        const auto size = static_cast<std::uint32_t>(data.size());
        return block(6, u32(interface) + u32(static_cast<std::uint32_t>(ticks >> 32)) +
                            u32(static_cast<std::uint32_t>(ticks)) + u32(size) + u32(size) + data);
    }
};

const Order little{false}, big{true};

struct Kept {
    std::uint64_t number;
    std::int64_t nanoseconds;
    std::uint32_t interface;
    Bytes bytes;
    bool operator==(const Kept&) const = default;
};

struct Result {
    std::vector<Kept> packets;
    std::vector<std::string> troubles;
    bool whole = false;
};

Result read(const Bytes& file) {
    Capture capture(read_from(file), "x");
    Result result;
    while (const Record* record = capture.next())
        result.packets.push_back({record->number, record->at.count(), record->interface,
                                  Bytes(record->bytes.begin(), record->bytes.end())});
    result.troubles = capture.troubles();
    result.whole = capture.is_whole();
    return result;
}

TEST(Capture, ReadsMicrosecondsInBothByteOrders) {
    for (const Order& order : {little, big}) {
        const Result got = read(order.pcap(0xa1b2c3d4, 1) + order.record(7, 250'000, "aabb"_hex) +
                                order.record(8, 1, "cc"_hex));
        EXPECT_THAT(got.packets,
                    ElementsAre(Kept{1, 7'250'000'000, 0, "aabb"_hex}, Kept{2, 8'000'001'000, 0, "cc"_hex}));
        EXPECT_THAT(got.troubles, IsEmpty());
        EXPECT_TRUE(got.whole);
    }
}

TEST(Capture, ReadsNanoseconds) {
    for (const Order& order : {little, big})
        EXPECT_EQ(read(order.pcap(0xa1b23c4d, 1) + order.record(7, 250'000'001, "aa"_hex))
                      .packets.at(0)
                      .nanoseconds,
                  7'250'000'001);
}

TEST(Capture, DeliversEverythingBeforeTheCut) {
    const Bytes whole =
        little.pcap(0xa1b2c3d4, 1) + little.record(1, 0, "aabb"_hex) + little.record(2, 0, "ccdd"_hex);
    for (std::size_t size = 24 + 18; size < whole.size(); ++size) {
        const Result got = read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        EXPECT_EQ(got.packets.size(), 1u) << size;
        EXPECT_EQ(got.whole, size == 24 + 18) << size;
        EXPECT_EQ(got.troubles.size(), size == 24 + 18 ? 0u : 1u) << size;
    }
}

TEST(Capture, StopsAtALengthThatNoPacketHas) {
    Bytes damaged = little.pcap(0xa1b2c3d4, 1) + little.record(1, 0, "aabb"_hex);
    damaged = damaged + little.u32(2) + little.u32(0) + little.u32(0xffffffff) + little.u32(4) + "00"_hex;
    const Result got = read(damaged);
    EXPECT_EQ(got.packets.size(), 1u);
    EXPECT_THAT(got.troubles, ElementsAre(HasSubstr("packet 2 at octet 42 claims 4294967295 octets")));
}

TEST(Capture, SaysWhatIsNoCapture) {
    EXPECT_THAT(read({}).troubles, ElementsAre("x: the capture is empty"));
    EXPECT_THAT(read("7f"_hex).troubles, ElementsAre("x: 1 octets are no capture"));
    EXPECT_THAT(read("7f454c46 00"_hex).troubles,
                ElementsAre("x: this is neither pcap nor pcapng: it begins with 7f454c46"));
    EXPECT_THAT(read("1f8b0800"_hex).troubles, ElementsAre(HasSubstr("gzip stream ends too early")));
    EXPECT_THAT(read("1f8bffff00000000000000"_hex).troubles,
                ElementsAre(HasSubstr("gzip stream is damaged")));
    EXPECT_THAT(read("28b52ffdffffffffffff"_hex).troubles, ElementsAre(HasSubstr("zstd stream")));
    const Result radio = read(little.pcap(0xa1b2c3d4, 127) + little.record(1, 0, "0000"_hex));
    EXPECT_THAT(radio.troubles, ElementsAre(HasSubstr("radiotap")));
    EXPECT_THAT(radio.packets, IsEmpty());
}

TEST(Capture, ReadsAllInterfacesOfPcapng) {
    for (const Order& order : {little, big}) {
        const Bytes nanoseconds =
            order.option(9, "09"_hex) + order.option(2, {'c', 'o', 'r', 'e'}) + order.option(0, {});
        const Result got =
            read(order.section() + order.interface(1, nanoseconds) + order.interface(101) +
                 order.packet(1, 3'000'000, "60"_hex) + order.packet(0, 5'000'000'001, "aabb"_hex));
        EXPECT_THAT(got.packets,
                    ElementsAre(Kept{1, 3'000'000'000, 1, "60"_hex}, Kept{2, 5'000'000'001, 0, "aabb"_hex}));
        EXPECT_THAT(got.troubles, IsEmpty());
    }
}

// Two packets, as `gzip -n` and `zstd` made them of little.pcap(0xa1b2c3d4, 1), record(1, 0, aabb), record(2,
// 0, ccdd).
TEST(Capture, UnpacksWhatIsCompressed) {
    const Bytes plain =
        little.pcap(0xa1b2c3d4, 1) + little.record(1, 0, "aabb"_hex) + little.record(2, 0, "ccdd"_hex);
    const Bytes gzip =
        "1f8b0800000000000003bb7278d3422606160618f8ff9f81819101824180098a57ed664213397317008476bdc13c000000"_hex;
    const Bytes zstd =
        "28b52ffd0458550100e0d4c3b2a102000400ffff000001000200000002000000aabb0200ccdd0500350900932080dd2804e00228f0642e"_hex;
    for (const Bytes& packed : {gzip, zstd, gzip + Bytes(512, 0)}) {
        const Result got = read(packed);
        EXPECT_EQ(got.packets, read(plain).packets);
        EXPECT_THAT(got.troubles, IsEmpty());
        EXPECT_TRUE(got.whole);
    }
    // members one behind the other are one stream
    const Bytes two =
        "1f8b0800000000000003bb7278d3422606160618f8ff9f81819101824180098a57ed060058a6e7a72a0000001f8b08000000000000036362800026283e731700d3e3dfb412000000"_hex;
    EXPECT_EQ(read(two).packets, read(plain).packets);
    for (const Bytes& packed : {gzip, zstd})
        for (std::size_t size = 5; size < packed.size(); ++size) {
            const Result got =
                read(Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size)));
            EXPECT_FALSE(got.whole) << size;
            EXPECT_EQ(got.troubles.size(), 1u) << size;
        }
}

// A batch holds on to what its records lie in, however the stream comes.
TEST(Capture, GivesTheSamePacketsInBatches) {
    Bytes file = little.pcap(0xa1b2c3d4, 1);
    for (unsigned i = 0; i < 3000; ++i)
        file = std::move(file) + little.record(i, 0, Bytes(i % 700, static_cast<std::uint8_t>(i)));
    for (const std::size_t piece : {std::size_t{37}, std::size_t{70'000}, file.size()}) {
        const auto from = read_from(file);
        Capture capture(
            [&](std::uint8_t* into, std::size_t size) { return from(into, std::min(size, piece)); }, "x");
        std::vector<Batch> all;
        while (capture.next(all.emplace_back(), 1000))
            EXPECT_LE(all.back().records.size(), 1000u);
        std::uint64_t number = 0;
        for (const Batch& batch : all)
            for (const Record& record : batch.records) {
                const auto i = static_cast<unsigned>(number++);
                EXPECT_EQ(record.number, number);
                EXPECT_TRUE(std::ranges::equal(record.bytes, Bytes(i % 700, static_cast<std::uint8_t>(i))));
            }
        EXPECT_EQ(number, 3000u);
    }
}

// Two threads, each with its batch, shall not write into each other's caches.
TEST(Capture, GivesEachBatchItsOwnMemoryAgain) {
    Bytes pcap = little.pcap(0xa1b2c3d4, 1), blocks = little.section() + little.interface(1);
    for (unsigned i = 0; i < 12'000; ++i) {
        pcap = std::move(pcap) + little.record(i, 0, Bytes(200 + i % 7));
        blocks = std::move(blocks) + little.packet(0, i, Bytes(200 + i % 7));
    }
    for (const Bytes& file : {pcap, blocks}) {
        Capture capture(read_from(file), "x");
        Batch batches[2];
        const void* memory[2] = {};
        std::size_t packets = 0, rounds = 0;
        for (; capture.next(batches[rounds % 2]); ++rounds) {
            const Batch& batch = batches[rounds % 2];
            packets += batch.records.size();
            ASSERT_EQ(batch.octets.size(), 1u) << rounds;
            if (rounds >= 4) {
                EXPECT_EQ(batch.octets[0].get(), memory[rounds % 2]) << rounds;
            }
            memory[rounds % 2] = batch.octets[0].get();
        }
        EXPECT_EQ(packets, 12'000u);
        EXPECT_GE(rounds, 8u);
    }
}

TEST(Capture, StartsInterfacesAgainInASecondSection) {
    const Result got = read(little.section() + little.interface(1) + little.packet(0, 1, "aa"_hex) +
                            big.section() + big.interface(101) + big.packet(0, 2, "60"_hex));
    EXPECT_THAT(got.packets, ElementsAre(Kept{1, 1000, 0, "aa"_hex}, Kept{2, 2000, 1, "60"_hex}));
}

TEST(Capture, PassesOverBlocksThatItDoesNotKnow) {
    const Result got = read(little.section() + little.block(0xbad, Bytes(3'000'000, 1)) +
                            little.interface(1) + little.packet(0, 1, "aa"_hex));
    EXPECT_EQ(got.packets.size(), 1u);
    EXPECT_THAT(got.troubles, IsEmpty());
}

TEST(Capture, GoesOnBehindAPacketOfAnUnknownInterface) {
    const Result got = read(little.section() + little.interface(1) + little.packet(7, 1, "aa"_hex) +
                            little.packet(0, 1, "bb"_hex));
    EXPECT_THAT(got.packets, ElementsAre(Kept{2, 1000, 0, "bb"_hex}));
    EXPECT_THAT(got.troubles, ElementsAre(HasSubstr("packet 1 at octet 48 belongs to interface 7")));
}

TEST(Capture, StopsAtABlockThatHasNoRoomForItself) {
    const Result got = read(little.section() + little.interface(1) + little.packet(0, 1, "aa"_hex) +
                            little.u32(6) + little.u32(4) + Bytes(40, 0));
    EXPECT_EQ(got.packets.size(), 1u);
    EXPECT_THAT(got.troubles, ElementsAre(HasSubstr("claims a length of 4")));
    EXPECT_FALSE(got.whole);
}

TEST(Capture, SurvivesEveryCutAndEveryFlippedOctet) {
    const Bytes whole = little.section() + little.interface(1, little.option(9, "89"_hex)) +
                        little.packet(0, 1u << 20, "aabbcc"_hex) +
                        little.block(3, little.u32(2) + "ddee"_hex);
    ASSERT_EQ(read(whole).packets.size(), 2u);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_LE(
            read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).packets.size(), 2u);
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const int bits : {0x01, 0x80, 0xff}) {
            Bytes changed = whole;
            changed[at] = static_cast<std::uint8_t>(changed[at] ^ bits);
            EXPECT_LE(read(changed).packets.size(), 2u);
        }
}

TEST(Capture, DeliversWhatArrivesInSmallPieces) {
    const Bytes file =
        little.pcap(0xa1b2c3d4, 1) + little.record(1, 0, "aabb"_hex) + little.record(2, 0, "cc"_hex);
    std::size_t at = 0;
    Capture capture(
        [&](std::uint8_t* into, std::size_t size) -> std::size_t {
            if (size == 0 || at == file.size())
                return 0;
            *into = file[at++];
            return 1;
        },
        "x");
    std::size_t packets = 0;
    while (capture.next())
        ++packets;
    EXPECT_EQ(packets, 2u);
}

Carried::What what_of(Framing framing, const Bytes& bytes) {
    Record record;
    record.framing = framing;
    record.bytes = bytes;
    return carried(record).what;
}

TEST(Carried, FindsTheIpPacketBehindEachLinkHeader) {
    using What = Carried::What;
    EXPECT_EQ(what_of(framing_of(1), "00"_hex), What::ethernet);
    EXPECT_EQ(what_of(framing_of(101), "60"_hex), What::ip);
    EXPECT_EQ(what_of(framing_of(0), "1e000000 60"_hex), What::ip);
    EXPECT_EQ(what_of(framing_of(113), "0000 0001 0006 0200000000010000 86dd 60"_hex), What::ip);
    EXPECT_EQ(what_of(framing_of(113), "0000 0001 0006 0200000000010000 0806 60"_hex), What::nothing);
    EXPECT_EQ(what_of(framing_of(276), "86dd 0000 00000001 0001 00 06 0200000000010000 60"_hex), What::ip);
    EXPECT_EQ(what_of(framing_of(276), "86dd"_hex), What::nothing);
    EXPECT_EQ(what_of(framing_of(105), "60"_hex), What::nothing);
}

TEST(Carried, LooksBehindAVlanTagOfACookedHeader) {
    Record record;
    const Bytes bytes = "0000 0001 0006 0200000000010000 8100 0005 86dd 60"_hex;
    record.framing = Framing::linux_sll;
    record.bytes = bytes;
    EXPECT_EQ(carried(record).what, Carried::What::ip);
    EXPECT_EQ(carried(record).offset, 20u);
}

} // namespace
} // namespace stage::replay
