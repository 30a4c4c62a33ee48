#include "harness/judge/play.h"
#include "harness/model/flow.h"

#include <gtest/gtest.h>

using namespace judge::play;
using Op = model::Value::Op;

namespace {

/// A flow of two packets from the correspondent to mn1 behind mag1, with these bounds.
model::Step flow(std::vector<model::FlowBound> bounds, bool background = false) {
    model::RunsFlow what;
    what.flow.name = "stream";
    what.flow.from = "cn";
    what.flow.to = "mn1";
    what.flow.packets = background ? 0 : 2;
    what.bounds = std::move(bounds);
    what.background = background;
    return step(std::move(what), "A-1", "stream");
}
model::FlowBound bound(std::string what, model::Value value, std::string id = {}) {
    return {std::move(what), {}, std::move(value), proofs(id)};
}

class FlowPlay : public Play {
public:
    using Play::Play;
    wire::Packet data(std::uint64_t sequence, int hops = 1) {
        const auto port = orders_of<model::RunFlow>(*this).at(0).flow.port;
        wire::Packet packet;
        for (int hop = 1; hop < hops; ++hop)
            packet.layers.push_back(wire::Ipv6{scenario.topology.node("lma")->address(),
                                               scenario.topology.node("mag1")->address()});
        packet.layers.push_back(
            wire::Ipv6{scenario.topology.node("cn")->address(), *base::parse_ip6("2001:db8:100:1::5")});
        packet.layers.push_back(wire::Udp{port, port});
        packet.layers.push_back(wire::Payload{model::flow_payload({port, false, sequence}, 64)});
        return packet;
    }
    /// The packet leaves the correspondent, passes the tunnel, and arrives.
    FlowPlay& travel(std::uint64_t sequence, model::Fate last = model::Fate::delivered, bool arrives = true) {
        frame("cn", "", data(sequence));
        frame("lma", "", data(sequence, 2));
        if (arrives)
            frame("mag1", "", data(sequence), "mag1-mn1", last);
        return *this;
    }
};

} // namespace

TEST(Flow, CountsWhatWasSentAndWhatCameOut) {
    const auto play_it = [](bool second) {
        FlowPlay play({flow({bound("lost", literal("0"))})});
        play.start();
        play.travel(0).travel(1, model::Fate::delivered, second);
        EXPECT_FALSE(play.done()); // packets may still be on their way
        play.finish();
        EXPECT_TRUE(orders_of<model::RunFlow>(play).back().end);
        return play.verdicts();
    };
    EXPECT_EQ(play_it(true), "A-1 pass");
    EXPECT_EQ(play_it(false), "A-1 fail");
}

TEST(Flow, CountsDuplicatesAndOrderAndDrops) {
    FlowPlay play({flow({bound("duplicated", literal("1"), "A-2"), bound("reordered", literal("1"), "A-3"),
                         bound("lost", literal("1"), "S-1"), bound("delivered", literal("2"))},
                        true),
                   step(model::Wait{seconds(1), {}})});
    play.start();
    play.travel(1, model::Fate::duplicated).travel(0).travel(2, model::Fate::dropped).finish();
    EXPECT_EQ(play.verdicts(), "A-2 pass; A-3 pass; S-1 pass; A-1 pass");
}

TEST(Flow, MeasuresTheLongestGap) {
    const auto play_it = [](base::Duration apart) {
        FlowPlay play({flow({bound("gap", op(Op::range, {literal("0"), literal("300ms")}))})});
        play.start();
        play.travel(0).pass(apart);
        play.travel(1).finish();
        return play.verdicts();
    };
    EXPECT_EQ(play_it(milliseconds(300)), "A-1 pass");
    EXPECT_EQ(play_it(milliseconds(301)), "A-1 fail");
}

TEST(Flow, KnowsTheWay) {
    const auto play_it = [](const std::string& path) {
        FlowPlay play({flow({bound("path", literal(path))})});
        play.start();
        play.travel(0).travel(1).finish();
        return play.verdicts();
    };
    EXPECT_EQ(play_it("always one of mag1 mag2"), "A-1 pass");
    EXPECT_EQ(play_it("always one of mag2"), "A-1 fail");
    EXPECT_EQ(play_it("at most one of mag1 mag2"), "A-1 pass");
    EXPECT_EQ(play_it("at most one of mag1 lma"), "A-1 fail");
}

