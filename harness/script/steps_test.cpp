#include "harness/script/steps.h"
#include "harness/script/test_support.h"

#include <gmock/gmock.h>

using namespace script;
using namespace script::test;
using namespace std::chrono_literals;
using model::Value;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

/// The last step of a case that loads without mistakes.
template <class What>
What last(const std::string& steps) {
    const auto loaded = with_steps(steps);
    EXPECT_THAT(loaded.lines(), IsEmpty()) << steps;
    return std::get<What>(loaded.only().body.back().what);
}

void expect_mistake(const std::string& steps, const std::string& part) {
    EXPECT_THAT(with_steps(steps).lines(), Contains(HasSubstr(part))) << steps;
}

const std::string asked = R"(<send from="mag1" to="lma" as="asked"><pbu/></send>)";
const std::string answer = R"(<expect from="lma" within="1s" as="told"><pba/></expect>)";

} // namespace

TEST(Steps, SendNamesItsEndsAndPort) {
    const auto send = last<model::Send>(R"(<send from="mag1" to="lma" port="core"><pbu/></send>)");
    EXPECT_THAT(send.ends.from, ElementsAre("mag1"));
    EXPECT_THAT(send.ends.to, ElementsAre("lma"));
    EXPECT_EQ(send.port, "core");
    const auto again =
        last<model::Send>(asked + R"(<send from="mag1" again="asked"><append octets="00"/></send>)");
    EXPECT_EQ(again.packet.again, "asked");
    EXPECT_THAT(again.packet.edits, SizeIs(1));
}

TEST(Steps, NamesMistakesOfSend) {
    expect_mistake(R"(<send to="lma"><pbu/></send>)", "\"send\" needs an attribute \"from\"");
    expect_mistake(R"(<send from="mag7" to="lma"><pbu/></send>)",
                   "s.xml:3:13: there is no node \"mag7\" (did you mean \"mag1\"?)");
    expect_mistake(R"(<send from="mag1" to="lma"/>)", "\"send\" needs a packet inside, or \"again\"");
    expect_mistake(R"(<send from="mag1"><pbu/></send>)", "\"send\" needs \"to\", or an ipv6 layer");
    expect_mistake(R"(<send from="lma" to="mag1"><pba/></send>)",
                   "lma is played by the peer: only the tester's nodes send");
    expect_mistake(R"(<send from="mag1" to="lma" port="coer"><pbu/></send>)", "mag1 has no port \"coer\"");
    expect_mistake(R"(<send from="mag1" again="askd"/>)", "there is no step \"askd\"");
    expect_mistake(asked + R"(<send from="mag1" again="asked"><pbu/></send>)", "only edits may stand inside");
    expect_mistake(R"(<send from="mag1" to="lma" form="x"><pbu/></send>)",
                   "\"send\" has no attribute \"form\" (did you mean \"from\"?)");
}

TEST(Steps, AnswerStandsUntilAStepOrACount) {
    const auto step = last<model::Answer>(
        R"(<answer from="lma" to="mag1" count="2"><match><pba/></match><reply><pbu sequence="${this.sequence}"/></reply></answer>)");
    EXPECT_EQ(step.count, 2u);
    EXPECT_EQ(step.to_what.message, "binding-acknowledgement");
    EXPECT_EQ(field(step.reply.layers[0], "sequence").value.text, "this.sequence");
    expect_mistake(R"(<answer to="mag1"><match><pba/></match></answer>)",
                   "\"answer\" needs a <match> and a <reply> inside");
    expect_mistake(R"(<answer to="mag1" until="nver"><match><pba/></match><reply><pbu/></reply></answer>)",
                   "there is no step \"nver\"");
    expect_mistake(R"(<answer to="mag1"><mach/><match><pba/></match><reply><pbu/></reply></answer>)",
                   "unknown element \"mach\" in an answer (did you mean \"match\"?)");
}

TEST(Steps, AStandingAnswerMaySpeakOfLaterSteps) {
    EXPECT_THAT(
        with_steps(
            R"(<answer to="mag1" until="told"><match><pba/></match><reply><pbu sequence="${asked.sequence} + 1"/></reply></answer>)" +
            asked + answer)
            .lines(),
        IsEmpty());
}

