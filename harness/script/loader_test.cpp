#include "harness/script/loader.h"
#include "harness/script/test_support.h"

#include <gmock/gmock.h>

using namespace script;
using namespace script::test;
using model::Value;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

const std::string stale =
    R"(<case name="stale" title="A stale timestamp is refused" purpose="TP-LMA-TS-03" cost="medium">
  <says>A PBU stamped outside
     the tolerance is refused.</says>
  <vary name="offset" over="-1h | long: +1h"/>
  <given>
    <send from="mag1" to="lma"><pbu/></send>
    <expect from="lma" to="mag1" within="1s"><pba status="accepted"/></expect>
  </given>
  <send from="mag1" to="lma" as="stale"><pbu><timestamp value="${now} + ${offset}"/></pbu></send>
  <expect from="lma" to="mag1" within="1s" answers="stale" proves="PMIP6-LMA-106 PMIP6-LMA-112">
    <pba status="timestamp-mismatch"><timestamp value="${now} ± 2s" proves="PMIP6-LMA-113"/></pba>
  </expect>
  <finally><send from="mag1" to="lma"><de-registration/></send></finally>
</case>)";

std::string id_of(const model::Case& one) {
    return one.id;
}

std::vector<std::string> ids(const Loaded& loaded) {
    std::vector<std::string> all;
    for (const auto& one : loaded.library.cases)
        all.push_back(id_of(one));
    return all;
}

const std::string step = R"(<send from="mag1" to="lma"><pbu/></send>)";

} // namespace

TEST(Loader, WritesOutEachVariationAsACase) {
    const Loaded loaded(stale);
    EXPECT_THAT(loaded.lines(), IsEmpty());
    ASSERT_THAT(ids(loaded), ElementsAre("s/stale[offset=-1h]", "s/stale[offset=+1h]"));
    const auto& one = loaded.library.cases[0];
    EXPECT_EQ(one.title, "A stale timestamp is refused");
    EXPECT_EQ(one.says, "A PBU stamped outside the tolerance is refused.");
    EXPECT_EQ(one.purpose, "TP-LMA-TS-03");
    EXPECT_EQ(one.cost, model::Cost::medium);
    EXPECT_EQ(loaded.library.cases[1].cost, model::Cost::lengthy);
    EXPECT_EQ(one.profile, "draft02");
    EXPECT_EQ(model::text(one.where), "s.xml:2:1");
    EXPECT_THAT(one.under_test, ElementsAre("lma"));
    EXPECT_THAT(one.proves(), ElementsAre("PMIP6-LMA-106", "PMIP6-LMA-112", "PMIP6-LMA-113"));
    EXPECT_THAT(one.given, SizeIs(2));
    EXPECT_THAT(one.body, SizeIs(2));
    EXPECT_THAT(one.finally, SizeIs(1));
    const auto& send = std::get<model::Send>(one.body[0].what);
    EXPECT_EQ(send.packet.message, "binding-update");
    const auto& timestamp = field(child(send.packet.layers[0], "timestamp"), "value").value;
    EXPECT_EQ(timestamp.op, Value::Op::sum);
    EXPECT_EQ(timestamp.operands[1].text, "-1h");
    const auto& expect = std::get<model::Expect>(one.body[1].what);
    EXPECT_EQ(expect.answers, "stale");
    EXPECT_EQ(expect.packet.answers_field, "sequence");
    EXPECT_EQ(expect.within->time, std::chrono::seconds(1));
    EXPECT_EQ(model::text(one.body[1].where), "s.xml:11:3");
}

TEST(Loader, TellsAllMistakesOfAFileAtOnceWithLineAndColumn) {
    const Loaded loaded(R"(<case name="c">
  <send from="mag1" to="lma"><pbuu/></send>
  <expect from="lma" to="mag1" within="1s" proves="PMIP6-LMA-116"><pba/></expect>
  <expect from="lma" to="mag1" within="1s"><pba status="acepted"/></expect>
  <send from="mag1" to="lma"><pbu sequence="${stail.sequence}"/></send>
  <send from="mag1" to="lma" to="lma"><pbu/></send>
</case>)");
    EXPECT_THAT(
        loaded.lines(),
        ElementsAre("s.xml:3:30: unknown element \"pbuu\" (did you mean \"pbu\"?)",
                    "s.xml:4:52: there is no requirement \"PMIP6-LMA-116\" (did you mean \"PMIP6-LMA-106\"?)",
                    "s.xml:5:57: status of binding-acknowledgement has no value \"acepted\" (did you mean "
                    "\"accepted\"?)",
                    "s.xml:6:45: nothing is called \"stail\"",
                    "s.xml:7:30: attribute \"to\" is written twice"));
}