TEST(Flow, IsOursToAnswerForWhenNothingWasSent) {
    FlowPlay play({flow({bound("lost", literal("0"))})});
    play.start().finish();
    EXPECT_EQ(play.verdicts(), "error");
}

TEST(Flow, WaitsForPacketsThatAreStillSeenOnTheirWay) {
    FlowPlay play({flow({bound("lost", literal("0"))})});
    play.start();
    play.travel(0).frame("cn", "", play.data(1)).pass(milliseconds(150));
    play.frame("lma", "", play.data(1, 2)).pass(milliseconds(150));
    EXPECT_FALSE(play.done());
    play.frame("mag1", "", play.data(1), "mag1-mn1").finish();
    EXPECT_EQ(play.verdicts(), "A-1 pass");
}

TEST(Flow, DoesNotWaitForEverForPacketsThatGoInCircles) {
    FlowPlay play({flow({bound("lost", literal("0"))})});
    play.start();
    play.travel(0).frame("cn", "", play.data(1));
    for (int round = 0; round < 30; ++round)
        play.frame("lma", "", play.data(1, 2)).pass(milliseconds(100));
    EXPECT_TRUE(play.done());
    EXPECT_EQ(play.verdicts(), "A-1 fail");
}

TEST(Flow, MayHaveToDeliverNothing) {
    const auto play_it = [](bool arrives) {
        FlowPlay play({flow({bound("delivered", literal("0"))})});
        play.start();
        play.travel(0, model::Fate::delivered, arrives).travel(1, model::Fate::delivered, false).finish();
        return play.verdicts();
    };
    EXPECT_EQ(play_it(false), "A-1 pass");
    EXPECT_EQ(play_it(true), "A-1 fail");
}

TEST(Flow, GoesOnUntilItsEndIsCalledFor) {
    model::EndFlow end{"stream", {bound("delivered", literal("2"), "A-2")}};
    FlowPlay play({flow({bound("lost", literal("0"), "A-3")}, true), send("mag1", "lma", pbu()), step(end)});
    play.start().sent();
    EXPECT_TRUE(orders_of<model::RunFlow>(play).back().end);
    play.travel(0).travel(1).finish(); // still on their way when it was ended
    EXPECT_EQ(play.verdicts(), "A-3 pass; A-2 pass");
}

TEST(Flow, OfTcpIsToldByItsEnds) {
    const auto play_it = [](const std::string& bytes, const std::string& resets) {
        auto tcp = flow({bound("bytes", op(Op::greater, {literal("999")}))}, true);
        std::get<model::RunsFlow>(tcp.what).flow.protocol = "tcp";
        Play play({tcp, step(model::Wait{seconds(1), {}})});
        play.start().pass(seconds(1));
        EXPECT_FALSE(play.done());
        play.event(model::FlowReport{"stream", {{"bytes", bytes}, {"resets", resets}}}).finish();
        return play.verdicts();
    };
    EXPECT_EQ(play_it("1000", "0"), "A-1 pass");
    EXPECT_EQ(play_it("999", "0"), "A-1 fail");
    EXPECT_EQ(play_it("1000", "1"), "A-1 fail");
}

TEST(Flow, InTheBackgroundLetsTimesCountFromWhenItHasBegun) {
    FlowPlay play({flow({bound("lost", literal("0"))}, true), step(model::Wait{seconds(1), {}})});
    const auto ended = [&] { return orders_of<model::RunFlow>(play).back().end; };
    play.start().pass(seconds(3));
    EXPECT_FALSE(ended()); // nobody has an address yet
    play.event(model::Done{"flow stream", {}}).pass(seconds(1) - milliseconds(1));
    EXPECT_FALSE(ended());
    play.pass(milliseconds(2));
    EXPECT_TRUE(ended());
}

TEST(Flow, ThatNeverBeginsKeepsNobodyWaitingForEver) {
    FlowPlay play({flow({bound("delivered", literal("0"))}, true), step(model::Wait{seconds(1), {}})});
    play.start().pass(seconds(10));
    EXPECT_TRUE(orders_of<model::RunFlow>(play).back().end);
}
