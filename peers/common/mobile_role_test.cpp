#include "peers/common/addresses_test.h"
#include "peers/common/make.h"
#include "peers/common/mobile_role.h"
#include "peers/common/router_node.h"
#include "peers/common/scripted_role.h"
#include "peers/common/test_net.h"

#include <gtest/gtest.h>

namespace peers::common {
namespace {

using namespace std::chrono_literals;

/// mn1 (02:00:00:00:10:01) roams between the links of two access routers; behind both is the host cn.
struct Roaming : testing::Test {
    Roaming() {
        access_router("ar1", "link1", "2001:db8:a1::1/64", "fe80::a1/64");
        access_router("ar2", "link2", "2001:db8:a2::1/64", "fe80::a2/64");
    }
    void mobile(const NodeBuilder& more = NodeBuilder("mn1", "mn"), bool is_puppet = false) {
        NodeBuilder builder = more;
        const auto config = builder.port("access").mac("02:00:00:00:10:01").detached().config();
        net.add(config, is_puppet ? make_puppet(config) : make_mobile_node(config));
    }
    void access_router(const char* name, const char* link, const char* core, const char* address) {
        const auto config = NodeBuilder(name).port(link, {address}).port("core", {core}).config();
        auto made = std::make_unique<ScriptedRole>();
        made->on_told = [](const model::Told& told, Output& output) { advertise(told.arguments, output); };
        net.add(config, std::make_unique<RouterNode>(config, std::move(made)));
    }
    /// A router advertisement as the arguments say.
    static void advertise(const model::Arguments& arguments, Output& output) {
        const auto number = [&](const char* name, std::uint32_t otherwise) {
            const auto found = arguments.find(name);
            return found == arguments.end() ? otherwise
                                            : static_cast<std::uint32_t>(std::stoul(found->second));
        };
        wire::RouterAdvertisement message;
        message.router_lifetime = static_cast<std::uint16_t>(number("router", 1800));
        wire::PrefixInformation prefix;
        prefix.prefix = ip("2001:db8:100:1::");
        prefix.prefix_length = 64;
        prefix.l = true;
        prefix.a = number("autonomous", 1) != 0;
        prefix.valid_lifetime = number("valid", 86400);
        prefix.preferred_lifetime = number("preferred", 14400);
        message.options.emplace_back(prefix);
        if (arguments.contains("mtu"))
            message.options.emplace_back(wire::Mtu{number("mtu", 1500), 0, {}});
        const auto source = arguments.contains("source") ? arguments.at("source") : "fe80::a1";
        const wire::Ipv6 header{ip(source.c_str()), ip("ff02::1"),
                                static_cast<std::uint8_t>(number("hop", 255))};
        output.send_on(0, {{header, message}, {}, {}});
    }
    void advertise(const char* router, model::Arguments arguments = {}) {
        arguments.emplace("source", router == std::string("ar1") ? "fe80::a1" : "fe80::a2");
        net.tell(router, model::Told{"advertise", arguments});
        net.run_for(10ms);
    }
    /// Told{"state"} and its answer.
    std::string state(const char* of, const char* name) {
        net.notes.clear();
        net.tell("mn1", model::Told{"state", {{"of", of}}});
        if (net.notes.empty())
            return "no answer";
        const auto found = net.notes[0].note.arguments.find(name);
        return found == net.notes[0].note.arguments.end() ? "" : found->second;
    }
    static constexpr const char* mine =
        "2001:db8:100:1:0:ff:fe00:1001"; ///< modified EUI-64 of the Ethernet address
    TestNet net;
};

TEST_F(Roaming, SolicitsAtOnceAndThreeTimesInAllFourSecondsApart) {
    mobile();
    net.connect("mn1", 0, "link1");
    EXPECT_EQ(net.all<wire::RouterSolicitation>("mn1").size(), 1u);
    net.run_for(7999ms);
    EXPECT_EQ(net.all<wire::RouterSolicitation>("mn1").size(), 2u);
    net.run_for(60s);
    const auto all = net.all<wire::RouterSolicitation>("mn1");
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[1]->at, 4s);
    EXPECT_EQ(all[2]->at, 8s);
    const auto& packet = all[0]->packet;
    EXPECT_EQ(packet.find<wire::Ipv6>()->source, ip("fe80::ff:fe00:1001"));
    EXPECT_EQ(packet.find<wire::Ipv6>()->destination, ip("ff02::2"));
    EXPECT_EQ(packet.find<wire::Ipv6>()->hop_limit, 255);
    EXPECT_TRUE(wire::find<wire::SourceLinkLayerAddress>(packet.find<wire::RouterSolicitation>()->options));
}

TEST_F(Roaming, FormsTheAddressOfTheAdvertisedPrefixAndStopsSoliciting) {
    mobile();
    net.connect("mn1", 0, "link1");
    advertise("ar1");
    EXPECT_EQ(state("addresses", mine), "preferred");
    EXPECT_EQ(state("router", "router"), "fe80::a1");
    net.run_for(60s);
    EXPECT_EQ(net.all<wire::RouterSolicitation>("mn1").size(), 1u);
}

TEST_F(Roaming, BelievesNoAdvertisementThatCameThroughARouter) {
    mobile();
    net.connect("mn1", 0, "link1");
    advertise("ar1", {{"hop", "254"}});
    EXPECT_EQ(state("addresses", "count"), "0");
}

TEST_F(Roaming, FormsNoAddressWithoutTheAutonomousFlag) {
    mobile();
    net.connect("mn1", 0, "link1");
    advertise("ar1", {{"autonomous", "0"}});
    EXPECT_EQ(state("addresses", "count"), "0");
    EXPECT_EQ(state("router", "router"), "fe80::a1");
}

TEST_F(Roaming, KeepsItsAddressAndTakesTheNewRouterWhenItMoves) {
    mobile();
    net.connect("mn1", 0, "link1");
    advertise("ar1");
    net.connect("mn1", 0, "link2");
    EXPECT_EQ(state("addresses", mine), "preferred");
    EXPECT_EQ(net.all<wire::RouterSolicitation>("mn1", "link2").size(), 1u);
    advertise("ar2");
    EXPECT_EQ(state("router", "router"), "fe80::a2");
    net.tell("mn1",
             model::Told{"flow-start",
                         {{"name", "f"}, {"to", "2001:db8:c::1"}, {"protocol", "udp"}, {"packets", "1"}}});
    net.run_for(10ms);
    const auto* sent = net.last<wire::Udp>("mn1", "link2");
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->find<wire::Ipv6>()->source, ip(mine));
}

