#include "harness/run/nodes.h"

#include <gtest/gtest.h>

namespace run {
namespace {

Nodes example() {
    Nodes out;
    out.profile = "rfc5213";
    out.numbers.dialect = wire::Profile::Dialect::rfc5213;
    model::Node lma{.name = "lma", .role = "lma", .player = model::Player::sut};
    lma.ports = {{.name = "core", .addresses = {*base::parse_prefix("2001:db8:0:ff::1/48")}}};
    model::Node mag{.name = "mag1", .role = "mag", .player = model::Player::tester};
    out.topology.nodes = {lma, mag};
    out.under_test = {"lma"};
    return out;
}

} // namespace

TEST(Nodes, AreReadAsTheyWereWritten) {
    const auto again = nodes_in(text_of(example()));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->profile, "rfc5213");
    EXPECT_FALSE(again->foreign);
    EXPECT_EQ(again->under_test, std::set<std::string>{"lma"});
    ASSERT_EQ(again->topology.nodes.size(), 2u);
    EXPECT_EQ(again->topology.nodes[0].role, "lma");
    EXPECT_EQ(again->topology.nodes[0].player, model::Player::sut);
    EXPECT_EQ(again->topology.owner(*base::parse_ip6("2001:db8:0:ff::1"))->name, "lma");
    EXPECT_EQ(again->topology.nodes[1].player, model::Player::tester);
}

TEST(Nodes, ComeWithTheNumbersThatWereChosen) {
    Nodes nodes = example();
    EXPECT_EQ(text_of(nodes).find("numbers"), std::string::npos);
    nodes.numbers.ho_request_type = 210;
    nodes.numbers.nemo_alternative_s_bits = true;
    nodes.foreign = true;
    const auto again = nodes_in(text_of(nodes));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->numbers, nodes.numbers);
    EXPECT_TRUE(again->foreign);
}

TEST(Nodes, AreInNoOtherComment) {
    for (const auto* text :
         {"", "a capture", "mobiconform nodes", "mobiconform nodes draft02\nlma",
          "mobiconform nodes draft02\nlma lma pope", "mobiconform nodes draft02\nlma lma sut x",
          "mobiconform nodes draft02 numbers=1,2,3,4,500,0\nlma lma sut",
          "mobiconform nodes draft02 numbers=1\nlma lma sut"})
        EXPECT_FALSE(nodes_in(text)) << text;
}

} // namespace run
