#include "harness/script/packet.h"
#include "harness/script/test_support.h"
#include "harness/script/value.h"

#include <gmock/gmock.h>

using namespace script;
using namespace script::test;
using model::Value;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

Loaded sending(const std::string& packet, Options options = {}) {
    return with_steps("<send from=\"mag1\" to=\"lma\">" + packet + "</send>", std::move(options));
}

model::PacketSpec sent(const std::string& packet, Options options = {}) {
    const auto loaded = sending(packet, std::move(options));
    EXPECT_THAT(loaded.lines(), IsEmpty()) << packet;
    return std::get<model::Send>(loaded.only().body.at(0).what).packet;
}

Loaded expecting(const std::string& packet) {
    return with_steps("<expect from=\"lma\" within=\"1s\">" + packet + "</expect>");
}

model::Expect expected(const std::string& packet) {
    const auto loaded = expecting(packet);
    EXPECT_THAT(loaded.lines(), IsEmpty()) << packet;
    return std::get<model::Expect>(loaded.only().body.at(0).what);
}

std::vector<std::string> kinds(const std::vector<model::ElementSpec>& elements) {
    std::vector<std::string> all;
    for (const auto& element : elements)
        all.push_back(element.kind);
    return all;
}

} // namespace

TEST(Packets, TemplatesGiveFieldsOptionsAndKeys) {
    const auto packet = sent("<pbu/>");
    EXPECT_EQ(packet.template_name, "pbu");
    EXPECT_EQ(packet.message, "binding-update");
    EXPECT_EQ(packet.about_field, "mobile-node-identifier.nai");
    EXPECT_THAT(packet.repeats, ElementsAre("sequence", "timestamp"));
    const auto& layer = packet.layers.at(0);
    EXPECT_TRUE(field(layer, "H").value.typical);
    EXPECT_FALSE(field(layer, "A").value.typical);
    EXPECT_EQ(field(layer, "sequence").value.text, "next");
    EXPECT_EQ(field(child(layer, "mobile-node-identifier"), "nai").value.text, "mn1.nai");
    EXPECT_THAT(kinds(layer.children),
                ElementsAre("mobile-node-identifier", "home-network-prefix", "timestamp"));
}

TEST(Packets, AUseOverridesFieldsAndReplacesOptions) {
    const auto packet = sent(R"(<pbu A="0" lifetime="8"><timestamp value="5"/><pad1/></pbu>)");
    const auto& layer = packet.layers.at(0);
    EXPECT_EQ(field(layer, "A").value.text, "0");
    EXPECT_EQ(field(layer, "P").value.text, "1");
    EXPECT_FALSE(field(layer, "lifetime").value.typical);
    EXPECT_THAT(kinds(layer.children),
                ElementsAre("mobile-node-identifier", "home-network-prefix", "timestamp", "pad1"));
    EXPECT_EQ(field(layer.children[2], "value").value.text, "5");
}

TEST(Packets, TheSecondWrittenOfAKindIsANewOption) {
    const auto packet = sent(
        R"(<pbu><home-network-prefix prefix="2001:db8::/64"/><home-network-prefix prefix="2001:db8:1::/64"/></pbu>)");
    EXPECT_THAT(kinds(packet.layers[0].children), ElementsAre("mobile-node-identifier", "home-network-prefix",
                                                              "timestamp", "home-network-prefix"));
}

TEST(Packets, WithoutRemovesAnOption) {
    EXPECT_THAT(kinds(sent(R"(<pbu><without option="timestamp"/></pbu>)").layers[0].children),
                ElementsAre("mobile-node-identifier", "home-network-prefix"));
    EXPECT_THAT(sending(R"(<pbu><without option="pad1"/></pbu>)").lines(),
                ElementsAre(HasSubstr("there is no \"pad1\" to leave out")));
}

