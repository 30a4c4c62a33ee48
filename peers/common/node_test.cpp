#include "peers/common/addresses_test.h"
#include "peers/common/make.h"
#include "peers/common/node.h"
#include "peers/common/router_node.h"
#include "peers/common/scripted_role.h"
#include "peers/common/test_net.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace peers::common {
namespace {

using namespace std::chrono_literals;

/// A router with a scripted role between the tester's nodes a (2001:db8:a::1) and b (2001:db8:b::1).
struct Scripted : testing::Test {
    void build(std::function<void(Output&)> start = {}, Wants wants = {}) {
        const auto a =
            NodeBuilder("a").port("left", {"2001:db8:a::1/64"}).route("::/0", "2001:db8:a::ff").config();
        const auto b =
            NodeBuilder("b").port("right", {"2001:db8:b::1/64"}).route("::/0", "2001:db8:b::ff").config();
        const auto r = NodeBuilder("r")
                           .port("left", {"2001:db8:a::ff/64"})
                           .port("right", {"2001:db8:b::ff/64"})
                           .config();
        net.add(a, make_puppet(a));
        net.add(b, make_puppet(b));
        auto made = std::make_unique<ScriptedRole>(std::move(start), std::move(wants));
        role = made.get();
        role->on_told = [this](const model::Told&, Output& output) {
            if (command)
                command(output);
        };
        net.add(r, std::make_unique<RouterNode>(r, std::move(made)));
    }
    /// Has the role do something now.
    void perform(std::function<void(Output&)> what) {
        command = std::move(what);
        net.tell("r", model::Told{"do", {}});
        net.run_for(20ms);
    }
    void emit(wire::Layer message, const char* from = "2001:db8:a::1", const char* to = "2001:db8:b::1",
              std::uint8_t hop_limit = 64) {
        net.emit("a", {{wire::Ipv6{ip(from), ip(to), hop_limit}, std::move(message)}, {}, {}});
        net.run_for(50ms);
    }
    template <class Layer>
    std::vector<const Arrived*> arrivals() const {
        std::vector<const Arrived*> found;
        for (std::size_t i = 0; i < role->packets.size(); ++i)
            if (role->packets[i].find<Layer>())
                found.push_back(&role->arrivals[i]);
        return found;
    }
    std::size_t forwarded() const { return net.all<wire::EchoRequest>("r", "right").size(); }
    TestNet net;
    ScriptedRole* role = nullptr;
    std::function<void(Output&)> command;
};

TEST_F(Scripted, RulesDropForwardRefuseOrHandUp) {
    build();
    emit(wire::EchoRequest{});
    EXPECT_EQ(forwarded(), 1u);

    perform([](Output& output) { output.set_rule({"left", 0, 0, {}, {}, {}, Drop{}}); });
    emit(wire::EchoRequest{});
    EXPECT_EQ(forwarded(), 1u);
    EXPECT_FALSE(net.last<wire::DestinationUnreachable>("r"));

    perform([](Output& output) { output.set_rule({"left", 0, 0, {}, {}, {}, Unreachable{1}}); });
    emit(wire::EchoRequest{});
    ASSERT_TRUE(net.last<wire::DestinationUnreachable>("r", "left"));
    EXPECT_EQ(net.last<wire::DestinationUnreachable>("r", "left")->find<wire::DestinationUnreachable>()->code,
              1);

    perform([](Output& output) { output.set_rule({"left", 0, 0, {}, {}, {}, ToRole{}}); });
    emit(wire::EchoRequest{});
    EXPECT_EQ(forwarded(), 1u);
    const auto up = arrivals<wire::EchoRequest>();
    ASSERT_EQ(up.size(), 1u);
    EXPECT_FALSE(up[0]->for_us);

    perform([](Output& output) { output.remove_rule("left"); });
    emit(wire::EchoRequest{});
    EXPECT_EQ(forwarded(), 2u);
}

TEST_F(Scripted, RulesDoNotTouchWhatIsForTheRouterItself) {
    build([](Output& output) { output.set_rule({"all", 0, {}, {}, {}, {}, Drop{}}); });
    emit(wire::EchoRequest{}, "2001:db8:a::1", "2001:db8:a::ff");
    EXPECT_TRUE(net.last<wire::EchoReply>("r", "left"));
}

TEST_F(Scripted, LinkLocalSourcesAreNeverForwarded) {
    build();
    emit(wire::EchoRequest{}, "fe80::77");
    EXPECT_EQ(forwarded(), 0u);
}

TEST_F(Scripted, SolicitationsForOthersReachTheRoleAsCopies) {
    build();
    wire::NeighborSolicitation dad;
    dad.target = ip("fe80::77");
    emit(dad, "::", "ff02::1:ff00:77", 255);
    const auto seen = arrivals<wire::NeighborSolicitation>();
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_FALSE(seen[0]->for_us);
    EXPECT_EQ(seen[0]->port, 0u);
    EXPECT_TRUE(net.all<wire::NeighborAdvertisement>("r").empty())
        << "the router defends its own addresses only";
}

TEST_F(Scripted, RouterSolicitationsReachTheRoleWithTheirEthernetSource) {
    build();
    emit(wire::RouterSolicitation{}, "fe80::77", "ff02::2", 255);
    const auto seen = arrivals<wire::RouterSolicitation>();
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_TRUE(seen[0]->for_us);
    EXPECT_EQ(seen[0]->link_source, net.last<wire::RouterSolicitation>()->find<wire::Ethernet>()->source);
    emit(wire::RouterSolicitation{}, "fe80::77", "ff02::2", 254);
    EXPECT_EQ(arrivals<wire::RouterSolicitation>().size(), 1u) << "RFC 4861, 6.1.1: hop limit 255";
}

TEST_F(Scripted, ProxyIsAnsweredForWithoutOverride) {
    build([](Output& output) { output.set_proxy(0, ip("2001:db8:a::77")); });
    wire::NeighborSolicitation question;
    question.target = ip("2001:db8:a::77");
    question.options.emplace_back(wire::SourceLinkLayerAddress{{{2, 0, 0, 0, 0, 9}}, {}});
    emit(question, "2001:db8:a::1", "ff02::1:ff00:77", 255);
    const auto* answer = net.last<wire::NeighborAdvertisement>("r", "left");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->find<wire::NeighborAdvertisement>()->target, ip("2001:db8:a::77"));
    EXPECT_FALSE(answer->find<wire::NeighborAdvertisement>()->o);
    perform([](Output& output) { output.set_proxy(0, ip("2001:db8:a::77"), false); });
    emit(question, "2001:db8:a::1", "ff02::1:ff00:77", 255);
    EXPECT_EQ(net.all<wire::NeighborAdvertisement>("r", "left").size(), 1u);
}