TEST(Loader, VariationsMultiplyAndZipsPair) {
    const Loaded loaded(R"(<case name="c"><vary name="a" over="1 | 2"/>
  <zip><vary name="x" over="1s | 2s"/><vary name="y" over="5 | 6"/></zip>)" +
                        step + "</case>");
    EXPECT_THAT(loaded.lines(), IsEmpty());
    EXPECT_THAT(ids(loaded), ElementsAre("s/c[a=1,x=1s,y=5]", "s/c[a=1,x=2s,y=6]", "s/c[a=2,x=1s,y=5]",
                                         "s/c[a=2,x=2s,y=6]"));
    EXPECT_THAT(loaded.library.cases[0].variation,
                ElementsAre(testing::Pair("a", "1"), testing::Pair("x", "1s"), testing::Pair("y", "5")));
}

TEST(Loader, FragmentsStandInForTheirUse) {
    const Loaded loaded(R"(<case name="c"><vary name="bad">
    <as name="none"/>
    <as name="two" cost="long"><handoff-indicator value="1"/><handoff-indicator value="2"/></as></vary>
  <send from="mag1" to="lma"><pbu><use fragment="bad"/></pbu></send></case>)");
    EXPECT_THAT(loaded.lines(), IsEmpty());
    ASSERT_THAT(ids(loaded), ElementsAre("s/c[bad=none]", "s/c[bad=two]"));
    EXPECT_EQ(loaded.library.cases[1].cost, model::Cost::lengthy);
    const auto& layer = std::get<model::Send>(loaded.library.cases[1].body[0].what).packet.layers[0];
    EXPECT_THAT(layer.children, SizeIs(5));
    EXPECT_EQ(field(layer.children[4], "value").value.text, "2");
}

TEST(Loader, NamesMistakesOfVariations) {
    EXPECT_THAT(Loaded(R"(<case name="c"><vary name="a"/>)" + step + "</case>").lines(),
                ElementsAre(HasSubstr("s.xml:2:16: \"a\" takes no value")));
    EXPECT_THAT(Loaded(R"(<case name="c"><vary name="a" over="1 | 1"/>)" + step + "</case>").lines(),
                ElementsAre(HasSubstr("\"a\" takes \"1\" twice")));
    EXPECT_THAT(
        Loaded(R"(<case name="c"><vary name="a" over="1"/><vary name="a" over="2"/>)" + step + "</case>")
            .lines(),
        ElementsAre(HasSubstr("\"a\" is varied twice")));
    EXPECT_THAT(Loaded(R"(<case name="c"><zip><vary name="a" over="1 | 2"/><vary name="b" over="2"/></zip>)" +
                       step + "</case>")
                    .lines(),
                Contains(HasSubstr("\"b\" takes 1 values, the others of the <zip> take 2")));
    EXPECT_THAT(Loaded(R"(<case name="c"><vary name="i" over="1"/>)" + step + "</case>").lines(),
                ElementsAre(HasSubstr("already means something else")));
    EXPECT_THAT(
        Loaded(R"(<case name="c"><vary name="f"><as name="x"><pbu><use fragment="f"/></pbu></as></vary>)" +
               step + "</case>")
            .lines(),
        Contains(HasSubstr("a fragment cannot use a fragment")));
    EXPECT_THAT(
        Loaded(R"(<case name="c"><send from="mag1" to="lma"><pbu><use fragment="f"/></pbu></send></case>)")
            .lines(),
        ElementsAre(HasSubstr("there is no fragment \"f\"")));
}