TEST(Packets, AnAbsentOptionIsNotSentAndIsForbiddenInWhatIsExpected) {
    EXPECT_THAT(kinds(sent(R"(<pbu><timestamp absent="1"/></pbu>)").layers[0].children),
                ElementsAre("mobile-node-identifier", "home-network-prefix"));
    EXPECT_TRUE(
        child(expected(R"(<pba><timestamp absent="1"/></pba>)").packet.layers[0], "timestamp").absent);
}

TEST(Packets, DerivedTemplatesChangeTheirBase) {
    const auto packet = sent("<de-registration/>");
    EXPECT_EQ(field(packet.layers[0], "lifetime").value.text, "0");
    EXPECT_EQ(packet.about_field, "mobile-node-identifier.nai");
    EXPECT_EQ(packet.template_name, "de-registration");
}

TEST(Packets, TemplatesHaveAFormPerProfile) {
    Options options;
    options.profile = "rfc5213";
    EXPECT_THAT(kinds(sent("<pbu/>", options).layers[0].children), Contains("handoff-indicator"));
    EXPECT_THAT(kinds(sent("<de-registration/>", options).layers[0].children), Contains("handoff-indicator"));
    EXPECT_THAT(kinds(sent("<pbu/>").layers[0].children), testing::Not(Contains("handoff-indicator")));
}

TEST(Packets, ForNamesTheNodeAndInsistsOnIt) {
    const auto packet = sent(R"(<pbu for="mn2"/>)");
    const auto nai = field(child(packet.layers[0], "mobile-node-identifier"), "nai").value;
    EXPECT_EQ(nai.text, "mn2.nai");
    EXPECT_FALSE(nai.typical);
    EXPECT_EQ(expected(R"(<pba for="mn2"/>)").about, "mn2");
    const auto loaded = with_steps(R"(<expect from="lma" within="1s" for="mn2"><pba/></expect>)");
    const auto& expect = std::get<model::Expect>(loaded.only().body[0].what);
    EXPECT_EQ(expect.about, "mn2");
    EXPECT_EQ(field(child(expect.packet.layers[0], "mobile-node-identifier"), "nai").value.text, "mn2.nai");
    EXPECT_THAT(
        sending(R"(<pbu for="mn3"/>)").lines(),
        ElementsAre(HasSubstr("s.xml:3:38: there is no mobile node \"mn3\" (did you mean \"mn1\"?)")));
    EXPECT_THAT(sending(R"(<binding-update for="mn1"/>)").lines(),
                ElementsAre(HasSubstr("\"for\" belongs to templates")));
}

TEST(Packets, HeadersAreWrittenInTheOrderOfTheChain) {
    const auto packet = sent(
        R"(<ipv6 hop-limit="1"/><destination-options><home-address-option address="2001:db8::5"/></destination-options><pbu/>)");
    EXPECT_THAT(kinds(packet.layers), ElementsAre("ipv6", "destination-options", "binding-update"));
    EXPECT_EQ(packet.message, "binding-update");
    EXPECT_EQ(packet.template_name, "pbu");
}

TEST(Packets, ATemplateMayBeAWholePacket) {
    const auto packet = sent(R"(<tunnelled identifier="9"/>)");
    EXPECT_THAT(kinds(packet.layers), ElementsAre("ipv6", "ipv6", "echo-request"));
    EXPECT_EQ(field(packet.layers[2], "identifier").value.text, "9");
    EXPECT_EQ(field(packet.layers[2], "sequence").value.text, "7");
}

TEST(Packets, AnyStandsForEveryMessage) {
    EXPECT_EQ(expected("<any/>").packet.message, "any");
}