TEST_F(Roaming, DeprecatesAWithdrawnPrefixAndKeepsItForTwoHours) {
    mobile();
    net.connect("mn1", 0, "link1");
    advertise("ar1");
    advertise("ar1", {{"valid", "0"}, {"preferred", "0"}});
    EXPECT_EQ(state("addresses", mine), "deprecated");
    net.run_for(7199s);
    EXPECT_EQ(state("addresses", "count"), "1");
    net.run_for(2s);
    EXPECT_EQ(state("addresses", "count"), "0") << "RFC 4862, 5.5.3 (e)";
}

TEST_F(Roaming, GivesUpARouterOfLifetimeZeroAndOneThatExpires) {
    mobile();
    net.connect("mn1", 0, "link1");
    advertise("ar1", {{"router", "5"}});
    net.run_for(4s);
    EXPECT_EQ(state("router", "router"), "fe80::a1");
    net.run_for(1s);
    EXPECT_EQ(state("router", "router"), "");
    advertise("ar1");
    EXPECT_EQ(state("router", "router"), "fe80::a1");
    advertise("ar1", {{"router", "0"}});
    EXPECT_EQ(state("router", "router"), "");
}

TEST_F(Roaming, FragmentsToTheAdvertisedMtu) {
    mobile();
    net.connect("mn1", 0, "link1");
    advertise("ar1", {{"mtu", "1460"}});
    net.tell("mn1", model::Told{"flow-start",
                                {{"name", "f"},
                                 {"to", "2001:db8:c::1"},
                                 {"protocol", "udp"},
                                 {"packets", "1"},
                                 {"size", "1420"}}});
    net.run_for(10ms);
    EXPECT_EQ(net.all<wire::Fragment>("mn1").size(), 2u);
}

