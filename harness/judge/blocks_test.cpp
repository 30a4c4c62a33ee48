#include "harness/judge/play.h"

#include <gtest/gtest.h>

using namespace judge::play;
using Op = model::Value::Op;

namespace {

model::Step answer_for(std::string node, std::string id) {
    auto step = expect("lma", "mag1", pba(), seconds(1), std::move(id));
    std::get<model::Expect>(step.what).about = std::move(node);
    return step;
}
const std::string mn2 = "mn2@example.net";

model::Step either(std::vector<model::Steps> blocks, std::string id = {},
                   std::vector<std::string> names = {}) {
    model::Either what;
    what.blocks = std::move(blocks);
    what.names = std::move(names);
    return step(std::move(what), std::move(id));
}

model::Step refused(std::string id = {}) {
    return expect("lma", "mag1", pba("timestamp-mismatch"), seconds(1), std::move(id));
}
model::Step accepted(std::string id = {}) {
    return expect("lma", "mag1", pba(), seconds(1), std::move(id));
}

} // namespace

TEST(AnyOrder, TakesItsStepsInAnyOrder) {
    const auto play_it = [](bool swapped) {
        Play play({step(model::AnyOrder{{answer_for("mn1", "A-1"), answer_for("mn2", "A-2")}})});
        play.start();
        play.frame("lma", "mag1", binding_acknowledgement(1, 0, swapped ? mn2 : "mn1@example.net"));
        play.frame("lma", "mag1", binding_acknowledgement(2, 0, swapped ? "mn1@example.net" : mn2));
        EXPECT_TRUE(play.done());
        return play.verdicts();
    };
    EXPECT_EQ(play_it(false), "A-1 pass; A-2 pass");
    EXPECT_EQ(play_it(true), "A-2 pass; A-1 pass");
}

TEST(AnyOrder, FailsTheStepWhoseKeyAPacketHas) {
    Play play({step(model::AnyOrder{{answer_for("mn1", "A-1"), answer_for("mn2", "A-2")}})});
    play.start().frame("lma", "mag1", binding_acknowledgement(1, 130, mn2));
    EXPECT_EQ(play.verdicts(), "A-2 fail");
    play.frame("lma", "mag1", binding_acknowledgement(1)).finish();
    EXPECT_EQ(play.verdicts(), "A-2 fail; A-1 pass");
}

TEST(AnyOrder, LetsOnePacketFillEveryStepThatItMatches) {
    Play play({step(model::AnyOrder{{accepted("A-1"), answer_for("mn1", "A-2")}})});
    play.start().frame("lma", "mag1", binding_acknowledgement(1));
    EXPECT_EQ(play.verdicts(), "A-1 pass; A-2 pass");
}

TEST(AnyOrder, MissesWhatDoesNotCome) {
    Play play({step(model::AnyOrder{{answer_for("mn1", "A-1"), answer_for("mn2", "A-2")}})});
    play.start().frame("lma", "mag1", binding_acknowledgement(1)).finish();
    EXPECT_EQ(play.verdicts(), "A-1 pass; A-2 fail");
}

TEST(Either, TakesTheFirstBranchWhoseFirstStepIsMetAndRecordsIt) {
    Play play({either({{accepted("A-1"), refused("A-2")}, {refused("A-3")}}, {}, {"yes", "no"})});
    play.start().frame("lma", "mag1", binding_acknowledgement(1, 156));
    EXPECT_EQ(play.verdicts(), "observed; A-3 pass");
    EXPECT_EQ(play.findings()[0].value, "no");
    EXPECT_TRUE(play.done());
}

TEST(Either, DoesNotChangeItsBranch) {
    Play play({either({{accepted("A-1"), accepted("A-2")}, {refused("A-3")}})});
    play.start()
        .frame("lma", "mag1", binding_acknowledgement(1))
        .frame("lma", "mag1", binding_acknowledgement(1, 156));
    EXPECT_EQ(play.verdicts(), "observed; A-1 pass; A-2 fail");
}

TEST(Either, FailsIfAPacketHasTheKeyAndIsNoneOfThem) {
    Play play({either({{accepted()}, {refused()}}, "A-1")});
    play.start().frame("lma", "mag1", binding_acknowledgement(1, 130)).finish();
    EXPECT_EQ(play.verdicts(), "A-1 fail");
}