TEST(Packets, APrefixBringsItsLength) {
    const auto written =
        child(sent(R"(<pbu><home-network-prefix prefix="2001:db8:7::/60"/></pbu>)").layers[0],
              "home-network-prefix");
    EXPECT_EQ(field(written, "prefix").value.text, "2001:db8:7::");
    EXPECT_EQ(field(written, "prefix-length").value.text, "60");
    const auto typical = child(sent("<pbu/>").layers[0], "home-network-prefix");
    EXPECT_TRUE(field(typical, "prefix-length").value.typical);
    const auto own = child(
        sent(R"(<pbu><home-network-prefix prefix="2001:db8:7::/60" prefix-length="61"/></pbu>)").layers[0],
        "home-network-prefix");
    EXPECT_EQ(field(own, "prefix-length").value.text, "61");
}

TEST(Packets, ZerosAreWrittenOut) {
    EXPECT_EQ(field(sent(R"(<echo-request data="zeros 3"/>)").layers[0], "data").value.text, "000000");
    EXPECT_EQ(field(sent(R"(<echo-request data=""/>)").layers[0], "data").value.text, "");
}

TEST(Packets, LiesBeforeTheChecksumAreFieldsThoseBehindItAreEdits) {
    const auto packet = sent(R"(<pbu reserved="1" header-length="3" padding="explicit"/>
      <replace in="binding-update" at="3" octets="ff"/><xor at="0" octets="0102"/><truncate in="ipv6" at="10"/><append octets="00"/>)");
    EXPECT_EQ(field(packet.layers[0], "header-length").value.text, "3");
    EXPECT_TRUE(packet.layers[0].explicit_padding);
    ASSERT_THAT(packet.edits, SizeIs(4));
    EXPECT_EQ(packet.edits[0].kind, model::Edit::Kind::replace);
    EXPECT_EQ(packet.edits[0].layer, "binding-update");
    EXPECT_EQ(packet.edits[0].at, 3u);
    EXPECT_EQ(packet.edits[0].octets, base::Bytes{0xff});
    EXPECT_EQ(packet.edits[1].kind, model::Edit::Kind::exclusive_or);
    EXPECT_EQ(packet.edits[2].kind, model::Edit::Kind::truncate);
    EXPECT_EQ(packet.edits[2].at, 10u);
    EXPECT_EQ(packet.edits[3].kind, model::Edit::Kind::append);
}

TEST(Packets, NamesMistakesOfEdits) {
    EXPECT_THAT(sending("<pbu/><replace at=\"x\" octets=\"ff\"/>").lines(),
                ElementsAre(HasSubstr("\"x\" is no number for at")));
    EXPECT_THAT(sending("<pbu/><replace at=\"1\" octets=\"f\"/>").lines(),
                ElementsAre(HasSubstr("\"f\" is no hexadecimal octets")));
    EXPECT_THAT(sending("<pbu/><append/>").lines(),
                Contains(HasSubstr("\"append\" needs an attribute \"octets\"")));
    EXPECT_THAT(sending("<pbu/><truncate in=\"nowhere\" at=\"1\"/>").lines(),
                ElementsAre(HasSubstr("unknown layer \"nowhere\"")));
    EXPECT_THAT(sending("<append octets=\"00\"/><pbu/>").lines(), ElementsAre(HasSubstr("edits come last")));
    EXPECT_THAT(expecting("<pba/><append octets=\"00\"/>").lines(),
                ElementsAre(HasSubstr("nothing is sent here")));
}

TEST(Packets, WordsOnElementsSayHowToCompare) {
    const auto element =
        expected(
            R"(<pba exactly="1" ordered="1" only="timestamp pad1" status.proves="PMIP6-LMA-106" status="0">
      <timestamp value="*" proves="PMIP6-LMA-113"/></pba>)")
            .packet.layers[0];
    EXPECT_TRUE(element.exactly);
    EXPECT_TRUE(element.ordered);
    EXPECT_THAT(element.only, ElementsAre("timestamp", "pad1"));
    ASSERT_THAT(field(element, "status").proves, SizeIs(1));
    EXPECT_EQ(field(element, "status").proves[0].id, "PMIP6-LMA-106");
    EXPECT_EQ(child(element, "timestamp").proves[0].id, "PMIP6-LMA-113");
}

