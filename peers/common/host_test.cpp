#include "harness/model/flow.h"
#include "peers/common/addresses_test.h"
#include "peers/common/make.h"
#include "peers/common/test_net.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace peers::common {
namespace {

using namespace std::chrono_literals;

/// A node under test and a tester's node on one link.
struct Pair : testing::Test {
    void add(const NodeBuilder& builder, std::unique_ptr<model::Machine> (*make)(const model::NodeConfig&)) {
        net.add(builder.config(), make(builder.config()));
    }
    void host(const char* name = "host") {
        add(NodeBuilder(name).port("link", {"2001:db8::1/64"}), make_host);
    }
    void tester() { add(NodeBuilder("tester").port("link", {"2001:db8::2/64"}), make_puppet); }
    /// From the tester's node to the node under test.
    void emit(wire::Layer message, const char* from = "2001:db8::2", const char* to = "2001:db8::1",
              std::uint8_t hop_limit = 64) {
        net.emit("tester", {{wire::Ipv6{ip(from), ip(to), hop_limit}, std::move(message)}, {}, {}});
        net.run_for(20ms);
    }
    wire::NeighborSolicitation solicitation(const char* target, bool with_source = true) {
        wire::NeighborSolicitation message;
        message.target = ip(target);
        if (with_source)
            message.options.emplace_back(wire::SourceLinkLayerAddress{{{2, 0, 0, 0, 0, 9}}, {}});
        return message;
    }
    TestNet net;
};

TEST_F(Pair, HostAnswersASolicitationForItsAddress) {
    host();
    tester();
    emit(solicitation("2001:db8::1"), "2001:db8::9", "ff02::1:ff00:1", 255);
    const auto* answer = net.last<wire::NeighborAdvertisement>("host");
    ASSERT_TRUE(answer);
    const auto* message = answer->find<wire::NeighborAdvertisement>();
    EXPECT_TRUE(message->s && message->o);
    EXPECT_FALSE(message->r);
    EXPECT_TRUE(wire::find<wire::TargetLinkLayerAddress>(message->options));
    EXPECT_EQ(answer->find<wire::Ipv6>()->destination, ip("2001:db8::9"));
    EXPECT_EQ(answer->find<wire::Ipv6>()->hop_limit, 255);
    EXPECT_EQ(answer->find<wire::Ethernet>()->destination, (base::Mac{{2, 0, 0, 0, 0, 9}}));
}

TEST_F(Pair, HostDefendsItsAddressAgainstADuplicate) {
    host();
    tester();
    emit(solicitation("2001:db8::1", false), "::", "ff02::1:ff00:1", 255);
    const auto* answer = net.last<wire::NeighborAdvertisement>("host");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->find<wire::Ipv6>()->destination, ip("ff02::1"));
    EXPECT_FALSE(answer->find<wire::NeighborAdvertisement>()->s);
}

TEST_F(Pair, HostAnswersNoSolicitationThatIsInvalid) {
    host();
    tester();
    emit(solicitation("2001:db8::1"), "2001:db8::9", "ff02::1:ff00:1", 254);
    emit(solicitation("2001:db8::1"), "::", "ff02::1:ff00:1", 255); // with a source option
    emit(solicitation("2001:db8::7"), "2001:db8::9", "ff02::1:ff00:7", 255);
    auto wrong_code = solicitation("2001:db8::1");
    wrong_code.header.code = 1;
    emit(wrong_code, "2001:db8::9", "ff02::1:ff00:1", 255);
    auto wrong_checksum = solicitation("2001:db8::1");
    wrong_checksum.header.checksum = 1;
    emit(wrong_checksum, "2001:db8::9", "ff02::1:ff00:1", 255);
    auto no_length = solicitation("2001:db8::1", false);
    no_length.options.emplace_back(wire::SourceLinkLayerAddress{{}, {{}, 0}});
    emit(no_length, "2001:db8::9", "ff02::1:ff00:1", 255);
    EXPECT_TRUE(net.all<wire::NeighborAdvertisement>("host").empty());
}

TEST_F(Pair, HostResolvesWhoPingedIt) {
    host();
    tester();
    emit(wire::EchoRequest{5, 6, {7}, {}}, "2001:db8::2", "ff02::1"); // which teaches it no neighbour
    const auto* reply = net.last<wire::EchoReply>("host");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->find<wire::EchoReply>()->identifier, 5);
    const auto* asked = net.last<wire::NeighborSolicitation>("host");
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->find<wire::Ipv6>()->destination, ip("ff02::1:ff00:2"));
    EXPECT_EQ(asked->find<wire::Ipv6>()->source, ip("2001:db8::1"));
}

