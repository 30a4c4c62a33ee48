#include "harness/run/box.h"
#include "harness/run/clean_up.h"
#include "harness/run/mentions.h"
#include "harness/wire/packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace run {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::SizeIs;

base::Ip6 ip(const char* text) {
    return base::parse_ip6(text).value();
}
base::Prefix prefix(const char* text) {
    return base::parse_prefix(text).value();
}

model::Node node(const std::string& name, const std::string& role, const char* address,
                 model::Player player = model::Player::tester) {
    model::Node out;
    out.name = name;
    out.role = role;
    out.player = player;
    out.ports = {{"core", "core", base::parse_mac("02:00:01:00:01:01").value(), {prefix(address)}, 1500}};
    return out;
}

/// An anchor with two ports, two gateways and a correspondent.
model::Topology planned() {
    model::Topology out;
    out.links = {{"core", {}, 1500, "", ""}, {"outside", {}, 1500, "", ""}};
    auto lma = node("lma", "lma", "2001:db8:0:ff::1/48", model::Player::peer);
    lma.ports.push_back({"outside", "outside", {}, {prefix("2001:db8:c::fe/64")}, 1500});
    lma.settings = {{"pool", "2001:db8:100::/48"}, {"delay", "1s"}};
    auto mag1 = node("mag1", "mag", "2001:db8:0:1::1/48"), mag2 = node("mag2", "mag", "2001:db8:0:2::1/48");
    mag1.routes = mag2.routes = {{prefix("::/0"), ip("2001:db8:0:ff::1")}};
    mag1.settings["anchor"] = "2001:db8:0:ff::1";
    auto cn = node("cn", "host", "2001:db8:c::1/64");
    cn.ports[0].name = cn.ports[0].link = "outside";
    cn.routes = {{prefix("::/0"), ip("2001:db8:c::fe")}};
    out.nodes = {lma, mag1, mag2, cn};
    model::Identity mn1, fixed;
    mn1.name = "mn1";
    mn1.nai = "mn1@example.net";
    mn1.mac = base::parse_mac("02:00:00:00:10:01").value();
    mn1.link_local = base::link_local(mn1.mac);
    fixed = mn1;
    fixed.name = "fixed1";
    fixed.nai = "fixed1@example.net";
    fixed.home_network_prefix = prefix("2001:db8:200:1::/64");
    out.identities = {mn1, fixed};
    return out;
}

model::Topology around(const model::Topology& topology, const model::Box& box, std::uint64_t number) {
    model::Case scenario;
    scenario.topology = topology;
    return around_box(scenario, "lma", box, number).topology;
}

model::Box box() {
    model::Box out;
    model::BoxPort core, outside;
    core.interface = "eth1";
    core.address = prefix("2001:db8:1::1/64");
    outside.interface = "eth2";
    outside.port = "outside";
    outside.address = prefix("2001:db8:2::fe/64");
    out.ports = {core, outside};
    out.last = 500;
    return out;
}

TEST(AroundABox, NodesAreItsNeighbours) {
    const auto made = around(planned(), box(), 7);
    EXPECT_EQ(made.node("lma")->address(), ip("2001:db8:1::1"));
    EXPECT_EQ(made.node("mag1")->address(), ip("2001:db8:1::1:1"));
    EXPECT_EQ(made.node("mag2")->address(), ip("2001:db8:1::2:1"));
    EXPECT_EQ(made.node("cn")->address(), ip("2001:db8:2::1"));
    EXPECT_EQ(made.node("mag1")->routes[0].via, ip("2001:db8:1::1"));
    EXPECT_EQ(made.node("cn")->routes[0].via, ip("2001:db8:2::fe"));
    EXPECT_EQ(made.node("mag1")->settings.at("anchor"), "2001:db8:1::1");
    EXPECT_EQ(made.node("mag1")->ports[0].addresses[0].length, 64u);
}

