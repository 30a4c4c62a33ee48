#include "harness/script/sut.h"
#include "harness/script/test_support.h"

#include <gmock/gmock.h>

using namespace script;
using namespace std::chrono_literals;
using By = model::Readiness::By;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

model::Sut profile(const std::string& text) {
    std::vector<model::Mistake> mistakes;
    auto sut = load_sut({"p.xml", text}, mistakes);
    EXPECT_THAT(test::lines(mistakes), IsEmpty()) << text;
    return sut;
}

std::vector<std::string> wrong(const std::string& inside) {
    std::vector<model::Mistake> mistakes;
    load_sut({"p.xml", "<sut name=\"n\" role=\"lma\">\n" + inside + "</sut>"}, mistakes);
    return test::lines(mistakes);
}

std::vector<std::string> wrong_start(const std::string& attributes) {
    return wrong("<start command=\"d\" " + attributes + "/>");
}

model::Readiness ready(const std::string& words) {
    return profile("<sut name=\"n\" role=\"lma\"><start command=\"d\" ready=\"" + words + "\"/></sut>").ready;
}

const std::string start = "<start command=\"d\"/>\n";

} // namespace

TEST(SutProfile, SaysWhoItIsAndHowItIsStarted) {
    const auto sut = profile(R"(<sut name="acme-lma" role="lma" profile="rfc5213">
  <claims features="timestamp link-local-address" lacks="ipsec dhcp"/>
  <start command="lmad --config {config} --foreground" in="guest" ready="log:listening" boot="7s" memory="512M"
         stop="SIGINT 3s SIGKILL" configures-itself="1" skewed-clock="0"/>
  <environment LEVEL="debug"/>
  <config file="lmad.conf" template="lmad.conf.mustache"/>
  <hook on="restart" command="lmactl restart" within="2s"/>
  <limits rate="200/s" flood="5000/s" quiet="100ms" parallel="4" output="1M"/>
  <codepoints ho-request-type="100"/>
</sut>)");
    EXPECT_EQ(sut.name, "acme-lma");
    EXPECT_EQ(sut.role, "lma");
    EXPECT_EQ(sut.profile, "rfc5213");
    EXPECT_THAT(sut.features, ElementsAre("timestamp", "link-local-address"));
    EXPECT_THAT(sut.lacks, ElementsAre("ipsec", "dhcp"));
    EXPECT_EQ(sut.command, "lmad --config {config} --foreground");
    EXPECT_EQ(sut.in, "guest");
    EXPECT_EQ(sut.ready.by, By::log);
    EXPECT_EQ(sut.ready.text, "listening");
    EXPECT_EQ(sut.ready.boot, 7s);
    EXPECT_EQ(sut.memory, 512u * 1024 * 1024);
    EXPECT_EQ(sut.stop_signal, "SIGINT");
    EXPECT_EQ(sut.stop_patience, 3s);
    EXPECT_TRUE(sut.configures_itself);
    EXPECT_FALSE(sut.skewed_clock);
    EXPECT_EQ(sut.environment.at("LEVEL"), "debug");
    ASSERT_THAT(sut.files, SizeIs(1));
    EXPECT_EQ(sut.files[0].template_file, "lmad.conf.mustache");
    ASSERT_NE(sut.hook("restart"), nullptr);
    EXPECT_EQ(sut.hook("restart")->within, 2s);
    EXPECT_DOUBLE_EQ(sut.rate, 200);
    EXPECT_EQ(sut.flood, 5000u);
    EXPECT_EQ(sut.quiet, 100ms);
    EXPECT_EQ(sut.parallel, 4u);
    EXPECT_EQ(sut.output, 1024u * 1024);
    EXPECT_EQ(sut.codepoints.at("ho-request-type"), "100");
}

TEST(SutProfile, OrWhereItIs) {
    const auto sut =
        profile(R"(<sut name="box" role="ha"><at interface="eth1" address="2001:db8:1::1"/></sut>)");
    ASSERT_THAT(sut.box.ports, SizeIs(1));
    EXPECT_EQ(sut.box.ports[0].interface, "eth1");
    EXPECT_EQ(base::text(sut.box.ports[0].address), "2001:db8:1::1/64");
    EXPECT_EQ(sut.ready.by, By::probe);
}