TEST(Steps, ExpectHasBoundsThatMayProveSomething) {
    const auto expect = last<model::Expect>(
        asked +
        R"(<expect from="lma" to="any" on="core" within="2s" within.proves="PMIP6-LMA-106" after="1s" after.proves="PMIP6-LMA-112"
      since="asked" for="mn1" answers="asked"><pba/></expect>)");
    EXPECT_THAT(expect.ends.to, ElementsAre("any"));
    EXPECT_EQ(expect.ends.on, "core");
    EXPECT_EQ(expect.within->time, 2s);
    EXPECT_EQ(expect.within->proves[0].id, "PMIP6-LMA-106");
    EXPECT_EQ(expect.not_before->time, 1s);
    EXPECT_EQ(expect.not_before->proves[0].id, "PMIP6-LMA-112");
    EXPECT_EQ(expect.since, "asked");
    EXPECT_EQ(expect.about, "mn1");
    EXPECT_EQ(expect.answers, "asked");
}

TEST(Steps, ExpectCounts) {
    const auto counted = [](const std::string& words) {
        return last<model::Expect>("<expect from=\"lma\" " + words + "><pba/></expect>");
    };
    EXPECT_EQ(counted("count=\"exactly 2\" in=\"5s\"").exactly, 2u);
    EXPECT_EQ(counted("count=\"exactly 2\" in=\"5s\"").in, base::Duration(5s));
    EXPECT_EQ(counted("count=\"3\"").exactly, 3u);
    EXPECT_EQ(counted("count=\"at least 1\"").at_least, 1u);
    EXPECT_EQ(counted("count=\"at most 4\"").at_most, 4u);
    EXPECT_EQ(counted("count=\"2..5\"").at_least, 2u);
    EXPECT_EQ(counted("count=\"2..5\"").at_most, 5u);
    EXPECT_EQ(counted("per-second=\"10\" burst=\"20\"").per_second, 10u);
    EXPECT_EQ(counted("per-second=\"10\" burst=\"20\"").burst, 20u);
    expect_mistake("<expect from=\"lma\" count=\"at last 2\"><pba/></expect>", "\"at last 2\" is no count");
}

TEST(Steps, NamesMistakesOfExpect) {
    expect_mistake(R"(<expect from="lma" within="1"><pba/></expect>)",
                   "s.xml:3:28: \"1\" is no time for within");
    expect_mistake(R"(<expect from="lma" within="-1s"><pba/></expect>)", "\"-1s\" is no time for within");
    expect_mistake(R"(<expect from="lma" within="1s" after="2s"><pba/></expect>)",
                   "\"within\" ends before \"after\" begins");
    expect_mistake(R"(<expect from="lma" within="1s"/>)", "\"expect\" needs a packet inside");
    expect_mistake(R"(<expect from="lma" on="cor" within="1s"><pba/></expect>)",
                   "there is no link \"cor\" (did you mean \"core\"?)");
    expect_mistake(R"(<expect from="lma" since="askd" within="1s"><pba/></expect>)" + asked,
                   "there is no step \"askd\" (did you mean \"asked\"?)");
    expect_mistake(R"(<expect from="lma" answers="asked" within="1s"><pba/></expect>)" + asked,
                   "step \"asked\" comes later");
    expect_mistake(R"(<expect from="lma" for="mn9" within="1s"><pba/></expect>)",
                   "there is no mobile node \"mn9\"");
    expect_mistake(R"(<expect from="lma" by="nobody" within="1s"><pba/></expect>)",
                   "there is no node \"nobody\"");
    expect_mistake(R"(<expect from="lma" proves="PMIP6-LMA-107 X" within="1s"><pba/></expect>)",
                   "there is no requirement \"X\"");
}

TEST(Steps, NeverHoldsForATimeForQuietOrUntilALaterStep) {
    EXPECT_EQ(last<model::Never>(R"(<never from="lma" for="2s"><any/></never>)").for_time,
              base::Duration(2s));
    EXPECT_TRUE(last<model::Never>(R"(<never from="lma" for="quiet" about="mn1"><any/></never>)").quiet);
    EXPECT_THAT(with_steps(R"(<never from="lma" until="told"><any/></never>)" + answer).lines(), IsEmpty());
    expect_mistake(R"(<never from="lma"><any/></never>)",
                   "\"never\" holds either \"for\" a time or \"until\" a step");
    expect_mistake(asked + R"(<never from="lma" until="asked"><any/></never>)",
                   "step \"asked\" is over by then");
    expect_mistake(R"(<never from="lma" for="quite"><any/></never>)", "\"quite\" is no time for for");
    expect_mistake(R"(<never from="lma" for="1s"/>)", "\"never\" needs a packet inside");
}

