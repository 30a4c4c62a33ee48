// Nodes, and routers, that register for themselves, or whose access routers do.
#include "harness/judge/dialogue_test.h"

namespace judge {
namespace {

class AccessRouter : public Conversation {
protected:
    AccessRouter() : Conversation("netmip6", "netmip6") { stamp = 0; }
};

class MobileRouter : public Conversation {
protected:
    MobileRouter() : Conversation("nemo", "nemo-pd") { stamp = 0; }
    void registers(const char* network) {
        update([&](Signal& one) { one.networks = {*base::parse_prefix(network)}; });
        answer([](Signal& one) { one.prefix.reset(); });
    }
};

} // namespace

TEST_F(AccessRouter, ThatConversesRightKeepsItsRules) {
    exchange();
    now += 10s;
    uplink();
    downlink();
    now += 100s;
    exchange();
    EXPECT_EQ(wrong(), Wrong{});
    for (const auto* id : {"NETMIP6-HA-058", "NETMIP6-HA-059", "NETMIP6-HA-044", "NETMIP6-AR-077",
                           "NETMIP6-AR-027", "NETMIP6-HA-007"})
        EXPECT_TRUE(is_kept(id)) << id;
}

TEST_F(AccessRouter, IsAnsweredWithItsNumberAndWithinItsLifetime) {
    update();
    answer([](Signal& one) { one.sequence += 1; });
    EXPECT_EQ(wrong(), Wrong{"NETMIP6-HA-058 fail 2"});
}

TEST_F(AccessRouter, IsGrantedNoMoreThanItAskedFor) {
    update();
    answer([](Signal& one) { one.lifetime += 1; });
    EXPECT_EQ(wrong(), Wrong{"NETMIP6-HA-059 fail 2"});
}

TEST_F(AccessRouter, WaitsHalfASecondLongerWhenItRegistersFirst) {
    update();
    now += 1s;
    update();
    EXPECT_EQ(wrong(), Wrong{"NETMIP6-AR-093 fail 2"});
}

TEST_F(AccessRouter, WaitsOneSecondForTheAnswerToARefresh) {
    exchange();
    now += 10s;
    update();
    now += 1s;
    update();
    EXPECT_EQ(wrong(), Wrong{});
    now += 1s;
    update(); // two were due
    EXPECT_EQ(wrong(), Wrong{"NETMIP6-AR-094 fail 5"});
}

TEST_F(AccessRouter, IsServedUntilItsBindingEnds) {
    exchange();
    lifetime = 0;
    now += 5s;
    exchange();
    downlink();
    EXPECT_EQ(wrong(), Wrong{}); // was on its way
    now += 1500ms;
    downlink();
    EXPECT_EQ(wrong(), Wrong{"NETMIP6-HA-074 fail 6"});
}

TEST_F(AccessRouter, ServesBesideTheNextOneInAHandover) {
    exchange();
    gateway = mag2;
    now += 5s;
    exchange();
    gateway = mag1;
    now += 5s;
    uplink();
    downlink();
    EXPECT_EQ(wrong(), Wrong{});
}

TEST_F(AccessRouter, HasNoTunnelWhereItIsRefused) {
    exchange();
    gateway = mag2;
    update();
    answer([](Signal& one) { one.status = 129; });
    now += 2s;
    uplink();
    EXPECT_EQ(wrong(), Wrong{"NETMIP6-AR-027 fail 5"});
}

TEST_F(MobileRouter, IsServedInAllItsNetworks) {
    update([](Signal& one) {
        one.networks = {*base::parse_prefix("2001:db8:200::/56"), *base::parse_prefix("2001:db8:9::7/128")};
    });
    answer([](Signal& one) { one.prefix.reset(); });
    downlink();
    EXPECT_EQ(dialogue().of_strangers(), 1u); // of 2001:db8:100:1::7, in none of them
    registers("2001:db8:100:1::/64");
    downlink();
    EXPECT_TRUE(is_kept("NEMOPD-HA-215"));
    EXPECT_EQ(dialogue().of_strangers(), 1u);
    EXPECT_EQ(wrong(), Wrong{});
}

TEST_F(MobileRouter, IsFollowedToItsNewAddress) {
    registers("2001:db8:100::/40");
    gateway = mag2;
    now += 10s;
    registers("2001:db8:100::/40");
    gateway = mag1;
    downlink(); // was on its way
    now += 2s;
    downlink();
    EXPECT_EQ(wrong(), Wrong{"NEMOPD-HA-215 fail 6"});
}

TEST_F(MobileRouter, IsFollowedToTheAddressThatItNames) {
    update([](Signal& one) {
        one.networks = {*base::parse_prefix("2001:db8:100::/40")};
        one.care_of = mag2;
    });
    answer([](Signal& one) { one.prefix.reset(); });
    now += 2s;
    gateway = mag2;
    downlink();
    EXPECT_EQ(wrong(), Wrong{});
    gateway = mag1;
    downlink();
    EXPECT_EQ(wrong(), Wrong{"NEMOPD-HA-215 fail 4"});
}

TEST_F(MobileRouter, LosesItsTunnelWithItsBinding) {
    registers("2001:db8:100::/40");
    now += 3602s;
    downlink();
    EXPECT_EQ(wrong(), Wrong{"NEMOPD-HA-019 fail 3"});
}

TEST_F(MobileRouter, LosesItsTunnelWhenItLeaves) {
    registers("2001:db8:100::/40");
    now += 5s;
    lifetime = 0;
    update();
    answer([](Signal& one) { one.prefix.reset(); });
    now += 2s;
    downlink();
    EXPECT_EQ(wrong(), Wrong{"NEMOPD-HA-219 fail 5"});
}

TEST_F(MobileRouter, MayRepeatWhenItLikes) { // no requirement of its specification says when
    update();
    now += 100ms;
    update();
    EXPECT_EQ(wrong(), Wrong{});
}

} // namespace judge
