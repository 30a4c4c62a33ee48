#include "harness/run/anonymiser.h"
#include "harness/run/profiles.h"
#include "harness/run/tar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace run {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

base::Ip6 ip6_of(const char* text) {
    return *base::parse_ip6(text);
}

Anonymiser one() {
    return Anonymiser({1, 2, 3});
}

TEST(Anonymisers, GiveTheSameForTheSameAndAnotherForAnother) {
    auto a = one(), b = one();
    EXPECT_EQ(a.address(ip6_of("2001:db8::1")), b.address(ip6_of("2001:db8::1")));
    EXPECT_NE(a.address(ip6_of("2001:db8::1")), a.address(ip6_of("2001:db8::2")));
    EXPECT_NE(a.address(ip6_of("2001:db8::1")), Anonymiser({4}).address(ip6_of("2001:db8::1")));
    EXPECT_NE(a.address(ip6_of("2001:db8::1")), ip6_of("2001:db8::1"));
}

TEST(Anonymisers, KeepWhatIsInOnePrefixInOnePrefix) {
    auto a = one();
    const auto prefix = a.address(ip6_of("2a00:1:2:3::")), inside = a.address(ip6_of("2a00:1:2:3::9")),
               beside = a.address(ip6_of("2a00:1:2:4::9")), pool = a.address(ip6_of("2a00:1:2::"));
    const auto share = [](const base::Ip6& left, const base::Ip6& right) {
        return std::mismatch(left.octets.begin(), left.octets.end(), right.octets.begin()).first -
               left.octets.begin();
    };
    EXPECT_EQ(base::text(prefix).substr(0, 4), "3fff");
    EXPECT_GE(share(prefix, inside), 8);
    EXPECT_EQ(share(inside, beside) / 2, 3); // the first three groups
    EXPECT_GE(share(pool, prefix), 6);
    EXPECT_TRUE(std::all_of(prefix.octets.begin() + 8, prefix.octets.end(), [](auto o) { return o == 0; }));
}

TEST(Anonymisers, LeaveWhatIsNobodys) {
    auto a = one();
    for (const char* text : {"::", "::1", "ff02::1", "ff02::2", "ff02::16"})
        EXPECT_EQ(a.address(ip6_of(text)), ip6_of(text)) << text;
    EXPECT_EQ(a.address(*base::parse_mac("33:33:00:00:00:01")), *base::parse_mac("33:33:00:00:00:01"));
    EXPECT_EQ(a.address(*base::parse_mac("ff:ff:ff:ff:ff:ff")), *base::parse_mac("ff:ff:ff:ff:ff:ff"));
}

TEST(Anonymisers, KeepAddressesThatAreMadeOfEthernetAddressesSo) {
    auto a = one();
    const auto mac = *base::parse_mac("00:16:3e:12:34:56");
    const auto now = a.address(mac);
    EXPECT_EQ(a.address(base::link_local(mac)), base::link_local(now));
    EXPECT_EQ(a.address(base::link_local(mac).solicited_node()), base::link_local(now).solicited_node());
    EXPECT_EQ(a.address(base::multicast_mac(base::link_local(mac).solicited_node())),
              base::multicast_mac(base::link_local(now).solicited_node()));
    EXPECT_FALSE(now.is_group());
}

TEST(Anonymisers, KeepTheLengthAndTheRealmOfAnIdentifier) {
    auto a = one();
    const auto first = a.identifier("mn1@example.net"), second = a.identifier("mn2@example.net");
    EXPECT_EQ(first.size(), std::string("mn1@example.net").size());
    EXPECT_NE(first, second);
    EXPECT_EQ(first.substr(3), second.substr(3));
    EXPECT_EQ(a.identifier("mn1@example.net"), first);
}

TEST(Anonymisers, FindThemInText) {
    auto a = one();
    const std::string now = a.text("lma 2001:db8:f::1 > mag1 fe80::1, nai=\"ann@corp.example\" via 10.1.2.3; "
                                   "02:00:5e:10:00:01 at 12:30:45, rfc 5.3.1, file.xml:12:5 +0.003000s");
    for (const char* gone : {"2001:db8", "fe80::1,", "ann@", "corp", "10.1.2.3", "02:00:5e"})
        EXPECT_THAT(now, Not(HasSubstr(gone)));
    for (const char* kept :
         {"lma ", " > mag1 fe80::", "at 12:30:45", "rfc 5.3.1", "file.xml:12:5", "+0.003000s"})
        EXPECT_THAT(now, HasSubstr(kept));
    EXPECT_THAT(now, HasSubstr(base::text(a.address(ip6_of("2001:db8:f::1")))));
}

