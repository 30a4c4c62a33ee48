#include "harness/script/rules.h"
#include "harness/script/test_support.h"

#include <gmock/gmock.h>

using namespace script;
using namespace script::test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

namespace {

/// A rules file with that inside, from its second line on.
struct Rules {
    explicit Rules(const std::string& inside, Options options = {}) {
        library =
            load({{"r.xml", "<rules suite=\"pmip6\"><use templates=\"pmip6.xml\"/>\n" + inside + "</rules>"},
                  {"pmip6.xml", templates},
                  {"ledger.xml", requirements}},
                 options, mistakes);
    }
    std::vector<std::string> lines() const { return test::lines(mistakes); }
    model::Library library;
    std::vector<model::Mistake> mistakes;
};

std::vector<std::string> requirement_mistakes(const std::string& inside) {
    std::vector<model::Mistake> mistakes;
    load({{"q.xml", "<requirements suite=\"pmip6\">\n" + inside + "</requirements>"}}, {}, mistakes);
    return lines(mistakes);
}

} // namespace

TEST(Rules, SpeakOfPacketsAndForbidFaults) {
    const Rules rules(
        R"(<rule name="a" proves="PMIP6-LMA-106" sender="lma mag" receiver="mag"> <on><pba/></on>
        <never fault="misaligned wrong-length" in="home-network-prefix"/> </rule>)");
    EXPECT_THAT(rules.lines(), IsEmpty());
    ASSERT_THAT(rules.library.rules, SizeIs(1));
    const auto& rule = rules.library.rules[0];
    EXPECT_EQ(rule.on.message, "binding-acknowledgement");
    EXPECT_THAT(rule.faults, ElementsAre("misaligned", "wrong-length"));
    EXPECT_EQ(rule.in, "home-network-prefix");
    EXPECT_EQ(rule.sender, "lma mag");
    EXPECT_EQ(rule.suite, "pmip6");
    EXPECT_EQ(rule.proves[0].id, "PMIP6-LMA-106");
    EXPECT_EQ(model::text(rule.where), "r.xml:2:1");
}

TEST(Rules, DemandAndForbidPackets) {
    const Rules rules(
        R"(<rule name="a" proves="PMIP6-LMA-106"><on><pba status="0"/></on><must><pba lifetime="${this.lifetime}"/></must>
      <must-not><pba K="1"/></must-not></rule>)");
    EXPECT_THAT(rules.lines(), IsEmpty());
    EXPECT_TRUE(rules.library.rules.at(0).must && rules.library.rules.at(0).must_not);
}

TEST(Rules, DependOnTheProfile) {
    const std::string rule =
        R"(<rule name="a" proves="PMIP6-LMA-106" when="rfc5213"><on><pba/></on><never fault="trailing"/></rule>
      <rule name="b" proves="PMIP6-LMA-106" when="timestamp"><on><pba/></on><never fault="trailing"/></rule>)";
    EXPECT_THAT(Rules(rule).library.rules, SizeIs(1));
    EXPECT_EQ(Rules(rule).library.rules[0].when, "timestamp");
    Options options;
    options.profile = "rfc5213";
    EXPECT_THAT(Rules(rule, options).library.rules, SizeIs(2));
}