TEST(AroundABox, ANeighbourHasOneEthernetAddressInEveryCase) {
    auto other = planned();
    std::swap(other.nodes[1], other.nodes[3]);
    other.nodes[3].ports[0].mac = base::parse_mac("02:00:01:00:04:01").value();
    EXPECT_EQ(base::text(around(planned(), box(), 7).node("mag1")->ports[0].mac), "02:0b:00:01:00:01");
    EXPECT_EQ(base::text(around(other, box(), 8).node("mag1")->ports[0].mac), "02:0b:00:01:00:01");
}

TEST(AroundABox, ARoomyPrefixKeepsTheSubnets) {
    auto wide = box();
    wide.ports[0].address = prefix("2001:db8:aaaa::1/48");
    EXPECT_EQ(around(planned(), wide, 7).node("mag2")->address(), ip("2001:db8:aaaa:2::1"));
}

TEST(AroundABox, NobodyGetsTheAddressOfSomebodyElse) {
    auto near = box();
    near.ports[0].address = prefix("2001:db8:1::1:1/64"); // where mag1 would live
    near.ports[0].own["mag2"] = ip("2001:db8:1::1:2");    // and next to it
    const auto made = around(planned(), near, 7);
    EXPECT_EQ(made.node("mag2")->address(), ip("2001:db8:1::1:2"));
    EXPECT_EQ(made.node("mag1")->address(), ip("2001:db8:1::1:3"));
}

TEST(AroundABox, NodesLiveBehindItsGateway) {
    auto far = box();
    far.ports[0].nodes = prefix("2001:db8:7::/64");
    far.ports[0].gateway = ip("2001:db8:7::fe");
    const auto made = around(planned(), far, 7);
    EXPECT_EQ(made.node("lma")->address(), ip("2001:db8:1::1"));
    EXPECT_EQ(made.node("mag1")->address(), ip("2001:db8:7::1:1"));
    ASSERT_THAT(made.node("mag1")->routes, SizeIs(1));
    EXPECT_EQ(made.node("mag1")->routes[0].via, ip("2001:db8:7::fe"));
    EXPECT_EQ(made.node("mag1")->routes[0].to.length, 0u);
}

TEST(AroundABox, MobileNodesAreNewInEachCase) {
    auto own = box();
    own.nai = "{n}.{name}@box.example";
    own.prefixes = prefix("2001:db8:5000::/48");
    const auto seventh = around(planned(), own, 7), eighth = around(planned(), own, 8);
    EXPECT_EQ(seventh.identity("mn1")->nai, "007.mn1@box.example"); // as long as that of number 500
    EXPECT_EQ(eighth.identity("mn1")->nai, "008.mn1@box.example");
    EXPECT_EQ(base::text(seventh.identity("mn1")->mac), "02:00:00:07:10:01");
    EXPECT_EQ(seventh.identity("mn1")->link_local, base::link_local(seventh.identity("mn1")->mac));
    EXPECT_EQ(base::text(*seventh.identity("fixed1")->home_network_prefix), "2001:db8:5000:70::/64");
    EXPECT_EQ(base::text(*eighth.identity("fixed1")->home_network_prefix), "2001:db8:5000:80::/64");
    EXPECT_FALSE(seventh.identity("mn1")->home_network_prefix);
    EXPECT_EQ(base::text(fresh_prefix(prefix("2001:db8:5000::/56"), 16, 1)), "2001:db8:5000:1::/64");
}

TEST(AroundABox, ItIsConfiguredAsItsProfileSays) {
    auto own = box();
    own.settings = {{"pool", "2001:db8:4100::/48"}};
    const auto made = around(planned(), own, 7);
    EXPECT_EQ(made.node("lma")->settings.at("pool"), "2001:db8:4100::/48");
    EXPECT_EQ(made.node("lma")->settings.at("delay"), "1s");
}

model::Value reference(const std::string& text) {
    return {model::Value::Op::reference, text, {}, false, {}};
}

