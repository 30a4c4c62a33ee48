#include "harness/judge/evaluate.h"
#include "harness/judge/precedents.h"

#include <gtest/gtest.h>

namespace judge {
namespace {

using namespace std::chrono_literals;

base::Ip6 ip(const char* text) {
    return base::parse_ip6(text).value();
}

model::FieldSpec field(const char* name, model::Value::Op op, const char* text) {
    model::FieldSpec out;
    out.name = name;
    out.value.op = op;
    out.value.text = text;
    return out;
}

/// A binding update must have A and a timestamp of the hour.
model::Rule rule() {
    using Op = model::Value::Op;
    auto stamp = field("value", Op::tolerance, "");
    stamp.value.operands = {field("", Op::reference, "now").value, field("", Op::literal, "1h").value};
    model::ElementSpec message, timestamp;
    message.kind = "binding-update";
    message.fields = {field("A", Op::literal, "1")};
    timestamp.kind = "timestamp";
    timestamp.fields = {stamp};
    message.children = {timestamp};
    model::Rule out;
    out.on.layers = out.must.emplace().layers = {message};
    return out;
}

class PrecedentsOfUpdates : public testing::Test {
protected:
    struct Update {
        std::uint16_t sequence = 1;
        std::string nai = "mn1@example.net";
        base::Duration late{};
        bool acknowledge = true;
        const char* from = "2001:db8:0:1::1";
        unsigned flags = 0;           ///< of those that no rule here asks about
        std::uint64_t stamp_bits = 0; ///< other ones
    };
    wire::Packet packet(const Update& update) const {
        wire::BindingUpdate message{
            .sequence = update.sequence, .a = update.acknowledge, .p = true, .lifetime = 900};
        message.h = update.flags & 1;
        message.l = update.flags & 2;
        message.k = update.flags & 4;
        message.m = update.flags & 8;
        message.r = update.flags & 16;
        wire::MobileNodeIdentifier identifier;
        identifier.nai = update.nai;
        wire::Timestamp timestamp;
        timestamp.value = base::timestamp_48_16(now + update.late) ^ update.stamp_bits;
        message.options = {identifier, timestamp};
        wire::Packet out;
        out.layers = {wire::Ethernet{},
                      wire::Ipv6{.source = ip(update.from), .destination = ip("2001:db8:0:ff::1")}, message};
        return wire::decode_frame(wire::encode(out));
    }
    void add(const Update& update) {
        const auto one = packet(update);
        roles.see(one);
        precedents.add(one, wire::walk_frame(one.raw), now);
    }
    std::optional<Precedents::Case> find(const base::Bytes& octets) {
        return precedents.find(octets, wire::walk_frame(octets), now);
    }
    bool knows(const Update& update) { return find(packet(update).raw).has_value(); }

