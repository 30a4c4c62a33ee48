#include "peers/dhcp/options.h"
#include "peers/dhcp/relay.h"
#include "peers/pmip6/mag_bench.h"

#include <gtest/gtest.h>

namespace peers::pmip6 {
namespace {

namespace type = wire::dhcpv6;

const base::Prefix assigned = MagBench::prefix("2001:db8:300:1::/64");

/// A gateway on one of whose links there is a mobile router.
class MagDelegation : public testing::Test {
protected:
    MagDelegation() { mag.bench.tell("policy", {{"mobile-node", "mn1"}, {"mobile-router", "on"}}); }
    void say(std::uint8_t what, std::uint32_t transaction = 7) {
        wire::Dhcpv6Message message;
        message.type = what;
        message.transaction_id = transaction;
        message.options.emplace_back(wire::ClientId{{0, 3, 0, 1}, {}});
        wire::IaPd association;
        association.iaid = 1;
        message.options.emplace_back(association);
        mag.bench.arrive(dhcp::datagram(base::link_local(MagBench::mac(1)), dhcp::all_relays_and_servers,
                                        dhcp::client_port, dhcp::server_port, std::move(message)),
                         MagBench::mn1, MagBench::mac(1));
    }
    void answer_binding(bool with_network = true) {
        auto packet = mag.answer();
        if (with_network)
            MagBench::ack(packet).options.push_back(
                wire::MobileNetworkPrefix{.prefix = assigned.address, .prefix_length = 64});
        mag.bench.arrive(packet);
    }
    void reply(std::uint8_t what, const base::Prefix& given, std::uint32_t valid = 900) {
        const auto* forward = mag.bench.last<wire::Dhcpv6Relay>();
        wire::Dhcpv6Message message;
        message.type = what;
        message.transaction_id = 7;
        wire::IaPd association;
        association.options.emplace_back(dhcp::option_for(given, valid, valid));
        message.options.emplace_back(association);
        wire::Dhcpv6Relay relay;
        relay.type = type::relay_reply;
        relay.peer_address = forward->peer_address;
        relay.options.emplace_back(*dhcp::find_option<wire::InterfaceId>(forward->options));
        wire::RelayMessage carried;
        carried.message.emplace_back(message);
        relay.options.emplace_back(carried);
        mag.bench.arrive(dhcp::datagram(server, mag.care_of, 547, 547, std::move(relay)));
    }
    std::size_t relayed() const { return mag.bench.all<wire::Dhcpv6Relay>().size(); }
    std::size_t handed_on() const { return mag.bench.all<wire::Dhcpv6Message>().size(); }

    base::Ip6 server = MagBench::ip("2001:db8:0:d::1");
    MagBench mag{{{"delegating-router", "2001:db8:0:d::1"}}, "pmip6-nemo"};
};

// pmip6-nemo-support, 3.3.2: R and the requesting bit, then the prefix itself.
TEST_F(MagDelegation, AsksAndThenNames) {
    mag.attach("mn1");
    EXPECT_TRUE(mag.update().r);
    EXPECT_TRUE(mag.option<wire::MobileNetworkPrefix>()->r);
    answer_binding();
    mag.bench.tell("refresh", {{"mobile-node", "mn1"}});
    EXPECT_FALSE(mag.option<wire::MobileNetworkPrefix>()->r);
    EXPECT_EQ(mag.option<wire::MobileNetworkPrefix>()->prefix, assigned.address);
    EXPECT_TRUE(mag.uplink_is(MagBench::mn1, assigned.host(5), mag.cn, mag.to_lma1));
}

TEST_F(MagDelegation, KeepsTheNewestSolicitUntilThereIsAPrefix) {
    mag.attach("mn1");
    say(type::solicit, 1);
    say(type::solicit, 2);
    EXPECT_EQ(relayed(), 0u);
    answer_binding();
    ASSERT_EQ(relayed(), 1u);
    const wire::Dhcpv6Any any(*mag.bench.last<wire::Dhcpv6Relay>());
    const auto* message = dhcp::innermost(any);
    EXPECT_EQ(message->transaction_id, 2u);
    const auto* hint =
        dhcp::find_option<wire::IaPrefix>(dhcp::find_option<wire::IaPd>(message->options)->options);
    ASSERT_TRUE(hint);
    EXPECT_EQ(dhcp::prefix_of(*hint), assigned);
}

TEST_F(MagDelegation, RelaysNothingWithoutAPrefix) {
    mag.attach("mn1");
    say(type::solicit);
    answer_binding(false);
    EXPECT_TRUE(mag.is_bound("mn1"));
    say(type::solicit);
    say(type::request);
    EXPECT_EQ(relayed(), 0u);
}

// Three times more, and no further.
TEST_F(MagDelegation, RelaysAgainWhenAnotherPrefixIsNamed) {
    mag.attach("mn1");
    answer_binding();
    say(type::request);
    for (int i = 0; i < 10; ++i) {
        reply(type::reply, MagBench::prefix("2001:db8:666::/64"));
        mag.bench.run(std::chrono::seconds(1));
    }
    EXPECT_EQ(relayed(), 4u);
    EXPECT_EQ(handed_on(), 0u);
}

TEST_F(MagDelegation, HandsOnWhatNamesTheAssignedPrefixAndEndsWithIt) {
    mag.attach("mn1");
    answer_binding();
    say(type::request);
    reply(type::reply, assigned);
    EXPECT_EQ(handed_on(), 1u);
    EXPECT_TRUE(mag.is_bound("mn1"));
    say(type::renew);
    reply(type::reply, assigned, 0);
    EXPECT_EQ(handed_on(), 2u);
    EXPECT_EQ(mag.update().lifetime, 0) << "it de-registers";
}

} // namespace
} // namespace peers::pmip6