TEST(SutProfile, SaysWhereEachPortOfABoxIsAndWhatItKnows) {
    const auto sut = profile(R"(<sut name="box" role="lma">
<at interface="eth1" address="2001:db8:1::1/48" port="core" link-address="02:00:00:00:09:09"
    nodes="2001:db8:7::/64" gateway="2001:db8:7::fe"><node name="mag1" address="2001:db8:7::11"/></at>
<at interface="eth2" address="2001:db8:c::fe" port="outside"/>
<set pool="2001:db8:4100::/48" delay="2s"/>
<mobile-nodes nai="n{n}-{name}@box.example" from="5" to="9" prefixes="2001:db8:5000::/36" names="mn* fixed1"/>
</sut>)");
    ASSERT_THAT(sut.box.ports, SizeIs(2));
    const auto& core = sut.box.ports[0];
    EXPECT_EQ(base::text(core.address), "2001:db8:1::1/48");
    EXPECT_EQ(base::text(core.mac.value()), "02:00:00:00:09:09");
    EXPECT_EQ(base::text(core.nodes.value()), "2001:db8:7::/64");
    EXPECT_EQ(base::text(core.gateway.value()), "2001:db8:7::fe");
    EXPECT_EQ(base::text(core.own.at("mag1")), "2001:db8:7::11");
    EXPECT_EQ(sut.box.ports[1].port, "outside");
    EXPECT_EQ(sut.box.settings.at("delay"), "2s");
    EXPECT_EQ(sut.box.nai, "n{n}-{name}@box.example");
    EXPECT_EQ(sut.box.first, 5u);
    EXPECT_EQ(sut.box.last, 9u);
    EXPECT_EQ(base::text(sut.box.prefixes.value()), "2001:db8:5000::/36");
    EXPECT_THAT(sut.box.names, ElementsAre("mn*", "fixed1"));
}

TEST(SutProfile, NamesWhatCannotBeSaidOfABox) {
    const std::string at = R"(<at interface="eth1" address="2001:db8:1::1")";
    EXPECT_THAT(wrong(at + "/><at interface=\"eth1\" address=\"2001:db8:2::1\"/>"),
                ElementsAre(HasSubstr("a box with several ports says which is which"),
                            HasSubstr("a second port at interface \"eth1\"")));
    EXPECT_THAT(wrong(at + " gateway=\"2001:db8:7::fe\"/>"),
                ElementsAre(HasSubstr("behind a gateway the other nodes have a prefix of their own")));
    EXPECT_THAT(wrong(at + " nodes=\"2001:db8:7::/65\"/>"),
                ElementsAre(HasSubstr("\"2001:db8:7::/65\" is no prefix of at most 64 bits")));
    EXPECT_THAT(wrong(at + "/><mobile-nodes nai=\"mn@box\" from=\"3\" to=\"2\"/>"),
                ElementsAre(HasSubstr("there is no number from 3 to 2"), HasSubstr("without {name}"),
                            HasSubstr("without {n}")));
    EXPECT_THAT(wrong(at + "/><hook on=\"restart\" command=\"a\"/>"),
                ElementsAre(HasSubstr("\"hook\" is about what is started here")));
    EXPECT_THAT(wrong(start + "<set delay=\"2s\"/>"), ElementsAre(HasSubstr("\"set\" is about a box")));
}

TEST(SutProfile, KnowsWhenItIsReady) {
    EXPECT_EQ(ready("probe").by, By::probe);
    EXPECT_EQ(ready("started").by, By::started);
    EXPECT_EQ(ready("port:547").by, By::port);
    EXPECT_EQ(ready("port:547").protocol, "udp");
    EXPECT_EQ(ready("port:tcp/80").protocol, "tcp");
    EXPECT_EQ(ready("port:raw/135").port, 135);
    for (const char* bad : {"soon", "log:", "port:", "port:0", "port:65536", "port:sctp/1"})
        EXPECT_THAT(wrong_start("ready=\"" + std::string(bad) + "\""),
                    ElementsAre(HasSubstr("says not when it is ready")))
            << bad;
}

