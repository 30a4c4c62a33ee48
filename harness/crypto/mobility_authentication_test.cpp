#include "harness/crypto/algorithms.h"
#include "harness/crypto/mobility_authentication.h"

#include <gtest/gtest.h>

namespace crypto {
namespace {

using base::operator""_hex;
using Kind = AuthenticationOption::Kind;

const base::Bytes key = "000102030405060708090a0b0c0d0e0f"_hex;
const base::Ip6 sar = *base::parse_ip6("2001:db8:b::11"), tar = *base::parse_ip6("2001:db8:b::12"),
                home = *base::parse_ip6("2001:db8:4000:1::5");

// The vectors of the NetMIPv6 specification's digest: a wildcard update, its acknowledgement, and an update
// after a handover.
struct Vector {
    const char* what;
    Mobility who;
    base::Bytes header;
};
const Vector vectors[] = {
    {"update with a wildcard",
     {sar, {}},
     "3b08050065570001c00000960810016d6e31406578616d706c652e6e65740100"
     "1d0600000000000001000a08c92c0a80000000000009110100000100838811be30194e91c9a7dfe9"_hex},
    {"acknowledgement",
     {sar, home},
     "3b09060051660000000100960810016d6e31406578616d706c652e6e65740100"
     "1d0680000a4000051e0600800a40000501000a08c92c0a800000000000091101000001006f45c0b5a3925db0792ec52e"_hex},
    {"update after a handover",
     {tar, home},
     "3b0705008a060008c00000960810016d6e31406578616d706c652e6e65740102"
     "00000a08c92c0aa00000000000091101000001000fe2b795f5852216d667937e"_hex}};

TEST(MnHa, VerifiesTheVectorsOfTheSpecification) {
    for (const auto& one : vectors)
        EXPECT_EQ(verify(one.header, Kind::mn_ha, one.who, 256, key), Authenticity::authentic) << one.what;
}

TEST(MnHa, MakesTheVectorsOfTheSpecification) {
    for (const auto& one : vectors) {
        base::Bytes header = one.header;
        std::fill(header.end() - 12, header.end(), std::uint8_t{0});
        ASSERT_TRUE(authenticate(header, Kind::mn_ha, one.who, key)) << one.what;
        EXPECT_EQ(base::hex(header), base::hex(one.header)) << one.what;
    }
}

TEST(MnHa, CoversEveryBitUpToItsSpiButTheChecksum) {
    const auto& one = vectors[2];
    for (std::size_t bit = 0; bit < one.header.size() * 8; ++bit) {
        base::Bytes changed = one.header;
        changed[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> bit % 8);
        const bool is_checksum = bit / 8 == 4 || bit / 8 == 5;
        EXPECT_EQ(verify(changed, Kind::mn_ha, one.who, 256, key) == Authenticity::authentic, is_checksum)
            << bit;
    }
}

TEST(MnHa, CoversBothAddresses) {
    const auto& one = vectors[2];
    EXPECT_EQ(verify(one.header, Kind::mn_ha, {sar, home}, 256, key), Authenticity::wrong);
    EXPECT_EQ(verify(one.header, Kind::mn_ha, {tar, sar}, 256, key), Authenticity::wrong);
    EXPECT_EQ(verify(one.header, Kind::mn_ha, {home, tar}, 256, key), Authenticity::wrong);
}

TEST(MnHa, SaysWhatIsMissing) {
    const auto& one = vectors[2];
    EXPECT_EQ(verify(one.header, Kind::mn_ha, one.who, 257, key), Authenticity::unknown_spi);
    EXPECT_EQ(verify(one.header, Kind::mn_aaa, one.who, 3, key), Authenticity::missing);
    EXPECT_EQ(verify(base::View(one.header).first(12), Kind::mn_ha, one.who, 256, key),
              Authenticity::missing);
}

TEST(MnHa, TakesNoShorterCode) {
    base::Bytes header = vectors[2].header;
    const auto option = find_authentication(header, Kind::mn_ha);
    ASSERT_TRUE(option);
    for (std::uint8_t length = 5; length < 17; ++length) {
        header[option->at + 1] = length;
        EXPECT_EQ(verify(header, Kind::mn_ha, vectors[2].who, 256, key), Authenticity::wrong) << int{length};
    }
}

TEST(MnHa, HasAVerdictOnEveryBeginningOfAMessage) {
    for (const auto& one : vectors)
        for (std::size_t size = 0; size < one.header.size(); ++size) {
            const base::View cut = base::View(one.header).first(size);
            EXPECT_EQ(verify(cut, Kind::mn_ha, one.who, 256, key), Authenticity::missing) << size;
            EXPECT_LE(find_message_id(cut).has_value(), size > 40);
        }
}

base::Bytes with_aaa_option(std::size_t code) {
    base::Bytes header = "3b00050000000001c0000096"_hex;
    header.resize(13); // Pad1: the option begins at 4n + 1
    header.push_back(9);
    header.push_back(static_cast<std::uint8_t>(5 + code));
    header.push_back(2);
    for (const int octet : {0, 0, 0, 3})
        header.push_back(static_cast<std::uint8_t>(octet));
    header.resize(header.size() + code);
    header.resize((header.size() + 7) / 8 * 8);
    header[1] = static_cast<std::uint8_t>(header.size() / 8 - 1);
    return header;
}

// RFC 4285, 5.2: the code is over a digest of addresses and message.
TEST(MnAaa, IsTheCodeOfADigest) {
    for (const std::size_t size : {12u, 20u}) {
        base::Bytes header = with_aaa_option(size);
        const Mobility who{sar, home};
        ASSERT_TRUE(authenticate(header, Kind::mn_aaa, who, key));
        EXPECT_EQ(verify(header, Kind::mn_aaa, who, hmac_sha1_spi, key), Authenticity::authentic);
        const auto digest = sha1({sar.octets, home.octets, base::View(header).first(20)});
        const auto right = hmac_sha1(key, {digest});
        EXPECT_EQ(base::hex(base::View(header).subspan(20, size)), base::hex(base::View(right).first(size)));
        header[7] ^= 1;
        EXPECT_EQ(verify(header, Kind::mn_aaa, who, hmac_sha1_spi, key), Authenticity::wrong);
    }
}

TEST(MessageIds, IsReadFromItsOption) {
    EXPECT_EQ(find_message_id(vectors[0].header), 0xc92c0a8000000000u);
    EXPECT_FALSE(find_message_id(with_aaa_option(12)));
}

TEST(MessageIds, NeedAnOption) {
    MessageIds ids;
    EXPECT_EQ(ids.ask("mn1", {}, {}), MessageId::required);
}

TEST(MessageIds, AreNewerEveryTime) {
    using std::chrono::seconds;
    MessageIds ids;
    const base::Wall now = seconds(1'188'864'000);
    EXPECT_EQ(ids.ask("mn1", ntp_of(now), now), MessageId::accepted);
    EXPECT_EQ(ids.ask("mn1", ntp_of(now), now), MessageId::mismatch);
    EXPECT_EQ(ids.ask("mn1", ntp_of(now) - 1, now), MessageId::mismatch);
    EXPECT_EQ(ids.ask("mn1", ntp_of(now) + 1, now), MessageId::accepted);
    EXPECT_EQ(ids.ask("mn2", ntp_of(now), now), MessageId::accepted);
}

TEST(MessageIds, AreWithinSevenSecondsOfOurClock) {
    using std::chrono::seconds;
    const base::Wall now = seconds(1'188'864'000);
    for (const auto offset : {seconds(-7), seconds(7)}) {
        const auto beyond = offset.count() < 0 ? offset - seconds(1) : offset + seconds(1);
        EXPECT_EQ(MessageIds().ask("mn1", ntp_of(now + offset), now), MessageId::accepted) << offset.count();
        EXPECT_EQ(MessageIds().ask("mn1", ntp_of(now + beyond), now), MessageId::mismatch) << beyond.count();
    }
}

TEST(MessageIds, CountFrom1900) {
    EXPECT_EQ(ntp_of({}), std::uint64_t{2'208'988'800} << 32);
    const base::Wall wall(1'188'864'000'500'000'000);
    EXPECT_EQ(ntp_of(wall) & 0xffffffff, 0x80000000u);
    EXPECT_EQ(wall_of_ntp(ntp_of(wall)), wall);
}

} // namespace
} // namespace crypto
