#include "peers/common/addresses_test.h"
#include "peers/common/routes.h"

#include <gtest/gtest.h>

namespace peers::common {
namespace {

PortIndex port_of(const Target* target) {
    return target ? std::get<PortTarget>(*target).port : 99;
}

TEST(RoutingTable, TakesTheLongestPrefix) {
    RoutingTable routes;
    routes.add({prefix("::/0"), PortTarget{0, {}}});
    routes.add({prefix("2001:db8::/32"), PortTarget{1, {}}});
    routes.add({prefix("2001:db8:0:1::/64"), PortTarget{2, {}}});
    routes.add({prefix("2001:db8:0:1::5/128"), PortTarget{3, {}}});
    EXPECT_EQ(port_of(routes.find(ip("2001:db9::1"))), 0u);
    EXPECT_EQ(port_of(routes.find(ip("2001:db8::1"))), 1u);
    EXPECT_EQ(port_of(routes.find(ip("2001:db8:0:1::1"))), 2u);
    EXPECT_EQ(port_of(routes.find(ip("2001:db8:0:1::5"))), 3u);
    routes.remove(prefix("2001:db8:0:1::/64"));
    EXPECT_EQ(port_of(routes.find(ip("2001:db8:0:1::1"))), 1u);
}

TEST(RoutingTable, ReplacesARouteToTheSamePrefix) {
    RoutingTable routes;
    routes.add({prefix("2001:db8::/32"), PortTarget{1, {}}});
    routes.add({prefix("2001:db8::/32"), PortTarget{2, {}}});
    EXPECT_EQ(routes.size(), 1u);
    EXPECT_EQ(port_of(routes.find(ip("2001:db8::1"))), 2u);
    routes.remove(prefix("2001:db8::/32"));
    EXPECT_FALSE(routes.find(ip("2001:db8::1")));
}

struct Rules : testing::Test {
    void set(const char* name, int order, std::optional<PortIndex> port, const char* source, Verdict verdict,
             std::optional<TunnelEnds> out_of = {}, const char* destination = "::/0") {
        rules.set({name, order, port, out_of, prefix(source), prefix(destination), verdict});
    }
    std::size_t judge(PortIndex port, const char* source, std::optional<TunnelEnds> out_of = {},
                      const char* destination = "2001:db8:c::1") {
        return rules.judge(port, out_of, ip(source), ip(destination)).index();
    }
    static constexpr std::size_t by_route = 0, drop = 1, to_role = 3;
    RuleTable rules;
    TunnelEnds tunnel{ip("2001:db8::1"), ip("2001:db8::2")};
};

TEST_F(Rules, LetTheRoutesDecideIfNoneMatches) {
    EXPECT_EQ(judge(0, "2001:db8::1"), by_route);
}

TEST_F(Rules, ApplyLowestOrderFirstWhateverTheLengthOfThePrefix) {
    set("default", 10, 1, "::/0", Drop{});
    set("bound", 0, 1, "2001:db8:1::/64", ByRoute{});
    EXPECT_EQ(judge(1, "2001:db8:1::7"), by_route);
    EXPECT_EQ(judge(1, "2001:db8:2::7"), drop);
    set("all to the role", -1, {}, "::/0", ToRole{});
    EXPECT_EQ(judge(1, "2001:db8:1::7"), to_role);
}

TEST_F(Rules, ApplyTheOldestOfEqualOrder) {
    set("a", 0, {}, "2001:db8::/32", Drop{});
    set("b", 0, {}, "2001:db8:1::/48", ToRole{});
    EXPECT_EQ(judge(0, "2001:db8:1::1"), drop);
}

TEST_F(Rules, OfAPortSayNothingOfPacketsOutOfATunnel) {
    set("port", 0, 1, "::/0", Drop{});
    set("tunnel", 0, {}, "2001:db8:1::/64", ToRole{}, tunnel);
    EXPECT_EQ(judge(1, "2001:db8:1::1", tunnel), to_role);
    EXPECT_EQ(judge(1, "2001:db8:2::1", tunnel), by_route);
    EXPECT_EQ(judge(1, "2001:db8:1::1"), drop);
    EXPECT_EQ(judge(0, "2001:db8:1::1"), by_route);
}

TEST_F(Rules, LookAtTheDestinationToo) {
    set("local", 0, 1, "::/0", Drop{}, {}, "2001:db8:d::/64");
    EXPECT_EQ(judge(1, "2001:db8:1::1", {}, "2001:db8:d::1"), drop);
    EXPECT_EQ(judge(1, "2001:db8:1::1", {}, "2001:db8:e::1"), by_route);
}

TEST_F(Rules, AreReplacedAndRemovedByName) {
    set("x", 0, 1, "2001:db8:1::/64", Drop{});
    set("x", 0, 2, "2001:db8:2::/64", Drop{});
    EXPECT_EQ(rules.size(), 1u);
    EXPECT_EQ(judge(1, "2001:db8:1::1"), by_route);
    EXPECT_EQ(judge(2, "2001:db8:2::1"), drop);
    rules.remove("x");
    rules.remove("never there");
    EXPECT_EQ(judge(2, "2001:db8:2::1"), by_route);
    EXPECT_EQ(rules.size(), 0u);
}

} // namespace
} // namespace peers::common
