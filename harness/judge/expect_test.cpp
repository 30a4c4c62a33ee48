#include "harness/judge/play.h"

#include <gtest/gtest.h>

using namespace judge::play;
using Op = model::Value::Op;

TEST(Expect, PassesUnderEachIdThatItProves) {
    Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", pba(), seconds(1), "A-1 S-1")});
    play.start().sent().pass(milliseconds(3)).frame("lma", "mag1", binding_acknowledgement(1));
    EXPECT_EQ(play.verdicts(), "A-1 pass; S-1 pass");
    EXPECT_TRUE(play.done());
    EXPECT_EQ(play.findings()[0].packet, 2u);
    EXPECT_EQ(play.findings()[0].at, milliseconds(3));
    EXPECT_EQ(play.findings()[0].culprit, "lma");
}

TEST(Expect, FailsAtOnceWithAllDifferencesWhenAPacketHasItsKey) {
    auto wanted = pba();
    wanted.layers.back().fields.push_back(field("lifetime", literal("1h")));
    wanted.layers.back().fields.push_back(field("sequence", literal("9")));
    Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", wanted, seconds(1), "A-1")});
    play.start().sent().frame("lma", "mag1", binding_acknowledgement(7, 156));
    ASSERT_EQ(play.verdicts(), "A-1 fail");
    EXPECT_TRUE(play.done());
    const auto finding = play.findings()[0];
    ASSERT_EQ(finding.differences.size(), 2u);
    EXPECT_EQ(finding.differences[0].path, "status");
    EXPECT_EQ(finding.differences[0].expected, "accepted");
    EXPECT_EQ(finding.differences[0].actual, "timestamp-mismatch");
    // Ethernet, IPv6 and the six octets that all messages share come in front (RFC 3775, 6.1.8).
    EXPECT_EQ(finding.differences[0].offset, 14u + 40 + 6);
    EXPECT_EQ(finding.differences[0].size, 1u);
    EXPECT_EQ(finding.differences[1].path, "sequence");
    EXPECT_EQ(finding.differences[1].actual, "7");
    EXPECT_EQ(finding.differences[1].offset, 14u + 40 + 8);
    EXPECT_EQ(finding.differences[1].size, 2u);
    EXPECT_NE(finding.packet_text.find("binding-acknowledgement"), std::string::npos);
}

TEST(Expect, TakesAPacketAtItsLastMoment) {
    Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", pba(), seconds(1), "A-1")});
    play.start().sent();
    play.now += seconds(1);
    play.frame("lma", "mag1", binding_acknowledgement(1));
    EXPECT_EQ(play.verdicts(), "A-1 pass");
}

TEST(Expect, RefusesAPacketBehindItsLastMoment) {
    Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", pba(), seconds(1), "A-1")});
    play.start().sent();
    play.now += seconds(1) + std::chrono::nanoseconds(1);
    play.frame("lma", "mag1", binding_acknowledgement(1));
    EXPECT_EQ(play.verdicts(), "A-1 fail");
    EXPECT_NE(play.findings()[0].sentence.find("1s is allowed"), std::string::npos);
}

TEST(Expect, FailsWithTheNearestPacketWhenNothingCame) {
    auto answer = expect("lma", "mag1", pba(), seconds(1), "A-1");
    std::get<model::Expect>(answer.what).answers = "asked";
    Play play({send("mag1", "lma", pbu(), "asked"), answer});
    play.start().sent().frame("lma", "mag1", binding_acknowledgement(99)).pass(seconds(1));
    ASSERT_EQ(play.verdicts(), "A-1 fail");
    EXPECT_EQ(play.findings()[0].packet, 2u);
    EXPECT_NE(play.findings()[0].sentence.find("no pba from lma to mag1 within 1s; the nearest was #2"),
              std::string::npos);
}

TEST(Expect, HasAKeyOfTheNodeThatItIsAbout) {
    auto answer = expect("lma", "mag1", pba(), seconds(1), "A-1");
    std::get<model::Expect>(answer.what).about = "mn1";
    Play play({send("mag1", "lma", pbu()), answer});
    play.start().sent().frame("lma", "mag1", binding_acknowledgement(1, 130, "mn2@example.net"));
    EXPECT_EQ(play.verdicts(), "");
    play.frame("lma", "mag1", binding_acknowledgement(1));
    EXPECT_EQ(play.verdicts(), "A-1 pass");
}

