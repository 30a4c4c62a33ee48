#include "peers/nemo/home_bench.h"
#include "peers/nemo/prefix_space.h"

#include <gtest/gtest.h>

namespace {

using namespace peers;
using namespace peers::nemo;
using namespace std::chrono_literals;

/// The octets of the Mobility Header.
std::string message(const wire::Packet& packet) {
    constexpr std::size_t headers = 14 + 40 + 24; // Ethernet, IPv6, routing header
    static const char* digits = "0123456789abcdef";
    std::string out;
    for (std::size_t i = headers; i < packet.raw.size(); ++i) {
        out += digits[packet.raw[i] >> 4];
        out += digits[packet.raw[i] & 15];
    }
    return out;
}

const wire::MnpConfirmation* confirmation_of(const wire::BindingAcknowledgement& ack, std::uint16_t id) {
    for (const auto* one : wire::find_all<wire::MnpConfirmation>(ack.options))
        if (one->correlation_id == id)
            return one;
    return nullptr;
}

// Digest 10, V6.
TEST(HomeAgent, AnEmptyListIsSWithoutPrefixes) {
    HomeBench bench;
    auto update = HomeBench::update(4);
    update.s = true;
    const auto* packet = bench.register_with(update);
    ASSERT_TRUE(packet);
    EXPECT_EQ(message(*packet), "3b0106005dbc0060000401c201020000");
    EXPECT_EQ(packet->find<wire::RoutingType2>()->home_address, home_address);
}

// Digest 10, V3.
TEST(HomeAgent, GrantsAPersistentPrefixForEver) {
    HomeBench bench(
        model::Settings{{"persistent-pool", "2001:db8:200:1::/64"}, {"pool", "2001:db8:202::/56"}});
    const auto* packet = bench.register_with(HomeBench::update(2, {HomeBench::request(0x1234, true)}));
    ASSERT_TRUE(packet);
    EXPECT_EQ(message(*packet),
              "3b040600de180040000201c2fe1a40a012340003ffffffff20010db8020000010000000000000000");
    EXPECT_TRUE(bench.tunnels_to("2001:db8:200:1::5"));
}

// Digest 10, V7.
TEST(HomeAgent, TellsAHostThatItIsNoRouter) {
    HomeBench bench;
    auto update = HomeBench::update(5, {HomeBench::request(0x1234)});
    update.r = false;
    const auto* packet = bench.register_with(update);
    ASSERT_TRUE(packet);
    EXPECT_EQ(message(*packet),
              "3b0406004c930000000501c2fe1a0020123402000000000000000000000000000000000000000000");
}

// A 5.4; digest 5.
TEST(HomeAgent, ATransientPrefixLastsAsLongAsTheBinding) {
    HomeBench bench;
    const auto ack = bench.answer(HomeBench::update(1, {HomeBench::request(1)}));
    const auto* granted = confirmation_of(ack, 1);
    ASSERT_TRUE(granted);
    EXPECT_EQ(granted->status, confirmation::success);
    EXPECT_EQ(granted->valid_lifetime, 1800u);
    EXPECT_TRUE(bench.tunnels_to("2001:db8:200::5"));
    bench.net.run_for(1801s);
    EXPECT_FALSE(bench.tunnels_to("2001:db8:200::5"));
    const auto other = bench.answer(HomeBench::update(1, {HomeBench::request(1)}), other_home_address);
    EXPECT_EQ(confirmation_of(other, 1)->prefix, granted->prefix);
}

// A 6.4: at most one prefix for a correlator.
TEST(HomeAgent, RepeatsItsAnswerToTheSameCorrelator) {
    HomeBench bench;
    const auto first = bench.answer(HomeBench::update(1, {HomeBench::request(7), HomeBench::request(7)}));
    EXPECT_EQ(wire::find_all<wire::MnpConfirmation>(first.options).size(), 1u);
    const auto again = bench.answer(HomeBench::update(2, {HomeBench::request(7)}));
    EXPECT_EQ(confirmation_of(again, 7)->prefix, confirmation_of(first, 7)->prefix);
}

// RFC 3963, 6.2.
TEST(HomeAgent, RefusesClaimsAllOrNothing) {
    HomeBench bench({}, {{"prefixes", "2001:db8:300:1::/64"}});
    const auto refused = bench.answer(HomeBench::update(
        1, {HomeBench::claim("2001:db8:300:1::/64"), HomeBench::claim("2001:db8:300:2::/64")}));
    EXPECT_EQ(refused.status, mip6::status::not_authorised);
    EXPECT_EQ(confirmation_of(refused, 0)->status, confirmation::of_another);
    EXPECT_FALSE(bench.tunnels_to("2001:db8:300:1::5"));
    const auto invalid = bench.answer(HomeBench::update(2, {HomeBench::claim("fe80::/64")}));
    EXPECT_EQ(invalid.status, mip6::status::invalid_prefix);
    const auto good = bench.answer(HomeBench::update(3, {HomeBench::claim("2001:db8:300:1::/64")}));
    EXPECT_EQ(good.status, mip6::status::accepted);
    EXPECT_TRUE(good.r);
    EXPECT_TRUE(bench.tunnels_to("2001:db8:300:1::5"));
}

TEST(HomeAgent, ChecksOrderAndFlagsBeforeItDelegates) {
    HomeBench bench;
    EXPECT_EQ(bench.answer(HomeBench::update(10, {HomeBench::request(1)})).status, mip6::status::accepted);
    const auto old = bench.answer(HomeBench::update(10, {HomeBench::request(2)}));
    EXPECT_EQ(old.status, mip6::status::sequence_out_of_window);
    EXPECT_EQ(old.sequence, 10);
    EXPECT_FALSE(confirmation_of(old, 2));
    auto homeless = HomeBench::update(11, {HomeBench::request(2)});
    homeless.h = false;
    EXPECT_EQ(bench.answer(homeless).status, mip6::status::router_operation);
    auto host = HomeBench::update(12, {HomeBench::request(2)});
    host.r = false;
    EXPECT_EQ(bench.answer(host).status, mip6::status::type_change);
    EXPECT_EQ(bench.answer(HomeBench::update(1), ip("2001:db8:999::1")).status,
              mip6::status::not_home_subnet);
}

// RFC 3963, 6.2; digest AMB-A21.
TEST(HomeAgent, NeedsPrefixesInImplicitMode) {
    HomeBench bench;
    EXPECT_EQ(bench.answer(HomeBench::update(1)).status, mip6::status::no_forwarding);
    EXPECT_EQ(bench.answer(HomeBench::update(2, {HomeBench::request(1)})).status, mip6::status::accepted);
}

// Digest AMB-A03, table 4.1.
TEST(HomeAgent, SaysWhyThereIsNoPrefix) {
    const auto status_of = [](std::map<std::string, std::string> settings, wire::MobilityOption request) {
        HomeBench bench(model::Settings(std::move(settings)));
        const auto ack = bench.answer(HomeBench::update(1, {std::move(request)}));
        const auto* answer = confirmation_of(ack, 1);
        EXPECT_TRUE(answer && answer->prefix.is_unspecified() && answer->valid_lifetime == 0);
        EXPECT_EQ(ack.status, mip6::status::no_resources);
        return answer ? answer->status : 255;
    };
    EXPECT_EQ(status_of({{"persistent", "off"}}, HomeBench::request(1, true)), confirmation::no_persistent);
    EXPECT_EQ(status_of({{"transient", "off"}}, HomeBench::request(1)), confirmation::no_transient);
    EXPECT_EQ(status_of({{"pool", ""}}, HomeBench::request(1)), confirmation::no_route);
    EXPECT_EQ(status_of({{"unroutable", "2001:db8:200::/48"}}, HomeBench::request(1)),
              confirmation::no_route);
}

TEST(HomeAgent, GivesALongerPrefixThanItsPolicyAllows) {
    HomeBench bench(model::Settings{{"min-length", "60"}});
    const auto ack = bench.answer(HomeBench::update(1, {HomeBench::request(1, false, 48)}));
    EXPECT_EQ(confirmation_of(ack, 1)->status, confirmation::other_length);
    EXPECT_EQ(confirmation_of(ack, 1)->prefix_length, 60);
    EXPECT_EQ(ack.status, mip6::status::accepted);
}

// A 8, step 3; digest AMB-A09.
TEST(HomeAgent, WithLifetimeZeroOnlyThePersistentIsKept) {
    HomeBench bench;
    auto update = HomeBench::update(1, {HomeBench::request(1, true), HomeBench::request(2)});
    update.lifetime = 0;
    const auto ack = bench.answer(update);
    EXPECT_EQ(ack.status, mip6::status::accepted);
    EXPECT_EQ(ack.lifetime, 0);
    EXPECT_EQ(confirmation_of(ack, 1)->status, confirmation::success);
    EXPECT_EQ(confirmation_of(ack, 2)->status, confirmation::no_transient);
    EXPECT_FALSE(bench.tunnels_to("2001:db8:201::5"));
    auto list = HomeBench::update(2);
    list.s = true;
    EXPECT_EQ(wire::find_all<wire::MobileNetworkPrefix>(bench.answer(list).options).size(), 1u);
}

TEST(HomeAgent, TellsOfAShortenedLifetimeUnasked) {
    HomeBench bench({}, {{"prefixes", "2001:db8:300:1::/64"}});
    bench.answer(HomeBench::update(1));
    bench.net.tell(
        "ha", model::Told{"deprecate",
                          {{"mobile-node", "mr1"}, {"prefix", "2001:db8:300:1::/64"}, {"valid", "600s"}}});
    bench.net.run_for(50ms);
    EXPECT_EQ(bench.net.all<wire::BindingRefreshRequest>("ha").size(), 1u);
    const auto ack = bench.answer(HomeBench::update(2));
    const auto* news = confirmation_of(ack, 0);
    ASSERT_TRUE(news);
    EXPECT_FALSE(news->d);
    EXPECT_LE(news->valid_lifetime, 600u);
    EXPECT_GE(news->valid_lifetime, 598u);
    bench.net.run_for(601s);
    EXPECT_FALSE(bench.tunnels_to("2001:db8:300:1::5"));
}

TEST(HomeAgent, TheSpaceCutsPrefixesOfAnyLengthWithoutOverlap) {
    PrefixSpace space({*base::parse_prefix("2001:db8:200::/56")});
    EXPECT_EQ(base::text(*space.allocate(64, prefix_type::global)), "2001:db8:200::/64");
    EXPECT_EQ(base::text(*space.allocate(60, prefix_type::global)), "2001:db8:200:10::/60");
    EXPECT_EQ(base::text(*space.allocate(64, prefix_type::none)), "2001:db8:200:1::/64");
    EXPECT_FALSE(space.allocate(64, prefix_type::unique_local));
    EXPECT_FALSE(space.allocate(48, prefix_type::global));
    space.release(*base::parse_prefix("2001:db8:200::/64"));
    EXPECT_EQ(base::text(*space.allocate(64, prefix_type::global)), "2001:db8:200::/64");
}

} // namespace
