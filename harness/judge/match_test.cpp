#include "harness/judge/evaluate.h"
#include "harness/judge/match.h"
#include "harness/judge/play.h"
#include "harness/wire/describer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace judge;
using namespace judge::play;
using Op = model::Value::Op;
using testing::ElementsAre;

namespace {

class Match : public testing::Test {
protected:
    /// Paths of all differences of a message with these options from the specification.
    std::vector<std::string> differences(const model::PacketSpec& spec, const wire::Packet& packet) {
        const auto element = describe(packet);
        auto at = view;
        at.moment.subject = &element;
        last = compare(spec, element, at);
        std::vector<std::string> paths;
        for (const auto& one : last.mismatches)
            paths.push_back(one.difference.path);
        return paths;
    }
    static wire::Element describe(wire::Packet packet) {
        auto decoded = wire::decode_ip(wire::encode(packet));
        return wire::describe_everything(decoded);
    }
    static wire::Packet update(wire::MobilityOptions options) {
        wire::BindingUpdate message;
        message.sequence = 65530;
        message.lifetime = 15;
        message.a = true;
        message.options = std::move(options);
        wire::Packet packet;
        packet.layers = {wire::Ipv6{*base::parse_ip6("2001:db8::1"), *base::parse_ip6("2001:db8::2")},
                         message};
        return packet;
    }
    static wire::HomeNetworkPrefix prefix(const char* text) {
        const auto parsed = *base::parse_prefix(text);
        wire::HomeNetworkPrefix option;
        option.prefix = parsed.address;
        option.prefix_length = static_cast<std::uint8_t>(parsed.length);
        return option;
    }
    /// Does the update's field satisfy the value?
    bool field_holds(const char* name, model::Value value) {
        return differences(packet(element("binding-update", {field(name, std::move(value))})), update({}))
            .empty();
    }
    bool prefix_holds(const char* actual, model::Value value) {
        return differences(
                   packet(element("binding-update", {},
                                  {element("home-network-prefix", {field("prefix", std::move(value))})})),
                   update({prefix(actual)}))
            .empty();
    }