TEST(Expect, AllowsDeclaredRepetition) {
    // Two different updates of mag2 are expected one after the other; the first comes twice.
    auto second = pbu();
    second.layers.back().fields.push_back(field("lifetime", literal("0")));
    auto fresh = binding_update(3);
    fresh.find<wire::BindingUpdate>()->lifetime = 0;
    Play play(
        {expect("mag2", "lma", pbu(), seconds(1), "A-1"), expect("mag2", "lma", second, seconds(1), "A-2")});
    play.scenario.under_test = {"mag2"};
    play.start()
        .frame("mag2", "lma", binding_update(1))
        .pass(milliseconds(10))
        .frame("mag2", "lma", binding_update(2));
    EXPECT_EQ(play.verdicts(), "A-1 pass");
    play.frame("mag2", "lma", fresh);
    EXPECT_EQ(play.verdicts(), "A-1 pass; A-2 pass");
}

TEST(Expect, JudgesWhatMayBeARepetitionIfNothingBetterComes) {
    // The second update has a number of its own and the timestamp of the first: a repetition by its look.
    auto second = pbu();
    second.layers.back().fields[2] = field("sequence", literal("2"));
    auto stamp = element("timestamp", {field("value", op(Op::greater, {literal("1")}))});
    stamp.proves = proofs("A-3");
    second.layers.back().children[2] = stamp;
    Play play(
        {expect("mag2", "lma", pbu(), seconds(1), "A-1"), expect("mag2", "lma", second, seconds(1), "A-2")});
    play.scenario.under_test = {"mag2"};
    const auto update = [](std::uint16_t sequence) {
        auto packet = binding_update(sequence);
        for (auto& option : packet.find<wire::BindingUpdate>()->options)
            if (auto* told = std::get_if<wire::Timestamp>(&option))
                told->value = 1;
        return packet;
    };
    play.start()
        .frame("mag2", "lma", update(1))
        .frame("mag2", "lma", update(1))
        .frame("mag2", "lma", update(2));
    EXPECT_EQ(play.verdicts(), "A-1 pass");
    play.pass(seconds(1));
    EXPECT_EQ(play.verdicts(), "A-1 pass; A-3 fail; A-2 pass");
    EXPECT_EQ(play.findings()[1].packet, 3u);
}