TEST(Either, TakesASilentBranchWhenItsTimePasses) {
    const auto play_it = [](bool answered) {
        Play play({either({{accepted("A-1")}, {never("lma", pba(), milliseconds(500), "A-2")}}, {},
                          {"answer", "silence"})});
        play.start().pass(milliseconds(400));
        if (answered)
            play.frame("lma", "mag1", binding_acknowledgement(1));
        play.finish();
        EXPECT_EQ(play.findings()[0].value, answered ? "answer" : "silence");
        return play.verdicts();
    };
    EXPECT_EQ(play_it(true), "observed; A-1 pass");
    EXPECT_EQ(play_it(false), "observed; A-2 pass");
}

TEST(Either, FailsIfNoBranchBegins) {
    Play play({either({{accepted()}, {refused()}}, "A-1")});
    play.start().finish();
    EXPECT_EQ(play.verdicts(), "A-1 fail");
}

TEST(Optional, IsMetByNothingAndByItsSteps) {
    const auto play_it = [](bool comes) {
        Play play({either({{refused("A-1")}, {}}), accepted("A-2")});
        play.start();
        if (comes)
            play.frame("lma", "mag1", binding_acknowledgement(1, 156));
        else
            play.pass(milliseconds(1500)); // its time is over, the next step's is not
        play.frame("lma", "mag1", binding_acknowledgement(1));
        play.finish();
        return play.verdicts();
    };
    EXPECT_EQ(play_it(true), "observed; A-1 pass; A-2 pass");
    EXPECT_EQ(play_it(false), "observed; A-2 pass");
}

TEST(Optional, IsPassedByWhenTheNextStepIsMet) {
    Play play({either({{refused("A-1")}, {}}), accepted("A-2")});
    play.start().frame("lma", "mag1", binding_acknowledgement(1));
    EXPECT_EQ(play.verdicts(), "A-2 pass; observed");
    EXPECT_EQ(play.findings()[1].value, "nothing");
    EXPECT_TRUE(play.done());
}

TEST(Repeat, PlaysRoundAfterRound) {
    auto asked = send("mag1", "lma", pbu(), "asked");
    auto told = accepted("A-1");
    std::get<model::Expect>(told.what).answers = "asked";
    told.as = "told";
    Play play({step(model::Repeat{literal("3"), {}, false, {asked, told}}),
               step(model::Record{"sequences", reference("asked[*].sequence")})});
    play.start();
    for (std::uint16_t round = 1; round <= 3; ++round) {
        EXPECT_EQ(orders_of<model::SendPacket>(play).size(), round);
        play.sent().frame("lma", "mag1", binding_acknowledgement(round));
    }
    EXPECT_EQ(play.verdicts(), "A-1 pass; observed");
    EXPECT_EQ(play.findings()[1].value, "1 2 3"); // each one more than the last for this node
}

TEST(Repeat, EndsWithTheRoundThatFails) {
    auto told = accepted("A-1");
    Play play({step(model::Repeat{literal("3"), {}, false, {send("mag1", "lma", pbu()), told}})});
    play.start().sent().frame("lma", "mag1", binding_acknowledgement(1)).sent();
    play.frame("lma", "mag1", binding_acknowledgement(2, 130));
    EXPECT_EQ(play.verdicts(), "A-1 pass; A-1 fail");
    EXPECT_TRUE(play.done());
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 2u);
}

TEST(Repeat, KeepsItsPace) {
    Play play({step(model::Repeat{literal("3"), milliseconds(100), false, {send("mag1", "lma", pbu())}})});
    play.start().sent().pass(milliseconds(99));
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 1u);
    play.pass(milliseconds(1)).sent().pass(milliseconds(100)).sent();
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 3u);
    EXPECT_TRUE(play.done());
}

TEST(Repeat, PlaysAllRoundsAtOnce) {
    auto what = pbu();
    what.layers.back().children[0].fields[0].value = reference("mn${i}.nai");
    auto told = accepted("A-1");
    auto& waits = std::get<model::Expect>(told.what);
    waits.about = "mn${i}";
    waits.packet.layers.back().children.push_back(
        element("home-network-prefix", {field("prefix", op(Op::distinct), "A-2")}));
    const auto play_it = [&](bool same_prefix) {
        Play play({step(model::Repeat{literal("2"), {}, true, {send("mag1", "lma", what), told}})});
        play.start();
        EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 2u);
        auto first = binding_acknowledgement(1, 0, mn2), second = binding_acknowledgement(1);
        auto* prefix =
            wire::find<wire::HomeNetworkPrefix>(second.find<wire::BindingAcknowledgement>()->options);
        if (!same_prefix)
            prefix->prefix.octets[7] = 9;
        play.sent().sent().frame("lma", "mag1", first).frame("lma", "mag1", second);
        EXPECT_TRUE(play.done());
        return play.verdicts();
    };
    EXPECT_EQ(play_it(false), "A-1 pass; A-2 pass");
    EXPECT_EQ(play_it(true), "A-1 pass; A-2 pass; A-2 fail");
}