/// Asks for mn1, and for an answer with the address of the correspondent.
model::Case asking() {
    model::Case out;
    out.topology = planned();
    out.under_test = {"lma"};
    model::ElementSpec option{"mobile-node-identifier", {{"nai", reference("mn1.nai"), {}, {}, {}}}};
    model::PacketSpec packet;
    packet.layers = {{"binding-update",
                      {{"sequence", {model::Value::Op::literal, "~next", {}, false, {}}, {}, {}, {}}},
                      {option}}};
    model::Step step;
    step.what = model::Send{{{"mag1"}, {"lma"}, {}}, packet, {}};
    out.body = {step};
    return out;
}

TEST(AroundABox, WhatStepsWriteOutFollows) {
    auto own = box();
    own.settings = {{"pool", "2001:db8:4100::/40"}};
    own.prefixes = prefix("2001:db8:5000::/48");
    const auto now = [&](const std::string& written) {
        auto asked = asking();
        std::get<model::Send>(asked.body[0].what).packet.layers[0].fields[0].value.text = written;
        const auto made = around_box(asked, "lma", own, 2);
        return std::get<model::Send>(made.body[0].what).packet.layers[0].fields[0].value.text;
    };
    EXPECT_EQ(now("2001:db8:0:2::1"), "2001:db8:1::2:1");       // mag2
    EXPECT_EQ(now("2001:db8:100::/48"), "2001:db8:4100::/40");  // the pool
    EXPECT_EQ(now("2001:db8:100:7::9"), "2001:db8:4100:7::9");  // in it
    EXPECT_EQ(now("2001:db8:200:1::1"), "2001:db8:5000:20::1"); // of fixed1
    EXPECT_EQ(now("2001:db8:dead::/64"), "2001:db8:dead::/64"); // nobody's
    EXPECT_EQ(now("6000 20010db8000000010000000000000001 3f"), "6000 20010db8000100000000000000010001 3f");
    EXPECT_EQ(now("accepted"), "accepted");
}

model::Sut sut() {
    model::Sut out;
    out.name = "acme";
    out.role = "lma";
    out.box = box();
    return out;
}

TEST(UnfitForABox, NothingIsWhereEverythingIsThere) {
    EXPECT_THAT(unfit_for_box(asking(), sut()), IsEmpty());
    EXPECT_THAT(mentions(asking()).names, IsSupersetOf({"mag1", "lma", "mn1"}));
}

TEST(UnfitForABox, IsWhatNeedsAPortThatIsNotCabled) {
    auto one_port = sut();
    one_port.box.ports.pop_back();
    auto asked = asking();
    EXPECT_THAT(unfit_for_box(asked, one_port), IsEmpty());
    model::Step wait;
    wait.what = model::Never{{{}, {"cn"}, {}}, {}, {}, false, {}, {}, {}, {}};
    asked.body.push_back(wait);
    EXPECT_THAT(unfit_for_box(asked, one_port), HasSubstr("it needs cn, and the profile of acme says of no "
                                                          "interface that its port outside is there"));
}

TEST(UnfitForABox, IsAMobileNodeThatItDoesNotKnow) {
    auto few = sut();
    few.box.names = {"mn*"};
    auto asked = asking();
    EXPECT_THAT(unfit_for_box(asked, few), IsEmpty());
    std::get<model::Send>(asked.body[0].what).packet.layers[0].children[0].fields[0].value =
        reference("mn${i}.nai"); // any of them
    EXPECT_EQ(unfit_for_box(asked, few), "");
    std::get<model::Send>(asked.body[0].what).packet.layers[0].children[0].fields[0].value =
        reference("fixed${i}.nai");
    EXPECT_EQ(unfit_for_box(asked, few), "acme is not set up for a mobile node like fixed1");
}