TEST_F(Scripted, ProbeIsAnsweredByAPresentAndNotByAnAbsentNeighbour) {
    build();
    perform([](Output& output) { output.probe({0, ip("2001:db8:a::1"), 2, 100ms}); });
    ASSERT_EQ(role->probed.size(), 1u);
    EXPECT_TRUE(role->probed[0].reachable);
    perform([](Output& output) { output.probe({0, ip("2001:db8:a::99"), 2, 100ms}); });
    net.run_for(150ms);
    EXPECT_EQ(role->probed.size(), 1u);
    net.run_for(50ms);
    ASSERT_EQ(role->probed.size(), 2u);
    EXPECT_FALSE(role->probed[1].reachable);
}

TEST_F(Scripted, SendsAMulticastToOneEthernetAddress) {
    build();
    perform([](Output& output) {
        wire::RouterAdvertisement message;
        output.send_on(0, {{wire::Ipv6{ip("fe80::ff"), ip("ff02::1"), 255}, message}, {}, {}},
                       base::Mac{{2, 0, 0, 0, 0, 5}});
        output.send_on(0, {{wire::Ipv6{ip("fe80::ff"), ip("ff02::1"), 255}, message}, {}, {}});
    });
    const auto sent = net.all<wire::RouterAdvertisement>("r", "left");
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[0]->packet.find<wire::Ethernet>()->destination, (base::Mac{{2, 0, 0, 0, 0, 5}}));
    EXPECT_EQ(sent[1]->packet.find<wire::Ethernet>()->destination, (base::Mac{{0x33, 0x33, 0, 0, 0, 1}}));
}

TEST_F(Scripted, WantedPortsAndGroupsReachTheRole) {
    build([](Output& output) { output.join(0, ip("ff02::1:2")); }, {{}, {547}, {200}});
    net.emit("a",
             {{wire::Ipv6{ip("2001:db8:a::1"), ip("ff02::1:2")}, wire::Udp{546, 547}, wire::Payload{{1}}},
              {},
              {}});
    net.emit("a", {{wire::Ipv6{ip("2001:db8:a::1"), ip("2001:db8:a::ff")}, wire::Udp{546, 548},
                    wire::Payload{{1}}},
                   {},
                   {}});
    emit(wire::UnknownIcmp6{200, 0, {0, 0, 0, 0}, {}}, "2001:db8:a::1", "2001:db8:a::ff");
    emit(wire::UnknownIcmp6{201, 0, {0, 0, 0, 0}, {}}, "2001:db8:a::1", "2001:db8:a::ff");
    EXPECT_EQ(arrivals<wire::UnknownIcmp6>().size(), 1u);
    const auto udp = std::ranges::count_if(
        role->packets, [](const wire::Packet& packet) { return packet.find<wire::Udp>() != nullptr; });
    EXPECT_EQ(udp, 1);
    const auto* error = net.last<wire::DestinationUnreachable>("r", "left");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::DestinationUnreachable>()->code, 4) << "port unreachable";
}

TEST_F(Scripted, AddressesComeAndGo) {
    build([](Output& output) { output.add_address(0, prefix("2001:db8:e::1/64")); });
    emit(wire::EchoRequest{}, "2001:db8:a::1", "2001:db8:e::1");
    EXPECT_EQ(net.all<wire::EchoReply>("r").size(), 1u);
    perform([](Output& output) { output.remove_address(0, ip("2001:db8:e::1")); });
    emit(wire::EchoRequest{}, "2001:db8:a::1", "2001:db8:e::1");
    EXPECT_EQ(net.all<wire::EchoReply>("r").size(), 1u);
}