TEST(Packets, PartsMayDependOnTheProfile) {
    const auto packet = sent(
        R"(<pbu lifetime="4" lifetime.when="rfc5213" K="1" K.when="ipsec"><pad1 when="rfc5213"/><padn when="not rfc5213" data="00"/></pbu>)");
    EXPECT_FALSE(has_field(packet.layers[0], "lifetime"));
    EXPECT_EQ(field(packet.layers[0], "K").when, "ipsec");
    EXPECT_THAT(kinds(packet.layers[0].children),
                ElementsAre("mobile-node-identifier", "home-network-prefix", "timestamp", "padn"));
}

TEST(Packets, NamesMistakesOfElements) {
    EXPECT_THAT(sending("<pbuu/>").lines(),
                ElementsAre("s.xml:3:28: unknown element \"pbuu\" (did you mean \"pbu\"?)"));
    EXPECT_THAT(
        sending("<pbu sequense=\"1\"/>").lines(),
        ElementsAre("s.xml:3:33: \"binding-update\" has no field \"sequense\" (did you mean \"sequence\"?)"));
    EXPECT_THAT(sending("<pbu><timestmp/></pbu>").lines(),
                ElementsAre("s.xml:3:33: unknown element \"timestmp\" (did you mean \"timestamp\"?)"));
    EXPECT_THAT(sending("<pbu><ia-pd/></pbu>").lines(),
                ElementsAre("s.xml:3:33: \"binding-update\" holds no \"ia-pd\""));
    EXPECT_THAT(sending("<timestamp/>").lines(),
                ElementsAre(HasSubstr("\"timestamp\" is an option and stands inside a message")));
    EXPECT_THAT(sending("<pbu exactly=\"yes\"/>").lines(),
                ElementsAre(HasSubstr("exactly is 1 or 0, not \"yes\"")));
    EXPECT_THAT(sending("<pbu padding=\"none\"/>").lines(),
                ElementsAre(HasSubstr("padding is one of explicit, not \"none\"")));
    EXPECT_THAT(sending("<pbu only=\"timestmp\"/>").lines(),
                ElementsAre(HasSubstr("unknown element \"timestmp\" in \"only\"")));
    EXPECT_THAT(sending("<pbu L.proves=\"PMIP6-LMA-106\"/>").lines(),
                ElementsAre(HasSubstr("L.proves\" speaks of a field that is not written here")));
    EXPECT_THAT(sending("<pbu A.prove=\"PMIP6-LMA-106\"/>").lines(),
                ElementsAre(HasSubstr("ends neither in .proves nor in .when")));
    EXPECT_THAT(sending("<pbu lifetime=\"70000\"/>").lines(),
                ElementsAre("s.xml:3:43: lifetime of binding-update has 16 bits: 70000 does not fit"));
    EXPECT_THAT(sending("<pbu lifetime=\"1 ± 2 3\"/>").lines(), Contains(HasSubstr("s.xml:3:47")));
}

TEST(Packets, WhatIsSentHasOneValue) {
    EXPECT_THAT(sending("<pbu lifetime=\"1..5\"/>").lines(),
                ElementsAre(HasSubstr("lifetime of binding-update says what is accepted, \"1..5\"")));
    EXPECT_THAT(sending("<pbu sequence=\"not 0\"/>").lines(), SizeIs(1));
    EXPECT_THAT(sending("<pbu sequence=\"${mn1.address} + 1\"/>").lines(), IsEmpty());
}

TEST(Packets, NoFieldBearsANameThatMeansSomethingElseOnElementsOrTemplates) {
    for (const auto& kind : wire::vocabulary())
        for (const char* word : {"absent", "exactly", "only", "ordered", "padding", "when", "proves", "for",
                                 "name", "of", "profile", "about", "answers", "keys", "repeats"})
            EXPECT_EQ(kind.field(word), nullptr) << kind.name << ' ' << word;
}
