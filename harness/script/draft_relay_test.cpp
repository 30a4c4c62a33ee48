#include "harness/script/draft.h"
#include "harness/script/test_support.h"

#include <gmock/gmock.h>

using namespace script;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// RFC 3315, 20: a gateway as relay agent, in a recording of somebody else's network.

namespace {

const base::Ip6 client_address = *base::parse_ip6("fe80::ff:fe00:1001");

Bench gateway_bench() {
    Bench bench{"mag", "pmip6", "pmip6.xml nd.xml", "mag", {}, {}, {}};
    for (const auto& [name, role, address] :
         {std::tuple{"mag1", "mag", "2001:db8:0:1::1"}, std::tuple{"lma1", "lma", "2001:db8:0:ff::1"},
          std::tuple{"dhcp", "host", "2001:db8:0:d::1"}}) {
        model::Node node;
        node.name = name;
        node.role = role;
        node.player = node.role == "mag" ? model::Player::peer : model::Player::tester;
        model::Port port;
        port.name = port.link = "core";
        port.addresses = {base::Prefix{*base::parse_ip6(address), 48}};
        node.ports = {port};
        bench.topology.nodes.push_back(node);
    }
    bench.topology.links = {{"core", 1ms, 1500, {}, {}}, {"mag1-mn1", 1ms, 1500, "mag1", "mn1"}};
    model::Identity node;
    node.name = "mn1";
    node.nai = "mn1@example.net";
    node.link_local = client_address;
    node.lma = "lma1";
    bench.topology.identities = {node};
    return bench;
}

wire::Dhcpv6Message said(std::uint8_t type) {
    wire::Dhcpv6Message out;
    out.type = type;
    out.transaction_id = 0x1001;
    return out;
}

wire::Dhcpv6Relay envelope(std::uint8_t type, std::uint8_t inside, const base::Ip6& peer) {
    wire::Dhcpv6Relay out;
    out.type = type;
    out.link_address = *base::parse_ip6("2001:db8:100:1::");
    out.peer_address = peer;
    wire::InterfaceId interface;
    interface.value = {7, 7};
    wire::RelayMessage message;
    message.message = {wire::Dhcpv6Any{said(inside)}};
    out.options = {interface, message};
    return out;
}

class RelayTalk {
public:
    template <class Message>
    void add(const std::string& link, const char* source, const char* destination, std::uint16_t port,
             Message message) {
        wire::Ipv6 ip;
        ip.source = *base::parse_ip6(source);
        ip.destination = *base::parse_ip6(destination);
        wire::Udp udp;
        udp.source_port = port == 547 ? 546 : 547;
        udp.destination_port = port;
        wire::Packet packet;
        packet.layers = {ip, udp, message};
        Recorded one;
        one.number = packets_.size() + 1;
        one.at = 10ms * packets_.size();
        one.wall = 1'700'000'000s + one.at;
        one.link = link;
        one.packet = wire::decode_ip(wire::encode(packet));
        one.element = wire::describe(one.packet);
        packets_.push_back(std::move(one));
    }
    Draft drafted() const {
        DraftOptions options;
        options.suite = "imported/talk";
        options.source = "talk.pcap";
        options.profile = "draft02";
        return draft(packets_, gateway_bench(), options);
    }

private:
    std::vector<Recorded> packets_;
};

constexpr const char *relay = "2001:db8:0:1::1", *server = "2001:db8:77::1", *client = "fe80::ff:fe00:1001";

} // namespace

TEST(DraftOfRelay, PlaysTheNodeAndTheServer) {
    RelayTalk talk;
    talk.add("mag1-mn1", client, "ff02::1:2", 547, said(1));
    talk.add("core", relay, server, 547, envelope(12, 1, client_address));
    talk.add("core", server, relay, 547, envelope(13, 2, client_address));
    talk.add("mag1-mn1", "fe80::1", client, 546, said(2));
    const auto text = talk.drafted().text;
    EXPECT_THAT(text, HasSubstr("<setup node=\"mag1\" dhcp-server=\"2001:db8:0:d::1\"/>"));
    EXPECT_THAT(text, HasSubstr("<send from=\"mn1\" to=\"mag1\" port=\"access\"><ipv6 "
                                "source=\"${mn1.link-local}\" destination=\"ff02::1:2\"/>"));
    EXPECT_THAT(text, HasSubstr("<expect from=\"mag1\" to=\"dhcp\""));
    EXPECT_THAT(text, HasSubstr("peer-address=\"${mn1.link-local}\"><interface-id value=\"*\"/>"));
    EXPECT_THAT(text, HasSubstr("<send from=\"dhcp\" to=\"mag1\">"));
    EXPECT_THAT(text, HasSubstr("link-address=\"${solicit-2.link-address}\" "
                                "peer-address=\"${solicit-2.peer-address}\"><interface-id "
                                "value=\"${solicit-2.interface-id.value}\"/>"));
    EXPECT_THAT(text, HasSubstr("<expect on=\"mag1-mn1\" within=\"1s\"><ipv6 "
                                "destination=\"${mn1.link-local}\"/><dhcpv6-advertise"));
    EXPECT_THAT(text, Not(HasSubstr("2001:db8:77")));
}

TEST(DraftOfRelay, LeavesNodesOutThatTheBenchHasNot) {
    RelayTalk talk;
    talk.add("core", relay, server, 547, envelope(12, 1, *base::parse_ip6("fe80::77")));
    const auto out = talk.drafted();
    EXPECT_THAT(out.text, Not(HasSubstr("dhcpv6-relay-forward")));
    EXPECT_THAT(out.remarks, Contains(AllOf(HasSubstr("1 packet"), HasSubstr("DHCPv6 of strangers"))));
}
