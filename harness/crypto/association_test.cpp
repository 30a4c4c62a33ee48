#include "harness/crypto/association.h"
#include "harness/crypto/samples_test.h"

#include <gmock/gmock.h>

namespace crypto {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Configuration read(std::string_view text) {
    std::vector<std::string> mistakes;
    Configuration out = parse(text, mistakes);
    EXPECT_THAT(mistakes, IsEmpty());
    return out;
}

std::string mistake(std::string_view text) {
    std::vector<std::string> mistakes;
    parse(text, mistakes);
    return mistakes.empty() ? "none" : mistakes.front();
}

constexpr std::string_view sha1_key = "000102030405060708090a0b0c0d0e0f10111213";

TEST(Associations, AreReadFromTheirRecords) {
    const auto read_back = read("# between gateway and anchor\n"
                                "sa esp 2001:db8:0:1::1 2001:db8:0:ff::1 spi 0x1001 cipher aes-cbc "
                                "000102030405060708090a0b0c0d0e0f integrity hmac-sha1-96 "
                                "000102030405060708090a0b0c0d0e0f10111213 window 128 first 7\n"
                                "policy protect 2001:db8:0:1::1 2001:db8::/32 with esp upper 135 type 5\n");
    ASSERT_THAT(read_back.associations, SizeIs(1));
    const Association& one = read_back.associations.front();
    EXPECT_EQ(one.source, samples::mag);
    EXPECT_EQ(one.destination, samples::lma);
    EXPECT_EQ(one.spi, 0x1001u);
    EXPECT_EQ(one.cipher, Cipher::aes_cbc);
    EXPECT_THAT(one.cipher_key, SizeIs(16));
    EXPECT_EQ(one.integrity, Integrity::hmac_sha1_96);
    EXPECT_EQ(one.window, 128u);
    EXPECT_EQ(one.first, 7u);
    ASSERT_THAT(read_back.policies, SizeIs(1));
    EXPECT_EQ(read_back.policies.front().source, (base::Prefix{samples::mag, 128}));
    EXPECT_EQ(read_back.policies.front().destination.length, 32u);
    EXPECT_EQ(read_back.policies.front().upper, 135);
    EXPECT_EQ(read_back.policies.front().type, 5);
}

TEST(Associations, AreWhatTheyWereWhenWrittenAndReadAgain) {
    Configuration configuration;
    configuration.associations = samples::all();
    configuration.associations[0].window = 0;
    configuration.associations[1].first = 99;
    Policy policy;
    policy.source = {samples::mag, 128};
    policy.destination = {{}, 0};
    configuration.policies = {policy, policy, policy};
    configuration.policies[1].verdict = Policy::Verdict::bypass;
    configuration.policies[1].upper = 135;
    configuration.policies[2].verdict = Policy::Verdict::discard;
    configuration.policies[2].type = 0;
    configuration.policies[2].protocol = Protocol::ah;
    EXPECT_EQ(read(text(configuration)), configuration);
}

TEST(Associations, AreRefusedWithAReason) {
    const std::string ends = "sa esp 2001:db8::1 2001:db8::2 ";
    const std::string good = " integrity hmac-sha1-96 " + std::string(sha1_key);
    EXPECT_EQ(mistake(ends + "spi 256" + good), "none");
    EXPECT_THAT(mistake(ends + "spi 255" + good), HasSubstr("above 255"));
    EXPECT_THAT(mistake(ends + good), HasSubstr("above 255"));
    EXPECT_THAT(mistake(ends + "spi 0x100000000" + good), HasSubstr("an SPI expected"));
    EXPECT_THAT(mistake(ends + "spi 256"), HasSubstr("nothing authenticates"));
    EXPECT_THAT(mistake(ends + "spi 256 cipher aes-cbc 000102030405060708090a0b0c0d0e0f"),
                HasSubstr("nothing authenticates"));
    EXPECT_THAT(mistake(ends + "spi 256 integrity hmac-sha1-96 00"), HasSubstr("key of 20 octets"));
    EXPECT_THAT(mistake(ends + "spi 256 cipher aes-cbc 0011" + good), HasSubstr("does not take a key of 2"));
    EXPECT_THAT(mistake(ends + "spi 256 cipher aes-gcm 000102030405060708090a0b0c0d0e0f10111213" + good),
                HasSubstr("authenticates by itself"));
    EXPECT_THAT(mistake("sa ah ::1 ::2 spi 256 cipher aes-cbc 000102030405060708090a0b0c0d0e0f" + good),
                HasSubstr("does not encrypt"));
    EXPECT_THAT(mistake(ends + "spi 256 first 0" + good), HasSubstr("begin at 1"));
    EXPECT_THAT(mistake("sa tcp ::1 ::2"), HasSubstr("esp or ah expected"));
    EXPECT_THAT(mistake("sa esp here ::2"), HasSubstr("source address expected"));
    EXPECT_THAT(mistake("sa esp ::1"), HasSubstr("destination address is missing"));
    EXPECT_THAT(mistake("\n\nkey 12"), HasSubstr("line 3: a record begins"));
    EXPECT_THAT(mistake("policy maybe ::/0 ::/0"), HasSubstr("protect, bypass or discard"));
    EXPECT_THAT(mistake("policy protect ::/0 ::/0 upper 256"), HasSubstr("protocol number expected"));
}

TEST(Associations, NeverSayAKeyInAMistake) {
    for (const std::string_view text :
         {"sa esp ::1 ::2 spi 256 integrity hmac-sha1-96 c0ffeec0ffee", "sa esp ::1 ::2 spi c0ffee",
          "sa esp ::1 ::2 spi 256 cipher aes-cbc c0ffee integrity none", "sa esp ::1 ::2 spi 256 c0ffee",
          "sa esp ::1 ::2 spi 256 integrity hmac-sha1-96 c0ffeexx", "c0ffee"})
        EXPECT_THAT(mistake(text), Not(HasSubstr("c0ffee"))) << text;
}

TEST(Associations, ThatAreWellWrittenAreReadBesideOthersThatAreNot) {
    std::vector<std::string> mistakes;
    const auto configuration = parse("sa esp x; sa ah ::1 ::2 spi 300 integrity hmac-sha1-96 " +
                                         std::string(sha1_key) + "; nonsense",
                                     mistakes);
    EXPECT_THAT(configuration.associations, SizeIs(1));
    EXPECT_THAT(mistakes, SizeIs(2));
}

} // namespace
} // namespace crypto
