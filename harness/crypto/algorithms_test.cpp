#include "harness/crypto/algorithms.h"

#include <gtest/gtest.h>

#include <string>

namespace crypto {
namespace {

using base::operator""_hex;

base::Bytes octets(std::string_view text) {
    return {text.begin(), text.end()};
}
base::Bytes filled(std::size_t size, std::uint8_t with) {
    return base::Bytes(size, with);
}
template <std::size_t N>
std::string hex(const std::array<std::uint8_t, N>& value) {
    return base::hex(value);
}

TEST(HmacSha1, GivesTheCodesOfRfc2202) {
    EXPECT_EQ(hex(hmac_sha1(filled(20, 0x0b), {octets("Hi There")})),
              "b617318655057264e28bc0b6fb378c8ef146be00");
    EXPECT_EQ(hex(hmac_sha1(octets("Jefe"), {octets("what do ya want for nothing?")})),
              "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_EQ(hex(hmac_sha1(filled(20, 0xaa), {filled(50, 0xdd)})),
              "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
}

TEST(HmacSha1, IsCutTo96BitsAsInRfc2202Case5) {
    Mac mac(Integrity::hmac_sha1_96, filled(20, 0x0c));
    const auto icv = mac.of({octets("Test With Truncation")});
    EXPECT_EQ(base::hex(base::View(icv).first(mac.size())), "4c1a03424b55e07fe7f27be1");
}

TEST(HmacSha256, GivesTheCodesOfRfc4231) {
    EXPECT_EQ(hex(hmac_sha256(filled(20, 0x0b), {octets("Hi There")})),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex(hmac_sha256(octets("Jefe"), {octets("what do ya want for nothing?")})),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(HmacSha256, IsCutTo128BitsAsInRfc4868) {
    struct {
        base::Bytes key, message;
        std::string icv;
    } const vectors[] = {
        {filled(32, 0x0b), octets("Hi There"), "198a607eb44bfbc69903a0f1cf2bbdc5"},
        {octets("JefeJefeJefeJefeJefeJefeJefeJefe"), octets("what do ya want for nothing?"),
         "167f928588c5cc2eef8e3093caa0e87c"},
        {filled(32, 0xaa), filled(50, 0xdd), "cdcb1220d1ecccea91e53aba3092f962"},
        {"0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"_hex, filled(50, 0xcd),
         "372efcf9b40b35c2115b1346903d2ef4"},
    };
    for (const auto& one : vectors) {
        Mac mac(Integrity::hmac_sha2_256_128, one.key);
        ASSERT_EQ(mac.size(), 16u);
        EXPECT_EQ(base::hex(base::View(mac.of({one.message})).first(16)), one.icv);
    }
}

TEST(Mac, TakesPartsAsOneMessageAndCanBeUsedAgain) {
    Mac mac(Integrity::hmac_sha1_96, filled(20, 0x0b));
    const auto first = mac.of({octets("Hi "), {}, octets("There")});
    EXPECT_EQ(hex(first).substr(0, 40), "b617318655057264e28bc0b6fb378c8ef146be00");
    EXPECT_EQ(mac.of({octets("Hi There")}), first);
}

TEST(Mac, RefusesAnIcvThatDiffersOrIsOfAnotherSize) {
    Mac mac(Integrity::hmac_sha1_96, filled(20, 1));
    const base::Bytes message = octets("message");
    const auto whole = mac.of({message});
    base::Bytes icv(whole.begin(), whole.begin() + 12);
    EXPECT_TRUE(mac.verify({message}, icv));
    for (std::size_t bit = 0; bit < 96; ++bit) {
        base::Bytes wrong = icv;
        wrong[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        EXPECT_FALSE(mac.verify({message}, wrong)) << bit;
    }
    icv.pop_back();
    EXPECT_FALSE(mac.verify({message}, icv));
    EXPECT_FALSE(mac.verify({message}, {}));
}

TEST(AesCbc, EncryptsTheMessagesOfRfc3602) {
    struct {
        base::Bytes key, iv, plain;
        std::string sealed;
    } const vectors[] = {
        {"06a9214036b8a15b512e03d534120006"_hex, "3dafba429d9eb430b422da802c9fac41"_hex,
         octets("Single block msg"), "e353779c1079aeb82708942dbe77181a"},
        {"c286696d887c9aa0611bbb3e2025a45a"_hex, "562e17996d093d28ddb3ba695a2e6f58"_hex,
         "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"_hex,
         "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1"},
    };
    for (const auto& one : vectors) {
        CipherKey key(Cipher::aes_cbc, one.key);
        base::Bytes sealed, opened;
        key.seal(one.iv, {}, one.plain, sealed);
        EXPECT_EQ(base::hex(sealed), one.sealed);
        EXPECT_TRUE(key.open(one.iv, {}, sealed, opened));
        EXPECT_EQ(opened, one.plain);
    }
}

TEST(AesGcm, SealsTheFourthCaseOfItsSpecification) {
    // The twelve octets of the vector are the salt and what a packet carries (RFC 4106, 4).
    CipherKey key(Cipher::aes_gcm, "feffe9928665731c6d6a8f9467308308cafebabe"_hex);
    const base::Bytes iv = "facedbaddecaf888"_hex,
                      associated = "feedfacedeadbeeffeedfacedeadbeefabaddad2"_hex,
                      plain = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                              "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"_hex;
    base::Bytes sealed, opened;
    key.seal(iv, associated, plain, sealed);
    EXPECT_EQ(base::hex(sealed), "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                                 "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
                                 "5bc94fbc3221a5db94fae95ae7121a47");
    EXPECT_TRUE(key.open(iv, associated, sealed, opened));
    EXPECT_EQ(opened, plain);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        base::Bytes wrong = sealed, nothing;
        wrong[at] ^= 0x80;
        EXPECT_FALSE(key.open(iv, associated, wrong, nothing)) << at;
        EXPECT_TRUE(nothing.empty());
    }
    base::Bytes nothing;
    EXPECT_FALSE(key.open(iv, {}, sealed, nothing));
    EXPECT_FALSE(key.open(iv, associated, base::View(sealed).first(15), nothing));
}

TEST(CipherKey, TakesAllThreeSizesOfAesAndNoOther) {
    for (const std::size_t size : {16u, 24u, 32u}) {
        EXPECT_TRUE(fits(Cipher::aes_cbc, size));
        EXPECT_TRUE(fits(Cipher::aes_gcm, size + 4));
        CipherKey key(Cipher::aes_cbc, filled(size, 7));
        base::Bytes sealed, opened;
        key.seal(filled(16, 1), {}, filled(32, 2), sealed);
        EXPECT_TRUE(key.open(filled(16, 1), {}, sealed, opened));
        EXPECT_EQ(opened, filled(32, 2));
    }
    for (const std::size_t size : {0u, 3u, 15u, 17u, 33u})
        EXPECT_FALSE(fits(Cipher::aes_cbc, size)) << size;
    for (const std::size_t size : {0u, 3u, 16u, 24u, 32u})
        EXPECT_FALSE(fits(Cipher::aes_gcm, size)) << size;
    EXPECT_TRUE(fits(Cipher::null, 0));
    EXPECT_FALSE(fits(Cipher::null, 16));
    EXPECT_THROW(CipherKey(Cipher::aes_cbc, filled(5, 0)), std::runtime_error);
}

TEST(CipherKey, MakesVectorsThatDifferWithEveryNumberAndSeed) {
    CipherKey cbc(Cipher::aes_cbc, filled(16, 3)), gcm(Cipher::aes_gcm, filled(20, 3));
    EXPECT_EQ(cbc.iv(1, 2), cbc.iv(1, 2));
    EXPECT_NE(cbc.iv(1, 2), cbc.iv(1, 3));
    EXPECT_NE(cbc.iv(1, 2), cbc.iv(2, 2));
    EXPECT_EQ(cbc.iv(1, 2).size(), 16u);
    EXPECT_EQ(gcm.iv(1, 0x0102), "0000000000000102"_hex);
}

} // namespace
} // namespace crypto
