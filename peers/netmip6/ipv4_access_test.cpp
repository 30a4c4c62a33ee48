#include "peers/netmip6/ipv4_access.h"
#include "peers/netmip6/ipv4_home.h"

#include <gmock/gmock.h>

namespace peers::netmip6 {

namespace {

using namespace std::chrono_literals;

const base::Mac mn_mac{{2, 0, 0, 0, 0x10, 1}}, own_mac{{2, 0, 0, 0, 1, 1}}, cn_mac{{2, 0, 0, 0, 0xc, 1}};
const base::Ip4 mn_address{{10, 64, 0, 5}}, cn_address{{192, 0, 2, 12}};

base::Ip6 ipv6(const char* text) {
    return base::parse_ip6(text).value();
}
const base::Ip6 router = ipv6("2001:db8:0:1::1"), agent = ipv6("2001:db8:0:ff::1"),
                home = ipv6("2001:db8:300:1::5");

/// One node at the access port, and a router that does what it is asked.
class OneNode : public Attachments {
public:
    OneNode() {
        session.nai = "mn1@example.net";
        session.mac = mn_mac;
        session.port = 1;
        session.attached = true;
        session.wants_ipv6 = false;
        session.phase = Phase::waiting;
        session.home.parties().anchor = agent;
        session.home.parties().care_of = router;
    }
    Session* session_at(common::PortIndex port, const base::Mac& mac) override {
        return port == 1 && mac == mn_mac ? &session : nullptr;
    }
    Session* session_of(const std::string& nai) override { return nai == session.nai ? &session : nullptr; }
    void trigger(Session&, bool changed, base::Now, common::Output&) override {
        ++triggers;
        changes += changed;
    }
    void resume(Session&, base::Now, common::Output&) override {}
    void end(Session&, const char*, base::Now, common::Output&) override { ++ends; }
    base::Ip6 care_of() const override { return router; }

    Session session;
    int triggers = 0, changes = 0, ends = 0;
};

struct Ipv4Bench {
    OneNode node;
    model::NodeConfig config;
    std::unique_ptr<Ipv4Access> access;
    base::Now now{1h, 1h};

