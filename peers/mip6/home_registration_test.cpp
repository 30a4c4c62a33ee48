#include "peers/mip6/home_registration.h"

#include <gtest/gtest.h>

namespace {

using namespace peers::mip6;

const base::Ip6 home = *base::parse_ip6("2001:db8:100::10"), agent = *base::parse_ip6("2001:db8:100::1"),
                care_of = *base::parse_ip6("2001:db8:f00::10");

TEST(HomeRegistration, CarriesTheHomeAddressInFrontOfTheUpdate) {
    wire::BindingUpdate update;
    update.sequence = 1;
    update.a = update.h = update.r = true;
    const auto octets = wire::encode(update_packet(care_of, agent, home, update));
    const auto read = wire::decode_ip(octets);
    EXPECT_TRUE(read.faults.empty());
    const auto registration = read_registration(read);
    ASSERT_TRUE(registration);
    EXPECT_EQ(registration->home_address, home);
    EXPECT_EQ(registration->care_of, care_of);
    EXPECT_EQ(registration->home_agent, agent);
    EXPECT_TRUE(registration->has_home_address_option);
}

TEST(HomeRegistration, AtHomeThereIsNoOption) {
    const auto packet = update_packet(home, agent, home, {});
    EXPECT_FALSE(packet.find<wire::DestinationOptions>());
    const auto registration = read_registration(packet);
    ASSERT_TRUE(registration);
    EXPECT_EQ(registration->care_of, home);
    EXPECT_FALSE(registration->has_home_address_option);
}

TEST(HomeRegistration, TakesTheAlternateCareOfAddress) {
    wire::BindingUpdate update;
    update.options.push_back(wire::AlternateCareOfAddress{.address = *base::parse_ip6("2001:db8:f00::11")});
    const auto packet = update_packet(care_of, agent, home, update);
    EXPECT_EQ(read_registration(packet)->care_of, *base::parse_ip6("2001:db8:f00::11"));
}

TEST(HomeRegistration, RefusesAddressesThatNobodyCanHave) {
    wire::BindingUpdate update;
    EXPECT_FALSE(read_registration(update_packet(*base::parse_ip6("ff02::1"), agent, home, update)));
    EXPECT_FALSE(read_registration(update_packet(care_of, agent, *base::parse_ip6("fe80::1"), update)));
}

TEST(HomeRegistration, AnswersGoThroughARoutingHeader) {
    const auto packet = to_mobile_node(agent, care_of, home, wire::BindingAcknowledgement{});
    ASSERT_TRUE(packet.find<wire::RoutingType2>());
    EXPECT_EQ(home_address_of(packet), home);
    EXPECT_EQ(wire::outer_ip(packet)->destination, care_of);
    EXPECT_FALSE(
        to_mobile_node(agent, home, home, wire::BindingAcknowledgement{}).find<wire::RoutingType2>());
}

TEST(HomeRegistration, NumbersAreComparedModulo65536) {
    EXPECT_TRUE(is_newer(1, 0));
    EXPECT_TRUE(is_newer(3, 0xfffe));
    EXPECT_FALSE(is_newer(5, 5));
    EXPECT_FALSE(is_newer(0xfffe, 3));
    EXPECT_FALSE(is_newer(0x8000, 0));
}

TEST(HomeRegistration, KnowsTheAnycastAddress) {
    EXPECT_EQ(base::text(home_agents_anycast(*base::parse_prefix("2001:db8:100::/64"))),
              "2001:db8:100:0:fdff:ffff:ffff:fffe");
}

} // namespace