    base::Wall now = 1'188'864'000s;
    std::vector<model::Rule> rules{rule()};
    Dialect dialect;
    wire::Profile profile;
    Roles roles;
    Precedents precedents{rules, dialect, profile, roles};
};

TEST_F(PrecedentsOfUpdates, HoldForOtherValuesThatNoRuleAsksAbout) {
    EXPECT_FALSE(knows({}));
    add({});
    EXPECT_TRUE(knows({}));
    EXPECT_TRUE(knows({.sequence = 9999, .nai = "mn7@example.net"}));
}

TEST_F(PrecedentsOfUpdates, DoNotHoldForAnotherFlagOrLayout) {
    add({});
    EXPECT_FALSE(knows({.acknowledge = false}));
    EXPECT_FALSE(knows({.nai = "a-longer-name@example.net"}));
}

TEST_F(PrecedentsOfUpdates, HoldWhileARuleAboutTimeSaysTheSame) {
    add({});
    EXPECT_TRUE(knows({.late = 59min}));
    EXPECT_FALSE(knows({.late = -61min}));
    const auto earlier = packet({});
    now += 2h;
    EXPECT_FALSE(find(earlier.raw));
    EXPECT_TRUE(knows({}));
}

TEST_F(PrecedentsOfUpdates, HoldBetweenPartiesOfTheSameRolesOnly) {
    add({});
    EXPECT_FALSE(knows({.from = "2001:db8:0:2::1"})); // has yet to show that it is a gateway
    add({.from = "2001:db8:0:2::1"});
    EXPECT_TRUE(knows({.sequence = 3, .from = "2001:db8:0:2::1"}));
}

TEST_F(PrecedentsOfUpdates, TellWhatIsBrokenBetweenPartiesOfThoseRoles) {
    const auto one = packet({}), from_other = packet({.from = "2001:db8:0:2::1"});
    roles.see(one);
    const auto walk = wire::walk_frame(one.raw);
    precedents.add(one, walk, now, {3, 7});
    EXPECT_FALSE(knows({})); // it breaks something
    const auto* known = precedents.match(one.raw, walk, now);
    ASSERT_TRUE(known);
    const auto* broken = precedents.broken(*known, ip("2001:db8:0:1::1"), ip("2001:db8:0:ff::1"));
    ASSERT_TRUE(broken);
    EXPECT_EQ(*broken, (Precedents::Broken{3, 7}));
    // Others have other roles, and hence other duties.
    EXPECT_FALSE(precedents.broken(*known, ip("2001:db8:0:2::1"), ip("2001:db8:0:ff::1")));
    precedents.add(from_other, walk, now);
    broken = precedents.broken(*known, ip("2001:db8:0:2::1"), ip("2001:db8:0:ff::1"));
    ASSERT_TRUE(broken);
    EXPECT_TRUE(broken->empty());
}

TEST_F(PrecedentsOfUpdates, DoNotHoldForAWrongChecksumOrLength) {
    add({});
    const auto right = packet({}).raw;
    for (std::size_t at = 14 + 8; at < right.size(); ++at) {
        auto changed = right;
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ 0x10);
        EXPECT_FALSE(find(changed)) << at;
    }
    auto longer = right;
    longer.push_back(0);
    EXPECT_FALSE(find(longer));
}

TEST_F(PrecedentsOfUpdates, TellWhomTheMessageIsAbout) {
    add({});
    const auto one = packet({.nai = "mn7@example.net"});
    const auto found = find(one.raw);
    ASSERT_TRUE(found && found->about);
    EXPECT_EQ(std::string(found->about->begin(), found->about->end()), "mn7@example.net");
    EXPECT_EQ(found->source, ip("2001:db8:0:1::1"));
    EXPECT_EQ(found->destination, ip("2001:db8:0:ff::1"));
}

TEST_F(PrecedentsOfUpdates, AreToldApartHoweverMany) {
    for (unsigned flags = 0; flags < 32; ++flags) {
        EXPECT_FALSE(knows({.flags = flags})) << flags;
        add({.flags = flags});
        for (unsigned before = 0; before <= flags; ++before)
            EXPECT_TRUE(knows({.sequence = 7, .flags = before})) << before << " after " << flags;
    }
}

TEST_F(PrecedentsOfUpdates, HoldWhileTheBitsThatARuleAsksForAreTheSame) {
    using Op = model::Value::Op;
    for (auto* spec : {&rules[0].on, &*rules[0].must}) {
        auto& value = spec->layers[0].children[0].fields[0].value;
        value.op = Op::mask;
        value.operands = {field("", Op::literal, "0").value,
                          field("", Op::literal, "0xffff000000000000").value};
    }
    Precedents masked{rules, dialect, profile, roles};
    const auto knows_it = [&](const Update& update) {
        const auto one = packet(update).raw;
        return masked.find(one, wire::walk_frame(one), now).has_value();
    };
    const auto one = packet({});
    roles.see(one);
    masked.add(one, wire::walk_frame(one.raw), now);
    EXPECT_TRUE(knows_it({.late = 30h}));
    EXPECT_TRUE(knows_it({.stamp_bits = 0x0000'8000'0000'0000}));
    EXPECT_FALSE(knows_it({.stamp_bits = 0x8000'0000'0000'0000}));
    EXPECT_FALSE(knows_it({.stamp_bits = 0x0001'0000'0000'0000}));
}

TEST(Condition, SaysOfTimestampsToTheSecondWhatHoldsSays) {
    using Op = model::Value::Op;
    const model::Topology nowhere;
    const base::Wall now = 1'188'864'000s + 300ms;
    Environment environment(nowhere, {});
    const auto* kind = wire::find_kind("timestamp")->field("value");
    auto value = field("", Op::tolerance, "").value;
    value.operands = {field("", Op::reference, "now").value, field("", Op::literal, "10s").value};
    const auto condition = Condition::of(value, *kind, environment);
    ASSERT_TRUE(condition);
    for (const auto late : {0ms, 8000ms, 9900ms, 10000ms, 10100ms, 11500ms, 86400000ms})
        for (const auto apart : {late, -late}) {
            const std::uint64_t number = base::timestamp_48_16(now + apart);
            std::uint8_t octets[8];
            for (std::size_t i = 0; i < 8; ++i)
                octets[i] = static_cast<std::uint8_t>(number >> 8 * (7 - i));
            EXPECT_EQ(condition->holds(octets, 0xff, now), late <= 10s) << apart.count();
        }
}

TEST(Condition, SaysOfOctetsWhatHoldsSaysOfFields) {
    using Op = model::Value::Op;
    const model::Topology nowhere;
    const Environment environment(nowhere, {});
    const auto* kind = wire::find_kind("binding-update")->field("lifetime");
    const auto value = [](Op op, const std::vector<const char*>& operands) {
        model::Value out;
        out.op = op;
        for (const auto* text : operands)
            out.operands.push_back(field("", Op::literal, text).value);
        if (operands.size() == 1 && op == Op::literal)
            out = out.operands[0];
        return out;
    };
    for (const auto& one :
         {value(Op::literal, {"900"}), value(Op::range, {"800", "900"}), value(Op::set, {"1", "900"}),
          value(Op::mask, {"0x0380", "0xff80"}), value(Op::tolerance, {"890", "10"}),
          value(Op::negation, {"900"}), value(Op::greater, {"899"}), value(Op::less, {"900"})}) {
        const auto condition = Condition::of(one, *kind, environment);
        ASSERT_TRUE(condition);
        for (const std::uint64_t number : {0u, 1u, 799u, 800u, 879u, 880u, 899u, 900u, 901u, 0xffffu}) {
            const std::uint8_t octets[]{static_cast<std::uint8_t>(number >> 8),
                                        static_cast<std::uint8_t>(number)};
            const wire::Scalar scalar = number;
            std::string why;
            EXPECT_EQ(condition->holds(octets, 0xff, {}),
                      holds(one, {scalar, kind, {}}, environment, {}, why))
                << number << " " << written(one);
        }
    }
}

} // namespace
} // namespace judge