TEST(Rules, NameTheirMistakes) {
    EXPECT_THAT(Rules("<rle/>").lines(),
                ElementsAre("r.xml:2:1: unknown element \"rle\" in rules (did you mean \"rule\"?)"));
    EXPECT_THAT(
        Rules("<rule name=\"a\" proves=\"PMIP6-LMA-106\"/>").lines(),
        ElementsAre(HasSubstr("does not say which packets it speaks of"), HasSubstr("demands nothing")));
    EXPECT_THAT(Rules("<rule name=\"a\"><on><pba/></on><never fault=\"trailing\"/></rule>").lines(),
                ElementsAre(HasSubstr("\"rule\" needs an attribute \"proves\"")));
    EXPECT_THAT(
        Rules("<rule name=\"a\" proves=\"PMIP6-LMA-106\"><on><pba/></on><never fault=\"trailling\"/></rule>")
            .lines(),
        ElementsAre(HasSubstr("there is no fault \"trailling\" (did you mean \"trailing\"?)")));
    EXPECT_THAT(Rules("<rule name=\"a\" proves=\"PMIP6-LMA-106\"><on><pba/></on><never fault=\"trailing\" "
                      "in=\"timestmp\"/></rule>")
                    .lines(),
                ElementsAre(HasSubstr("unknown element \"timestmp\" (did you mean \"timestamp\"?)")));
    EXPECT_THAT(
        Rules("<rule name=\"a\" proves=\"PMIP6-LMA-106\"><on/><mst/><never fault=\"trailing\"/></rule>")
            .lines(),
        ElementsAre(HasSubstr("\"on\" needs a packet inside"),
                    HasSubstr("unknown element \"mst\" in a rule (did you mean \"must\"?)")));
    EXPECT_THAT(Rules("<rule name=\"a\" proves=\"PMIP6-LMA-106\"><on><pba "
                      "sequence=\"${x.sequence}\"/></on><never fault=\"trailing\"/></rule>")
                    .lines(),
                ElementsAre(HasSubstr("\"x.sequence\" means nothing in a rule")));
    const std::string rule =
        "<rule name=\"a\" proves=\"PMIP6-LMA-106\"><on><pba/></on><never fault=\"trailing\"/></rule>";
    EXPECT_THAT(Rules(rule + "\n" + rule).lines(), ElementsAre("r.xml:3:1: a second rule \"a\""));
}

TEST(Requirements, HaveLevelsAndReasons) {
    model::Ledger ledger;
    Options options;
    options.ledger = &ledger;
    std::vector<model::Mistake> mistakes;
    load(
        {{"q.xml",
          R"(<requirements suite="nemo"><requirement id="N-1" level="SHOULD NOT" role="HA" section="A§1" how="untestable" untestable="because"
      project-choice="1"><text>One
      two.</text><stimulus>s</stimulus><observable>o</observable></requirement></requirements>)"}},
        options, mistakes);
    EXPECT_THAT(lines(mistakes), IsEmpty());
    const auto* one = ledger.find("N-1");
    ASSERT_NE(one, nullptr);
    EXPECT_EQ(one->level, model::Level::should_not);
    EXPECT_EQ(one->text, "One two.");
    EXPECT_EQ(one->stimulus, "s");
    EXPECT_EQ(one->observable, "o");
    EXPECT_EQ(one->untestable, "because");
    EXPECT_EQ(one->suite, "nemo");
    EXPECT_EQ(one->section, "A§1 (a choice of this project)");
    EXPECT_TRUE(one->project_choice);
}

TEST(Requirements, NameTheirMistakes) {
    const std::string rest = " role=\"LMA\" section=\"1\" how=\"passive\"";
    EXPECT_THAT(requirement_mistakes("<requirement id=\"A-1\" level=\"MUSST\"" + rest +
                                     "><text>t</text></requirement>"),
                ElementsAre("q.xml:2:30: there is no level \"MUSST\" (did you mean \"MUST\"?)"));
    EXPECT_THAT(requirement_mistakes("<requirement id=\"A-1\" level=\"MUST\"" + rest + "/>"),
                ElementsAre(HasSubstr("requirement \"A-1\" has no text")));
    EXPECT_THAT(
        requirement_mistakes("<requirement id=\"A-1\" level=\"MUST\"" + rest + "><txt/></requirement>"),
        Contains(HasSubstr("unknown element \"txt\" in a requirement (did you mean \"text\"?)")));
    const std::string one = "<requirement id=\"A-1\" level=\"MUST\"" + rest + "><text>t</text></requirement>";
    EXPECT_THAT(requirement_mistakes(one + "\n" + one),
                ElementsAre("q.xml:3:18: a second requirement \"A-1\""));
    EXPECT_THAT(requirement_mistakes("<requirment/>"),
                ElementsAre(HasSubstr(
                    "unknown element \"requirment\" in requirements (did you mean \"requirement\"?)")));
}

TEST(Rules, NeedNoSettingsOfNodes) {
    std::vector<std::string> asked;
    Options options;
    options.source = [&](std::string_view name) -> std::optional<std::string> {
        asked.emplace_back(name);
        return std::nullopt;
    };
    std::vector<model::Mistake> mistakes;
    load({{"r.xml", R"(<rules suite="pmip6"/>)"}, {"ledger.xml", requirements}}, options, mistakes);
    EXPECT_THAT(asked, Not(Contains("suites/settings.xml")));
    load({{"t.xml", topologies}}, options, mistakes);
    EXPECT_THAT(asked, Contains("suites/settings.xml"));
}