TEST(SutProfile, TellsAllMistakesAtOnceWithLineAndColumn) {
    EXPECT_THAT(
        wrong(R"(<clams features="x"/>
<start comand="d" memory="much" stop="SIGTREM 2s SIGKILL"/>
<limits rate="200" parallel="0"/>
<codepoints ho-request-type="300"/>
<config file="../x" template="t"/>)"),
        ElementsAre("p.xml:2:1: unknown element \"clams\" in a SUT profile (did you mean \"claims\"?)",
                    "p.xml:3:1: \"start\" needs an attribute \"command\"",
                    "p.xml:3:8: \"start\" has no attribute \"comand\" (did you mean \"command\"?)",
                    "p.xml:3:27: \"much\" is no size for memory: 512M",
                    "p.xml:3:39: \"SIGTREM\" is neither a signal nor a time (did you mean \"SIGTERM\"?)",
                    "p.xml:4:15: \"200\" is no rate for rate: 200/s",
                    "p.xml:4:30: parallel is 1 to 50, not 0",
                    "p.xml:5:30: ho-request-type is a number up to 255, not 300",
                    "p.xml:6:15: \"../x\" leads out of the directory of the case"));
}

TEST(SutProfile, NamesMistakesOfItsHead) {
    std::vector<model::Mistake> mistakes;
    load_sut({"p.xml", R"(<sut role="lmaa" profile="rfc5231"><start command="d"/></sut>)"}, mistakes);
    EXPECT_THAT(test::lines(mistakes),
                ElementsAre("p.xml:1:1: \"sut\" needs an attribute \"name\"",
                            "p.xml:1:12: there is no role \"lmaa\" (did you mean \"lma\"?)",
                            "p.xml:1:27: there is no profile \"rfc5231\" (did you mean \"rfc5213\"?)"));
    mistakes.clear();
    load_sut({"p.xml", "<suite/>"}, mistakes);
    EXPECT_THAT(test::lines(mistakes), ElementsAre("p.xml:1:1: a SUT profile is a <sut>, not \"suite\""));
}

TEST(SutProfile, NamesWhatContradictsItself) {
    EXPECT_THAT(wrong(""),
                ElementsAre("p.xml:1:1: nothing says how to start it (<start>) or where it is (<at>)"));
    EXPECT_THAT(wrong(start + "<at interface=\"eth1\" address=\"2001:db8::1\"/>"),
                ElementsAre(HasSubstr("either started (<start>) or already there (<at>)")));
    EXPECT_THAT(wrong("<start command=\"d {config}\"/>"),
                ElementsAre("p.xml:2:1: the command names {config}, and there is no <config>"));
    EXPECT_THAT(wrong(start + start), ElementsAre("p.xml:3:1: a second \"start\" in one profile"));
    EXPECT_THAT(wrong(start + "<claims features=\"a\" lacks=\"a\"/>"),
                ElementsAre("p.xml:3:29: \"a\" is both claimed and lacking"));
    EXPECT_THAT(wrong(start + "<config file=\"a\" template=\"t\"/><config file=\"a\" template=\"t\"/>"),
                ElementsAre(HasSubstr("a second config \"a\"")));
    EXPECT_THAT(wrong(start + "<hook on=\"stop\" command=\"a\"/><hook on=\"stop\" command=\"b\"/>"),
                ElementsAre(HasSubstr("a second hook on \"stop\"")));
    EXPECT_THAT(wrong(start + "<hook on=\"restrat\" command=\"a\"/>"),
                ElementsAre(HasSubstr("no suite tells of \"restrat\" (did you mean \"restart\"?)")));
    EXPECT_THAT(wrong("<at interface=\"a/b\" address=\"here\"/>"),
                ElementsAre(HasSubstr("\"a/b\" is no name of an interface"),
                            HasSubstr("\"here\" is no global IPv6 address")));
    EXPECT_THAT(wrong_start("stop=\"2s SIGKILL\""), ElementsAre(HasSubstr("is no way to stop it")));
    EXPECT_THAT(wrong_start("in=\"cage\""),
                ElementsAre(HasSubstr("in is one of namespace, guest, not \"cage\"")));
    EXPECT_THAT(wrong_start("boot=\"5\""), ElementsAre(HasSubstr("\"5\" is no time for boot")));
}

TEST(SutProfile, ANewOneLoadsAsItStands) {
    for (const auto& role : sut_roles()) {
        const auto sut = profile(new_profile(role));
        EXPECT_EQ(sut.role, role);
        EXPECT_FALSE(sut.command.empty());
    }
    EXPECT_EQ(new_profile("nobody"), "");
}

