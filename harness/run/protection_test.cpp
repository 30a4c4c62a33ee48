#include "harness/run/protection.h"

#include <gtest/gtest.h>

namespace run {
namespace {

model::Node endpoint(std::string name, std::string role, const std::string& address, model::Player player) {
    model::Node out;
    out.name = std::move(name);
    out.role = std::move(role);
    out.player = player;
    model::Port port;
    port.addresses = {*base::parse_prefix(address)};
    out.ports = {port};
    return out;
}

/// One anchor of ours between a gateway of ours and one of the tester.
model::Topology domain() {
    model::Topology out;
    using enum model::Player;
    out.nodes = {endpoint("lma", "lma", "2001:db8:0:ff::1/48", peer),
                 endpoint("mag1", "mag", "2001:db8:0:1::1/48", peer),
                 endpoint("mag2", "mag", "2001:db8:0:2::1/48", tester)};
    return out;
}

crypto::Configuration security(const model::Topology& topology, const std::string& name) {
    const auto& settings = topology.node(name)->settings;
    std::vector<std::string> mistakes;
    const auto found = settings.find("security");
    auto out = crypto::parse(found == settings.end() ? std::string{} : found->second, mistakes);
    EXPECT_TRUE(mistakes.empty());
    return out;
}

wire::Packet frame(const base::Bytes& ip) {
    base::Bytes octets = base::parse_hex("02000000000102000000000286dd").value();
    octets.insert(octets.end(), ip.begin(), ip.end());
    return wire::decode_frame(octets);
}

base::Bytes update() {
    wire::BindingUpdate message;
    message.sequence = 77;
    return wire::encode(
        {{wire::Ipv6{*base::parse_ip6("2001:db8:0:2::1"), *base::parse_ip6("2001:db8:0:ff::1")}, message},
         {},
         {}});
}

TEST(Protection, IsNoneUnlessItIsAskedFor) {
    model::Topology topology = domain();
    protect(topology, "none", 1);
    for (const auto& one : topology.nodes)
        EXPECT_TRUE(one.settings.empty());
    EXPECT_FALSE(opener(topology, {}));
}

TEST(Protection, GivesEachNodeItsOwnKeysAndTheTesterAll) {
    model::Topology topology = domain();
    protect(topology, "esp", 1);
    EXPECT_EQ(security(topology, "lma").associations.size(), 4u);
    EXPECT_EQ(security(topology, "mag1").associations.size(), 2u);
    EXPECT_EQ(security(topology, "mag2").associations.size(), 4u);
    for (const auto& one : security(topology, "mag1").associations)
        for (const auto& other : security(topology, "lma").associations)
            EXPECT_EQ(one.integrity_key == other.integrity_key, one.spi == other.spi);
}

// proxymip6-02, 4.2
TEST(Protection, SelectsUpdatesOneWayAndAcknowledgementsTheOther) {
    model::Topology topology = domain();
    protect(topology, "esp", 1);
    const auto policies = security(topology, "mag1").policies;
    ASSERT_EQ(policies.size(), 2u);
    EXPECT_EQ(policies[0].type, 5);
    EXPECT_EQ(policies[0].destination, (base::Prefix{*base::parse_ip6("2001:db8:0:ff::1"), 128}));
    EXPECT_EQ(policies[1].type, 6);
    EXPECT_EQ(policies[1].source, policies[0].destination);
}

TEST(Protection, HasOtherKeysWithAnotherSeed) {
    model::Topology first = domain(), second = domain(), same = domain();
    protect(first, "esp", 1);
    protect(second, "esp", 2);
    protect(same, "esp", 1);
    EXPECT_EQ(first.nodes[0].settings, same.nodes[0].settings);
    EXPECT_NE(first.nodes[0].settings, second.nodes[0].settings);
}

TEST(Protection, IsWhatTheAnchorSays) {
    model::Topology topology = domain();
    topology.nodes[0].settings = {{"protect", "esp"},     {"cipher", "aes-cbc"},
                                  {"cipher-bits", "256"}, {"integrity", "hmac-sha1-96"},
                                  {"window", "128"},      {"first-sequence", "9"}};
    topology.nodes[1].settings["protect"] = "none";
    protect(topology, "none", 1);
    EXPECT_TRUE(security(topology, "mag1").empty());
    for (const auto& one : security(topology, "lma").associations) {
        EXPECT_EQ(one.cipher, crypto::Cipher::aes_cbc);
        EXPECT_EQ(one.cipher_key.size(), 32u);
        EXPECT_EQ(one.integrity, crypto::Integrity::hmac_sha1_96);
        EXPECT_EQ(one.window, 128u);
        EXPECT_EQ(one.first, one.source == *base::parse_ip6("2001:db8:0:ff::1") ? 9u : 1u);
    }
}

TEST(Opener, ShowsWhatIsInsideWithItsFaultsAndKeepsTheOctetsOfTheWire) {
    for (const char* how : {"esp", "ah"}) {
        model::Topology topology = domain();
        protect(topology, how, 1);
        crypto::Gate sender(security(topology, "mag2"), 1);
        const wire::Packet sealed = frame(sender.send(update()).ip);
        const auto seen = opener(topology, {})(sealed);
        ASSERT_TRUE(seen);
        ASSERT_TRUE(seen->find<wire::BindingUpdate>());
        EXPECT_EQ(seen->find<wire::BindingUpdate>()->sequence, 77);
        EXPECT_TRUE(seen->faults.empty());
        EXPECT_EQ(seen->raw, sealed.raw);
        EXPECT_EQ(wire::kind(*seen), "binding-update");
        EXPECT_NE(wire::text(wire::describe(*seen)).find(how), std::string::npos);
    }
}

TEST(Opener, ShowsTheProtectionOnlyWhereItIsNotAuthentic) {
    for (const char* how : {"esp", "ah"}) {
        model::Topology topology = domain();
        protect(topology, how, 1);
        crypto::Gate sender(security(topology, "mag2"), 1);
        base::Bytes octets = sender.send(update()).ip;
        octets[octets.size() - 30] ^= 1;
        const auto seen = opener(topology, {})(frame(octets));
        ASSERT_TRUE(seen);
        EXPECT_FALSE(seen->find<wire::BindingUpdate>()) << how;
    }
    EXPECT_FALSE(opener(
        [] {
            model::Topology topology = domain();
            protect(topology, "esp", 1);
            return topology;
        }(),
        {})(frame(update())));
}

} // namespace
} // namespace run
