#include "peers/pmip6/mag_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

const wire::RouterAdvertisement& last_ra(const MagBench& b) {
    return *b.bench.last<wire::RouterAdvertisement>();
}

TEST(MagHomeLink, AnswersSolicitationsOnlyOnceTheNodeIsBound) {
    MagBench b({{"advertise", "0s"}});
    b.attach("mn1");
    b.solicit(b.mn1, b.mac(1));
    EXPECT_EQ(b.bench.count<wire::RouterAdvertisement>(), 0u);
    b.bench.arrive(b.answer());
    EXPECT_EQ(b.bench.count<wire::RouterAdvertisement>(), 1u);
    b.solicit(b.mn1, b.mac(1));
    EXPECT_EQ(b.bench.count<wire::RouterAdvertisement>(), 2u);
    const auto* sent = b.bench.all<wire::RouterAdvertisement>().back();
    EXPECT_EQ(sent->to, b.mac(1));
    EXPECT_EQ(sent->packet.find<wire::Ipv6>()->hop_limit, 255);
    EXPECT_EQ(sent->packet.find<wire::Ipv6>()->source, base::link_local(b.mac(0xf2)));
    EXPECT_EQ(wire::find<wire::SourceLinkLayerAddress>(last_ra(b).options)->address, b.mac(0xf2));
}

TEST(MagHomeLink, RepeatsItsAdvertisementsWhileTheBindingLives) {
    MagBench b({{"advertise", "3s"}});
    b.bind("mn1");
    b.bench.run(30s);
    EXPECT_EQ(b.bench.count<wire::RouterAdvertisement>(), 11u);
    EXPECT_EQ(b.advertised()->valid_lifetime, 3570u);
    b.detach("mn1");
    b.bench.arrive(b.answer());
    b.bench.clear();
    b.bench.run(30s);
    EXPECT_EQ(b.bench.count<wire::RouterAdvertisement>(), 0u);
}

TEST(MagHomeLink, ShowsEachNodeOnlyItsOwnPrefix) {
    MagBench b;
    b.bind("mn1");
    b.bind("mn2", 900, "2001:db8:300:1::/64");
    b.bench.run(10s);
    for (const auto* sent : b.bench.all<wire::RouterAdvertisement>()) {
        const auto* option =
            wire::find<wire::PrefixInformation>(sent->packet.find<wire::RouterAdvertisement>()->options);
        EXPECT_EQ(option->prefix, sent->port == b.mn1 ? b.ip("2001:db8:100:1::") : b.ip("2001:db8:300:1::"));
    }
}

TEST(MagHomeLink, SaysHowTheProfileWantsAddressesConfigured) {
    const auto ra = [](const char* configuration) {
        MagBench b;
        b.bench.tell("policy", {{"mobile-node", "mn1"}, {"configuration", configuration}});
        b.bind("mn1");
        return std::tuple(last_ra(b).m, b.advertised()->a, b.advertised()->l);
    };
    EXPECT_EQ(ra("stateless"), std::tuple(false, true, true));
    EXPECT_EQ(ra("stateful"), std::tuple(true, false, true));
    EXPECT_EQ(ra("both"), std::tuple(true, true, true));
}

TEST(MagHomeLink, GivesWayWhenTheNodeHasItsLinkLocalAddress) {
    MagBench b;
    const base::Ip6 mine = base::link_local(b.mac(0xf2));
    b.attach("mn1");
    wire::Packet packet = b.answer();
    b.ack(packet).options.push_back(wire::LinkLocalAddress{.address = mine});
    b.bench.arrive(packet);
    ASSERT_EQ(b.bench.addresses[b.mn1].size(), 1u);
    const base::Ip6 other = *b.bench.addresses[b.mn1].begin();
    EXPECT_NE(other, mine);
    EXPECT_TRUE(other.is_link_local());
    EXPECT_EQ(b.bench.all<wire::RouterAdvertisement>().back()->packet.find<wire::Ipv6>()->source, other);
    EXPECT_EQ(b.visitor("mn1")->link_local, mine);
}

TEST(MagHomeLink, KeepsItsAddressBesideAnyOther) {
    MagBench b;
    b.attach("mn1");
    wire::Packet packet = b.answer();
    b.ack(packet).options.push_back(wire::LinkLocalAddress{.address = b.ip("fe80::a")});
    b.bench.arrive(packet);
    EXPECT_TRUE(b.bench.addresses.empty());
    EXPECT_EQ(b.visitor("mn1")->link_local, b.ip("fe80::a"));
}

TEST(MagHomeLink, MayHaveTheSameAddressAsEveryGateway) {
    MagBench b({{"link-local", "fe80::1"}});
    EXPECT_TRUE(b.bench.addresses[b.mn1].contains(b.ip("fe80::1")));
    b.bind("mn1");
    EXPECT_EQ(b.bench.all<wire::RouterAdvertisement>().back()->packet.find<wire::Ipv6>()->source,
              b.ip("fe80::1"));
}

TEST(MagOf5213, TakesItsLinkLocalAddressFromTheAnchor) {
    MagBench b({}, "rfc5213");
    b.attach("mn1");
    EXPECT_EQ(b.option<wire::LinkLocalAddress>()->address, base::Ip6{});
    wire::Packet packet = b.answer();
    b.ack(packet).options.push_back(wire::LinkLocalAddress{.address = b.ip("fe80::77")});
    b.bench.arrive(packet);
    EXPECT_EQ(b.bench.all<wire::RouterAdvertisement>().back()->packet.find<wire::Ipv6>()->source,
              b.ip("fe80::77"));
    EXPECT_EQ(wire::find<wire::Mtu>(last_ra(b).options)->mtu, 1460u);
}

