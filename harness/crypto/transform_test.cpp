#include "harness/crypto/samples_test.h"
#include "harness/crypto/transform.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace crypto {
namespace {

using base::operator""_hex;
using namespace samples;

std::string title(const Association& one) {
    return base::hex(base::Bytes{static_cast<std::uint8_t>(one.protocol)}) + " " +
           std::string(name(one.cipher)) + " " + std::string(name(one.integrity));
}

TEST(Transform, OpensWhatItProtectedWhateverTheSize) {
    for (const Association& one : all()) {
        Transform out(one, 7), in(one, 8);
        for (std::size_t size = 0; size < 200; ++size) {
            const base::Bytes plain = packet(mh, random_octets(size, 1));
            const auto sealed = out.protect(plain);
            ASSERT_TRUE(sealed) << title(one);
            const Opened opened = in.open(*sealed);
            ASSERT_EQ(opened.verdict, Verdict::accepted) << title(one) << " " << size;
            ASSERT_EQ(opened.ip, plain) << title(one) << " " << size;
            ASSERT_EQ(opened.sequence, size + 1);
            ASSERT_EQ(opened.spi, one.spi);
        }
    }
}

TEST(Transform, RefusesEveryFlippedBitThatItCovers) {
    for (const Association& one : all()) {
        const base::Bytes plain = packet(mh, mobility(5));
        const base::Bytes sealed = *Transform(one).protect(plain);
        // ESP covers nothing of the IPv6 header; AH all of it but class, flow label and hop limit.
        for (std::size_t bit = 40 * 8; bit < sealed.size() * 8; ++bit) {
            base::Bytes wrong = sealed;
            wrong[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> bit % 8);
            ASSERT_NE(Transform(one).open(wrong).verdict, Verdict::accepted) << title(one) << " " << bit;
        }
    }
}

TEST(Transform, HasAVerdictOnEveryBeginningOfAPacket) {
    for (const Association& one : all()) {
        const base::Bytes sealed = *Transform(one).protect(packet(mh, mobility(5)));
        for (std::size_t size = 0; size < sealed.size(); ++size) {
            const base::Bytes as_is(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_EQ(Transform(one).open(as_is).verdict, Verdict::malformed);
            base::Bytes shortened = as_is; // and its header says so
            if (fix_length(shortened)) {
                EXPECT_NE(Transform(one).open(shortened).verdict, Verdict::accepted) << title(one) << size;
            }
        }
    }
}

TEST(Transform, TakesEachPacketOnce) {
    for (const Association& one : all()) {
        Transform out(one), in(one);
        const base::Bytes first = *out.protect(packet(mh, mobility(5))), second = *out.protect(first);
        EXPECT_EQ(in.open(first).verdict, Verdict::accepted);
        EXPECT_EQ(in.open(first).verdict, Verdict::replayed);
        EXPECT_EQ(in.look(first).verdict, Verdict::accepted);
    }
}

TEST(Transform, LetsAForgeryMoveNothing) {
    for (const Association& one : all()) {
        Transform in(one), out(one);
        const base::Bytes plain = packet(mh, mobility(5));
        Lies far;
        far.sequence = 1'000'000;
        base::Bytes forged = *out.protect(plain, &far);
        forged.back() ^= 1;
        EXPECT_EQ(in.open(forged).verdict, Verdict::not_authentic);
        EXPECT_EQ(in.open(*out.protect(plain)).verdict, Verdict::accepted) << title(one);
    }
}

TEST(Transform, EndsWithTheLastNumber) {
    Association one = esp(Cipher::null, 0, Integrity::hmac_sha1_96);
    one.first = 0xfffffffe;
    Transform out(one);
    const base::Bytes plain = packet(mh, mobility(5));
    EXPECT_TRUE(out.protect(plain));
    EXPECT_TRUE(out.protect(plain));
    EXPECT_FALSE(out.protect(plain));
    EXPECT_EQ(out.next(), 0u);
}

TEST(Transform, ProtectsNothingThatIsNoPacket) {
    for (const Association& one : all()) {
        Transform out(one);
        EXPECT_FALSE(out.protect({}));
        EXPECT_FALSE(out.protect(base::Bytes(39, 0x60)));
        EXPECT_FALSE(out.protect(packet(mh, random_octets(0xffff, 1)))) << "no room for a header";
        EXPECT_EQ(out.open({}).verdict, Verdict::malformed);
    }
}

// RFC 4303, 2: an SPI, a number, the payload, 1 2 …, pad length, next header, ICV.
TEST(Esp, HasTheLayoutOfItsSpecification) {
    Association one = esp(Cipher::null, 0, Integrity::hmac_sha1_96);
    const base::Bytes payload = "3b00ff0000000000aabb"_hex; // ten octets: two more are to be filled up
    const base::Bytes sealed = *Transform(one).protect(packet(mh, payload));
    EXPECT_EQ(sealed[6], 50);
    EXPECT_EQ(base::read16(sealed, 4), sealed.size() - 40);
    const base::View esp = base::View(sealed).subspan(40);
    EXPECT_EQ(base::hex(esp.first(esp.size() - 12)), "00001001"
                                                     "00000001"
                                                     "3b00ff0000000000aabb"
                                                     "00"
                                                     "87");
    const auto icv = hmac_sha1(one.integrity_key, {esp.first(esp.size() - 12)});
    EXPECT_EQ(base::hex(esp.last(12)), base::hex(base::View(icv).first(12)));
}

TEST(Esp, FillsUpToFourOctetsOrTheBlockOfTheCipher) {
    for (std::size_t size = 0; size < 40; ++size) {
        const base::Bytes plain = packet(mh, random_octets(size, 2));
        const auto null = *Transform(esp(Cipher::null, 0, Integrity::hmac_sha1_96)).protect(plain);
        EXPECT_EQ((null.size() - 40 - 8 - 12) % 4, 0u);
        EXPECT_LT(null.size() - 40 - 8 - 12 - size, 6u);
        const auto cbc = *Transform(esp(Cipher::aes_cbc, 16, Integrity::hmac_sha1_96)).protect(plain);
        EXPECT_EQ((cbc.size() - 40 - 8 - 16 - 12) % 16, 0u);
        EXPECT_LT(cbc.size() - 40 - 8 - 16 - 12 - size, 18u);
        const auto gcm = *Transform(esp(Cipher::aes_gcm, 20, Integrity::none)).protect(plain);
        EXPECT_EQ((gcm.size() - 40 - 8 - 8 - 16) % 4, 0u);
    }
}

TEST(Esp, RefusesPaddingThatIsNotCounted) {
    const Association one = esp(Cipher::null, 0, Integrity::hmac_sha1_96);
    Lies lies;
    lies.trailer = {0x10};
    const base::Bytes wrong = *Transform(one).protect(packet(mh, random_octets(9, 1)), &lies);
    EXPECT_EQ(Transform(one).open(wrong).verdict, Verdict::wrong_padding);
}

TEST(Esp, RefusesPaddingLongerThanThePacket) {
    const Association one = esp(Cipher::null, 0, Integrity::hmac_sha1_96);
    Lies lies;
    lies.trailer = {0xff}; // ten octets have no padding: the first of the trailer is its length
    const base::Bytes wrong = *Transform(one).protect(packet(mh, random_octets(10, 1)), &lies);
    EXPECT_EQ(Transform(one).open(wrong).verdict, Verdict::malformed);
}

TEST(Esp, StandsBehindTheOptionsAndTheRoutingHeader) {
    // Destination options with six octets of padding, then the message.
    base::Bytes payload = "87000104000000 00"_hex;
    const base::Bytes message = mobility(5);
    payload.insert(payload.end(), message.begin(), message.end());
    const base::Bytes plain = packet(60, payload);
    const Association one = esp(Cipher::aes_cbc, 16, Integrity::hmac_sha2_256_128);
    const base::Bytes sealed = *Transform(one).protect(plain);
    EXPECT_EQ(sealed[6], 60);
    EXPECT_EQ(sealed[40], 50);
    EXPECT_EQ(Transform(one).open(sealed).ip, plain);
}

TEST(Esp, TellsWhatADummyPacketIs) {
    const Association one = esp(Cipher::aes_gcm, 20, Integrity::none);
    const Opened opened = Transform(one).open(*Transform(one).protect(packet(59, random_octets(30, 1))));
    EXPECT_EQ(opened.verdict, Verdict::accepted);
    EXPECT_EQ(opened.ip.size(), 40u);
}

TEST(Esp, UsesAnotherVectorForEachPacket) {
    for (const Association& one :
         {esp(Cipher::aes_cbc, 16, Integrity::hmac_sha1_96), esp(Cipher::aes_gcm, 20, Integrity::none)}) {
        Transform out(one);
        const base::Bytes plain = packet(mh, mobility(5));
        const base::Bytes first = *out.protect(plain), second = *out.protect(plain);
        EXPECT_FALSE(std::equal(first.begin() + 48, first.begin() + 56, second.begin() + 48));
        EXPECT_FALSE(std::equal(first.begin() + 72, first.begin() + 88, second.begin() + 72));
    }
}

TEST(Lies, ChangeTheIcvOfCiphersThatAuthenticateThemselves) {
    const Association one = esp(Cipher::aes_gcm, 20, Integrity::none);
    const base::Bytes plain = packet(mh, random_octets(48, 1));
    Lies changed, cut;
    changed.icv = {1};
    cut.icv_octets = 12;
    const base::Bytes right = *Transform(one).protect(plain),
                      wrong = *Transform(one).protect(plain, &changed),
                      shorter = *Transform(one).protect(plain, &cut);
    ASSERT_EQ(wrong.size(), right.size());
    EXPECT_EQ(wrong[wrong.size() - 16], right[right.size() - 16] ^ 1);
    EXPECT_EQ(Transform(one).open(wrong).verdict, Verdict::not_authentic);
    EXPECT_EQ(shorter.size() + 4, right.size());
    EXPECT_NE(Transform(one).open(shorter).verdict, Verdict::accepted);
}

TEST(Lies, ChangeWhatTheySayAndNothingElse) {
    const Association one = esp(Cipher::aes_cbc, 16, Integrity::hmac_sha1_96);
    const base::Bytes plain = packet(mh, mobility(5));
    Lies spi, number, integrity, cipher, icv, cut;
    spi.spi = 0x999;
    number.sequence = 7;
    integrity.integrity_key = {1};
    cipher.cipher_key = {1};
    icv.icv = {1};
    cut.icv_octets = 8;
    Transform in(one), out(one);
    EXPECT_EQ(in.open(*out.protect(plain, &spi)).spi,
              0x999u); // who finds associations by it does not get here
    EXPECT_EQ(in.open(*out.protect(plain, &number)).sequence, 7u);
    EXPECT_EQ(in.open(*out.protect(plain, &integrity)).verdict, Verdict::not_authentic);
    EXPECT_NE(in.open(*out.protect(plain, &cipher)).verdict, Verdict::accepted);
    EXPECT_EQ(in.open(*out.protect(plain, &icv)).verdict, Verdict::not_authentic);
    const base::Bytes whole = *out.protect(plain), shorter = *out.protect(plain, &cut);
    EXPECT_EQ(shorter.size() + 4, whole.size());
    EXPECT_EQ(base::read16(shorter, 4), shorter.size() - 40);
    EXPECT_NE(in.open(shorter).verdict, Verdict::accepted);
    EXPECT_EQ(in.open(whole).verdict, Verdict::accepted);
}

} // namespace
} // namespace crypto