TEST_F(Scripted, NothingLeavesAPortWithoutCarrier) {
    build();
    net.tell("r", model::Carrier{1, false});
    emit(wire::EchoRequest{});
    EXPECT_EQ(forwarded(), 0u);
    EXPECT_TRUE(net.last<wire::DestinationUnreachable>("r", "left"));
    net.tell("r", model::Carrier{1, true});
    emit(wire::EchoRequest{});
    EXPECT_EQ(forwarded(), 1u);
}

TEST_F(Scripted, FramesToOtherEthernetAddressesAreNotItsBusiness) {
    build();
    wire::Ethernet ethernet;
    ethernet.destination = {{2, 0, 0, 7, 7, 7}};
    ethernet.source = {{2, 0, 0, 7, 7, 8}};
    net.emit("a",
             {{ethernet, wire::Ipv6{ip("2001:db8:a::1"), ip("2001:db8:b::1")}, wire::EchoRequest{}}, {}, {}});
    ethernet.destination = {{0x33, 0x33, 0, 0, 0, 1}};
    net.emit("a",
             {{ethernet, wire::Ipv6{ip("2001:db8:a::1"), ip("2001:db8:b::1")}, wire::EchoRequest{}}, {}, {}});
    net.run_for(50ms);
    EXPECT_EQ(forwarded(), 0u);
}

TEST_F(Scripted, ErrorsAreNotReportedAboutErrorsNorToNobody) {
    build();
    emit(wire::TimeExceeded{0, base::Bytes(48), 0, {}}, "2001:db8:a::1", "2001:db8:b::1", 1);
    emit(wire::EchoRequest{}, "::", "2001:db8:b::1", 1);
    EXPECT_TRUE(net.all<wire::TimeExceeded>("r").empty());
}

TEST_F(Scripted, ErrorsAreLimitedInRate) {
    build();
    emit(wire::EchoRequest{}); // resolves
    for (int i = 0; i < 1000; ++i)
        net.emit("a",
                 {{wire::Ipv6{ip("2001:db8:a::1"), ip("2001:db8:b::1"), 1}, wire::EchoRequest{}}, {}, {}});
    net.run_for(20ms);
    EXPECT_LE(net.all<wire::TimeExceeded>("r").size(), 110u);
    EXPECT_GE(net.all<wire::TimeExceeded>("r").size(), 50u);
}

TEST_F(Scripted, StateOfTheStackIsToldUnlessTheRoleDoes) {
    build([](Output& output) {
        output.add_tunnel({ip("2001:db8:a::ff"), ip("2001:db8:b::1")});
        output.add_route(prefix("2001:db8:100::/48"), TunnelEnds{ip("2001:db8:a::ff"), ip("2001:db8:b::1")});
    });
    net.tell("r", model::Told{"state", {{"of", "tunnels"}}});
    ASSERT_EQ(net.notes.size(), 1u);
    EXPECT_EQ(net.notes[0].note.arguments["count"], "1");
    EXPECT_EQ(net.notes[0].note.arguments["2001:db8:b::1"], "1460");
    net.tell("r", model::Told{"state", {{"of", "routes"}}});
    ASSERT_EQ(net.notes.size(), 2u);
    EXPECT_EQ(net.notes[1].note.arguments["2001:db8:100::/48"], "tunnel 2001:db8:b::1");
    EXPECT_EQ(net.notes[1].note.arguments["count"], "3");
    command = [](Output& output) { output.note("state", {{"count", "7"}}); };
    net.tell("r", model::Told{"state", {{"of", "tunnels"}}});
    ASSERT_EQ(net.notes.size(), 3u);
    EXPECT_EQ(net.notes[2].note.arguments["count"], "7");
}

TEST(Node, StartsItsRoleBeforeAnythingElseAndOnce) {
    int starts = 0;
    const auto config = NodeBuilder("r").port("left").config();
    RouterNode node(config, std::make_unique<ScriptedRole>([&](Output&) { ++starts; }));
    EXPECT_EQ(node.deadline(), base::Mono{}) << "wants to be started";
    model::Actions actions;
    node.tick({1s, 1s}, actions);
    node.on(model::Carrier{0, true}, {1s, 1s}, actions);
    EXPECT_EQ(starts, 1);
    EXPECT_FALSE(node.deadline());
}

TEST(Node, SurvivesPortsThatItDoesNotHave) {
    const auto config = NodeBuilder("r").port("left").config();
    RouterNode node(config, nullptr);
    model::Actions actions;
    const wire::Packet empty;
    node.on(model::FrameIn{7, &empty}, {}, actions);
    node.on(model::FrameIn{0, &empty}, {}, actions);
    node.on(model::FrameIn{0, nullptr}, {}, actions);
    node.on(model::Carrier{7, true}, {}, actions);
    node.on(model::Emit{{}, {}, "nowhere"}, {}, actions);
    EXPECT_TRUE(actions.empty() || std::holds_alternative<model::FrameOut>(actions[0]));
}

} // namespace
} // namespace peers::common
