#include "harness/crypto/algorithms.h"
#include "harness/crypto/key_wrap.h"

#include <gtest/gtest.h>

namespace crypto {
namespace {

using base::Bytes;

// RFC 3394, 4.1.
TEST(KeyWrap, GivesTheVectorOfItsRfc) {
    const auto kek = *base::parse_hex("000102030405060708090a0b0c0d0e0f");
    const auto key = *base::parse_hex("00112233445566778899aabbccddeeff");
    const auto wrapped = *base::parse_hex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
    EXPECT_EQ(wrap_key(kek, key), wrapped);
    EXPECT_EQ(unwrap_key(kek, wrapped), key);
}

TEST(KeyWrap, RefusesWhatItsKeyHasNotWrapped) {
    const auto kek = *base::parse_hex("000102030405060708090a0b0c0d0e0f");
    auto wrapped = *wrap_key(kek, Bytes(16, 7));
    EXPECT_FALSE(unwrap_key(Bytes(16, 1), wrapped));
    wrapped[5] ^= 1;
    EXPECT_FALSE(unwrap_key(kek, wrapped));
    EXPECT_FALSE(wrap_key(Bytes(5, 1), Bytes(16, 7)));
    EXPECT_FALSE(wrap_key(kek, Bytes(9, 7)));
    EXPECT_FALSE(unwrap_key(kek, Bytes(16, 7)));
}

// RFC 2202, 2: test case 1, of which RFC 2403 sends the first 96 bits.
TEST(Algorithms, Md5IsThatOfItsRfc) {
    Mac mac(Integrity::hmac_md5_96, Bytes(16, 0x0b));
    const Bytes text{'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e'};
    ASSERT_EQ(mac.size(), 12u);
    const auto code = mac.of({text});
    EXPECT_EQ(Bytes(code.begin(), code.begin() + 12), *base::parse_hex("9294727a3638bb1c13f48ef8"));
}

} // namespace
} // namespace crypto
