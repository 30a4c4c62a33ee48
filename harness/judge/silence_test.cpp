#include "harness/judge/play.h"

#include <gtest/gtest.h>

using namespace judge::play;
using Op = model::Value::Op;

namespace {

wire::Packet echo(bool reply, std::uint16_t identifier) {
    wire::Packet packet;
    packet.layers = {wire::Ipv6{}};
    if (reply)
        packet.layers.push_back(wire::EchoReply{identifier, 1, {}, {}});
    else
        packet.layers.push_back(wire::EchoRequest{identifier, 1, {}, {}});
    return packet;
}

/// The barrier of an anchor: an echo, for brevity.
void add_barrier(Play& play) {
    play.scenario.topology.barriers.push_back({"lma", "mag1", "ask", "told"});
    auto ask = packet(element("echo-request", {field("identifier", literal("0xba55"))}));
    auto told = packet(element("echo-reply", {field("identifier", literal("0xba55"))}));
    ask.answers_field = told.answers_field = "identifier";
    play.library.templates = {{"ask", ask}, {"told", told}};
}

model::Step quiet(model::PacketSpec what, std::string id) {
    model::Never never;
    never.ends.from = {"lma"};
    never.packet = std::move(what);
    never.quiet = true;
    return step(std::move(never), std::move(id));
}

} // namespace

TEST(Never, WaitsInFull) {
    Play play({send("mag1", "lma", pbu()), never("lma", pba("*"), seconds(2), "A-1")});
    std::get<model::Never>(play.scenario.body[1].what).packet = pba();
    play.start().sent().pass(seconds(2) - milliseconds(1));
    EXPECT_FALSE(play.done());
    play.pass(milliseconds(1));
    EXPECT_EQ(play.verdicts(), "A-1 pass");
    EXPECT_TRUE(play.done());
}

TEST(Never, FailsUpToItsLastMomentAndNotBehindIt) {
    const auto after = [](base::Duration time) {
        Play play({send("mag1", "lma", pbu()), never("lma", pba(), seconds(2), "A-1")});
        play.start().sent();
        play.now += time;
        play.frame("lma", "mag1", binding_acknowledgement(1)).finish();
        return play.verdicts();
    };
    EXPECT_EQ(after(seconds(2)), "A-1 fail");
    EXPECT_EQ(after(seconds(2) + std::chrono::nanoseconds(1)), "A-1 pass");
}

TEST(Never, SpeaksOfPacketsThatMatchInFull) {
    Play play({send("mag1", "lma", pbu()), never("lma", pba(), seconds(2), "A-1")});
    play.start().sent().frame("lma", "mag1", binding_acknowledgement(1, 156)).finish();
    EXPECT_EQ(play.verdicts(), "A-1 pass");
}

TEST(Never, LastsUntilANamedStepThatHasToComeAbout) {
    const auto play_it = [](bool answered, bool forbidden) {
        auto until = never("lma", packet(element("echo-reply")), seconds(0), "A-1");
        auto& what = std::get<model::Never>(until.what);
        what.for_time.reset();
        what.until = "told";
        auto answer = expect("lma", "mag1", pba(), seconds(1));
        answer.as = "told";
        Play play({send("mag1", "lma", pbu()), until, answer});
        play.start().sent();
        if (forbidden)
            play.frame("lma", "mag1", echo(true, 1));
        if (answered)
            play.frame("lma", "mag1", binding_acknowledgement(1));
        play.finish();
        return play.verdicts();
    };
    EXPECT_EQ(play_it(true, false), "A-1 pass");
    EXPECT_EQ(play_it(true, true), "A-1 fail");
    EXPECT_EQ(play_it(false, false), "fail; A-1 inconclusive");
}

TEST(Never, SendsABarrierAndWaitsForItsAnswer) {
    Play play({send("mag1", "lma", pbu()), quiet(packet(element("echo-reply")), "A-1")});
    add_barrier(play);
    play.start().sent();
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 2u);
    play.sent().pass(seconds(1));
    EXPECT_FALSE(play.done()); // the anchor has not yet said anything
    play.frame("lma", "mag1", echo(true, 0xba55)).pass(milliseconds(1));
    EXPECT_EQ(play.verdicts(), "A-1 pass"); // the answer of the barrier is outside of every never
    EXPECT_TRUE(play.done());
}

TEST(Never, FailsIfTheForbiddenComesBeforeTheBarrier) {
    Play play({send("mag1", "lma", pbu()), quiet(packet(element("echo-reply")), "A-1")});
    add_barrier(play);
    play.start().sent().sent().frame("lma", "mag1", echo(true, 7));
    EXPECT_EQ(play.verdicts(), "A-1 fail");
}

TEST(Never, IsNotPassedByTheDead) {
    Play play({send("mag1", "lma", pbu()), quiet(pba(), "A-1")});
    add_barrier(play);
    play.start().sent().sent().finish();
    EXPECT_EQ(play.verdicts(), "SUT-ALIVE fail");
}

TEST(Never, IsQuietWhenVirtualTimeHasNothingMore) {
    Play play({send("mag1", "lma", pbu()), quiet(pba(), "A-1")});
    add_barrier(play);
    bool busy = true;
    play.options.quiescent = [&](base::Mono) { return !busy; };
    play.start().sent().pass(milliseconds(200));
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 1u); // no barrier is needed
    EXPECT_FALSE(play.done());
    busy = false;
    play.pass(milliseconds(60));
    EXPECT_EQ(play.verdicts(), "A-1 pass");
}

TEST(Never, LooksBackToTheStepFromWhichItCounts) {
    auto since = never("lma", packet(element("echo-reply")), seconds(2), "A-1");
    std::get<model::Never>(since.what).since = "asked";
    const auto play_it = [&](bool forbidden) {
        Play play({send("mag1", "lma", pbu(), "asked"), expect("lma", "mag1", pba(), seconds(1)), since});
        play.start().sent().pass(milliseconds(1));
        if (forbidden)
            play.frame("lma", "mag1", echo(true, 1));
        play.frame("lma", "mag1", binding_acknowledgement(1)).finish();
        return play.verdicts();
    };
    EXPECT_EQ(play_it(false), "A-1 pass");
    EXPECT_EQ(play_it(true), "A-1 fail");
}

TEST(Never, FromAnyIsAnyLinkButTheStimulus) {
    auto step = never("any", packet(element("echo-request")), seconds(1), "A-1");
    const auto play_it = [&](const std::string& from, const std::string& link) {
        Play play({send("mag1", "lma", packet(element("echo-request", {field("identifier", literal("1"))}))),
                   step});
        play.start().sent().frame(from, "mag1", echo(false, 1), link).finish();
        return play.verdicts();
    };
    EXPECT_EQ(play_it("mag1", "core"), "A-1 pass");
    EXPECT_EQ(play_it("lma", "core"), "A-1 fail");
    EXPECT_EQ(play_it("mag1", "mag1-mn1"), "A-1 fail");
}

TEST(Wait, LastsAsLongAsItSays) {
    Play play({send("mag1", "lma", pbu()), step(model::Wait{seconds(3), {}}), send("mag1", "lma", pbu())});
    play.start().sent().pass(seconds(3) - milliseconds(1));
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 1u);
    play.pass(milliseconds(1));
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 2u);
}
