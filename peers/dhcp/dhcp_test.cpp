#include "peers/dhcp/client.h"
#include "peers/dhcp/relay.h"

#include <gtest/gtest.h>

namespace {

using namespace peers::dhcp;
using namespace std::chrono_literals;

base::Ip6 ip(const char* text) {
    return base::parse_ip6(text).value();
}

const RelayedLink home{ip("2001:db8:100:1::"), {'m', 'n', '1'}};

wire::Dhcpv6Message message(std::uint8_t type, std::uint32_t transaction) {
    wire::Dhcpv6Message out;
    out.type = type;
    out.transaction_id = transaction;
    return out;
}

wire::Packet from(const char* source, wire::Layer what) {
    return datagram(ip(source), all_relays_and_servers, client_port, server_port, std::move(what));
}

// RFC 3315, 20.1.1: peer-address is the client's, hop-count zero, the message is carried whole.
TEST(DhcpRelay, WrapsWhatAClientSays) {
    const auto heard = from("fe80::a", message(wire::dhcpv6::solicit, 7));
    const auto out = relayed(heard, home);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->type, 12);
    EXPECT_EQ(out->hop_count, 0);
    EXPECT_EQ(out->link_address, home.link_address);
    EXPECT_EQ(out->peer_address, ip("fe80::a"));
    const auto octets = wire::encode(
        {{wire::Ipv6{},
          wire::Udp{.source_port = 547, .destination_port = 547, .length = {}, .checksum = {}, .trailer = {}},
          *out},
         {},
         {}});
    const auto again = wire::decode_ip(octets);
    const auto* relay = again.find<wire::Dhcpv6Relay>();
    ASSERT_TRUE(relay);
    const wire::Dhcpv6Any any(*relay);
    const auto* inner = innermost(any);
    ASSERT_TRUE(inner);
    EXPECT_EQ(inner->transaction_id, 7u);
}

TEST(DhcpRelay, RelaysNothingThatOnlyServersSend) {
    for (const auto type : {wire::dhcpv6::advertise, wire::dhcpv6::reply, wire::dhcpv6::reconfigure})
        EXPECT_FALSE(relayed(from("fe80::a", message(type, 7)), home));
}

// RFC 3315, 20.1.2: one hop more, the link-address only where the nearer relay agent could not tell it; 32
// hops are too many.
TEST(DhcpRelay, RelaysARelayAgentUpToTheLimit) {
    wire::Dhcpv6Relay nearer;
    nearer.hop_count = 31;
    const auto out = relayed(from("2001:db8::7", nearer), home);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->hop_count, 32);
    EXPECT_TRUE(out->link_address.is_unspecified());
    EXPECT_EQ(relayed(from("fe80::7", nearer), home)->link_address, home.link_address);
    nearer.hop_count = 32;
    EXPECT_FALSE(relayed(from("2001:db8::7", nearer), home));
}

TEST(DhcpRelay, UnwrapsAnAnswerForItsClient) {
    wire::RelayMessage carried;
    carried.message.emplace_back(message(wire::dhcpv6::advertise, 9));
    wire::Dhcpv6Relay answer;
    answer.type = wire::dhcpv6::relay_reply;
    answer.peer_address = ip("fe80::a");
    EXPECT_FALSE(unwrapped(answer)) << "nothing is in it";
    answer.options.emplace_back(wire::InterfaceId{.value = home.interface_id, .header = {}});
    answer.options.emplace_back(carried);
    const auto out = unwrapped(answer);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->peer, ip("fe80::a"));
    EXPECT_EQ(out->interface_id, home.interface_id);
    EXPECT_EQ(out->port, 546);
    EXPECT_EQ(innermost(out->message)->transaction_id, 9u);
    answer.type = wire::dhcpv6::relay_forward;
    EXPECT_FALSE(unwrapped(answer)) << "it is no answer";
}

