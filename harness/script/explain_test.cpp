#include "harness/script/explain.h"
#include "harness/script/test_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace script {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

const std::vector<Text> files{
    {"pmip6.xml", test::templates}, {"topologies.xml", test::topologies}, {"s.xml", "<suite name=\"s\"/>"}};

TEST(Explain, ShowsATemplateWithAllThatItDerivesFrom) {
    EXPECT_EQ(explain(files, "de-registration").substr(0, 40), "template de-registration  pmip6.xml:12:3");
    EXPECT_THAT(explain(files, "de-registration"),
                AllOf(HasSubstr("A=\"1\" P=\"1\" H=\"~0\" sequence=\"~next\" lifetime=\"0\""),
                      HasSubstr("<mobile-node-identifier nai=\"~${self.nai}\"/>"),
                      HasSubstr("for= is told by mobile-node-identifier.nai"),
                      HasSubstr("a repetition may differ in sequence, timestamp")));
}

TEST(Explain, ShowsTheFormOfEachProfileOnce) {
    const std::string said = explain(files, "pbu");
    EXPECT_THAT(said, AllOf(HasSubstr("under draft02, nemo-pd"), HasSubstr("under rfc5213\n")));
    EXPECT_LT(said.find("under rfc5213"), said.find("handoff-indicator"));
    EXPECT_EQ(said.find("handoff-indicator"), said.rfind("<handoff-indicator") + 1);
}

TEST(Explain, ShowsWhoIsInATopology) {
    EXPECT_THAT(
        explain(files, "one-mag"),
        AllOf(HasSubstr("lma: lma, played by peer"),
              HasSubstr("mn1@example.net, 02:00:00:00:10:01, anchored at lma, prefix 2001:db8:200:1::/64, "
                        "policy mags=\"mag1\" service=\"on\""),
              HasSubstr("lma: mag1 sends barrier-pbu, and barrier-pba answers")));
}

TEST(Explain, KnowsNothingElse) {
    EXPECT_THAT(explain(files, "s"), IsEmpty());
    EXPECT_THAT(explain({{"broken.xml", "<templates><template name=\"x\" of=\"nothing\"/>"}}, "x"),
                IsEmpty());
    EXPECT_THAT(explainable(files), IsSupersetOf({"pbu", "de-registration", "one-mag"}));
}

} // namespace
} // namespace script
