#include "harness/model/scenario.h"
#include "harness/model/verdict.h"

#include <gtest/gtest.h>

namespace model {
namespace {

TEST(Verdicts, TheGravestFindingDecides) {
    std::vector<Finding> findings(4);
    findings[0].verdict = Verdict::pass;
    findings[1].verdict = Verdict::deviation;
    findings[2].verdict = Verdict::inconclusive;
    findings[3].verdict = Verdict::observed;
    EXPECT_EQ(gravest(findings), Verdict::inconclusive);
    EXPECT_EQ(gravest({}), Verdict::pass);
}

TEST(Verdicts, ACaseThatWasGivenUpIsNotPlayedUnlessItIsRed) {
    std::vector<Finding> findings(2);
    findings[0].verdict = Verdict::deviation;
    findings[1].verdict = Verdict::not_claimed;
    EXPECT_EQ(gravest(findings), Verdict::not_claimed);
    findings[1].verdict = Verdict::unsupported;
    EXPECT_EQ(gravest(findings), Verdict::unsupported);
    findings[0].verdict = Verdict::fail;
    EXPECT_EQ(gravest(findings), Verdict::fail);
}

TEST(Verdicts, OnlyThreeKeepACaseFromBeingGreen) {
    EXPECT_TRUE(is_red(Verdict::inconclusive) && is_red(Verdict::error) && is_red(Verdict::fail));
    EXPECT_FALSE(is_red(Verdict::pass) || is_red(Verdict::observed) || is_red(Verdict::deviation) ||
                 is_red(Verdict::unsupported) || is_red(Verdict::not_claimed));
}

TEST(Cases, ProveWhatAnyPartOfAnyStepNames) {
    Case one;
    Expect expect;
    expect.packet.layers.push_back({.kind = "binding-acknowledgement", .proves = {{"B", ""}}});
    expect.packet.layers[0].children.push_back({.kind = "timestamp", .proves = {{"C", ""}}});
    expect.within = Bound{std::chrono::seconds(1), {{"D", ""}}};
    Step inner;
    inner.proves = {{"A", ""}};
    inner.what = expect;
    Step block;
    block.what = Either{{{inner}, {}}};
    one.body = {block};
    EXPECT_EQ(one.proves(), (std::vector<std::string>{"A", "B", "C", "D"}));
}

TEST(Ledger, KeepsTheFirstOfTwoWithOneId) {
    Ledger ledger;
    ledger.add({.id = "X-1", .text = "first"});
    ledger.add({.id = "X-1", .text = "second"});
    ASSERT_NE(ledger.find("X-1"), nullptr);
    EXPECT_EQ(ledger.find("X-1")->text, "first");
    EXPECT_EQ(ledger.all().size(), 1u);
    EXPECT_EQ(ledger.find("X-2"), nullptr);
}

} // namespace
} // namespace model