class DhcpClient : public testing::Test {
protected:
    base::Now at(base::Duration mono) const { return {mono, {}}; }
    wire::Dhcpv6Message answer(std::uint8_t type, const wire::Dhcpv6Message& to, const char* address) const {
        wire::Dhcpv6Message out = message(type, to.transaction_id);
        out.options.emplace_back(wire::ServerId{.duid = {0, 3}, .header = {}});
        wire::IaNa association;
        association.options.emplace_back(wire::IaAddress{.address = ip(address),
                                                         .preferred_lifetime = 60,
                                                         .valid_lifetime = 60,
                                                         .options = {},
                                                         .header = {}});
        out.options.emplace_back(association);
        return out;
    }
    void get_lease() {
        client.start(at(0s));
        client.heard(answer(wire::dhcpv6::advertise, *client.due(at(0s)), "2001:db8::5"), at(0s));
        client.heard(answer(wire::dhcpv6::reply, *client.due(at(0s)), "2001:db8::5"), at(0s));
    }
    Client client{base::Mac{{2, 0, 0, 0, 0, 1}}};
};

TEST_F(DhcpClient, SolicitsRequestsAndIsContent) {
    client.start(at(0s));
    const auto solicit = client.due(at(0s));
    ASSERT_TRUE(solicit);
    EXPECT_EQ(solicit->type, wire::dhcpv6::solicit);
    client.heard(answer(wire::dhcpv6::advertise, *solicit, "2001:db8::5"), at(10ms));
    const auto request = client.due(at(10ms));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->type, wire::dhcpv6::request);
    EXPECT_EQ(leased(*request), ip("2001:db8::5"));
    EXPECT_FALSE(client.address());
    EXPECT_TRUE(client.heard(answer(wire::dhcpv6::reply, *request, "2001:db8::5"), at(20ms)));
    EXPECT_EQ(client.address(), ip("2001:db8::5"));
    EXPECT_FALSE(client.deadline());
}

TEST_F(DhcpClient, AsksAgainEverMoreSlowly) {
    client.start(at(0s));
    ASSERT_TRUE(client.due(at(0s)));
    EXPECT_FALSE(client.due(at(999ms)));
    ASSERT_TRUE(client.due(at(1s)));
    EXPECT_FALSE(client.due(at(2999ms)));
    EXPECT_TRUE(client.due(at(3s)));
}

TEST_F(DhcpClient, TakesNoAnswerToAnotherQuestion) {
    client.start(at(0s));
    auto other = *client.due(at(0s));
    ++other.transaction_id;
    EXPECT_FALSE(client.heard(answer(wire::dhcpv6::advertise, other, "2001:db8::5"), at(0s)));
    EXPECT_FALSE(client.due(at(500ms)));
}

TEST_F(DhcpClient, ConfirmsItsLeaseOnTheNextLinkAndGivesItUpWhenRefused) {
    get_lease();
    client.stop();
    client.start(at(5s));
    const auto confirm = client.due(at(5s));
    ASSERT_TRUE(confirm);
    EXPECT_EQ(confirm->type, wire::dhcpv6::confirm);
    EXPECT_EQ(leased(*confirm), ip("2001:db8::5"));
    wire::Dhcpv6Message refusal = message(wire::dhcpv6::reply, confirm->transaction_id);
    refusal.options.emplace_back(wire::StatusCode{.status = 4, .message = {}, .header = {}}); // NotOnLink
    EXPECT_TRUE(client.heard(refusal, at(5s)));
    EXPECT_FALSE(client.address());
    EXPECT_EQ(client.due(at(5s))->type, wire::dhcpv6::solicit);
}

TEST_F(DhcpClient, GoesOnWithItsLeaseWhenNobodyAnswersAConfirm) {
    get_lease();
    client.start(at(5s));
    for (base::Duration time = 5s; time < 60s; time += 1s)
        client.due(at(time));
    EXPECT_FALSE(client.asking());
    EXPECT_EQ(client.address(), ip("2001:db8::5"));
}

} // namespace