TEST(Loader, KnowsTheSettingsOfRolesAndNodes) {
    Options options;
    options.tree = "ours";
    options.source = [](std::string_view name) -> std::optional<std::string> {
        if (name != "ours/settings.xml")
            return std::nullopt;
        return R"(<settings><role name="lma"><setting name="pool">p</setting><setting name="delay">d</setting></role>
  <mobile-node><setting name="service">s</setting><setting name="mags">m</setting></mobile-node></settings>)";
    };
    const std::string given = R"(<case name="c"><setup node="lma" poool="2001:db8:100::/62"/>)"
                              R"(<setup mobile-node="mn1" servce="off"/>)";
    EXPECT_THAT(
        Loaded(given + step + "</case>", options).lines(),
        AllOf(Contains("s.xml:2:34: a lma has no setting \"poool\" (did you mean \"pool\"?)"),
              Contains(HasSubstr("a mobile-node has no setting \"servce\" (did you mean \"service\"?)"))));
    // Of other roles nothing is known, so nothing is wrong.
    EXPECT_THAT(
        Loaded(R"(<case name="c"><setup node="mag1" anything="1"/>)" + step + "</case>", options).lines(),
        Each(Not(HasSubstr("mag1"))));
}

TEST(Loader, BoundsTheNumberOfVariations) {
    std::string varies;
    for (const char* name : {"a", "b", "c", "d"})
        varies += std::string("<vary name=\"") + name + R"(" over="0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9"/>)";
    EXPECT_THAT(Loaded("<case name=\"c\">" + varies + step + "</case>").lines(),
                ElementsAre(HasSubstr("has more than 2000 variations")));
}

TEST(Loader, NamesMistakesOfCases) {
    EXPECT_THAT(Loaded("<case name=\"c\">" + step + "</case>\n<case name=\"c\">" + step + "</case>").lines(),
                ElementsAre("s.xml:3:1: a second case called \"c\": the first is in line 2"));
    EXPECT_THAT(Loaded("<case name=\"c\"/>").lines(), ElementsAre(HasSubstr("the case has no steps")));
    EXPECT_THAT(Loaded("<case nam=\"c\">" + step + "</case>").lines(),
                ElementsAre(HasSubstr("\"case\" needs an attribute \"name\""),
                            HasSubstr("\"case\" has no attribute \"nam\" (did you mean \"name\"?)")));
    EXPECT_THAT(Loaded("<case name=\"c\" cost=\"shrt\">" + step + "</case>").lines(),
                ElementsAre(HasSubstr("cost is one of short, medium, long, not \"shrt\"")));
    EXPECT_THAT(Loaded("<case name=\"c\" stages=\"simm\">" + step + "</case>").lines(),
                ElementsAre(HasSubstr("there is no stage \"simm\" (did you mean \"sim\"?)")));
    EXPECT_THAT(Loaded("<case name=\"c\" profiles=\"draft03\">" + step + "</case>").lines(),
                ElementsAre(HasSubstr("there is no profile \"draft03\" (did you mean \"draft02\"?)")));
    EXPECT_THAT(Loaded("<case name=\"c\">" + step + "<given/></case>").lines(),
                ElementsAre(HasSubstr("\"given\" stands before the steps")));
    EXPECT_THAT(Loaded("<case name=\"c\"><finally/>" + step + "</case>").lines(),
                ElementsAre(HasSubstr("\"finally\" stands behind all steps")));
    EXPECT_THAT(Loaded("<cas name=\"c\"/>").lines(),
                ElementsAre("s.xml:2:1: unknown element \"cas\" in a suite (did you mean \"case\"?)"));
}

TEST(Loader, ARoleUnderTestIsPlayedByNoTester) {
    EXPECT_THAT(Loaded("<case name=\"c\" sut=\"mag\">" + step + "</case>").lines(),
                ElementsAre(HasSubstr("\"mag\" is under test, but the tester plays it in topology one-mag")));
    EXPECT_THAT(Loaded("<case name=\"c\" sut=\"lmaa\">" + step + "</case>").lines(),
                ElementsAre(HasSubstr("nobody plays \"lmaa\" in topology one-mag (did you mean \"lma\"?)")));
    EXPECT_THAT(Loaded("<case name=\"c\" sut=\"mag\"><topology><play node=\"mag1\" "
                       "as=\"peer\"/></topology><wait for=\"1s\"/></case>")
                    .lines(),
                IsEmpty());
}