TEST(Baseline, HoldsExpectations) {
    std::vector<model::Mistake> mistakes;
    const std::string text = R"(<baseline sut="acme">
<expect case="pmip6/a/b[x=1]" requirement="R-1" verdict="fail" message="late" reason="known since 1.4" owner="ann" expires="2027-01-31" flaky="1"/>
<expect case="pmip6/*" verdict="not-claimed" reason="no DHCP"/></baseline>)";
    const auto baseline = load_baseline({"b.xml", text}, {{"R-1"}, {"pmip6/a/b[x=1]"}}, mistakes);
    EXPECT_THAT(test::lines(mistakes), IsEmpty());
    EXPECT_EQ(baseline.sut, "acme");
    ASSERT_THAT(baseline.expectations, SizeIs(2));
    EXPECT_EQ(baseline.expectations[0].verdict, model::Verdict::fail);
    EXPECT_EQ(baseline.expectations[0].message, "late");
    EXPECT_EQ(baseline.expectations[0].reason, "known since 1.4");
    EXPECT_EQ(baseline.expectations[0].owner, "ann");
    EXPECT_EQ(baseline.expectations[0].expires, "2027-01-31");
    EXPECT_TRUE(baseline.expectations[0].flaky);
    EXPECT_FALSE(baseline.expectations[1].flaky);
    EXPECT_EQ(baseline.expectations[1].verdict, model::Verdict::not_claimed);
    EXPECT_EQ(model::text(baseline.expectations[1].where), "b.xml:3:1");
}

TEST(Baseline, WhatIsWrittenIsReadAgain) {
    model::Baseline written;
    written.sut = "a & b";
    written.expectations.push_back({"s/c[x=\"1\"]",
                                    "R-1",
                                    model::Verdict::deviation,
                                    "1 < 2",
                                    "because & so",
                                    "ann",
                                    "2027-01-31",
                                    "1.2..1.4",
                                    true,
                                    {}});
    std::vector<model::Mistake> mistakes;
    const auto read = load_baseline({"b.xml", script::text(written)}, {}, mistakes);
    EXPECT_THAT(test::lines(mistakes), IsEmpty());
    EXPECT_EQ(read.sut, written.sut);
    ASSERT_THAT(read.expectations, SizeIs(1));
    EXPECT_EQ(read.expectations[0].case_id, "s/c[x=\"1\"]");
    EXPECT_EQ(read.expectations[0].message, "1 < 2");
    EXPECT_EQ(read.expectations[0].reason, "because & so");
    EXPECT_EQ(read.expectations[0].owner, "ann");
    EXPECT_EQ(read.expectations[0].expires, "2027-01-31");
    EXPECT_EQ(read.expectations[0].versions, "1.2..1.4");
    EXPECT_TRUE(read.expectations[0].flaky);
}

TEST(Baseline, NamesItsMistakes) {
    std::vector<model::Mistake> mistakes;
    load_baseline({"b.xml", R"(<baseline>
<expect case="pmip6/a/c" verdict="fail" reason="r"/>
<expect case="pmip6/a/b" requirement="R-3" verdict="failed" reason="r"/>
<expect case="pmip6/a/b" requirement="R-1" verdict="pass" reason="r"/><expect case="pmip6/a/b" requirement="R-1" verdict="fail" reason="r"/>
<expct/></baseline>)"},
                  {{"R-1"}, {"pmip6/a/b"}}, mistakes);
    EXPECT_THAT(test::lines(mistakes),
                ElementsAre("b.xml:2:15: there is no case \"pmip6/a/c\" (did you mean \"pmip6/a/b\"?)",
                            HasSubstr("b.xml:3:39: there is no requirement \"R-3\""),
                            "b.xml:3:53: there is no verdict \"failed\" (did you mean \"fail\"?)",
                            "b.xml:4:71: the same is expected a second time",
                            "b.xml:5:1: unknown element \"expct\" in a baseline (did you mean \"expect\"?)"));
}

TEST(Baseline, WantsAReasonAndARealDate) {
    std::vector<model::Mistake> mistakes;
    load_baseline({"b.xml", R"(<baseline>
<expect case="a" verdict="fail"/>
<expect case="b" verdict="fail" reason="r" expires="2027-02-29"/>
<expect case="c" verdict="fail" reason="r" expires="soon" flaky="yes"/></baseline>)"},
                  {}, mistakes);
    EXPECT_THAT(test::lines(mistakes), ElementsAre("b.xml:2:1: \"expect\" needs an attribute \"reason\"",
                                                   "b.xml:3:53: \"2027-02-29\" is no date such as 2027-01-31",
                                                   "b.xml:4:53: \"soon\" is no date such as 2027-01-31",
                                                   "b.xml:4:66: flaky is 1 or 0"));
}