TEST(UnfitForABox, IsAnEventThatNobodyCanTellIt) {
    auto asked = asking();
    model::Step comes;
    comes.what = model::Attach{"mn1", "mag1", "event"};
    asked.body.push_back(comes);
    EXPECT_THAT(unfit_for_box(asked, sut()), IsEmpty()); // it is the gateway that is told
    std::get<model::Attach>(asked.body[1].what).to = "lma";
    EXPECT_EQ(unfit_for_box(asked, sut()),
              "an event tells lma that a mobile node comes, and nobody can tell acme");
    std::get<model::Attach>(asked.body[1].what).how = "silent";
    EXPECT_THAT(unfit_for_box(asked, sut()), IsEmpty());
}

TEST(UnfitForABox, IsASecondNodeOfItsRole) {
    auto asked = asking();
    asked.topology.nodes.push_back(node("lma2", "lma", "2001:db8:0:fe::1/48", model::Player::peer));
    EXPECT_THAT(unfit_for_box(asked, sut()), HasSubstr("it takes 2 of the role lma, and acme is one box"));
}

TEST(UnfitForABox, IsPaddingByHandForShorterIdentifiers) {
    auto asked = asking();
    std::get<model::Send>(asked.body[0].what).packet.layers[0].explicit_padding = true;
    EXPECT_THAT(unfit_for_box(asked, sut()),
                HasSubstr("it pads by hand behind an identifier of 15 octets, and "
                          "those of acme have 19"));
}

model::Seen message(const std::string& from, const std::string& to, wire::Layer layer) {
    model::Seen out;
    out.source = from;
    out.destination = to;
    out.packet.layers = {std::move(layer)};
    return out;
}

model::Seen update(std::uint16_t sequence) {
    wire::BindingUpdate out;
    out.sequence = sequence;
    out.options = {wire::MobileNodeIdentifier{"mn1@example.net", 1, {}}};
    return message("mag1", "lma", out);
}

model::Seen answer(std::uint8_t status, std::uint16_t lifetime) {
    wire::BindingAcknowledgement out;
    out.status = status;
    out.lifetime = lifetime;
    out.options = {wire::MobileNodeIdentifier{"mn1@example.net", 1, {}}};
    return message("lma", "mag1", out);
}

TEST(Registrations, AreOpenUntilTheyAreTakenBack) {
    Registrations all(planned(), "lma");
    all.see(update(5));
    EXPECT_THAT(all.open(), IsEmpty()); // asked for is not given
    all.see(answer(0, 15));
    all.see(update(9));
    all.see(answer(129, 15)); // a refusal changes nothing
    ASSERT_THAT(all.open(), SizeIs(1));
    EXPECT_EQ(all.open()[0].identity, "mn1");
    EXPECT_EQ(all.open()[0].from, "mag1");
    EXPECT_EQ(all.open()[0].sequence, 9);
    all.see(answer(0, 0));
    EXPECT_THAT(all.open(), IsEmpty());
}

TEST(Registrations, AreTakenBackByWhoMadeThem) {
    auto scenario = asking();
    scenario.topology.barriers = {{"lma", "mag1", "pbu", "pba"}};
    model::Library library;
    const auto packet = std::get<model::Send>(scenario.body[0].what).packet;
    auto release = packet;
    release.layers[0].children[0].fields[0].value = reference("barrier.nai");
    library.templates = {{"pbu/release", release}, {"pba", release}};
    const auto made = release_case(scenario, library, {"mn1", "mag1", "lma", 9});
    ASSERT_TRUE(made);
    ASSERT_THAT(made->body, SizeIs(2));
    const auto& send = std::get<model::Send>(made->body[0].what);
    EXPECT_EQ(send.ends.from[0], "mag1");
    EXPECT_EQ(send.packet.layers[0].fields[0].value.text, "10"); // one more than the last
    EXPECT_EQ(send.packet.layers[0].children[0].fields[0].value.text, "mn1.nai");
    EXPECT_EQ(std::get<model::Expect>(made->body[1].what).answers, "released");
    library.templates.erase("pbu/release");
    EXPECT_FALSE(release_case(scenario, library, {"mn1", "mag1", "lma", 9}));
}

} // namespace
} // namespace run