TEST(Loader, CasesChangeTheTopologyAndSetItUp) {
    const Loaded loaded(R"(<case name="c"><topology><play node="mag1" as="tester"/>
    <node name="mag3" role="mag" played="tester"><port link="core" address="2001:db8:0:3::1/48"/></node></topology>
  <setup node="lma" pool="2001:db8:100::/62" delay="5s"/><setup mobile-node="mn1" service="off" prefix="2001:db8:7::/64"/>
  <send from="mag3" to="lma"><pbu/></send></case>)");
    EXPECT_THAT(loaded.lines(), IsEmpty());
    const auto& one = loaded.only();
    EXPECT_EQ(one.topology.node("lma")->settings.at("pool"), "2001:db8:100::/62");
    EXPECT_EQ(one.topology.node("lma")->settings.at("delay"), "5s");
    EXPECT_EQ(one.topology.identity("mn1")->policy.at("service"), "off");
    EXPECT_EQ(base::text(*one.topology.identity("mn1")->home_network_prefix), "2001:db8:7::/64");
    EXPECT_NE(one.topology.node("mag3"), nullptr);
    EXPECT_THAT(one.setups, ElementsAre("lma", "lma.pool", "lma.delay",
                                        "lma")); // the policy is the business of whoever is under test
}

TEST(Loader, NamesMistakesOfSetUps) {
    EXPECT_THAT(Loaded("<case name=\"c\"><setup node=\"lmb\" a=\"1\"/>" + step + "</case>").lines(),
                ElementsAre(HasSubstr("there is no node \"lmb\" (did you mean \"lma\"?)")));
    EXPECT_THAT(Loaded("<case name=\"c\"><setup mobile-node=\"mn7\" a=\"1\"/>" + step + "</case>").lines(),
                ElementsAre(HasSubstr("there is no mobile node \"mn7\"")));
    EXPECT_THAT(Loaded("<case name=\"c\"><setup a=\"1\"/>" + step + "</case>").lines(),
                ElementsAre(HasSubstr("a setup names either a node or a mobile-node")));
    EXPECT_THAT(
        Loaded("<case name=\"c\"><setup node=\"lma\" pool=\"${mn1.prefix}\"/>" + step + "</case>").lines(),
        ElementsAre(HasSubstr("a setting is known before the run")));
    EXPECT_THAT(Loaded("<case name=\"c\">" + step + "<setup node=\"lma\" a=\"1\"/></case>").lines(),
                ElementsAre(HasSubstr("\"setup\" stands before the steps")));
}

TEST(Loader, ConditionsOnTheProfileAreDecidedOnClaimsOnlyWhereTheyAreKnown) {
    const std::string steps = R"(
  <wait for="1s" when="draft02"/>
  <wait for="2s" when="rfc5213"/>
  <wait for="3s" when="not rfc5213"/>
  <wait for="4s" when="ipsec dhcp"/>
  <wait for="5s" when="not ipsec"/>)";
    const auto unknown = with_steps(steps);
    EXPECT_THAT(unknown.lines(), IsEmpty());
    ASSERT_THAT(unknown.only().body, SizeIs(4));
    EXPECT_EQ(unknown.only().body[1].when, "");
    EXPECT_EQ(unknown.only().body[2].when, "ipsec dhcp");
    EXPECT_EQ(unknown.only().body[3].when, "not ipsec");
    Options options;
    options.profile = "rfc5213";
    options.claims = std::vector<std::string>{"dhcp"};
    const auto known = with_steps(steps, options);
    ASSERT_THAT(known.only().body, SizeIs(3));
    EXPECT_EQ(std::get<model::Wait>(known.only().body[0].what).time, std::chrono::seconds(2));
    EXPECT_EQ(std::get<model::Wait>(known.only().body[1].what).time, std::chrono::seconds(4));
    EXPECT_THAT(with_steps("<wait for=\"1s\" when=\"draft2\"/>").lines(),
                ElementsAre(HasSubstr("there is no profile \"draft2\" (did you mean \"draft02\"?)")));
    EXPECT_THAT(with_steps("<wait for=\"1s\" when=\"not\"/>").lines(),
                Contains(HasSubstr("\"not\" needs a profile or a claim")));
}

TEST(Loader, ProofsMayDependOnTheProfile) {
    const std::string one =
        R"(<never from="lma" for="1s" proves="PMIP6-LMA-106[rfc5213] PMIP6-LMA-112[not rfc5213] PMIP6-LMA-113[ipsec]"><any/></never>)";
    const auto loaded = with_steps(one);
    EXPECT_THAT(loaded.lines(), IsEmpty());
    const auto& proofs = loaded.only().body[0].proves;
    ASSERT_THAT(proofs, SizeIs(2));
    EXPECT_EQ(proofs[0].id, "PMIP6-LMA-112");
    EXPECT_EQ(proofs[0].when, "");
    EXPECT_EQ(proofs[1].when, "ipsec");
}