TEST(Anonymisers, RemoveKeysInAnyNotation) {
    auto a = one();
    for (const char* text : {"key=00112233445566778899", "integrity-key=\"00112233445566778899\"",
                             "psk: 00112233445566778899", "{\"shared_secret\": \"00112233445566778899\"}",
                             "PASSWORD='two words 00112233445566778899'", "key: 0011223344/55+66=="}) {
        const std::string now = a.text(text);
        EXPECT_THAT(now, Not(HasSubstr("0011223344"))) << text;
        EXPECT_THAT(now, HasSubstr("removed-")) << text;
    }
    EXPECT_EQ(a.text("monkey business: none"), "monkey business: none");
}

// An update with a mobile node identifier and a home network prefix, as our own gateway sends it.
base::Bytes registration_frame() {
    const auto profile = profile_named("draft02");
    wire::Element packet{"packet", {}, {}, 0, 0};
    std::vector<std::string> mistakes;
    const auto element = [](const char* name, std::vector<std::pair<const char*, const char*>> values) {
        wire::Element out{name, {}, {}, 0, 0};
        for (const auto& [key, value] : values)
            out.attributes.push_back({key, std::string(value), nullptr, 0});
        return out;
    };
    packet.children = {
        element("ethernet", {{"source", "00:16:3e:00:00:02"}, {"destination", "00:16:3e:00:00:01"}}),
        element("ipv6", {{"source", "2001:db8:0:1::1"}, {"destination", "2001:db8:0:ff::1"}}),
        element("binding-update", {{"sequence", "7"}})};
    packet.children[2].children = {
        element("mobile-node-identifier", {{"subtype", "nai"}, {"nai", "ann@corp.example"}}),
        element("home-network-prefix", {{"prefix-length", "64"}, {"prefix", "2001:db8:1000:1::"}})};
    const auto built = wire::build(packet, mistakes, profile);
    EXPECT_TRUE(mistakes.empty()) << mistakes.front();
    return wire::encode(built, profile);
}

TEST(Anonymisers, ReplaceWithinFramesAndKeepThemRight) {
    const auto profile = profile_named("draft02");
    const auto before = registration_frame();
    auto a = one();
    const auto after = a.frame(before, profile);
    ASSERT_EQ(after.size(), before.size());
    EXPECT_TRUE(wire::decode_frame(after, profile).faults.empty());
    const std::string told = wire::text(wire::describe(wire::decode_frame(after, profile), profile));
    EXPECT_THAT(told, HasSubstr("sequence=\"7\""));
    EXPECT_THAT(told, HasSubstr(base::text(a.address(ip6_of("2001:db8:1000:1::")))));
    EXPECT_THAT(told, HasSubstr(a.identifier("ann@corp.example")));
    for (const char* gone : {"2001:db8", "ann@", "00:16:3e"})
        EXPECT_THAT(told, Not(HasSubstr(gone)));
}

TEST(Anonymisers, LeaveAWrongChecksumWrong) {
    const auto profile = profile_named("draft02");
    auto before = registration_frame();
    const auto places = wire::places(wire::decode_frame(before, profile), profile);
    const auto sum = std::find_if(places.begin(), places.end(),
                                  [](const auto& place) { return place.path.ends_with("checksum"); });
    ASSERT_NE(sum, places.end());
    before[sum->offset] ^= 0x5a;
    auto a = one();
    const auto faults = wire::decode_frame(a.frame(before, profile), profile).faults;
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].kind, wire::FaultKind::checksum);
}

TEST(Anonymisers, FindKnownOctetsWhereNoFieldIs) {
    auto a = one();
    const auto address = ip6_of("2001:db8:0:1::77"), now = a.address(ip6_of("2001:db8:0:1::77"));
    base::Bytes frame{1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 0x88, 0xb5};
    frame.insert(frame.end(), address.octets.begin(), address.octets.end());
    const auto out = a.frame(frame, profile_named("draft02"));
    EXPECT_TRUE(std::equal(now.octets.begin(), now.octets.end(), out.end() - 16));
}

TEST(Anonymisers, TakeAnyFrame) {
    auto a = one();
    const auto whole = registration_frame();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(a.frame(base::View(whole.data(), size), profile_named("draft02")).size(), size);
}

TEST(Archives, AreWhatTarReads) {
    std::string out;
    Tar tar([&](std::string_view text) { out += text; });
    EXPECT_TRUE(tar.add("a/b.txt", "hello"));
    EXPECT_TRUE(tar.add(std::string(120, 'd') + "/c", ""));
    EXPECT_FALSE(tar.add(std::string(300, 'x'), ""));
    tar.finish();
    ASSERT_EQ(out.size(), 512u * 5);
    EXPECT_THAT(out, StartsWith("a/b.txt"));
    EXPECT_EQ(out.substr(257, 8), std::string("ustar\0"
                                              "00",
                                              8));
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i)
        sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(out[i]);
    EXPECT_EQ(std::stoul(out.substr(148, 6), nullptr, 8), sum);
    EXPECT_EQ(out.substr(512, 5), "hello");
}

} // namespace
} // namespace run