TEST(Steps, BranchesHaveNamesAndNamesOfTheirOwn) {
    const auto either = last<model::Either>(R"(<either>
      <branch name="accepts"><expect from="lma" within="1s" as="x"><pba status="0"/></expect></branch>
      <branch name="refuses"><expect from="lma" within="1s" as="x"><pba status="130"/></expect></branch>
      <branch name="nothing"/></either>)");
    ASSERT_THAT(either.blocks, SizeIs(3));
    EXPECT_THAT(either.blocks[2], IsEmpty());
    EXPECT_THAT(either.names, ElementsAre("accepts", "refuses", "nothing"));
    expect_mistake("<either><wait for=\"1s\"/></either>", "\"either\" holds branches, not \"wait\"");
    expect_mistake("<either/>", "\"either\" needs branches inside");
    expect_mistake(R"(<either><branch><expect from="lma" within="1s" as="x"><pba/></expect></branch>
      <branch><expect from="lma" within="1s"><pba sequence="${x.sequence}"/></expect></branch></either>)",
                   "step \"x\" comes later");
}

TEST(Steps, OptionalIsEitherWithNothing) {
    const auto either = last<model::Either>("<optional>" + answer + "</optional>");
    ASSERT_THAT(either.blocks, SizeIs(2));
    EXPECT_THAT(either.blocks[0], SizeIs(1));
    EXPECT_THAT(either.blocks[1], IsEmpty());
}

TEST(Steps, AnyOrderHoldsSteps) {
    EXPECT_THAT(last<model::AnyOrder>("<any-order>" + answer + "<wait for=\"1s\"/></any-order>").steps,
                SizeIs(2));
}

TEST(Steps, RecordKeepsAValueUnderAName) {
    const auto record = last<model::Record>(answer + R"(<record name="status" value="${told.status}"/>)");
    EXPECT_EQ(record.name, "status");
    EXPECT_EQ(record.value.text, "told.status");
    expect_mistake("<record name=\"x\"/>", "\"record\" needs an attribute \"value\"");
}

TEST(Steps, RoundsAreCountedAndNamed) {
    const auto repeat = last<model::Repeat>(
        R"(<repeat count="50" every="10ms" parallel="1"><send from="mag1" to="lma" as="r"><pbu for="mn${i}" sequence="${i}"/></send></repeat>)");
    EXPECT_EQ(repeat.count.text, "50");
    EXPECT_EQ(repeat.every, 10ms);
    EXPECT_TRUE(repeat.parallel);
    EXPECT_THAT(with_steps(R"(<repeat count="2"><send from="mag1" to="lma" as="r"><pbu/></send></repeat>
      <expect from="lma" within="1s"><pba sequence="${r[2].sequence}"><timestamp value="equal in ${r[*].timestamp.value}"/></pba></expect>)")
                    .lines(),
                IsEmpty());
    expect_mistake("<repeat count=\"many\"><wait for=\"1s\"/></repeat>", "\"many\" is no number of rounds");
    expect_mistake("<repeat count=\"99999999\"><wait for=\"1s\"/></repeat>", "is no number of rounds up to");
    expect_mistake(R"(<send from="mag1" to="lma"><pbu sequence="${i}"/></send>)",
                   "${i} is the round of a <repeat>, and there is none around it");
    expect_mistake(
        R"(<send from="mag1" to="lma"><pbu><mobile-node-identifier nai="${mn${i}.nai}"/></pbu></send>)",
        "means a round, and there is no <repeat> around it");
}

TEST(Steps, LinkEventsNameWhoGoesWhere) {
    const auto attach = last<model::Attach>(R"(<attach node="mn1" to="mag1" how="silent"/>)");
    EXPECT_EQ(attach.node, "mn1");
    EXPECT_EQ(attach.to, "mag1");
    EXPECT_EQ(attach.how, "silent");
    EXPECT_EQ(last<model::Attach>(R"(<detach node="mn1"/>)").to, "");
    EXPECT_EQ(last<model::Attach>(R"(<move node="mn1" to="mag1"/>)").how, "event");
    expect_mistake(R"(<attach node="mn1" to="lma"/>)", "lma gives no access to mn1 in this topology");
    expect_mistake(R"(<attach node="mn1" to="mag1" how="loud"/>)",
                   "how is one of event, silent, carrier, not \"loud\"");
    expect_mistake(R"(<attach node="mn1"/>)", "\"attach\" needs an attribute \"to\"");
}

