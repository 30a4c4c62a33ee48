#include "harness/wire/chain.h"
#include "harness/wire/golden_test.h"
#include "harness/wire/layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace wire {

namespace {

/// Names of layers and options, without their values.
std::string skeleton(const Element& element) {
    std::string out = element.name + "@" + std::to_string(element.offset);
    for (const auto& attribute : element.attributes)
        out += " " + attribute.name;
    for (const auto& child : element.children)
        out += "(" + skeleton(child) + ")";
    return out;
}

/// What fits must decode as the precedent did.
void expect_same(const Layout& layout, const Packet& precedent, const base::Bytes& octets,
                 const Profile& profile, const std::string& what) {
    if (!layout.fits(octets))
        return;
    const Packet packet = decode_ip(octets, profile);
    EXPECT_TRUE(packet.faults.empty()) << what << ": " << text(packet.faults.at(0));
    EXPECT_EQ(skeleton(describe(packet, profile)), skeleton(describe(precedent, profile))) << what;
}

/// The octets with the checksum of their last layer made right.
base::Bytes with_right_checksum(const base::Bytes& octets, const Profile& profile) {
    Packet packet = decode_ip(octets, profile);
    for (const auto& fault : packet.faults)
        if (fault.kind != FaultKind::checksum)
            return octets;
    for (auto& layer : packet.layers)
        std::visit(
            [](auto& one) {
                if constexpr (requires { one.header.checksum; })
                    one.header.checksum.reset();
                else if constexpr (requires { one.checksum; })
                    one.checksum.reset();
            },
            layer);
    return encode(packet, profile);
}

} // namespace

TEST(Layout, IsKnownOfPlainGoldenMessagesAndFitsThem) {
    std::size_t known = 0;
    for (const auto& golden : goldens()) {
        const Packet packet = decode_ip(golden.octets, golden.profile);
        const auto layout = Layout::of(packet, golden.profile);
        known += layout.has_value();
        if (layout) {
            EXPECT_TRUE(layout->fits(golden.octets)) << golden.name;
        }
    }
    EXPECT_GT(known, goldens().size() / 2);
}

TEST(Layout, FitsOnlyWhatDecodesAlikeAndWithoutFault) {
    for (const auto& golden : goldens()) {
        const Packet packet = decode_ip(golden.octets, golden.profile);
        const auto layout = Layout::of(packet, golden.profile);
        if (!layout)
            continue;
        for (std::size_t at = 0; at < golden.octets.size(); ++at)
            for (const unsigned flip : {0x01u, 0x02u, 0x10u, 0x80u, 0xffu}) {
                base::Bytes octets = golden.octets;
                octets[at] = static_cast<std::uint8_t>(octets[at] ^ flip);
                const auto what = golden.name + " octet " + std::to_string(at);
                expect_same(*layout, packet, octets, golden.profile, what);
                expect_same(*layout, packet, with_right_checksum(octets, golden.profile), golden.profile,
                            what);
            }
        EXPECT_FALSE(layout->fits(base::View(golden.octets).first(golden.octets.size() - 1)));
    }
}

TEST(Layout, FitsOtherValuesWithARightChecksum) {
    std::mt19937 random(4711);
    std::size_t fitting = 0;
    for (const auto& golden : goldens()) {
        const Packet packet = decode_ip(golden.octets, golden.profile);
        const auto layout = Layout::of(packet, golden.profile);
        if (!layout)
            continue;
        for (int round = 0; round < 50; ++round) {
            base::Bytes octets = golden.octets;
            for (const auto& value : layout->values())
                for (std::size_t i = 1; i < value.size; ++i)
                    octets[value.offset + i] = static_cast<std::uint8_t>(random());
            const auto right = with_right_checksum(octets, golden.profile);
            fitting += layout->fits(right);
            EXPECT_FALSE(layout->fits(octets) && octets != right) << golden.name;
            expect_same(*layout, packet, right, golden.profile, golden.name);
        }
    }
    EXPECT_GT(fitting, 500u);
}

TEST(Layout, InsistsOnFixedValues) {
    const auto& golden = goldens().front();
    auto layout = Layout::of(decode_ip(golden.octets, golden.profile), golden.profile);
    ASSERT_TRUE(layout);
    const auto sequence =
        std::ranges::find(layout->values(), std::string_view("sequence"), &Layout::Value::name);
    ASSERT_NE(sequence, layout->values().end());
    base::Bytes octets = golden.octets;
    ++octets[sequence->offset];
    octets = with_right_checksum(octets, golden.profile);
    EXPECT_TRUE(layout->fits(octets));
    layout->fix(Layout::Value(*sequence));
    EXPECT_FALSE(layout->fits(octets));
    EXPECT_TRUE(layout->fits(golden.octets));
}

TEST(Layout, InsistsOnFixedBits) {
    const Golden* golden = nullptr;
    std::optional<Layout> layout;
    std::optional<Layout::Value> stamp;
    for (const auto& one : goldens()) {
        layout = Layout::of(decode_ip(one.octets, one.profile), one.profile);
        if (!layout)
            continue;
        for (const auto& value : layout->values())
            if (value.element == "timestamp" && value.size == 8)
                stamp = value;
        if (stamp) {
            golden = &one;
            break;
        }
    }
    ASSERT_TRUE(golden && stamp);
    const auto with_bit = [&](std::size_t octet) {
        base::Bytes octets = golden->octets;
        octets[stamp->offset + octet] ^= 0x40;
        return with_right_checksum(octets, golden->profile);
    };
    layout->fix(*stamp, 0x40ff'0000'0000'0000);
    EXPECT_TRUE(layout->fits(golden->octets));
    EXPECT_FALSE(layout->fits(with_bit(0)));
    EXPECT_FALSE(layout->fits(with_bit(1)));
    EXPECT_TRUE(layout->fits(with_bit(2)));
    EXPECT_TRUE(layout->fits(with_bit(7)));
}

} // namespace wire