TEST(Expect, GivesTheFindingToTheInnermostOwner) {
    auto wanted = pba("timestamp-mismatch");
    auto stamp = element("timestamp", {field("value", op(Op::tolerance, {reference("now"), literal("2s")}))});
    stamp.proves = proofs("A-2");
    wanted.layers.back().children.push_back(stamp);
    const auto answer = [](base::Wall wall) {
        auto packet = binding_acknowledgement(1, 156);
        packet.find<wire::BindingAcknowledgement>()->options.push_back(
            wire::Timestamp{base::timestamp_48_16(wall)});
        return packet;
    };
    const base::Wall start = seconds(1'188'864'000);
    {
        Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", wanted, seconds(1), "A-1")});
        play.start().sent().frame("lma", "mag1", answer(start + seconds(2)));
        EXPECT_EQ(play.verdicts(), "A-1 pass; A-2 pass");
    }
    {
        Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", wanted, seconds(1), "A-1")});
        play.start().sent().frame("lma", "mag1", answer(start + seconds(2) + milliseconds(1)));
        ASSERT_EQ(play.verdicts(), "A-2 fail; A-1 pass");
        EXPECT_EQ(play.findings()[0].differences[0].path, "timestamp.value");
    }
    {
        Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", wanted, seconds(1), "A-1")});
        play.start().sent().frame("lma", "mag1", binding_acknowledgement(1, 156));
        EXPECT_EQ(play.verdicts(), "A-2 fail; A-1 pass");
    }
}

TEST(Expect, JudgesByTheLevelOfTheRequirement) {
    const auto verdict = [](const std::string& id, bool strict) {
        Play play({send("mag1", "lma", pbu()), expect("lma", "mag1", pba(), seconds(1), id)});
        play.options.strict = strict;
        play.start().sent().pass(seconds(2)).finish();
        return play.verdicts();
    };
    EXPECT_EQ(verdict("A-1", false), "A-1 fail");
    EXPECT_EQ(verdict("A-3", false), "A-3 fail");
    EXPECT_EQ(verdict("S-1", false), "S-1 deviation");
    EXPECT_EQ(verdict("E-1", false), "E-1 deviation");
    EXPECT_EQ(verdict("S-1", true), "S-1 fail");
    EXPECT_EQ(verdict("M-1", false), "M-1 observed");
    EXPECT_EQ(verdict("", false), "fail");
}

TEST(Expect, BlamesUsForWhatAPeerDoesNotDo) {
    Play play({expect("mag2", "lma", pbu(), seconds(1), "A-1")});
    play.start().pass(seconds(1)).finish();
    EXPECT_EQ(play.verdicts(), "A-1 error");
}

TEST(Expect, IsInconclusiveBeforeTheBody) {
    Play play({expect("lma", "mag1", pba(), seconds(1), "A-2")},
              {send("mag1", "lma", pbu()), expect("lma", "mag1", pba(), seconds(1))});
    play.start().sent().pass(seconds(1)).finish();
    EXPECT_EQ(play.verdicts(), "inconclusive");
}

TEST(Expect, RefusesWhatComesTooEarly) {
    auto answer = expect("lma", "mag1", pba(), seconds(3), "A-1");
    std::get<model::Expect>(answer.what).not_before = model::Bound{seconds(2), proofs("A-2")};
    const auto after = [&](base::Duration time) {
        Play play({send("mag1", "lma", pbu()), answer});
        play.start().sent();
        play.now += time;
        play.frame("lma", "mag1", binding_acknowledgement(1));
        return play.verdicts();
    };
    EXPECT_EQ(after(seconds(2)), "A-1 pass; A-2 pass");
    EXPECT_EQ(after(seconds(2) - std::chrono::nanoseconds(1)), "A-2 fail; A-1 pass");
}

TEST(Expect, CountsExactly) {
    const auto verdicts = [](std::uint64_t come) {
        auto step = expect("lma", "mag1", pba(), seconds(5), "A-1");
        auto& what = std::get<model::Expect>(step.what);
        what.exactly = 2;
        what.in = seconds(5);
        Play play({step});
        play.start();
        for (std::uint64_t i = 0; i < come; ++i)
            play.pass(seconds(1))
                .frame("lma", "mag1", binding_acknowledgement(static_cast<std::uint16_t>(i)));
        EXPECT_EQ(play.verdicts(), ""); // decided when the time is over
        play.finish();
        return play.verdicts();
    };
    EXPECT_EQ(verdicts(1), "A-1 fail");
    EXPECT_EQ(verdicts(2), "A-1 pass");
    EXPECT_EQ(verdicts(3), "A-1 fail");
}

TEST(Expect, CountsAtMostAndAtLeast) {
    const auto verdicts = [](bool most, std::uint64_t come) {
        auto step = expect("lma", "mag1", pba(), seconds(5), "A-1");
        auto& what = std::get<model::Expect>(step.what);
        (most ? what.at_most : what.at_least) = 2;
        Play play({step});
        play.start();
        for (std::uint64_t i = 0; i < come; ++i)
            play.pass(milliseconds(100))
                .frame("lma", "mag1", binding_acknowledgement(static_cast<std::uint16_t>(i)));
        play.finish();
        return play.verdicts();
    };
    EXPECT_EQ(verdicts(true, 0), "A-1 pass");
    EXPECT_EQ(verdicts(true, 2), "A-1 pass");
    EXPECT_EQ(verdicts(true, 3), "A-1 fail");
    EXPECT_EQ(verdicts(false, 1), "A-1 fail");
    EXPECT_EQ(verdicts(false, 2), "A-1 pass");
}

TEST(Expect, LimitsTheRate) {
    const auto verdicts = [](base::Duration apart) {
        auto step = expect("lma", "mag1", pba(), seconds(3), "A-1");
        auto& what = std::get<model::Expect>(step.what);
        what.per_second = 10;
        what.burst = 3;
        what.in = seconds(3);
        Play play({step});
        play.start();
        for (std::uint16_t i = 0; i < 20; ++i)
            play.pass(apart).frame("lma", "mag1", binding_acknowledgement(i));
        play.finish();
        return play.verdicts();
    };
    EXPECT_EQ(verdicts(milliseconds(100)), "A-1 pass");
    EXPECT_EQ(verdicts(milliseconds(80)), "A-1 fail");
}