    Ipv4Bench() {
        config.self.ports = {{"core", "core", base::Mac{{2, 0, 0, 0, 1, 9}}, {{router, 48}}, 1500},
                             {"mn1", "sar-mn1", own_mac, {}, 1500}};
        access = std::make_unique<Ipv4Access>(config, node, Ipv4Policy{});
    }
    common::Output hear(const wire::Packet& built, common::PortIndex port = 1) {
        const base::Bytes octets = wire::encode(built);
        const bool framed = std::holds_alternative<wire::Ethernet>(built.layers.front());
        const wire::Packet packet = framed ? wire::decode_frame(octets) : wire::decode_ip(octets);
        common::Output out;
        EXPECT_TRUE(access->on(common::Arrived{port, mn_mac, {}, true, &packet}, now, out));
        return out;
    }
    common::Output dhcp(std::uint8_t type, std::optional<base::Ip4> requested = {},
                        std::optional<base::Ip4> server = {}) {
        wire::Dhcpv4 message;
        message.transaction_id = 7;
        message.hardware_address = mn_mac;
        message.options.push_back(wire::Dhcpv4MessageType{.value = type});
        if (requested)
            message.options.push_back(wire::RequestedIpAddress{.address = *requested});
        if (server)
            message.options.push_back(wire::Dhcpv4ServerIdentifier{.address = *server});
        if (type == dhcpv4::release)
            message.client_address = mn_address;
        wire::Ethernet link;
        link.source = mn_mac;
        link.destination = broadcast_mac;
        wire::Ipv4 ip;
        ip.destination = base::Ip4{{255, 255, 255, 255}};
        wire::Udp udp;
        udp.source_port = 68;
        udp.destination_port = 67;
        return hear({{link, ip, udp, message}, {}, {}});
    }
    /// The home agent's acknowledgement, and the service that follows.
    common::Output acknowledge(std::optional<base::Ip4> address, std::optional<std::uint8_t> status = {}) {
        wire::BindingAcknowledgement message;
        if (address)
            message.options.push_back(wire::Ipv4HomeAddress{.address = *address, .prefix_length = 32});
        if (status)
            message.options.push_back(wire::Ipv4AddressAcknowledgement{
                .address = address.value_or(base::Ip4{}), .status = *status, .prefix_length = 32});
        common::Output out;
        access->accepted(node.session, message, now, out);
        node.session.phase = Phase::bound;
        access->serve(node.session, now, out);
        return out;
    }
    void lease() {
        dhcp(dhcpv4::discover);
        acknowledge(mn_address, 0);
        dhcp(dhcpv4::request, mn_address, base::Ip4{{10, 64, 0, 1}});
    }
};

/// The one frame that was sent.
wire::Packet frame(const common::Output& out) {
    for (const auto& command : out.commands)
        if (const auto* sent = std::get_if<common::SendFrame>(&command))
            return wire::decode_frame(sent->octets);
    return {};
}
std::uint8_t type_of(const wire::Packet& packet) {
    const auto* message = packet.find<wire::Dhcpv4>();
    const auto* type = message ? wire::find<wire::Dhcpv4MessageType>(message->options) : nullptr;
    return type ? type->value : std::uint8_t{0};
}
const wire::Packet* sent(const common::Output& out) {
    for (const auto& command : out.commands)
        if (const auto* packet = std::get_if<common::SendPacket>(&command))
            return &packet->packet;
    return nullptr;
}
wire::Packet udp(const base::Ip4& from, const base::Ip4& to, const base::Mac& link_from,
                 const base::Mac& link_to) {
    wire::Ethernet link;
    link.source = link_from;
    link.destination = link_to;
    wire::Ipv4 ip;
    ip.source = from;
    ip.destination = to;
    wire::Udp ports;
    ports.source_port = 4001;
    ports.destination_port = 4000;
    return {{link, ip, ports, wire::Payload{{1, 2, 3}}}, {}, {}};
}

} // namespace

TEST(Ipv4Access, AsksTheHomeAgentBeforeItOffers) {
    Ipv4Bench bench;
    EXPECT_TRUE(bench.dhcp(dhcpv4::discover).commands.empty());
    EXPECT_TRUE(bench.dhcp(dhcpv4::discover).commands.empty());
    EXPECT_EQ(bench.node.triggers, 2);
    EXPECT_EQ(bench.node.changes, 1) << "only the first one is news";
    wire::BindingUpdate update;
    bench.access->extend(bench.node.session, update);
    const auto* option = wire::find<wire::Ipv4HomeAddress>(update.options);
    ASSERT_TRUE(option);
    EXPECT_EQ(option->address, base::Ip4{});
    EXPECT_FALSE(option->p);

    const wire::Packet offer = frame(bench.acknowledge(mn_address, 0));
    EXPECT_EQ(type_of(offer), dhcpv4::offer);
    EXPECT_TRUE(offer.faults.empty());
    EXPECT_EQ(offer.find<wire::Dhcpv4>()->your_address, mn_address);
    EXPECT_EQ(wire::find<wire::Dhcpv4ServerIdentifier>(offer.find<wire::Dhcpv4>()->options)->address,
              (base::Ip4{{10, 64, 0, 1}}));
    EXPECT_EQ(offer.find<wire::Ethernet>()->destination, mn_mac);
}

TEST(Ipv4Access, AcknowledgesWhatItOfferedAndNothingElse) {
    Ipv4Bench bench;
    bench.dhcp(dhcpv4::discover);
    bench.acknowledge(mn_address, 0);
    const base::Ip4 server{{10, 64, 0, 1}};
    EXPECT_EQ(type_of(frame(bench.dhcp(dhcpv4::request, base::Ip4{{10, 64, 0, 99}}, server))), dhcpv4::nak);
    EXPECT_EQ(type_of(frame(bench.dhcp(dhcpv4::request, mn_address, base::Ip4{{10, 9, 9, 9}}))), 0);
    const wire::Packet ack = frame(bench.dhcp(dhcpv4::request, mn_address, server));
    EXPECT_EQ(type_of(ack), dhcpv4::ack);
    EXPECT_EQ(ack.find<wire::Dhcpv4>()->your_address, mn_address);
    EXPECT_FALSE(bench.access->deadline());
}

TEST(Ipv4Access, OffersNothingThatTheHomeAgentHasNotConfirmed) {
    const base::Ip4 other{{10, 64, 0, 6}};
    for (const int way : {0, 1, 2, 3}) {
        Ipv4Bench bench;
        bench.dhcp(dhcpv4::discover);
        common::Output out;
        if (way == 0) {
            out = bench.acknowledge({});
        } else if (way == 1) {
            out = bench.acknowledge(mn_address, 132);
        } else if (way == 2) {
            out = bench.acknowledge(base::Ip4{}, 0);
        } else {
            wire::BindingAcknowledgement message;
            message.options.push_back(wire::Ipv4HomeAddress{.address = mn_address});
            message.options.push_back(wire::Ipv4AddressAcknowledgement{.address = other});
            bench.access->accepted(bench.node.session, message, bench.now, out);
            bench.access->serve(bench.node.session, bench.now, out);
        }
        EXPECT_EQ(type_of(frame(out)), 0) << way;
        EXPECT_FALSE(bench.node.session.ipv4_address) << way;
    }
}

TEST(Ipv4Access, EndsAnOfferThatNobodyTakes) {
    Ipv4Bench bench;
    bench.dhcp(dhcpv4::discover);
    bench.acknowledge(mn_address, 0);
    ASSERT_EQ(bench.access->deadline(), bench.now.mono + 30s);
    common::Output out;
    bench.access->tick({bench.now.mono + 30s, {}}, out);
    EXPECT_EQ(bench.node.ends, 1);
}

TEST(Ipv4Access, EndsWithARelease) {
    Ipv4Bench bench;
    bench.lease();
    bench.dhcp(dhcpv4::release);
    EXPECT_EQ(bench.node.ends, 1);
    EXPECT_FALSE(bench.node.session.ipv4_address);
}

TEST(Ipv4Access, TellsANodeThatComesWithAnotherAddress) {
    Ipv4Bench bench;
    bench.dhcp(dhcpv4::request, base::Ip4{{10, 64, 0, 99}});
    wire::BindingUpdate update;
    bench.access->extend(bench.node.session, update);
    EXPECT_EQ(wire::find<wire::Ipv4HomeAddress>(update.options)->address, (base::Ip4{{10, 64, 0, 99}}));
    EXPECT_EQ(type_of(frame(bench.acknowledge(mn_address, 0))), dhcpv4::nak);
}

TEST(Ipv4Access, CarriesItsPacketsInIpv6BothWays) {
    Ipv4Bench bench;
    bench.lease();
    const auto out = bench.hear(udp(mn_address, cn_address, mn_mac, own_mac));
    const wire::Packet* up = sent(out);
    ASSERT_TRUE(up);
    const wire::Packet tunnelled = wire::decode_ip(wire::encode(*up));
    EXPECT_TRUE(tunnelled.faults.empty());
    EXPECT_EQ(tunnelled.find<wire::Ipv6>()->source, router);
    EXPECT_EQ(tunnelled.find<wire::Ipv6>()->destination, agent);
    EXPECT_EQ(tunnelled.find<wire::Ipv4>()->source, mn_address);
    EXPECT_EQ(tunnelled.find<wire::Ipv4>()->ttl, 63);
    EXPECT_FALSE(sent(bench.hear(udp(base::Ip4{{10, 64, 0, 6}}, cn_address, mn_mac, own_mac))))
        << "not its own";

    wire::Packet inner = udp(cn_address, mn_address, cn_mac, mn_mac);
    inner.layers[0] = wire::Ipv6{agent, router};
    const wire::Packet down = frame(bench.hear(inner, 0));
    ASSERT_TRUE(down.find<wire::Ipv4>());
    EXPECT_TRUE(down.faults.empty());
    EXPECT_EQ(down.find<wire::Ethernet>()->destination, mn_mac);
    inner.layers[0] = wire::Ipv6{ipv6("2001:db8::66"), router};
    EXPECT_FALSE(frame(bench.hear(inner, 0)).find<wire::Ipv4>()) << "from a stranger";
}

TEST(Ipv4Access, HasAllOtherAddressesOfTheLink) {
    Ipv4Bench bench;
    bench.lease();
    const auto ask = [&](base::Ip4 target) {
        const wire::Packet question =
            wire::decode_frame(frame_of(Arp{true, mn_mac, {}, mn_address, target}, broadcast_mac));
        common::Output out;
        EXPECT_TRUE(bench.access->on(common::Arrived{1, mn_mac, {}, true, &question}, bench.now, out));
        return frame(out);
    };
    const auto reply = arp_of(ask(base::Ip4{{10, 64, 0, 1}}));
    ASSERT_TRUE(reply);
    EXPECT_FALSE(reply->request);
    EXPECT_EQ(reply->sender_mac, own_mac);
    EXPECT_FALSE(arp_of(ask(mn_address)));
}

TEST(Ipv4Access, TakesAnAddressFromAnotherRouter) {
    Ipv4Bench sar, tar;
    sar.lease();
    wire::ContextOptions context;
    sar.access->give(sar.node.session, sar.now, context);
    tar.access->take(tar.node.session, context, tar.now);
    EXPECT_EQ(tar.node.session.ipv4_address, mn_address);
    wire::BindingUpdate update;
    tar.access->extend(tar.node.session, update);
    EXPECT_EQ(wire::find<wire::Ipv4HomeAddress>(update.options)->address, mn_address);
    tar.acknowledge(mn_address, 0);
    EXPECT_EQ(type_of(frame(tar.dhcp(dhcpv4::request, mn_address))), dhcpv4::ack);
}

namespace {

struct HomeBench {
    model::NodeConfig config;
    std::unique_ptr<Ipv4Home> home_side;
    HomeBench() {
        config.self.ports = {{"core", "core", own_mac, {{agent, 48}}, 1500},
                             {"outside", "outside", base::Mac{{2, 0, 0, 0, 9, 9}}, {}, 1500}};
        config.self.settings = {
            {"ipv4-pool", "10.64.0.0/16"}, {"ipv4-port", "outside"}, {"ipv4-address", "192.0.2.1/24"}};
        home_side = std::make_unique<Ipv4Home>(config, Ipv4HomePolicy{});
    }
    std::pair<std::optional<base::Ip4>, std::optional<std::uint8_t>>
    ask(const std::string& nai, base::Ip6 address, base::Ip4 wanted) {
        wire::BindingUpdate update;
        update.options.push_back(wire::Ipv4HomeAddress{.address = wanted});
        const auto options = home_side->assign(nai, address, update);
        const auto* given = wire::find<wire::Ipv4HomeAddress>(options);
        const auto* status = wire::find<wire::Ipv4AddressAcknowledgement>(options);
        return {given ? std::optional(given->address) : std::nullopt,
                status ? std::optional(status->status) : std::nullopt};
    }
    common::Output hear(const wire::Packet& built, common::PortIndex port, base::Mac from = cn_mac) {
        const base::Bytes octets = wire::encode(built);
        const bool framed = std::holds_alternative<wire::Ethernet>(built.layers.front());
        const wire::Packet packet = framed ? wire::decode_frame(octets) : wire::decode_ip(octets);
        common::Output out;
        EXPECT_TRUE(home_side->on(common::Arrived{port, from, {}, true, &packet}, out));
        return out;
    }
};

} // namespace

TEST(Ipv4Home, GivesEachNodeAnAddressOfItsOwn) {
    HomeBench bench;
    const auto [first, status] = bench.ask("mn1@example.net", home, {});
    ASSERT_TRUE(first);
    EXPECT_EQ(status, 0);
    EXPECT_NE(*first, base::Ip4{});
    const auto [second, other] = bench.ask("mn2@example.net", ipv6("2001:db8:300:2::5"), {});
    EXPECT_NE(first, second);
    EXPECT_EQ(bench.ask("mn1@example.net", home, *first).first, first) << "its own";
    EXPECT_EQ(bench.ask("mn1@example.net", home, {}).first, first) << "the same again";
    const auto [taken, refused] = bench.ask("mn2@example.net", ipv6("2001:db8:300:2::5"), *first);
    EXPECT_FALSE(taken);
    EXPECT_EQ(refused, 130);
    EXPECT_EQ(bench.ask("mn3@example.net", ipv6("2001:db8:300:3::5"), base::Ip4{{192, 0, 2, 9}}).second, 131);
}

TEST(Ipv4Home, SaysNothingWhereItDoesNotKnowIpv4) {
    HomeBench bench;
    bench.config.self.settings.erase("ipv4-pool");
    bench.home_side = std::make_unique<Ipv4Home>(bench.config, Ipv4HomePolicy{});
    const auto [address, status] = bench.ask("mn1@example.net", home, {});
    EXPECT_FALSE(address);
    EXPECT_FALSE(status);
}

TEST(Ipv4Home, CarriesPacketsToAndFromWhereTheNodeIs) {
    HomeBench bench;
    const base::Ip4 address = *bench.ask("mn1@example.net", home, {}).first;
    EXPECT_FALSE(sent(bench.hear(udp(cn_address, address, cn_mac, own_mac), 1))) << "not bound";
    bench.home_side->bind(home, {router});
    const auto out = bench.hear(udp(cn_address, address, cn_mac, own_mac), 1);
    const wire::Packet* down = sent(out);
    ASSERT_TRUE(down);
    EXPECT_EQ(down->find<wire::Ipv6>()->destination, router);

    wire::Packet up = udp(address, cn_address, mn_mac, own_mac);
    up.layers[0] = wire::Ipv6{router, agent};
    const wire::Packet let_out = frame(bench.hear(up, 0));
    ASSERT_TRUE(let_out.find<wire::Ipv4>());
    EXPECT_EQ(let_out.find<wire::Ethernet>()->destination, cn_mac) << "whom it has heard";
    up.layers[0] = wire::Ipv6{ipv6("2001:db8::66"), agent};
    EXPECT_FALSE(frame(bench.hear(up, 0)).find<wire::Ipv4>()) << "from where it is not";

    bench.home_side->bind(home, {router, ipv6("2001:db8:0:2::1")});
    EXPECT_EQ(bench.hear(udp(cn_address, address, cn_mac, own_mac), 1).commands.size(), 2u) << "bicast";
    bench.home_side->forget(home);
    EXPECT_TRUE(bench.hear(udp(cn_address, address, cn_mac, own_mac), 1).commands.empty());
}

TEST(Ipv4Home, AsksForANeighbourThatItHasNotHeard) {
    HomeBench bench;
    const base::Ip4 address = *bench.ask("mn1@example.net", home, {}).first;
    bench.home_side->bind(home, {router});
    wire::Packet up = udp(address, cn_address, mn_mac, own_mac);
    up.layers[0] = wire::Ipv6{router, agent};
    const auto question = arp_of(frame(bench.hear(up, 0)));
    ASSERT_TRUE(question);
    EXPECT_TRUE(question->request);
    EXPECT_EQ(question->target, cn_address);
    const wire::Packet reply = wire::decode_frame(
        frame_of(Arp{false, cn_mac, question->sender_mac, cn_address, question->sender}, own_mac));
    common::Output out;
    EXPECT_TRUE(bench.home_side->on(common::Arrived{1, cn_mac, {}, true, &reply}, out));
    EXPECT_TRUE(frame(out).find<wire::Ipv4>()) << "what has waited goes out";
}

} // namespace peers::netmip6