TEST(Loader, CasesOfOtherProfilesAreLeftOut) {
    EXPECT_THAT(Loaded("<case name=\"c\" profiles=\"rfc5213\">" + step + "</case>").library.cases, IsEmpty());
    Options options;
    options.profile = "rfc5213";
    EXPECT_THAT(Loaded("<case name=\"c\" profiles=\"rfc5213\">" + step + "</case>", options).library.cases,
                SizeIs(1));
}

TEST(Loader, ACaseDependsOnTheProfileButNeedsClaims) {
    EXPECT_THAT(Loaded("<case name=\"c\" when=\"not rfc5213\">" + step + "</case>").library.cases, SizeIs(1));
    EXPECT_THAT(Loaded("<case name=\"c\" when=\"rfc5213\">" + step + "</case>").library.cases, IsEmpty());
    EXPECT_THAT(Loaded("<case name=\"c\" when=\"ipsec\">" + step + "</case>").lines(),
                ElementsAre(HasSubstr("what it needs of a claim is in \"needs\"")));
    EXPECT_THAT(Loaded("<case name=\"c\" needs=\"ipsec dhcp\">" + step + "</case>").only().needs,
                ElementsAre("ipsec", "dhcp"));
}

TEST(Loader, EachSpecHasItsProfiles) {
    EXPECT_EQ(profile_for("pmip6", ""), "draft02");
    EXPECT_EQ(profile_for("pmip6", "rfc5213"), "rfc5213");
    EXPECT_EQ(profile_for("nemo", "rfc5213"), "nemo-pd");
    EXPECT_EQ(profile_for("netmip6", ""), "netmip6");
    EXPECT_EQ(profile_for("pmip6-nemo", ""), "pmip6-nemo");
}

TEST(Loader, BarriersBecomeTemplatesOfTheLibrary) {
    const auto loaded = with_steps(R"(<never from="lma" for="quiet"><any/></never>)");
    EXPECT_THAT(loaded.lines(), IsEmpty());
    const auto& barriers = loaded.only().topology.barriers;
    ASSERT_THAT(barriers, SizeIs(1));
    const auto& packet = loaded.library.templates.at(barriers[0].send);
    EXPECT_EQ(packet.message, "binding-update");
    EXPECT_EQ(field(child(packet.layers[0], "mobile-node-identifier"), "nai").value.text, "barrier.nai");
}

TEST(Loader, LearnsWhatTheTemplatesTeach) {
    const Loaded loaded(stale);
    ASSERT_THAT(loaded.library.learns, SizeIs(1));
    EXPECT_EQ(loaded.library.learns[0].attribute, "prefix");
    EXPECT_EQ(loaded.library.learns[0].from.message, "binding-acknowledgement");
    EXPECT_EQ(loaded.library.learns[0].value, "home-network-prefix.prefix");
}

TEST(Loader, FillsTheLedger) {
    const Loaded loaded(stale);
    EXPECT_THAT(loaded.ledger.all(), SizeIs(3));
    EXPECT_EQ(loaded.ledger.find("PMIP6-LMA-113")->level, model::Level::base);
    EXPECT_EQ(loaded.library.ledger, &loaded.ledger);
}

