#include "harness/run/guest_kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace run {
namespace {

using testing::HasSubstr;

model::Node node() {
    model::Node out;
    out.name = "kernel";
    out.role = "host";
    out.ports.emplace_back().addresses.push_back(*base::parse_prefix("2001:db8::2/64"));
    return out;
}

std::string commands(const std::string& security) {
    std::vector<std::string> mistakes;
    const auto configuration = crypto::parse(security, mistakes);
    EXPECT_EQ(mistakes, std::vector<std::string>{});
    return xfrm_commands(configuration, node());
}

TEST(GuestKernel, TakesAssociationsOfEveryAlgorithm) {
    const std::string ends = " 2001:db8::1 2001:db8::2 spi 4096 ";
    const std::string sha1(40, '1'), sha256(64, '2'), aes(32, '3'), gcm(40, '4');
    EXPECT_EQ(commands("sa esp" + ends + "integrity hmac-sha1-96 " + sha1),
              "xfrm state add src 2001:db8::1 dst 2001:db8::2 proto esp spi 0x1000 mode transport "
              "replay-window 64 enc \"ecb(cipher_null)\" \"\" auth-trunc \"hmac(sha1)\" 0x" +
                  sha1 + " 96\n");
    EXPECT_THAT(
        commands("sa esp" + ends + "cipher aes-cbc " + aes + " integrity hmac-sha2-256-128 " + sha256),
        HasSubstr("enc \"cbc(aes)\" 0x" + aes + " auth-trunc \"hmac(sha256)\" 0x" + sha256 + " 128\n"));
    EXPECT_THAT(commands("sa esp" + ends + "cipher aes-gcm " + gcm),
                HasSubstr("aead \"rfc4106(gcm(aes))\" 0x" + gcm + " 128\n"));
    EXPECT_THAT(commands("sa ah" + ends + "integrity hmac-sha2-256-128 " + sha256 + " window 0"),
                HasSubstr("proto ah spi 0x1000 mode transport auth-trunc \"hmac(sha256)\" 0x" + sha256));
}

TEST(GuestKernel, TakesThePolicyForItsOwnDirections) {
    EXPECT_EQ(
        commands("policy protect 2001:db8::1/128 2001:db8::2/128 with esp upper 58 type 128; "
                 "policy discard 2001:db8::2/128 2001:db8::1/128 upper 58"),
        "xfrm policy add dir in src 2001:db8::1/128 dst 2001:db8::2/128 proto 58 type 128 priority 1 action "
        "allow "
        "tmpl proto esp mode transport level required\n"
        "xfrm policy add dir out src 2001:db8::2/128 dst 2001:db8::1/128 proto 58 priority 2 action block\n");
}

} // namespace
} // namespace run