TEST(Phase, DecidesWhatIsCountedInItWhenItIsOver) {
    const auto play_it = [](int answers) {
        auto count = expect("lma", "mag1", pba(), seconds(60), "A-1");
        std::get<model::Expect>(count.what).at_most = 2;
        Play play({step(model::Phase{seconds(1), {}, {count, send("mag1", "lma", pbu())}})});
        play.start().sent();
        for (int i = 0; i < answers; ++i)
            play.frame("lma", "mag1", binding_acknowledgement(1));
        play.pass(seconds(1) - milliseconds(1));
        EXPECT_FALSE(play.done());
        play.pass(milliseconds(1));
        EXPECT_TRUE(play.done());
        return play.verdicts();
    };
    EXPECT_EQ(play_it(2), "A-1 pass");
    EXPECT_EQ(play_it(3), "A-1 fail");
}

TEST(Phase, CutsAnUnfinishedRepetitionShort) {
    model::Repeat many{literal("100"), milliseconds(400), false, {send("mag1", "lma", pbu())}};
    auto count = expect("lma", "mag1", pba(), seconds(60), "A-1");
    std::get<model::Expect>(count.what).at_most = 0;
    Play play({step(model::Phase{seconds(1), {}, {step(many), count}})});
    play.start().sent().pass(milliseconds(400)).sent().pass(milliseconds(400)).sent().pass(milliseconds(200));
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 3u);
    EXPECT_EQ(play.verdicts(), "A-1 pass");
    EXPECT_TRUE(play.done());
}

TEST(Phase, LastsUntilANamedStep) {
    auto count = expect("lma", "mag2", pba(), seconds(60), "A-1");
    std::get<model::Expect>(count.what).exactly = 1;
    auto told = accepted("A-2");
    told.as = "told";
    Play play({step(model::Phase{{}, "told", {count}}), told});
    play.start()
        .frame("lma", "mag2", binding_acknowledgement(1))
        .frame("lma", "mag1", binding_acknowledgement(1));
    EXPECT_EQ(play.verdicts(), "A-2 pass; A-1 pass");
    EXPECT_TRUE(play.done());
}

TEST(Answer, RepliesUntilItsStepEndsAndThePacketGoesOn) {
    auto reply = pba();
    reply.layers.back().fields.push_back(field("sequence", reference("this.sequence")));
    auto until = expect("mag2", "mag1", pbu(), seconds(1), "A-1");
    until.as = "asked";
    model::Answer standing{{{"mag2"}, {"mag1"}, {}}, pbu(), reply, "asked", {}};
    Play play({step(standing), until, expect("mag2", "mag1", pbu(), seconds(1), "A-2")});
    play.scenario.under_test = {"mag2"};
    play.start().frame("mag2", "mag1", binding_update(77));
    auto sent = orders_of<model::SendPacket>(play);
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].node, "mag1");
    EXPECT_EQ(sent[0].emit.packet.find<wire::BindingAcknowledgement>()->sequence, 77);
    EXPECT_EQ(sent[0].emit.packet.find<wire::Ipv6>()->destination,
              play.scenario.topology.node("mag2")->address());
    EXPECT_EQ(sent[0].emit.packet.find<wire::Ipv6>()->source, play.scenario.topology.node("mag1")->address());
    EXPECT_EQ(play.verdicts(), "A-1 pass");
    play.frame("mag2", "mag1", binding_update(78));
    EXPECT_EQ(orders_of<model::SendPacket>(play).size(), 1u);
    EXPECT_EQ(play.verdicts(), "A-1 pass; A-2 pass");
}

TEST(Answer, RepliesSoManyTimesAndTheFirstThatMatchesWins) {
    model::Answer first{{{"mag2"}, {"mag1"}, {}}, pbu(), pba(), {}, 1};
    model::Answer second{{{"mag2"}, {"mag1"}, {}}, pbu(), pba("timestamp-mismatch"), {}, {}};
    Play play({step(first), step(second), step(model::Wait{seconds(1), {}})});
    play.start().frame("mag2", "mag1", binding_update(1)).frame("mag2", "mag1", binding_update(2));
    const auto sent = orders_of<model::SendPacket>(play);
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[0].emit.packet.find<wire::BindingAcknowledgement>()->status, 0);
    EXPECT_EQ(sent[1].emit.packet.find<wire::BindingAcknowledgement>()->status, 156);
}