TEST(Loader, AsksTheCallerForFilesThatSuitesUse) {
    Options options;
    std::vector<std::string> asked;
    options.tree = "ours";
    options.source = [&](std::string_view name) -> std::optional<std::string> {
        asked.emplace_back(name);
        if (name == "ours/templates/pmip6.xml")
            return templates;
        if (name == "mine/topologies.xml")
            return topologies;
        return std::nullopt;
    };
    std::vector<model::Mistake> mistakes;
    const auto library =
        load({{"mine/s.xml",
               R"(<suite name="s" spec="pmip6" sut="lma"><use templates="pmip6.xml" topology="one-mag"/>
      <case name="c"><send from="mag1" to="lma"><pbu/></send></case></suite>)"}},
             options, mistakes);
    EXPECT_THAT(lines(mistakes), IsEmpty());
    EXPECT_THAT(library.cases, SizeIs(1));
    EXPECT_THAT(asked, Contains("mine/pmip6.xml")); // beside the suite comes first
}

TEST(Loader, NamesMistakesOfUses) {
    std::vector<model::Mistake> mistakes;
    load({{"s.xml", "<suite name=\"s\" spec=\"pmip\" sut=\"lma\">\n<use templates=\"a.xml pmip7.xml\" "
                    "topology=\"one-mog\"/></suite>"},
          {"topologies.xml", topologies},
          {"pmip6.xml", templates}},
         {}, mistakes);
    EXPECT_THAT(lines(mistakes),
                ElementsAre("s.xml:1:23: there is no spec \"pmip\" (did you mean \"pmip6\"?)",
                            HasSubstr("s.xml:2:17: there are no templates \"a.xml\", neither beside this "
                                      "file nor in suites/templates"),
                            HasSubstr("s.xml:2:23: there are no templates \"pmip7.xml\""),
                            "s.xml:2:44: there is no topology \"one-mog\" (did you mean \"one-mag\"?)"));
}

TEST(Loader, NamesUnknownRootsAndProfiles) {
    std::vector<model::Mistake> mistakes;
    Options options;
    options.profile = "draft2";
    load({{"a.xml", "<suit/>"}}, options, mistakes);
    EXPECT_THAT(lines(mistakes),
                ElementsAre(": there is no profile \"draft2\" (did you mean \"draft02\"?)",
                            "a.xml:1:1: unknown root element \"suit\" (did you mean \"suite\"?)"));
}

TEST(Loader, EndsOnFilesThatAskForTooMuch) {
    // A template of many options, used many times in many variations.
    std::string many = "<templates><template name=\"big\" of=\"binding-update\">";
    for (int i = 0; i < 2000; ++i)
        many += "<pad1/>";
    many += "</template></templates>";
    std::string suite =
        R"(<suite name="s" spec="pmip6" sut="lma"><use templates="big.xml" topology="one-mag"/><case name="c">
      <vary name="a" over="0|1|2|3|4|5|6|7|8|9"/>)";
    for (int i = 0; i < 1000; ++i)
        suite += "<send from=\"mag1\" to=\"lma\"><big/></send>";
    std::vector<model::Mistake> mistakes;
    const auto library =
        load({{"s.xml", suite + "</case></suite>"}, {"big.xml", many}, {"topologies.xml", topologies}}, {},
             mistakes);
    ASSERT_THAT(mistakes, SizeIs(1));
    EXPECT_THAT(mistakes[0].sentence, HasSubstr("more than can be loaded"));
    EXPECT_THAT(library.cases, IsEmpty());
}

TEST(Lint, ChecksTemplatesAndTopologiesThatNoCaseUses) {
    const auto mistakes = lint({{"t.xml", R"(<templates>
  <template name="a" of="binding-updat"/>
  <template name="b" of="b"/>
  <template name="c" of="binding-update" sequens="1"/>
  <template name="d" of="binding-update" profile="draft2"/>
  <template name="timestamp" of="binding-update"/>
  <template name="e" of="binding-update"/><template name="e" of="binding-update"/>
  <learn attribute="x" from="c" key="mobile-node-identifier.nia" value="sequence"/>
  <tmplate/></templates>)"},
                                {"w.xml", R"(<topologies><topology name="t">
  <node name="n" role="lma"><port link="nowhere"/><access for="mn9"/></node></topology><topology name="t"/></topologies>)"}},
                               {});
    EXPECT_THAT(
        lines(mistakes),
        ElementsAre(
            HasSubstr("t.xml:2:26: template \"a\" is made of \"binding-updat\", which is neither a template "
                      "nor an element (did you mean \"binding-update\"?)"),
            HasSubstr("t.xml:3:26: template \"b\" derives from itself"),
            HasSubstr("t.xml:4:42: \"binding-update\" has no field \"sequens\" (did you mean \"sequence\"?)"),
            HasSubstr("t.xml:5:51: there is no profile \"draft2\""),
            HasSubstr("t.xml:6:19: \"timestamp\" is an element of the vocabulary"),
            HasSubstr("t.xml:7:43: a second template \"e\" for the same profile"),
            HasSubstr("t.xml:8:38: mobile-node-identifier has no \"nia\""),
            HasSubstr("t.xml:9:3: unknown element \"tmplate\" in templates (did you mean \"template\"?)"),
            HasSubstr("w.xml:2:3: n is on link \"nowhere\", which there is not"),
            HasSubstr("w.xml:2:51: n gives access to \"mn9\", which is no mobile node"),
            HasSubstr("w.xml:2:88: a second topology \"t\"")));
}