TEST_F(Roaming, AnswersEchoAndSolicitationsForItsAddress) {
    mobile();
    net.connect("mn1", 0, "link1");
    advertise("ar1");
    const auto config = NodeBuilder("near").port("link1", {"2001:db8:100:1::99/64"}).config();
    net.add(config, make_host(config));
    net.emit("near",
             {{wire::Ipv6{ip("2001:db8:100:1::99"), ip(mine)}, wire::EchoRequest{1, 2, {}, {}}}, {}, {}});
    net.run_for(100ms);
    const auto* answer = net.last<wire::NeighborAdvertisement>("mn1");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->find<wire::NeighborAdvertisement>()->target, ip(mine));
    EXPECT_TRUE(answer->find<wire::NeighborAdvertisement>()->s);
    EXPECT_FALSE(answer->find<wire::NeighborAdvertisement>()->r);
    EXPECT_TRUE(net.last<wire::EchoReply>("mn1"));
}

TEST_F(Roaming, DetectsDuplicatesIfItIsSetTo) {
    mobile(NodeBuilder("mn1", "mn").set("dad", "on"));
    net.connect("mn1", 0, "link1");
    const auto* question = net.last<wire::NeighborSolicitation>("mn1");
    ASSERT_TRUE(question);
    EXPECT_TRUE(question->find<wire::Ipv6>()->source.is_unspecified());
    EXPECT_EQ(question->find<wire::Ipv6>()->destination, ip("ff02::1:ff00:1001"));
    EXPECT_EQ(question->find<wire::NeighborSolicitation>()->target, ip("fe80::ff:fe00:1001"));
    EXPECT_TRUE(question->find<wire::NeighborSolicitation>()->options.empty());
}

TEST_F(Roaming, SolicitsWhenTold) {
    mobile();
    net.connect("mn1", 0, "link1");
    advertise("ar1");
    net.tell("mn1", model::Told{"rs", {}});
    EXPECT_EQ(net.all<wire::RouterSolicitation>("mn1").size(), 2u);
}

TEST_F(Roaming, AsPuppetLearnsItsAddressButSaysNothing) {
    mobile(NodeBuilder("mn1", "mn"), true);
    net.connect("mn1", 0, "link1");
    advertise("ar1");
    net.run_for(20s);
    EXPECT_TRUE(std::ranges::none_of(net.frames, [](const auto& frame) { return frame.from == "mn1"; }));
    // A packet that the tester has it send goes to the router that it heard.
    net.emit("mn1", {{wire::Ipv6{ip(mine), ip("2001:db8:c::1")}, wire::EchoRequest{}}, {}, {}});
    net.run_for(10ms);
    const auto* sent = net.last<wire::EchoRequest>("mn1");
    ASSERT_TRUE(sent);
    EXPECT_EQ(net.last<wire::NeighborSolicitation>("mn1")->find<wire::NeighborSolicitation>()->target,
              ip("fe80::a1"));
}

TEST_F(Roaming, AsPuppetCanBeFoundUnderTheAddressThatItWasMadeToUse) {
    mobile(NodeBuilder("mn1", "mn"), true);
    net.connect("mn1", 0, "link1");
    net.emit("mn1", {{wire::Ipv6{ip("2001:db8:100:1::77"), ip("ff02::1")}, wire::EchoRequest{}}, {}, {}});
    const auto config = NodeBuilder("near").port("link1", {"2001:db8:100:1::99/64"}).config();
    net.add(config, make_host(config));
    net.emit("near",
             {{wire::Ipv6{ip("2001:db8:100:1::99"), ip("2001:db8:100:1::77")}, wire::EchoRequest{}}, {}, {}});
    net.run_for(100ms);
    EXPECT_TRUE(net.last<wire::NeighborAdvertisement>("mn1"));
    EXPECT_TRUE(net.last<wire::EchoRequest>("near"));
}

TEST_F(Roaming, AsPuppetSaysThatItCouldNotSend) {
    mobile(NodeBuilder("mn1", "mn"), true);
    const wire::Packet packet{
        {wire::Ipv6{ip("2001:db8:100:1::77"), ip("2001:db8:c::1")}, wire::EchoRequest{}}, {}, {}};
    net.emit("mn1", packet);
    ASSERT_EQ(net.notes.size(), 1u) << "no carrier";
    net.connect("mn1", 0, "link1");
    net.emit("mn1", packet);
    net.run_for(4s);
    ASSERT_EQ(net.notes.size(), 2u) << "no router: it asked for the destination itself, and nobody answered";
    EXPECT_EQ(net.notes[1].note.arguments.at("next-hop"), "2001:db8:c::1");
}

} // namespace
} // namespace peers::common