TEST_F(Pair, HostAnswersAPingToAllNodesFromItsOwnAddress) {
    host();
    tester();
    emit(wire::EchoRequest{5, 6, {}, {}}, "2001:db8::2", "ff02::1");
    const auto* reply = net.last<wire::EchoReply>("host");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->find<wire::Ipv6>()->source, ip("2001:db8::1"));
}

TEST_F(Pair, HostPutsALargePingTogetherAndAnswersInFragments) {
    host();
    tester();
    emit(wire::EchoRequest{5, 6, base::Bytes(3000, 7), {}});
    EXPECT_EQ(net.all<wire::Fragment>("tester").size(), 3u);
    EXPECT_EQ(net.all<wire::Fragment>("host").size(), 3u);
}

TEST_F(Pair, HostReportsAfterAMinuteThatFragmentsAreMissing) { // RFC 2460, 4.5
    host();
    tester();
    int fragments = 0;
    net.loses = [&](const TestNet::Frame& frame) {
        return frame.packet.find<wire::Fragment>() && ++fragments == 2;
    };
    emit(wire::EchoRequest{5, 6, base::Bytes(3000, 7), {}});
    net.run_for(59s);
    EXPECT_FALSE(net.last<wire::TimeExceeded>("host"));
    net.run_for(2s);
    const auto* error = net.last<wire::TimeExceeded>("host");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::TimeExceeded>()->code, 1);
}

TEST_F(Pair, HostReportsAnUnknownNextHeader) { // RFC 2460, 4
    host();
    tester();
    wire::Ipv6 header{ip("2001:db8::2"), ip("2001:db8::1")};
    header.next_header = 200;
    net.emit("tester", {{header, wire::Payload{{1, 2, 3, 4}}}, {}, {}});
    net.run_for(20ms);
    const auto* error = net.last<wire::ParameterProblem>("host");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::ParameterProblem>()->code, 1);
    EXPECT_EQ(error->find<wire::ParameterProblem>()->pointer, 6u);
    EXPECT_EQ(error->find<wire::ParameterProblem>()->invoking.size(), 44u);
}

TEST_F(Pair, HostKnowsNoMobilityHeader) {
    host();
    tester();
    emit(wire::BindingUpdate{});
    const auto* error = net.last<wire::ParameterProblem>("host");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->find<wire::ParameterProblem>()->code, 1);
}

TEST_F(Pair, HostReportsAnUnknownOptionAsItsTypeDemands) { // RFC 2460, 4.2
    host();
    tester();
    const auto send = [&](std::uint8_t type) {
        wire::DestinationOptions options;
        options.options.emplace_back(wire::UnknownIpv6Option{type, {0, 0}, {}});
        net.emit("tester",
                 {{wire::Ipv6{ip("2001:db8::2"), ip("2001:db8::1")}, options, wire::EchoRequest{}}, {}, {}});
        net.run_for(20ms);
    };
    send(0x1e); // skip
    EXPECT_EQ(net.all<wire::EchoReply>("host").size(), 1u);
    send(0x5e); // discard
    EXPECT_EQ(net.all<wire::EchoReply>("host").size(), 1u);
    EXPECT_FALSE(net.last<wire::ParameterProblem>("host"));
    send(0x9e); // discard and report
    send(0xde); // report to unicast
    EXPECT_EQ(net.all<wire::EchoReply>("host").size(), 1u);
    const auto all = net.all<wire::ParameterProblem>("host");
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0]->packet.find<wire::ParameterProblem>()->code, 2);
    EXPECT_EQ(all[0]->packet.find<wire::ParameterProblem>()->pointer, 42u);
}

TEST_F(Pair, HostIgnoresUnknownInformationalMessagesAndWrongChecksums) {
    host();
    tester();
    emit(wire::UnknownIcmp6{200, 0, {1, 2, 3, 4}, {}});
    wire::EchoRequest bad;
    bad.header.checksum = 7;
    emit(bad);
    net.run_for(1s);
    EXPECT_TRUE(std::ranges::none_of(net.frames, [](const auto& frame) {
        return frame.from == "host" && !frame.packet.template find<wire::NeighborAdvertisement>();
    }));
}