TEST(MagForwarding, TunnelsEverythingByDefault) {
    MagBench b;
    b.bench.tell("policy", {{"mobile-node", "mn2"}, {"lma", "lma1"}});
    b.bind("mn1");
    b.bind("mn2", 900, "2001:db8:100:2::/64");
    for (const char* to : {"2001:db8:c::1", "2001:db8:0:e::1", "2001:db8:d::1", "2001:db8:100:2::5"})
        EXPECT_TRUE(b.uplink_is(b.mn1, b.home, b.ip(to), b.to_lma1)) << to;
}

TEST(MagForwarding, RoutesLocallyWhenAllowedAndAsEachNodesPolicySays) {
    MagBench b({{"local-routing", "on"}});
    b.bench.tell("policy", {{"mobile-node", "mn2"}, {"lma", "lma1"}});
    b.bind("mn1");
    b.bind("mn2", 900, "2001:db8:100:2::/64");
    const base::Ip6 two = b.ip("2001:db8:100:2::5"), neighbour = b.ip("2001:db8:d::1");
    const auto direct = b.bench.verdict(b.mn1, {}, b.home, two);
    ASSERT_TRUE(std::holds_alternative<peers::common::PortTarget>(direct));
    EXPECT_EQ(std::get<peers::common::PortTarget>(direct).port, b.mn2);
    EXPECT_TRUE(
        std::holds_alternative<peers::common::ByRoute>(b.bench.verdict(b.mn1, {}, b.home, neighbour)));
    EXPECT_TRUE(b.uplink_is(b.mn1, b.home, b.cn, b.to_lma1));
    EXPECT_TRUE(b.uplink_is(b.mn1, b.home, b.ip("2001:db8:0:e::1"), b.to_lma1)); // not on a link of its own
    b.bench.tell("policy", {{"mobile-node", "mn1"}, {"local-routing", "off"}});
    EXPECT_TRUE(b.uplink_is(b.mn1, b.home, two, b.to_lma1));
    b.bench.tell("set", {{"local-routing", "off"}});
    b.bench.tell("policy", {{"mobile-node", "mn1"}, {"local-routing", "on"}});
    EXPECT_FALSE(b.uplink_is(b.mn1, b.home, neighbour, b.to_lma1));
    EXPECT_TRUE(b.uplink_is(b.mn2, two, neighbour, b.to_lma1));
}

TEST(MagForwarding, LetsOnlyTheNodesOwnPrefixIntoItsTunnel) {
    MagBench b;
    b.bind("mn1");
    b.bind("mn2", 900, "2001:db8:300:1::/64");
    EXPECT_TRUE(b.is_dropped(b.mn1, b.ip("2001:db8:300:1::5"), b.cn));
    EXPECT_TRUE(b.is_dropped(b.mn1, b.ip("2001:db8:66::5"), b.cn));
}

TEST(MagForwarding, DropsWhatTheTunnelBringsForNobody) {
    MagBench b;
    b.bind("mn1");
    const auto verdict = b.bench.verdict({}, b.to_lma1, b.cn, b.ip("2001:db8:100:5::1"));
    EXPECT_TRUE(std::holds_alternative<peers::common::Drop>(verdict));
}

TEST(MagPlainAccess, RegistersNobodyWithoutTheService) {
    MagBench b({{"local-prefix", "2001:db8:77::/48"}});
    b.attach("plain");
    EXPECT_EQ(b.bench.count<wire::BindingUpdate>(), 0u);
    ASSERT_NE(b.advertised(), nullptr);
    const base::Prefix given{b.advertised()->prefix, b.advertised()->prefix_length};
    EXPECT_TRUE(b.prefix("2001:db8:77::/48").contains(given));
    EXPECT_TRUE(
        std::holds_alternative<peers::common::ByRoute>(b.bench.verdict(b.plain, {}, given.host(5), b.cn)));
    EXPECT_EQ(b.bench.route(given.host(5)), peers::common::Target(peers::common::PortTarget{b.plain, {}}));
    b.detach("plain");
    EXPECT_TRUE(b.is_dropped(b.plain, given.host(5), b.cn));
    EXPECT_TRUE(b.bench.routes.empty());
}

TEST(MagPlainAccess, IsNothingWithoutALocalPrefix) {
    MagBench b;
    b.attach("plain");
    b.solicit(b.plain, b.mac(3));
    EXPECT_TRUE(b.bench.sent.empty());
    EXPECT_TRUE(b.is_dropped(b.plain, b.ip("2001:db8:77::5"), b.cn));
}

TEST(MagState, TellsNumbersAndFields) {
    MagBench b;
    b.bind("mn1");
    b.attach("mn2");
    b.bench.tell("state", {{"of", "entries"}});
    auto fields = b.bench.notes.back().arguments;
    EXPECT_EQ(fields["count"], "1");
    EXPECT_EQ(fields["visitors"], "2");
    EXPECT_EQ(fields["mn1.prefix"], "2001:db8:100:1::/64");
    EXPECT_EQ(fields["mn2.state"], "registering");
    b.bench.tell("state", {{"of", "entries"}, {"mobile-node", "mn1"}});
    EXPECT_EQ(b.bench.notes.back().arguments["lma"], "2001:db8:0:ff::1");
}

} // namespace
