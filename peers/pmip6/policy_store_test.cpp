#include "peers/pmip6/policy_store.h"

#include <gtest/gtest.h>

namespace {

using peers::pmip6::Configuration;
using peers::pmip6::PolicyStore;

model::Topology two_nodes() {
    model::Topology topology;
    model::Identity one{.name = "mn1", .nai = "mn1@example.net", .lma = "lma"};
    one.mac = base::parse_mac("02:00:00:00:10:01").value();
    one.home_network_prefix = base::parse_prefix("2001:db8:200:1::/64");
    model::Identity two{.name = "mn2", .nai = "mn2@example.net", .lma = "lma"};
    two.policy = {
        {"service", "off"}, {"mags", "mag1 mag2"}, {"configuration", "stateful"}, {"pseudonym", "tmp7"}};
    topology.identities = {one, two};
    return topology;
}

TEST(PolicyStore, FindsANodeByItsIdentifierNameAndLinkLayerAddress) {
    const PolicyStore store(two_nodes());
    ASSERT_NE(store.by_nai("mn1@example.net"), nullptr);
    EXPECT_EQ(store.by_nai("mn1@example.net")->prefix, base::parse_prefix("2001:db8:200:1::/64"));
    EXPECT_EQ(store.by_mac(base::parse_mac("02:00:00:00:10:01").value())->name, "mn1");
    EXPECT_EQ(store.by_identity("mn2")->nai, "mn2@example.net");
    EXPECT_EQ(store.by_mac(base::Mac{}), nullptr);
}

TEST(PolicyStore, ComparesIdentifiersOctetByOctet) {
    const PolicyStore store(two_nodes());
    EXPECT_EQ(store.by_nai("MN1@example.net"), nullptr);
    EXPECT_EQ(store.by_nai("mn1"), nullptr);
}

TEST(PolicyStore, ReadsThePolicyOfAnIdentity) {
    const PolicyStore store(two_nodes());
    const auto* two = store.by_nai("mn2@example.net");
    ASSERT_NE(two, nullptr);
    EXPECT_FALSE(two->service);
    EXPECT_EQ(two->mags, (std::vector<std::string>{"mag1", "mag2"}));
    EXPECT_EQ(two->configuration, Configuration::stateful);
    EXPECT_EQ(store.by_identity("tmp7"), two);
}

TEST(PolicyStore, ChangesAtRunTime) {
    PolicyStore store(two_nodes());
    EXPECT_TRUE(store.change({{"mobile-node", "mn1"}, {"service", "off"}, {"prefix", "none"}}));
    EXPECT_FALSE(store.by_nai("mn1@example.net")->service);
    EXPECT_FALSE(store.by_nai("mn1@example.net")->prefix);
    EXPECT_FALSE(store.change({{"mobile-node", "nobody"}}));
    EXPECT_TRUE(store.change({{"nai", "mn9@example.net"}, {"local-routing", "on"}}));
    EXPECT_EQ(store.by_nai("mn9@example.net")->local_routing, true);
}

TEST(PolicyStore, FindsNobodyWhileUnreachable) {
    PolicyStore store(two_nodes());
    store.set_reachable(false);
    EXPECT_EQ(store.by_nai("mn1@example.net"), nullptr);
    store.set_reachable(true);
    EXPECT_NE(store.by_nai("mn1@example.net"), nullptr);
}

} // namespace