TEST_F(Pair, HostNeverForwards) {
    host();
    tester();
    net.emit("tester",
             {{wire::Ethernet{}, wire::Ipv6{ip("2001:db8::2"), ip("2001:db8:9::1")}, wire::EchoRequest{}},
              {},
              {}});
    emit(wire::EchoRequest{}, "2001:db8::2", "2001:db8:9::1");
    EXPECT_TRUE(net.all<wire::EchoRequest>("host").empty());
}

TEST_F(Pair, PuppetAnswersSolicitationsAndNothingElse) {
    add(NodeBuilder("puppet").port("link", {"2001:db8::1/64"}), make_puppet);
    tester();
    emit(wire::EchoRequest{});
    emit(wire::BindingUpdate{});
    wire::Ipv6 header{ip("2001:db8::2"), ip("2001:db8::1")};
    header.next_header = 200;
    net.emit("tester", {{header, wire::Payload{{1}}}, {}, {}});
    net.run_for(1s);
    for (const auto& frame : net.frames)
        if (frame.from == "puppet") {
            EXPECT_TRUE(frame.packet.find<wire::NeighborAdvertisement>());
        }
    EXPECT_TRUE(net.last<wire::NeighborAdvertisement>("puppet"));
}

TEST_F(Pair, PuppetAnswersEchoIfItIsSetTo) {
    add(NodeBuilder("puppet").port("link", {"2001:db8::1/64"}).set("echo", "on"), make_puppet);
    tester();
    emit(wire::EchoRequest{});
    EXPECT_TRUE(net.last<wire::EchoReply>("puppet"));
}

TEST_F(Pair, PuppetSendsAPacketWithEditsAfterTheChecksum) {
    host();
    tester();
    model::Emit order;
    order.packet.layers = {wire::Ipv6{ip("2001:db8::2"), ip("2001:db8::1")},
                           wire::EchoRequest{1, 2, {3}, {}}};
    order.edits.push_back({model::Edit::Kind::replace, "echo-request", 4, {9, 9}});
    net.tell("tester", order);
    net.run_for(20ms);
    const auto* sent = net.last<wire::EchoRequest>("tester");
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->find<wire::EchoRequest>()->identifier, 0x0909);
    ASSERT_EQ(sent->faults.size(), 1u);
    EXPECT_EQ(sent->faults[0].kind, wire::FaultKind::checksum);
}

TEST_F(Pair, PuppetSendsForeignSourcesAndWholeFrames) {
    host();
    tester();
    emit(wire::EchoRequest{1, 1, {}, {}}, "2001:db8:77::7");
    EXPECT_EQ(net.last<wire::EchoRequest>("tester")->find<wire::Ipv6>()->source, ip("2001:db8:77::7"));
    wire::Ethernet ethernet;
    ethernet.source = {{2, 0, 0, 9, 9, 9}};
    ethernet.destination = {{2, 0, 0, 8, 8, 8}};
    net.emit("tester",
             {{ethernet, wire::Ipv6{ip("2001:db8::2"), ip("2001:db8::1")}, wire::EchoRequest{}}, {}, {}});
    EXPECT_EQ(net.last<wire::EchoRequest>("tester")->find<wire::Ethernet>()->source, ethernet.source);
    EXPECT_EQ(net.last<wire::EchoRequest>("tester")->find<wire::Ethernet>()->destination,
              ethernet.destination);
}

TEST_F(Pair, PuppetKeepsALieInTheIpv6Header) {
    host();
    tester();
    emit(wire::EchoRequest{}); // resolves
    wire::Ipv6 header{ip("2001:db8::2"), ip("2001:db8::1")};
    header.payload_length = 500;
    net.emit("tester", {{header, wire::EchoRequest{}}, {}, {}});
    const auto* sent = net.last<wire::Ipv6>("tester");
    EXPECT_EQ(sent->find<wire::Ipv6>()->payload_length, 500u);
}