TEST(Steps, TellAndStateCarryFurtherAttributes) {
    const auto tell =
        last<model::Tell>(R"(<tell node="lma" event="renumber" mobile-node="mn1" prefix="${mn1.prefix}"/>)");
    EXPECT_EQ(tell.event, "renumber");
    EXPECT_THAT(tell.arguments, SizeIs(2));
    EXPECT_EQ(tell.arguments.at("prefix").op, Value::Op::reference);
    const auto state =
        last<model::State>(R"(<state node="lma" of="entries" count="0" by="lma" proves="PMIP6-LMA-106"/>)");
    EXPECT_EQ(state.of, "entries");
    EXPECT_THAT(state.expected, SizeIs(1));
    expect_mistake("<tell node=\"lma\"/>", "\"tell\" needs an attribute \"event\"");
    expect_mistake("<state node=\"lma\"/>", "\"state\" needs an attribute \"of\"");
    expect_mistake("<tell node=\"lma\" event=\"x\" a=\"${nobody.address}\"/>",
                   "nothing is called \"nobody\"");
}

TEST(Steps, RolesStopStartAndChangeTheirClock) {
    using Verb = model::Control::Verb;
    const auto restart = last<model::Control>(R"(<restart node="lma" how="orderly" state="kept"/>)");
    EXPECT_EQ(restart.verb, Verb::restart);
    EXPECT_EQ(restart.how, "orderly");
    EXPECT_TRUE(restart.keep_state);
    EXPECT_EQ(last<model::Control>(R"(<stop node="lma"/>)").verb, Verb::stop);
    EXPECT_FALSE(last<model::Control>(R"(<start node="lma"/>)").keep_state);
    const auto clock = last<model::Control>(R"(<clock node="lma" offset="-1h"/>)");
    EXPECT_EQ(clock.verb, Verb::clock);
    EXPECT_EQ(clock.offset.text, "-1h");
    expect_mistake("<clock node=\"lma\"/>", "\"clock\" needs an attribute \"offset\"");
    expect_mistake("<clock node=\"lma\" offset=\"late\"/>", "\"late\" is no offset of a clock");
    expect_mistake("<restart node=\"lma\" state=\"gone\"/>", "state is one of lost, kept, not \"gone\"");
}

TEST(Steps, ImpairmentsChooseFrames) {
    const auto impair =
        last<model::Impair>(
            R"(<impair as="loss" link="core" from="mag1" effect="drop" nth="1 3" probability="0.5"><pbu/></impair>)")
            .impairment;
    EXPECT_EQ(impair.name, "loss");
    EXPECT_EQ(impair.link, "core");
    EXPECT_THAT(impair.ordinals, ElementsAre(1u, 3u));
    EXPECT_DOUBLE_EQ(impair.probability, 0.5);
    EXPECT_EQ(impair.what.message, "binding-update");
    EXPECT_EQ(last<model::Impair>(R"(<impair link="core" effect="delay" by-time="3s"/>)").impairment.delay,
              3s);
    EXPECT_THAT(last<model::Impair>(
                    R"(<impair link="core" effect="rewrite"><pbu/><replace at="1" octets="00"/></impair>)")
                    .impairment.edits,
                SizeIs(1));
    expect_mistake("<impair link=\"cor\" effect=\"drop\"/>", "there is no link \"cor\"");
    expect_mistake("<impair link=\"core\" effect=\"eat\"/>", "effect is one of drop");
    expect_mistake("<impair link=\"core\" effect=\"drop\" nth=\"0\"/>", "\"0\" is no ordinal");
    expect_mistake("<impair link=\"core\" effect=\"drop\" probability=\"1.5\"/>",
                   "is no probability from 0 to 1");
    expect_mistake("<impair link=\"core\" effect=\"delay\"/>", "a delay needs \"by-time\"");
    expect_mistake("<impair link=\"core\" effect=\"rewrite\"/>", "a rewrite needs an edit inside");
}

TEST(Steps, FlowsHaveBounds) {
    const auto flow = last<model::RunsFlow>(
        R"(<flow from="mag1" to="mn1" protocol="echo" size="100" rate="20/s" packets="5" both-ways="1"
      lost="0" lost.proves="PMIP6-LMA-106" back.gap="0..300ms" path="always one of mag1 lma"/>)");
    EXPECT_EQ(flow.flow.protocol, "echo");
    EXPECT_EQ(flow.flow.size, 100u);
    EXPECT_DOUBLE_EQ(flow.flow.rate, 20);
    EXPECT_EQ(flow.flow.packets, 5u);
    EXPECT_TRUE(flow.flow.both_ways);
    ASSERT_THAT(flow.bounds, SizeIs(3));
    EXPECT_EQ(flow.bounds[0].what, "lost");
    EXPECT_EQ(flow.bounds[0].proves[0].id, "PMIP6-LMA-106");
    EXPECT_EQ(flow.bounds[1].what, "gap");
    EXPECT_EQ(flow.bounds[1].direction, "back");
    EXPECT_EQ(flow.bounds[1].value.op, Value::Op::range);
    EXPECT_EQ(flow.bounds[2].value.text, "always one of mag1 lma");
}

