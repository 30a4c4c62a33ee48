#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/base/text.h"

#include <gtest/gtest.h>

using namespace base;
using namespace std::chrono_literals;

TEST(Hex, ReadsPairsAndIgnoresBlanksBetweenThem) {
    EXPECT_EQ(parse_hex("00 fF\n1a"), (Bytes{0, 255, 26}));
    EXPECT_EQ(parse_hex("0"), std::nullopt);
    EXPECT_EQ(parse_hex("0 0"), std::nullopt);
    EXPECT_EQ(parse_hex("0g"), std::nullopt);
    EXPECT_EQ(hex(Bytes{0, 255, 26}), "00ff1a");
}

TEST(Ip6, ReadsTheFormsOfRfc4291) {
    auto full = parse_ip6("2001:0db8:0:0:0:0:0:1");
    ASSERT_TRUE(full);
    EXPECT_EQ(full, parse_ip6("2001:DB8::1"));
    EXPECT_EQ(parse_ip6("::"), Ip6{});
    EXPECT_EQ(parse_ip6("::ffff:10.0.0.1")->octets[12], 10);
    EXPECT_EQ(parse_ip6("1:2:3:4:5:6:7::")->octets[13], 7);
    for (auto wrong : {"", ":", ":::", "1::2::3", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "12345::", "::1%eth0",
                       "::1/64", "1:2:3:4:5:6:7:8::", "::10.0.0", "::256.0.0.1", "1.2.3.4", "g::"})
        EXPECT_FALSE(parse_ip6(wrong)) << wrong;
}

TEST(Ip6, IsPrintedAsRfc5952Wants) {
    for (auto text_form :
         {"::", "::1", "2001:db8::1", "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "fe80::ff:fe00:1",
          "::ffff:192.0.2.1", "1:2:3:4:5:6:7:0", "2001:db8::1:0:0:1", "1::"})
        EXPECT_EQ(text(*parse_ip6(text_form)), text_form);
}

TEST(Ip6, KnowsItsScope) {
    EXPECT_TRUE(parse_ip6("::1")->is_loopback());
    EXPECT_TRUE(parse_ip6("febf::1")->is_link_local());
    EXPECT_FALSE(parse_ip6("fec0::1")->is_link_local());
    EXPECT_TRUE(parse_ip6("2001:db8::1")->is_routable_unicast());
    for (auto not_routable : {"::", "::1", "fe80::1", "ff02::1"})
        EXPECT_FALSE(parse_ip6(not_routable)->is_routable_unicast()) << not_routable;
}

TEST(Ip6, DerivesSolicitedNodeGroupAndInterfaceIdentifier) {
    EXPECT_EQ(text(parse_ip6("2001:db8::12:3456")->solicited_node()), "ff02::1:ff12:3456");
    auto mac = *parse_mac("02:00:00:00:00:01");
    EXPECT_EQ(text(link_local(mac)), "fe80::ff:fe00:1");
    EXPECT_EQ(text(slaac(*parse_ip6("2001:db8::"), mac)), "2001:db8::ff:fe00:1");
    EXPECT_EQ(text(multicast_mac(*parse_ip6("ff02::1:ff12:3456"))), "33:33:ff:12:34:56");
}