TEST_F(Pair, FlowSendsMarkedPacketsAtItsRateAndEnds) {
    host();
    tester();
    net.tell("tester", model::Told{"flow-start",
                                   {{"name", "f"},
                                    {"from", "2001:db8::2"},
                                    {"to", "2001:db8::1"},
                                    {"protocol", "udp"},
                                    {"size", "100"},
                                    {"rate", "50"},
                                    {"packets", "5"},
                                    {"port", "40001"},
                                    {"direction", "back"}}});
    net.run_for(1s);
    const auto sent = net.all<wire::Udp>("tester");
    ASSERT_EQ(sent.size(), 5u);
    EXPECT_EQ(sent[4]->at, 80ms) << "twenty milliseconds apart";
    const auto marked = model::flow_mark(sent[3]->packet);
    ASSERT_TRUE(marked);
    EXPECT_EQ(marked->mark, (model::FlowMark{40001, true, 3}));
    EXPECT_EQ(sent[3]->packet.find<wire::Payload>()->data.size(), 100u);
    EXPECT_FALSE(net.last<wire::DestinationUnreachable>("host")) << "flows are swallowed";
}

TEST_F(Pair, FlowOfEchoRequestsRunsUntilItIsToldToEnd) {
    host();
    tester();
    net.tell("tester", model::Told{"flow-start",
                                   {{"name", "f"},
                                    {"from", "::"},
                                    {"to", "2001:db8::1"},
                                    {"protocol", "echo"},
                                    {"rate", "10"},
                                    {"packets", "0"},
                                    {"port", "40002"}}});
    net.run_for(950ms);
    net.tell("tester", model::Told{"flow-end", {{"name", "f"}}});
    net.run_for(1s);
    EXPECT_EQ(net.all<wire::EchoRequest>("tester").size(), 10u);
    const auto replies = net.all<wire::EchoReply>("host");
    ASSERT_EQ(replies.size(), 10u);
    const auto marked = model::flow_mark(replies[9]->packet);
    ASSERT_TRUE(marked);
    EXPECT_TRUE(marked->is_reply);
    EXPECT_EQ(marked->mark.sequence, 9u);
}

TEST_F(Pair, FlowWithoutDestinationIsNoted) {
    tester();
    net.tell("tester", model::Told{"flow-start", {{"name", "f"}, {"to", "::"}, {"protocol", "udp"}}});
    ASSERT_EQ(net.notes.size(), 1u);
    EXPECT_NE(net.notes[0].note.text.find("destination"), std::string::npos);
}

TEST(PuppetAnchor, CarriesTrafficThroughATunnelThatItIsToldOf) {
    TestNet net;
    const auto anchor = NodeBuilder("lma", "lma")
                            .port("core", {"2001:db8:0:ff::1/48"})
                            .port("outside", {"2001:db8:c::fe/64"})
                            .config();
    const auto gateway = NodeBuilder("mag", "mag").port("core", {"2001:db8:0:1::1/48"}).config();
    const auto cn =
        NodeBuilder("cn").port("outside", {"2001:db8:c::1/64"}).route("::/0", "2001:db8:c::fe").config();
    net.add(anchor, make_puppet(anchor));
    net.add(gateway, make_puppet(gateway));
    net.add(cn, make_host(cn));
    const wire::Packet ping{
        {wire::Ipv6{ip("2001:db8:c::1"), ip("2001:db8:100:1::1")}, wire::EchoRequest{}}, {}, {}};
    net.emit("cn", ping);
    net.run_for(100ms);
    EXPECT_TRUE(net.all<wire::EchoRequest>("lma").empty());

    net.tell("lma",
             model::Told{"tunnel", {{"remote", "2001:db8:0:1::1"}, {"prefix", "2001:db8:100:1::/64"}}});
    net.emit("cn", ping);
    net.run_for(100ms);
    const auto* sent = net.last<wire::EchoRequest>("lma", "core");
    ASSERT_TRUE(sent);
    EXPECT_EQ(wire::outer_ip(*sent)->source, ip("2001:db8:0:ff::1"));
    EXPECT_EQ(wire::outer_ip(*sent)->destination, ip("2001:db8:0:1::1"));

    net.emit("mag", {{wire::Ipv6{ip("2001:db8:0:1::1"), ip("2001:db8:0:ff::1")},
                      wire::Ipv6{ip("2001:db8:100:1::1"), ip("2001:db8:c::1")}, wire::EchoReply{}},
                     {},
                     {}});
    net.run_for(100ms);
    EXPECT_TRUE(net.last<wire::EchoReply>("lma", "outside"));

    net.tell("lma",
             model::Told{"tunnel-end", {{"remote", "2001:db8:0:1::1"}, {"prefix", "2001:db8:100:1::/64"}}});
    net.frames.clear();
    net.emit("cn", ping);
    net.run_for(100ms);
    EXPECT_TRUE(net.all<wire::EchoRequest>("lma").empty());
}

} // namespace
} // namespace peers::common
