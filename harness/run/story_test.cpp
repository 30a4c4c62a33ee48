#include "harness/run/profiles.h"
#include "harness/run/story.h"
#include "harness/wire/ethernet.h"
#include "harness/wire/ipv6.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace run {
namespace {

using namespace std::chrono_literals;

constexpr base::Mac anchor_mac{{2, 0, 0, 0, 0, 1}}, gateway_mac{{2, 0, 0, 0, 0, 2}};

model::Case scenario() {
    model::Case out;
    out.says = "what it is for";
    model::Node lma, mag;
    lma.name = lma.role = "lma";
    lma.ports = {{"core", "core", anchor_mac, {}, 1500}};
    mag.name = "mag1";
    mag.role = "mag";
    mag.player = model::Player::tester;
    mag.ports = {{"core", "core", gateway_mac, {}, 1500}};
    out.topology.nodes = {lma, mag};
    model::Step repeat, send;
    send.what = model::Send{{{"mag1"}, {"lma"}, {}}, {}, {}};
    send.as = "asked";
    send.where.line = 7;
    model::Repeat block;
    block.steps = {send};
    repeat.what = block;
    out.body = {repeat};
    return out;
}

// A frame with that upper-layer protocol: of 135 a Binding Refresh Request, of 59 nothing.
model::Event seen(std::uint64_t number, const char* from, base::Mac source, base::Mac destination,
                  std::uint8_t protocol = 59) {
    base::Bytes frame(protocol == 135 ? 62 : 54, 0);
    std::copy(destination.octets.begin(), destination.octets.end(), frame.begin());
    std::copy(source.octets.begin(), source.octets.end(), frame.begin() + 6);
    frame[12] = 0x86;
    frame[13] = 0xdd;
    frame[14] = 0x60;
    frame[20] = protocol;
    frame[21] = 64;
    if (protocol == 135) {
        frame[19] = 8;  // octets behind the header
        frame[54] = 59; // and behind the message nothing
    }
    model::Event out;
    out.number = number;
    out.at = base::Mono{1ms * number};
    model::Seen what;
    what.link = "core";
    what.from = from;
    what.packet = wire::decode_frame(frame, profile_named("draft02"));
    out.what = what;
    return out;
}

StoryTeller teller() {
    return StoryTeller(scenario(), profile_named("draft02"), base::Mono{0});
}

TEST(Stories, KnowStepsAndNodesOfTheirCase) {
    const auto story = teller().finish({});
    EXPECT_EQ(story->says, "what it is for");
    ASSERT_EQ(story->steps.size(), 2u);
    EXPECT_EQ(story->steps[0].kind, "repeat");
    EXPECT_EQ(story->steps[1].from, "mag1");
    EXPECT_EQ(story->steps[1].depth, 1u);
    EXPECT_EQ(story->steps[1].line, 7u);
    ASSERT_EQ(story->nodes.size(), 2u);
    EXPECT_EQ(story->nodes[1].player, "tester");
}

TEST(Stories, DrawAnArrowToWhomTheFrameIsFor) {
    auto one = teller();
    one.add(seen(1, "mag1", gateway_mac, anchor_mac, 135));
    one.add(seen(2, "lma", anchor_mac, base::Mac{{0x33, 0x33, 0, 0, 0, 1}}, 135));
    const auto story = one.finish({});
    ASSERT_EQ(story->rungs.size(), 2u);
    EXPECT_EQ(story->rungs[0].from, "mag1");
    EXPECT_EQ(story->rungs[0].to, "lma");
    EXPECT_EQ(story->rungs[0].at, 1ms);
    EXPECT_EQ(story->rungs[1].to, ""); // everybody
}

TEST(Stories, CountTheBackgroundInsteadOfTellingIt) {
    auto one = teller();
    for (std::uint64_t i = 1; i <= 5000; ++i)
        one.add(seen(i, "mag1", gateway_mac, anchor_mac));
    const auto story = one.finish({});
    ASSERT_EQ(story->rungs.size(), 1u);
    EXPECT_TRUE(story->rungs[0].background);
    EXPECT_EQ(story->rungs[0].count, 5000u);
}

TEST(Stories, AreBounded) {
    auto one = teller();
    for (std::uint64_t i = 1; i <= 5000; ++i)
        one.add(seen(i, "mag1", gateway_mac, anchor_mac, 135));
    const auto story = one.finish({});
    EXPECT_LE(story->rungs.size(), 300u);
    EXPECT_EQ(story->rungs.size() + story->left_out, 5000u);
}

TEST(Stories, KeepTheOctetsThatAFindingSpeaksOf) {
    auto one = teller();
    for (std::uint64_t i = 1; i <= 3; ++i)
        one.add(seen(i, "mag1", gateway_mac, anchor_mac, 135));
    model::Finding passed, failed;
    passed.packet = 1;
    failed.packet = 2;
    failed.verdict = model::Verdict::fail;
    const auto story = one.finish({passed, failed, failed});
    ASSERT_EQ(story->octets.size(), 1u);
    EXPECT_EQ(story->octets[0].packet, 2u);
    EXPECT_EQ(story->octets[0].octets.size(), 62u);
    EXPECT_FALSE(story->octets[0].fields.empty());
}

} // namespace
} // namespace run