    model::Topology topology = one_mag();
    Environment environment{topology, {}};
    Dialect dialect{"draft02", {"timestamp"}};
    Viewpoint view{environment, dialect, {{seconds(10), seconds(1'188'864'000)}, nullptr, 0, {}}};
    Comparison last;
};

} // namespace

TEST_F(Match, TellsEveryDifferenceWithItsPlace) {
    const auto spec =
        packet(element("binding-update", {field("sequence", literal("1")), field("A", literal("0"))},
                       {element("home-network-prefix", {field("prefix", literal("2001:db8:5::"))}),
                        element("timestamp", {field("value", op(Op::any))})}),
               {element("ipv6", {field("hop-limit", literal("1"))})});
    EXPECT_THAT(differences(spec, update({prefix("2001:db8:6::/64")})),
                ElementsAre("ipv6.hop-limit", "sequence", "A", "home-network-prefix.prefix", "timestamp"));
    EXPECT_EQ(last.mismatches[0].difference.offset, 7u); // RFC 2460, 3
    EXPECT_EQ(last.mismatches[1].difference.offset, 40u + 6);
    EXPECT_EQ(last.mismatches[2].difference.offset, 40u + 8);
    // 8n+4 from the start of the header: behind twelve octets of the update, without padding.
    EXPECT_EQ(last.mismatches[3].difference.offset, 40u + 12 + 4);
    EXPECT_EQ(last.mismatches[3].difference.size, 16u);
    EXPECT_EQ(last.mismatches[3].difference.expected, "2001:db8:5::");
    EXPECT_EQ(last.mismatches[3].difference.actual, "2001:db8:6::");
    EXPECT_EQ(last.mismatches[4].difference.actual, "absent");
}

TEST_F(Match, TakesOptionsAsAMultiset) {
    const auto two = [](const char* first, const char* second) {
        return packet(element("binding-update", {},
                              {element("home-network-prefix", {field("prefix", literal(first))}),
                               element("home-network-prefix", {field("prefix", literal(second))})}));
    };
    const auto actual =
        update({prefix("2001:db8:1::/64"), prefix("2001:db8:2::/64"), prefix("2001:db8:3::/64")});
    EXPECT_THAT(differences(two("2001:db8:3::", "2001:db8:1::"), actual), ElementsAre());
    // One instance cannot stand for two.
    EXPECT_THAT(differences(two("2001:db8:3::", "2001:db8:3::"), actual),
                ElementsAre("home-network-prefix#2.prefix"));
    EXPECT_THAT(differences(two("2001:db8:3::", "2001:db8:1::"), update({prefix("2001:db8:1::/64")})),
                ElementsAre("home-network-prefix"));
}

TEST_F(Match, FindsTheAssignmentThatSatisfiesAll) {
    // The wide one fits both, the narrow one only the first.
    const auto spec =
        packet(element("binding-update", {},
                       {element("home-network-prefix", {field("prefix", op(Op::any))}),
                        element("home-network-prefix", {field("prefix", literal("2001:db8:1::"))})}));
    EXPECT_THAT(differences(spec, update({prefix("2001:db8:1::/64"), prefix("2001:db8:2::/64")})),
                ElementsAre());
}

TEST_F(Match, ClosesKindsAndCountsAndOrder) {
    auto spec = packet(element("binding-update", {}, {element("home-network-prefix")}));
    auto& message = spec.layers.back();
    const auto one = update({prefix("2001:db8:1::/64")});
    const auto two = update({prefix("2001:db8:1::/64"), prefix("2001:db8:2::/64")});
    const auto other = update({prefix("2001:db8:1::/64"), wire::Timestamp{5}});
    message.exactly = true; // padding is no kind that was not written
    EXPECT_THAT(differences(spec, one), ElementsAre());
    EXPECT_THAT(differences(spec, two), ElementsAre());
    EXPECT_THAT(differences(spec, other), ElementsAre("timestamp"));
    message.exactly = false;
    message.only = {"home-network-prefix"};
    EXPECT_THAT(differences(spec, other), ElementsAre());
    EXPECT_THAT(differences(spec, two), ElementsAre("home-network-prefix"));
    message.only.clear();
    message.children.push_back(element("timestamp"));
    message.children.back().absent = true;
    EXPECT_THAT(differences(spec, one), ElementsAre());
    EXPECT_THAT(differences(spec, other), ElementsAre("timestamp"));
    message.children = {element("timestamp"), element("home-network-prefix")};
    EXPECT_THAT(differences(spec, other), ElementsAre());
    message.ordered = true;
    EXPECT_THAT(differences(spec, other), ElementsAre("binding-update"));
    message.children = {element("home-network-prefix"), element("timestamp")};
    EXPECT_THAT(differences(spec, other), ElementsAre());
}

TEST_F(Match, TakesLayersInTheirOrderAnywhereInTheChain) {
    auto tunnelled = update({});
    tunnelled.layers.insert(tunnelled.layers.begin(), wire::Ipv6{*base::parse_ip6("2001:db8::aa"),
                                                                 *base::parse_ip6("2001:db8::bb"), 3});
    const auto outer = [](const char* hops) { return element("ipv6", {field("hop-limit", literal(hops))}); };
    const auto message = element("binding-update");
    EXPECT_THAT(differences(packet(message, {outer("3"), outer("64")}), tunnelled), ElementsAre());
    EXPECT_THAT(differences(packet(message, {outer("64")}), tunnelled), ElementsAre());
    EXPECT_THAT(differences(packet(message, {outer("64"), outer("3")}), tunnelled),
                ElementsAre("ipv6.hop-limit", "ipv6.hop-limit"));
    EXPECT_THAT(differences(packet(message, {element("destination-options")}), tunnelled),
                ElementsAre("destination-options"));
}

TEST_F(Match, KnowsDerivedAndReservedFields) {
    EXPECT_TRUE(field_holds("reserved", literal("0")));
    EXPECT_FALSE(field_holds("reserved", literal("1")));
    EXPECT_TRUE(field_holds("header-length", literal("1"))); // sixteen octets with padding: (1 + 1) · 8
    EXPECT_FALSE(field_holds("header-length", literal("2")));
}

TEST_F(Match, IgnoresWhatIsTypicalAndWhatDoesNotApply) {
    EXPECT_TRUE(field_holds("sequence", typical(literal("1"))));
    auto spec = packet(element("binding-update", {field("sequence", literal("1"))}));
    spec.layers.back().fields[0].when = "rfc5213";
    EXPECT_THAT(differences(spec, update({})), ElementsAre());
    spec.layers.back().fields[0].when = "not rfc5213";
    EXPECT_THAT(differences(spec, update({})), ElementsAre("sequence"));
    spec.layers.back().fields[0].when = "rfc5213 timestamp";
    EXPECT_THAT(differences(spec, update({})), ElementsAre("sequence"));
}

TEST_F(Match, HoldsNumbers) { // the sequence number is 65530
    EXPECT_TRUE(field_holds("sequence", literal("0xfffa")));
    EXPECT_TRUE(field_holds("sequence", op(Op::range, {literal("65530"), literal("65531")})));
    EXPECT_TRUE(field_holds("sequence", op(Op::range, {literal("65529"), literal("65530")})));
    EXPECT_FALSE(field_holds("sequence", op(Op::range, {literal("65531"), literal("65535")})));
    EXPECT_TRUE(field_holds("sequence", op(Op::set, {literal("1"), literal("65530")})));
    EXPECT_FALSE(field_holds("sequence", op(Op::set, {literal("1"), literal("2")})));
    EXPECT_TRUE(field_holds("sequence", op(Op::mask, {literal("0xfff0"), literal("0xfff0")})));
    EXPECT_FALSE(field_holds("sequence", op(Op::mask, {literal("0"), literal("0x8000")})));
    EXPECT_TRUE(field_holds("sequence", op(Op::negation, {literal("0")})));
    EXPECT_FALSE(field_holds("sequence", op(Op::negation, {literal("65530")})));
    EXPECT_TRUE(field_holds("sequence", op(Op::greater, {literal("65529")})));
    EXPECT_FALSE(field_holds("sequence", op(Op::greater, {literal("65530")})));
    EXPECT_TRUE(field_holds("sequence", op(Op::less, {literal("65531")})));
    EXPECT_FALSE(field_holds("sequence", op(Op::less, {literal("65530")})));
}

TEST_F(Match, ComputesModuloTheField) {
    EXPECT_TRUE(field_holds("sequence", op(Op::difference, {literal("4"), literal("10")})));
    EXPECT_TRUE(field_holds("sequence", op(Op::sum, {literal("65531"), literal("65535")})));
    EXPECT_TRUE(field_holds("sequence", op(Op::product, {literal("13106"), literal("5")})));
    EXPECT_TRUE(field_holds("sequence", op(Op::tolerance, {literal("2"), literal("8")})));
    EXPECT_FALSE(field_holds("sequence", op(Op::tolerance, {literal("2"), literal("7")})));
}

TEST_F(Match, OrdersSequenceNumbersModuloTheirSize) { // RFC 3775, 9.5.1
    EXPECT_TRUE(field_holds("sequence", op(Op::after, {literal("65529")})));
    EXPECT_FALSE(field_holds("sequence", op(Op::after, {literal("65530")})));
    EXPECT_FALSE(field_holds("sequence", op(Op::after, {literal("3")})));
    EXPECT_TRUE(comes_after(3, 65530));
    EXPECT_TRUE(comes_after(32767, 0));
    EXPECT_FALSE(comes_after(32768, 0));
    EXPECT_FALSE(comes_after(0, 0));
}

TEST_F(Match, ConvertsTimesToTheUnitOfTheField) { // a lifetime of 15 is 60 seconds
    EXPECT_TRUE(field_holds("lifetime", literal("60s")));
    EXPECT_TRUE(field_holds("lifetime", literal("1m")));
    EXPECT_FALSE(field_holds("lifetime", literal("64s")));
    EXPECT_TRUE(field_holds("lifetime", op(Op::sum, {literal("40s"), literal("20s")})));
    EXPECT_TRUE(field_holds("lifetime", op(Op::range, {literal("0"), literal("1m")})));
    EXPECT_TRUE(field_holds("lifetime", op(Op::tolerance, {literal("56s"), literal("4s")})));
    EXPECT_FALSE(field_holds("lifetime", op(Op::tolerance, {literal("52s"), literal("4s")})));
}

TEST_F(Match, HoldsTimestampsAgainstTheClock) {
    const auto holds_at = [&](base::Duration offset, model::Value value) {
        const auto stamp = base::timestamp_48_16(seconds(1'188'864'000) + offset);
        return differences(packet(element("binding-update", {},
                                          {element("timestamp", {field("value", std::move(value))})})),
                           update({wire::Timestamp{stamp}}))
            .empty();
    };
    const auto near = op(Op::tolerance, {reference("now"), literal("2s")});
    EXPECT_TRUE(holds_at({}, reference("now")));
    EXPECT_TRUE(holds_at(seconds(2), near));
    EXPECT_TRUE(holds_at(-seconds(2), near));
    EXPECT_FALSE(holds_at(seconds(2) + milliseconds(1), near));
    EXPECT_FALSE(holds_at(-seconds(2) - milliseconds(1), near));
    EXPECT_TRUE(holds_at(-std::chrono::hours(1), op(Op::sum, {reference("now"), literal("-1h")})));
    EXPECT_TRUE(holds_at(-std::chrono::hours(1), op(Op::difference, {reference("now"), literal("1h")})));
}

TEST_F(Match, HoldsPrefixes) {
    EXPECT_TRUE(prefix_holds("2001:db8:1:2::/64", op(Op::in_prefix, {literal("2001:db8:1::/48")})));
    EXPECT_FALSE(prefix_holds("2001:db8:2:2::/64", op(Op::in_prefix, {literal("2001:db8:1::/48")})));
    EXPECT_FALSE(prefix_holds("2001:db8::/32", op(Op::in_prefix, {literal("2001:db8:1::/48")})));
    EXPECT_TRUE(
        prefix_holds("2001:db8:1::7/64", op(Op::host_in, {literal("7"), literal("2001:db8:1::/64")})));
    EXPECT_FALSE(
        prefix_holds("2001:db8:1::8/64", op(Op::host_in, {literal("7"), literal("2001:db8:1::/64")})));
    topology.identities[0].home_network_prefix = base::parse_prefix("2001:db8:1::/64");
    EXPECT_TRUE(prefix_holds("2001:db8:1::/64", reference("mn1.prefix")));
    EXPECT_TRUE(prefix_holds("2001:db8:1::9/64", op(Op::in_prefix, {reference("mn1.prefix")})));
}

TEST_F(Match, RefersToPacketsNodesAndRounds) {
    const auto bind = [&](Round round, wire::Packet packet) {
        auto capture = std::make_shared<Captured>();
        capture->packet = wire::decode_ip(wire::encode(packet));
        capture->element = wire::describe_everything(capture->packet);
        environment.bind("asked", round, capture);
    };
    auto first = update({prefix("2001:db8:1::/64")}), second = update({prefix("2001:db8:2::/64")});
    first.find<wire::BindingUpdate>()->sequence = 65529;
    bind(1, first);
    bind(2, second);
    EXPECT_TRUE(field_holds("sequence", reference("asked.sequence"))); // the last
    EXPECT_TRUE(field_holds("sequence", op(Op::sum, {reference("asked[1].sequence"), literal("1")})));
    EXPECT_TRUE(field_holds("sequence", reference("this.sequence")));
    EXPECT_FALSE(field_holds("sequence", reference("this.lifetime")));
    EXPECT_FALSE(field_holds("sequence", op(Op::equal_in, {reference("asked[*].sequence")})));
    EXPECT_TRUE(field_holds("lifetime", op(Op::equal_in, {reference("asked[*].lifetime")})));
    const auto all = reference("asked[*].home-network-prefix.prefix");
    EXPECT_TRUE(prefix_holds("2001:db8:3::/64", op(Op::overlaps_none, {all})));
    EXPECT_FALSE(prefix_holds("2001:db8:2:0:8000::/65", op(Op::overlaps_none, {all})));
    view.moment.round = 1;
    EXPECT_FALSE(field_holds("sequence", reference("asked.sequence"))); // that of the round
    EXPECT_TRUE(field_holds("sequence", reference("asked[i+1].sequence")));
    EXPECT_FALSE(field_holds("sequence", reference("nobody.sequence")));
    EXPECT_NE(last.mismatches[0].difference.expected.find("nothing is known as nobody.sequence"),
              std::string::npos);
    const auto ip =
        packet(element("binding-update"), {element("ipv6", {field("source", reference("lma.address"))})});
    EXPECT_THAT(differences(ip, update({})), ElementsAre("ipv6.source"));
    EXPECT_EQ(last.mismatches[0].difference.expected, "2001:db8:0:ff::1");
}

TEST_F(Match, PutsRoundsIntoLiterals) {
    view.moment.round = 2;
    const auto spec =
        packet(element("binding-update", {},
                       {element("mobile-node-identifier", {field("nai", literal("mn${i}@example.net"))})}));
    EXPECT_THAT(differences(spec, update({wire::MobileNodeIdentifier{"mn2@example.net"}})), ElementsAre());
    const auto other = packet(element(
        "binding-update", {}, {element("mobile-node-identifier", {field("nai", reference("mn${i}.nai"))})}));
    EXPECT_THAT(differences(other, update({wire::MobileNodeIdentifier{"mn1@example.net"}})),
                ElementsAre("mobile-node-identifier.nai"));
}

TEST_F(Match, RemembersDistinctValues) {
    const auto spec = packet(element("binding-update", {field("sequence", op(Op::distinct))}));
    EXPECT_THAT(differences(spec, update({})), ElementsAre());
    ASSERT_EQ(last.distinct.size(), 1u);
    environment.remember(last.distinct[0].first, last.distinct[0].second);
    EXPECT_THAT(differences(spec, update({})), ElementsAre("sequence"));
}

TEST_F(Match, AnyKindIsEveryMessageButNeighbourDiscovery) {
    const auto any = packet(element("any"));
    EXPECT_TRUE(is_of_kind(any, update({})));
    wire::Packet solicitation;
    solicitation.layers = {wire::Ipv6{}, wire::NeighborSolicitation{}};
    EXPECT_FALSE(is_of_kind(any, solicitation));
    EXPECT_THAT(differences(packet(element("any", {field("sequence", literal("65530"))})), update({})),
                ElementsAre());
}

TEST_F(Match, ServesImpairmentsWithoutAnEnvironment) {
    const auto decoded = wire::decode_ip(wire::encode(update({})));
    EXPECT_TRUE(matches(packet(element("binding-update", {field("lifetime", literal("1m"))})), decoded, {}));
    EXPECT_FALSE(matches(packet(element("binding-update", {field("lifetime", literal("0"))})), decoded, {}));
    EXPECT_FALSE(matches(packet(element("binding-acknowledgement")), decoded, {}));
    auto spec = packet(element("binding-update", {},
                               {element("mobile-node-identifier", {field("nai", reference("mn1.nai"))})}));
    EXPECT_EQ(resolved(spec, view).layers[0].children[0].fields[0].value.text, "mn1@example.net");
}
