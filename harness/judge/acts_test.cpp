#include "harness/judge/play.h"

#include <gtest/gtest.h>

using namespace judge::play;
using Op = model::Value::Op;

TEST(Send, AddsTheHeaderAndTheSequenceNumber) {
    Play play({send("mag1", "lma", pbu()), send("mag1", "lma", pbu())});
    play.start().sent().sent();
    EXPECT_TRUE(play.done());
    const auto sent = orders_of<model::SendPacket>(play);
    const auto& ip = *sent[1].emit.packet.find<wire::Ipv6>();
    EXPECT_EQ(ip.source, play.scenario.topology.node("mag1")->address());
    EXPECT_EQ(ip.destination, play.scenario.topology.node("lma")->address());
    const auto& update = *sent[1].emit.packet.find<wire::BindingUpdate>();
    EXPECT_EQ(update.sequence, 2);
    EXPECT_EQ(update.lifetime, 900);
    EXPECT_EQ(wire::find<wire::MobileNodeIdentifier>(update.options)->nai, "mn1@example.net");
    EXPECT_EQ(wire::find<wire::Timestamp>(update.options)->value,
              base::timestamp_48_16(seconds(1'188'864'000)));
}

TEST(Send, SendsACapturedPacketAgainAndThenLies) {
    model::PacketSpec again;
    again.again = "first";
    again.edits.push_back({model::Edit::Kind::replace, "binding-update", 6, {0, 9}});
    Play play({send("mag1", "lma", pbu(), "first"), send("mag1", "lma", again, "second"),
               step(model::Record{"sequence", reference("second.sequence")})});
    play.start().sent().sent();
    EXPECT_TRUE(play.done());
    EXPECT_EQ(play.findings().back().value, "9"); // octet 6 is the sequence number (RFC 3775, 6.1.7)
}

TEST(Send, IsOursToAnswerForWhenItCannotBeBuilt) {
    auto what = pbu();
    what.layers.back().fields[2].value = reference("nobody.sequence");
    Play play({send("mag1", "lma", what)});
    play.start().finish();
    EXPECT_EQ(play.verdicts(), "error");
}

TEST(Send, IsOursToAnswerForWhenItNeverComesOnTheWire) {
    Play play({send("mag1", "lma", pbu())});
    play.start().finish();
    EXPECT_EQ(play.verdicts(), "error");
}

TEST(Attach, CountsTimesFromWhenItWasCarriedOut) {
    Play play({step(model::Attach{"mn1", "mag1", "event"}), expect("lma", "mag1", pba(), seconds(1), "A-1")});
    play.start();
    const auto orders = orders_of<model::AttachNode>(play);
    ASSERT_EQ(orders.size(), 1u);
    EXPECT_EQ(orders[0].to, "mag1");
    EXPECT_FALSE(orders[0].detach);
    play.pass(seconds(5)).event(model::Done{"attach mn1 mag1", {}}).pass(seconds(1) - milliseconds(1));
    EXPECT_EQ(play.verdicts(), "");
    play.frame("lma", "mag1", binding_acknowledgement(1));
    EXPECT_EQ(play.verdicts(), "A-1 pass");
}

TEST(Attach, HasConsequencesBeforeItIsCarriedOut) {
    auto attach = step(model::Attach{"mn1", "mag1", "event"});
    attach.as = "there";
    auto since = never("lma", pba(), seconds(1), "A-1");
    std::get<model::Never>(since.what).since = "there";
    for (const bool acts_between : {false, true}) {
        Play play(acts_between ? model::Steps{attach, send("mag1", "lma", pbu()), since}
                               : model::Steps{attach, never("lma", pba(), seconds(1), "A-1")});
        play.start()
            .frame("lma", "mag1", binding_acknowledgement(1))
            .event(model::Done{"attach mn1 mag1", {}});
        if (acts_between)
            play.sent();
        play.finish();
        EXPECT_EQ(play.verdicts(), "A-1 fail") << acts_between;
    }
}

TEST(Attach, DetachesWithoutAPlaceToGo) {
    Play play({step(model::Attach{"mn1", {}, "carrier"})});
    play.start();
    EXPECT_TRUE(orders_of<model::AttachNode>(play).at(0).detach);
    EXPECT_EQ(orders_of<model::AttachNode>(play).at(0).how, "carrier");
}

TEST(Tell, ResolvesItsArguments) {
    Play play({step(
        model::Tell{"mag2", "renumber", {{"nai", reference("mn1.nai")}, {"to", literal("2001:db8::/64")}}})});
    play.start();
    const auto told = orders_of<model::TellNode>(play).at(0);
    EXPECT_EQ(told.told.event, "renumber");
    EXPECT_EQ(told.told.arguments.at("nai"), "mn1@example.net");
    EXPECT_EQ(told.told.arguments.at("to"), "2001:db8::/64");
}

TEST(Tell, IsCarriedOutBeforeTheNextStepActs) {
    Play play({step(model::Tell{"lma", "renumber", {}}), step(model::Attach{"mn1", "mag1", {}})});
    play.start();
    EXPECT_TRUE(orders_of<model::AttachNode>(play).empty());
    play.event(model::Done{"tell lma renumber", {}});
    EXPECT_EQ(orders_of<model::AttachNode>(play).size(), 1u);
}

TEST(Tell, ItsConsequencesMayBeSeenBeforeItIsCarriedOut) {
    Play play({step(model::Tell{"lma", "renumber", {}}), expect("lma", "mag1", pba(), seconds(1), "A-1")});
    play.start().frame("lma", "mag1", binding_acknowledgement(1)).event(model::Done{"tell lma renumber", {}});
    EXPECT_EQ(play.verdicts(), "A-1 pass");
}

TEST(Tell, WhatAProfileDoesNotOfferIsNotClaimed) {
    Play play({step(model::Tell{"lma", "renumber", {}}), expect("lma", "mag1", pba(), seconds(1), "A-1")});
    play.start().event(model::Done{"tell lma renumber", "not-claimed: there is no hook for renumber"});
    EXPECT_EQ(play.verdicts(), "not-claimed");
    EXPECT_TRUE(play.done());
}

TEST(Control, RestartsAndSetsClocks) {
    model::Control restart{model::Control::Verb::restart, "lma", "orderly", true, {}};
    model::Control clock{model::Control::Verb::clock, "lma", {}, false, literal("-1h")};
    Play play({step(restart), step(clock)});
    play.start().event(model::Done{"restart lma", {}});
    const auto orders = orders_of<model::ControlNode>(play);
    ASSERT_EQ(orders.size(), 2u);
    EXPECT_EQ(orders[0].verb, model::ControlNode::Verb::restart);
    EXPECT_EQ(orders[0].how, "orderly");
    EXPECT_TRUE(orders[0].keep_state);
    EXPECT_EQ(orders[1].clock, -std::chrono::hours(1));
}

TEST(Impair, EndsWithItsStepAndResolvesReferences) {
    model::Impairment drop;
    drop.effect = model::Impairment::Effect::drop;
    drop.link = "core";
    drop.what = packet(element("binding-update", {},
                               {element("mobile-node-identifier", {field("nai", reference("mn1.nai"))})}));
    Play play({step(model::Impair{drop, "asked"}), send("mag1", "lma", pbu(), "asked"),
               step(model::Wait{seconds(1), {}})});
    play.start();
    auto orders = orders_of<model::ImpairLink>(play);
    ASSERT_EQ(orders.size(), 1u);
    EXPECT_EQ(orders[0].impairment.what.layers[0].children[0].fields[0].value.text, "mn1@example.net");
    play.sent();
    orders = orders_of<model::ImpairLink>(play);
    ASSERT_EQ(orders.size(), 2u);
    EXPECT_TRUE(orders[1].end);
    EXPECT_EQ(orders[1].impairment.name, orders[0].impairment.name);
}

TEST(Impair, EndsWithTheBodyAtTheLatest) {
    Play play({step(model::Impair{{}, {}})});
    play.start();
    EXPECT_EQ(orders_of<model::ImpairLink>(play).size(), 2u);
    EXPECT_TRUE(play.done());
}

TEST(State, IsHeldAgainstWhatTheNodeSays) {
    const auto play_it = [](const std::string& count, const std::string& id) {
        model::State what{
            "lma",
            "entries",
            {{"count", literal("1")}, {"prefix", op(Op::in_prefix, {literal("2001:db8::/32")})}}};
        Play play({step(what, id)});
        play.start();
        EXPECT_EQ(orders_of<model::TellNode>(play).at(0).told.arguments.at("of"), "entries");
        play.event(model::Said{
            "lma", {"state", {{"of", "entries"}, {"count", count}, {"prefix", "2001:db8:1::/64"}}}});
        EXPECT_TRUE(play.done());
        return play.verdicts();
    };
    EXPECT_EQ(play_it("1", "A-1"), "A-1 pass");
    EXPECT_EQ(play_it("2", "A-1"), "A-1 fail");
    EXPECT_EQ(play_it("2", ""), "deviation"); // a second witness alone
}

TEST(State, AloneIsNotClaimed) {
    Play play(
        {step(model::State{"lma", "entries", {{"count", literal("1")}}}, "A-1"), send("mag1", "lma", pbu())});
    play.start().event(model::Done{"tell lma state", "not-claimed: no hook"});
    EXPECT_EQ(play.verdicts(), "observed");
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 1u); // the case goes on
}

TEST(Record, ServesLaterSteps) {
    Play play(
        {step(model::Record{"way", literal("tunnel")}), step(model::Record{"again", reference("way")})});
    play.start();
    EXPECT_EQ(play.verdicts(), "observed; observed");
    EXPECT_EQ(play.findings()[1].name, "again");
    EXPECT_EQ(play.findings()[1].value, "tunnel");
}

TEST(Case, PlaysFinallyWhateverHappened) {
    const auto play_it = [](std::uint8_t status) {
        Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", pba(), seconds(1), "A-1")}, {},
                  {step(model::Attach{"mn1", {}, "event"})});
        play.start().sent().frame("lma", "mag1", binding_acknowledgement(1, status));
        EXPECT_EQ(orders_of<model::AttachNode>(play).size(), 1u);
        EXPECT_TRUE(play.done());
        return play.verdicts();
    };
    EXPECT_EQ(play_it(0), "A-1 pass");
    EXPECT_EQ(play_it(130), "A-1 fail");
}

TEST(Case, FailsUnderWhatItWaitedForWhenTheSutDies) {
    const auto play_it = [](const std::string& who, const std::string& id) {
        Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", pba(), seconds(1), id)});
        play.start().sent().event(model::Died{who, "signal 11"});
        EXPECT_TRUE(play.done());
        return play.verdicts();
    };
    EXPECT_EQ(play_it("lma", "A-1"), "A-1 fail");
    EXPECT_EQ(play_it("lma", ""), "SUT-ALIVE fail");
    EXPECT_EQ(play_it("mag2", ""), "SUT-ALIVE error");
}

TEST(Case, LearnsPrefixes) {
    Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", pba(), seconds(1)),
               step(model::Record{"prefix", reference("mn1.prefix")})});
    play.library.learns.push_back(
        {"prefix", pba(), "mobile-node-identifier.nai", "home-network-prefix.prefix"});
    play.start().sent().frame("lma", "mag1", binding_acknowledgement(1));
    EXPECT_EQ(play.findings().back().value, "2001:db8:100:1::/64");
}

TEST(Case, LearnsTheClockOfTheSutFromItsOwnStamps) {
    const auto play_it = [](base::Duration offset, bool proven) {
        auto answer = binding_acknowledgement(1, 156);
        answer.find<wire::BindingAcknowledgement>()->options.push_back(
            wire::Timestamp{base::timestamp_48_16(seconds(1'188'864'000) + offset)});
        Play play({expect("lma", "mag1", pba("timestamp-mismatch"), seconds(1), proven ? "A-1" : ""),
                   step(model::Record{"offset", reference("sut.clock-offset")})});
        play.start().frame("lma", "mag1", answer);
        return play.findings().back().value;
    };
    EXPECT_EQ(play_it(-seconds(60), false), "-1m");
    EXPECT_EQ(play_it(-seconds(60), true), "0s"); // never from the expectation that is being proven
}

TEST(Case, EndsWhenTheStageNeverAnswers) {
    Play play({step(model::Attach{"mn1", "mag1", "event"}), step(model::Wait{seconds(1), {}})});
    play.start().finish();
    EXPECT_EQ(play.verdicts(), "error");
}
