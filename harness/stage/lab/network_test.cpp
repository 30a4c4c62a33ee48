#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/neighbours.h"
#include "harness/stage/lab/network.h"
#include "harness/stage/lab/port.h"
#include "harness/stage/lab/testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>

namespace stage::lab {
namespace {

using namespace std::chrono_literals;

model::Port port(const std::string& name, const std::string& link, std::uint8_t number,
                 const std::string& address) {
    model::Port made;
    made.name = name;
    made.link = link;
    made.mac = {{0x02, 0, 0, 0, 1, number}};
    if (!address.empty())
        made.addresses.push_back(*base::parse_prefix(address));
    return made;
}

model::Topology two_hosts() {
    model::Topology topology;
    topology.name = "two-hosts";
    topology.links.push_back({"core", 0ms});
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
        model::Node node;
        node.name = "h" + std::to_string(number);
        node.role = "host";
        node.player = model::Player::kernel;
        node.ports.push_back(port("core", "core", number, "2001:db8::" + std::to_string(number) + "/64"));
        topology.nodes.push_back(node);
    }
    return topology;
}

TEST(Network, GivesEachNodeItsConfiguredPorts) {
    in_sandbox([] {
        const auto topology = two_hosts();
        Network network(topology, {{"h1"}, {"h2"}});
        network.start(3s);
        auto* node = network.node("h2");
        ASSERT_TRUE(node);
        EXPECT_TRUE(Network::ready(*node, node->ports[0]));
        std::vector<base::Prefix> addresses;
        for (const auto& address : node->netlink->addresses())
            if (address.index == node->ports[0].index)
                addresses.push_back(address.address);
        std::ranges::sort(addresses);
        EXPECT_EQ(addresses, (std::vector{*base::parse_prefix("2001:db8::2/64"),
                                          base::Prefix{base::link_local({{2, 0, 0, 0, 1, 2}}), 64}}));
        for (const auto& link : node->netlink->links())
            if (link.index == node->ports[0].index) {
                EXPECT_EQ(link.name, "core");
                EXPECT_EQ(link.mac, (base::Mac{{2, 0, 0, 0, 1, 2}}));
                EXPECT_EQ(link.mtu, 1500U);
            }
    });
}

TEST(Network, GivesAMobileNodeTheLinkLocalAddressThatItsDomainKnows) {
    in_sandbox([] {
        auto topology = two_hosts();
        topology.nodes[0].ports[0].name = "access";
        topology.nodes[0].ports[0].addresses.clear();
        model::Identity identity;
        identity.name = "h1";
        identity.mac = topology.nodes[0].ports[0].mac;
        identity.link_local = *base::parse_ip6("fe80::1234");
        topology.identities.push_back(identity);
        Network network(topology, {{"h1"}});
        network.start(3s);
        auto& node = network.nodes().front();
        std::vector<base::Ip6> addresses;
        for (const auto& address : node.netlink->addresses())
            if (address.index == node.ports[0].index)
                addresses.push_back(address.address.address);
        EXPECT_EQ(addresses, std::vector{identity.link_local});
    });
}

TEST(Network, KeepsTheEndsOfAPairApart) {
    in_sandbox([] {
        const auto topology = two_hosts();
        Network network(topology, {{"h1"}, {"h2"}});
        for (const auto& node : network.nodes())
            EXPECT_NE(node.ports[0].index, node.ports[0].hub_index);
    });
}

TEST(Network, NamesThePortThatDoesNotComeUp) {
    in_sandbox([] {
        const auto topology = two_hosts();
        Network network(topology, {{"h1"}});
        auto& node = network.nodes().front();
        node.netlink->set_up(node.ports[0].index, false);
        node.netlink->commit();
        try {
            network.start(50ms);
            FAIL() << "it came up although its end is down";
        } catch (const std::runtime_error& trouble) {
            EXPECT_THAT(trouble.what(),
                        testing::HasSubstr("port core of node h1 did not come up within 50ms"));
        }
    });
}

TEST(Network, SaysWhatTheKernelRefused) {
    in_sandbox([] {
        auto topology = two_hosts();
        topology.nodes[0].routes.push_back(
            {*base::parse_prefix("::/0"), *base::parse_ip6("2001:db8:ffff::1")});
        try {
            Network network(topology, {{"h1"}});
            FAIL() << "a route to nowhere was accepted";
        } catch (const std::system_error& refused) {
            EXPECT_THAT(refused.what(), testing::HasSubstr("route ::/0 via 2001:db8:ffff::1"));
        }
    });
}

TEST(Network, TakesCarrierAwayAndGivesItBack) {
    in_sandbox([] {
        const auto topology = two_hosts();
        Network network(topology, {{"h1"}});
        network.start(3s);
        auto& node = network.nodes().front();
        const auto await = [&](bool wanted) {
            const auto end = std::chrono::steady_clock::now() + 2s;
            while (Network::running(node, node.ports[0]) != wanted &&
                   std::chrono::steady_clock::now() < end) {
                pollfd change{node.watch->descriptor(), POLLIN, 0};
                ::poll(&change, 1, 2000);
                node.watch->drain();
            }
            return Network::running(node, node.ports[0]) == wanted;
        };
        network.set_carrier(node.ports[0], false);
        EXPECT_TRUE(await(false));
        network.set_carrier(node.ports[0], true);
        EXPECT_TRUE(await(true));
    });
}

TEST(FramePort, HearsWhatANodeSendsAndReportsItsLosses) {
    in_sandbox([] {
        const auto topology = two_hosts();
        Network network(topology, {{"h1"}});
        auto& node = network.nodes().front();
        const InNamespace hub(network.hub());
        FramePort small(0, 1500, 1U << 16); // 32 slots
        network.start(3s);
        {
            const InNamespace inside(node.space.get());
            for (int i = 0; i < 40; ++i)
                solicit_router(node.ports[0].index, {{2, 0, 0, 0, 1, 1}});
        }
        std::vector<FramePort::Frame> frames;
        small.read(frames, 1000);
        EXPECT_EQ(frames.size(), 32U);
        ASSERT_GE(frames.back().bytes.size(), 70U);
        EXPECT_EQ(frames.back().interface, node.ports[0].hub_index);
        const auto losses = small.losses();
        EXPECT_GE(losses.dropped, 8U);
        EXPECT_TRUE(losses.any());
        EXPECT_FALSE(small.losses().any());      // each loss is told once
        EXPECT_EQ(frames.back().bytes[54], 133); // Router Solicitation, behind 14 and 40 octets
        EXPECT_EQ(frames.back().bytes[21], 255); // hop limit
    });
}

TEST(NeighbourTable, CountsEntriesOfAllNamespaces) {
    const auto before = neighbour_table();
    ASSERT_TRUE(before) << "this host does not show its neighbour table";
    in_sandbox([&] {
        const auto topology = two_hosts();
        Network network(topology, {{"h1"}, {"h2"}});
        network.start(3s);
        const auto now = neighbour_table();
        ASSERT_TRUE(now);
        EXPECT_GT(now->entries, 0U);
        EXPECT_GE(now->overflows, before->overflows);
    });
}

TEST(Forwarding, FollowsTheRoleUnlessSet) {
    model::Node node;
    node.role = "lma";
    EXPECT_TRUE(forwards(node));
    node.role = "mn";
    EXPECT_FALSE(forwards(node));
    node.settings["forwarding"] = "on";
    EXPECT_TRUE(forwards(node));
}

} // namespace
} // namespace stage::lab