TEST(Ip4, ReadsFourDecimalParts) {
    EXPECT_EQ(text(*parse_ip4("10.64.0.5")), "10.64.0.5");
    for (auto wrong : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1..2.3", "1.2.3.4 "})
        EXPECT_FALSE(parse_ip4(wrong)) << wrong;
}

TEST(Prefix, ContainsAndOverlapsByItsLength) {
    auto p = *parse_prefix("2001:db8:100::/40");
    EXPECT_TRUE(p.contains(*parse_ip6("2001:db8:1ff::1")));
    EXPECT_FALSE(p.contains(*parse_ip6("2001:db8:200::1")));
    EXPECT_TRUE(p.contains(*parse_prefix("2001:db8:101::/48")));
    EXPECT_FALSE(p.contains(*parse_prefix("2001:db8::/32")));
    EXPECT_TRUE(p.overlaps(*parse_prefix("2001:db8::/32")));
    EXPECT_TRUE(parse_prefix("::/0")->contains(*parse_ip6("ffff::")));
    EXPECT_FALSE(parse_prefix("::/129"));
    EXPECT_FALSE(parse_prefix("::/"));
    EXPECT_FALSE(parse_prefix("::"));
}

TEST(Prefix, NumbersHostsAndSubnets) {
    auto p = *parse_prefix("2001:db8:300:7::9/48");
    EXPECT_EQ(text(p.canonical()), "2001:db8:300::/48");
    EXPECT_EQ(text(p.subnet(5, 64)), "2001:db8:300:5::/64");
    EXPECT_EQ(text(p.host(5)), "2001:db8:300:7::5");
    EXPECT_EQ(text(parse_prefix("2001:db8::/32")->subnet(3, 33)), "2001:db8:8000::/33");
}

TEST(Duration, IsReadAndWrittenInItsShortestExactForm) {
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("1.5s"), 1500ms);
    EXPECT_EQ(parse_duration("-2m"), -2min);
    EXPECT_EQ(parse_duration("10ns"), 10ns);
    for (auto wrong : {"", "s", "1", "1.s", ".5s", "1..5s", "1 s", "1d", "99999999999h", "--1s"})
        EXPECT_FALSE(parse_duration(wrong)) << wrong;
    for (auto form : {"1.5s", "250ms", "1h", "2m", "300us", "10ns", "-1h", "0s"})
        EXPECT_EQ(text_of(*parse_duration(form)), form);
    EXPECT_EQ(text_of(90min), "90m");
    EXPECT_EQ(text_of(1500ms), "1.5s");
}

TEST(Timestamp, CountsSecondsAndSixtyFiveThousandthsSince1970) {
    // 2007-09-04 00:00:00.5 UTC
    EXPECT_EQ(timestamp_48_16(1188864000s + 500ms), 0x000046dca0008000u);
    EXPECT_EQ(wall_of_48_16(0x000046dca0008000u), 1188864000s + 500ms);
    EXPECT_GT(wall_of_48_16(UINT64_MAX), 0s);
    for (std::uint64_t fraction = 0; fraction < 65536; fraction += 77)
        EXPECT_EQ(timestamp_48_16(wall_of_48_16(0x46dca0000000 | fraction)), 0x46dca0000000 | fraction);
}

TEST(Text, SuggestsTheNearestNameOrNone) {
    std::vector<std::string> names{"binding-update", "binding-error", "timestamp"};
    EXPECT_EQ(nearest("binding-udpate", names), "binding-update");
    EXPECT_EQ(nearest("timestmp", names), "timestamp");
    EXPECT_EQ(nearest("entirely-else", names), "");
}

TEST(Text, ReadsWholeNumbersOnly) {
    EXPECT_EQ(parse_number("0x1f"), 31u);
    EXPECT_EQ(parse_number("18446744073709551615"), UINT64_MAX);
    for (auto wrong : {"", "0x", "18446744073709551616", "1 ", "-1", "+1", "1e3"})
        EXPECT_FALSE(parse_number(wrong)) << wrong;
}

TEST(Text, SplitsJoinsAndTrims) {
    auto parts = split(" a  b\tc ");
    EXPECT_EQ(parts, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(join(parts, ", "), "a, b, c");
    EXPECT_EQ(trim("  x y "), "x y");
    EXPECT_EQ(trim("  "), "");
}

TEST(Text, GlobsTheWholeText) {
    EXPECT_TRUE(glob("pmip6/*/x?", "pmip6/lma/x1"));
    EXPECT_TRUE(glob("*", ""));
    EXPECT_FALSE(glob("a*b", "abc"));
    EXPECT_TRUE(glob("a*b*c", "aXbYbZc"));
    EXPECT_FALSE(glob("", "a"));
}

TEST(Text, DisarmsHostileOctets) {
    EXPECT_EQ(printable("a\x1b[\xff\n"), "a\\x1b[\\xff\\x0a");
}
