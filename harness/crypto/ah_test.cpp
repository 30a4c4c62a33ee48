#include "harness/crypto/samples_test.h"
#include "harness/crypto/transform.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace crypto {
namespace {

using base::operator""_hex;
using namespace samples;

Verdict verdict(const Association& one, base::View ip) {
    return Transform(one).open(ip).verdict;
}

// The vector of the NetMIPv6 specification's digest, which another implementation made.
TEST(Ah, ProtectsAHandoverRequestAsTheSpecificationsVectorDoes) {
    Association one;
    one.protocol = Protocol::ah;
    one.source = *base::parse_ip6("2001:db8:b::12");
    one.destination = *base::parse_ip6("2001:db8:b::11");
    one.spi = 0x1012;
    one.integrity = Integrity::hmac_sha1_96;
    one.integrity_key = "101112131415161718191a1b1c1d1e1f20212223"_hex;
    const base::Bytes request = "c800759f1234c000fd030104016d6e3140657861 6d706c652e6e657400000000"_hex;
    base::Bytes plain = packet(58, request, one.source, one.destination);
    plain[7] = 255;
    const auto sealed = Transform(one).protect(plain);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(base::hex(*sealed), "60000000003833ff20010db8000b0000000000000000001220010db8000b0000"
                                  "00000000000000113a040000000010120000000104f1c65c859da6ab4a9be736" +
                                      base::hex(request));
    EXPECT_EQ(Transform(one).open(*sealed).ip, plain);
}

TEST(Ah, IsAMultipleOfEightOctetsLong) {
    const base::Bytes plain = packet(135, mobility(5));
    const auto sha1 = *Transform(ah(Integrity::hmac_sha1_96)).protect(plain);
    EXPECT_EQ(sha1.size() - plain.size(), 24u);
    EXPECT_EQ(sha1[41], 4); // 24 octets are six words, less two
    const auto sha2 = *Transform(ah(Integrity::hmac_sha2_256_128)).protect(plain);
    EXPECT_EQ(sha2.size() - plain.size(), 32u); // 28, filled up
    EXPECT_EQ(sha2[41], 6);
}

TEST(Ah, LooksAwayFromClassFlowLabelAndHopLimitAndFromNothingElse) {
    const Association one = ah(Integrity::hmac_sha1_96);
    const base::Bytes sealed = *Transform(one).protect(packet(135, mobility(5)));
    for (std::size_t bit = 0; bit < 40 * 8; ++bit) {
        base::Bytes changed = sealed;
        changed[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> bit % 8);
        const bool is_mutable = (bit >= 4 && bit < 32) || bit / 8 == 7;
        EXPECT_EQ(verdict(one, changed) == Verdict::accepted, is_mutable) << "bit " << bit;
    }
}

TEST(Ah, CoversThePaddingBehindTheIcv) {
    const Association one = ah(Integrity::hmac_sha2_256_128);
    base::Bytes sealed = *Transform(one).protect(packet(135, mobility(5)));
    sealed[40 + 12 + 16] ^= 1;
    EXPECT_EQ(verdict(one, sealed), Verdict::not_authentic);
}

TEST(Ah, RefusesALengthThatIsNotItsOwn) {
    const Association one = ah(Integrity::hmac_sha1_96);
    const base::Bytes sealed = *Transform(one).protect(packet(135, mobility(5)));
    for (unsigned length = 0; length < 256; ++length) {
        base::Bytes changed = sealed;
        changed[41] = static_cast<std::uint8_t>(length);
        EXPECT_EQ(verdict(one, changed) == Verdict::accepted, length == 4) << length;
    }
}

base::Bytes with_options(std::string_view options) {
    base::Bytes payload = *base::parse_hex(options);
    const base::Bytes message = mobility(5);
    payload.insert(payload.end(), message.begin(), message.end());
    return packet(60, payload);
}

TEST(Ah, LooksAwayFromOptionsThatMayChangeOnTheWay) {
    const Association one = ah(Integrity::hmac_sha1_96);
    // type 0x3e may change, 0x1e may not; both four octets long
    for (const bool may_change : {true, false}) {
        base::Bytes sealed =
            *Transform(one).protect(with_options(may_change ? "87003e04aabbccdd" : "87001e04aabbccdd"));
        sealed[44] ^= 0xff;
        EXPECT_EQ(verdict(one, sealed) == Verdict::accepted, may_change);
        sealed[44] ^= 0xff;
        sealed[42] ^= 0x01; // the type itself never changes
        EXPECT_EQ(verdict(one, sealed), Verdict::not_authentic);
    }
}

// RFC 3775, 11.3.2: as if the home address were the source.
TEST(Ah, TakesSourceAndHomeAddressInEachOthersPlace) {
    Association one = ah(Integrity::hmac_sha1_96);
    one.source = *base::parse_ip6("2001:db8:4000:1::5");
    const base::Bytes plain = with_options("87020102 0000c910 20010db8400000010000000000000005");
    const base::Bytes sealed = *Transform(one).protect(plain);
    EXPECT_EQ(Transform(one).open(sealed).ip, plain);
    const base::Bytes view = ah_view(sealed, 64, 12);
    EXPECT_EQ(address_at(view, 8), one.source);
    EXPECT_EQ(address_at(view, 48), mag);
}

TEST(Ah, FollowsARoutingHeaderToItsEnd) {
    const base::Ip6 home = *base::parse_ip6("2001:db8:4000:1::5");
    base::Bytes payload = "8702020100000000"_hex;
    payload.insert(payload.end(), home.octets.begin(), home.octets.end());
    const base::Bytes message = mobility(6);
    payload.insert(payload.end(), message.begin(), message.end());
    const base::Bytes plain = packet(43, payload);
    Association one = ah(Integrity::hmac_sha1_96);
    const base::Bytes sealed = *Transform(one).protect(plain);
    const base::Bytes view = ah_view(sealed, 64, 12);
    EXPECT_EQ(address_at(view, 24), home);
    EXPECT_EQ(address_at(view, 48), lma);
    EXPECT_EQ(view[43], 0);
    EXPECT_EQ(chain_of(plain)->destination, home);
    // At the home address, after the routing header has been processed, it is still authentic.
    base::Bytes arrived = sealed;
    std::swap_ranges(arrived.begin() + 24, arrived.begin() + 40, arrived.begin() + 48);
    arrived[43] = 0;
    EXPECT_EQ(verdict(one, arrived), Verdict::accepted);
}

TEST(Ah, FollowsAListOfAddressesFromAnyStop) {
    base::Bytes payload = "8706000300000000"_hex;
    for (const char* stop : {"2001:db8::a", "2001:db8::b", "2001:db8::c"}) {
        const base::Ip6 address = *base::parse_ip6(stop);
        payload.insert(payload.end(), address.octets.begin(), address.octets.end());
    }
    const base::Bytes message = mobility(5);
    payload.insert(payload.end(), message.begin(), message.end());
    const Association one = ah(Integrity::hmac_sha1_96);
    base::Bytes sealed = *Transform(one).protect(packet(43, payload));
    for (int left = 3; left-- > 0;) { // each stop: the next address of the list becomes the destination
        const std::ptrdiff_t next = 48 + 16 * (2 - left);
        std::swap_ranges(sealed.begin() + 24, sealed.begin() + 40, sealed.begin() + next);
        sealed[43] = static_cast<std::uint8_t>(left);
        EXPECT_EQ(verdict(one, sealed), Verdict::accepted) << left;
    }
    EXPECT_EQ(address_at(sealed, 24), *base::parse_ip6("2001:db8::c"));
}

} // namespace
} // namespace crypto