TEST(Steps, FlowsInTheBackgroundEnd) {
    const auto end = last<model::EndFlow>(
        R"(<flow from="mag1" to="mn1" as="stream" background="1"/><end-flow flow="stream" lost="0"/>)");
    EXPECT_EQ(end.flow, "stream");
    EXPECT_THAT(end.bounds, SizeIs(1));
    expect_mistake(R"(<flow from="mag1" to="mn1"/>)", "or it never ends");
    expect_mistake(R"(<flow from="mag1" to="mn1" background="1"/>)", "needs a name (\"as\")");
    expect_mistake(R"(<flow from="mag1" to="mn1" packets="1" rate="fast"/>)", "\"fast\" is no rate");
    expect_mistake(R"(<flow from="mag1" to="mn1" packets="1" path="mag1"/>)", "\"mag1\" is no path");
    expect_mistake(R"(<flow from="mag1" to="mn1" packets="1" path="at most one of mag9"/>)",
                   "there is no node \"mag9\"");
    expect_mistake(R"(<flow from="mag1" to="mn1" packets="1" source="here"/>)", "\"here\" is no address");
    expect_mistake(R"(<flow from="mag1" to="mn1" packets="1" protocol="sctp"/>)",
                   "protocol is one of udp, tcp, echo");
    expect_mistake(R"(<end-flow flow="stream"/>)", "there is no step \"stream\"");
}

TEST(Steps, PhasesAndWaitsHaveATime) {
    const auto phase = last<model::Phase>("<phase for=\"2s\">" + answer + "</phase>");
    EXPECT_EQ(phase.for_time, base::Duration(2s));
    EXPECT_THAT(phase.steps, SizeIs(1));
    EXPECT_EQ(last<model::Wait>(asked + R"(<wait for="1.5s" since="asked"/>)").time, 1500ms);
    expect_mistake("<phase><wait for=\"1s\"/></phase>",
                   "\"phase\" lasts either \"for\" a time or \"until\" a step");
    expect_mistake("<wait/>", "\"wait\" needs an attribute \"for\"");
}

TEST(Steps, NamesAreKnownOnlyAfterTheirStep) {
    expect_mistake(R"(<send from="mag1" to="lma"><pbu sequence="${asked.sequence}"/></send>)" + asked,
                   "step \"asked\" comes later");
    expect_mistake(asked + asked, "a second step called \"asked\"");
    expect_mistake(R"(<send from="mag1" to="lma" as="mn1"><pbu/></send>)",
                   "\"mn1\" already means something else");
    expect_mistake(R"(<send from="mag1" to="lma" as="a.b"><pbu/></send>)", "\"a.b\" is no name");
    expect_mistake("<snd/>", "s.xml:3:1: unknown step \"snd\" (did you mean \"send\"?)");
}

TEST(Steps, ReferencesNameFieldsThatThePacketHas) {
    const auto speaking = [](const std::string& reference) {
        return asked + R"(<expect from="lma" within="1s"><pba sequence=")" + reference + "\"/></expect>";
    };
    for (const char* good :
         {"${asked.sequence}", "${asked.time}", "${asked.timestamp.value}", "${asked.ipv6.source}",
          "${asked.binding-update.sequence}", "${asked.home-network-prefix[2].prefix}", "${mn1.nai}",
          "${mn1.prefix}", "${mn1.service}", "${lma.core.address}", "${lma.delay}", "${sut.clock-offset}",
          "${now}", "${this.lifetime}"})
        EXPECT_THAT(with_steps(speaking(good)).lines(), IsEmpty()) << good;
    expect_mistake(speaking("${asked.sequense}"),
                   "asked has no field \"sequense\" (did you mean \"sequence\"?)");
    expect_mistake(speaking("${asked.timestmp.value}"),
                   "asked holds no \"timestmp\" (did you mean \"timestamp\"?)");
    expect_mistake(speaking("${asked.timestamp.valu}"),
                   "asked has no field \"valu\" (did you mean \"value\"?)");
    expect_mistake(speaking("${mn1.nia}"), "mn1 has no attribute \"nia\" (did you mean \"nai\"?)");
    expect_mistake(speaking("${mn1}"), "\"mn1\" needs an attribute behind it");
    expect_mistake(speaking("${mag2.address}"), "nothing is called \"mag2\" (did you mean \"mag1\"?)");
    expect_mistake(R"(<send from="mag1" to="lma"><pbu sequence="${this.sequence}"/></send>)",
                   "nothing is matched here");
}
