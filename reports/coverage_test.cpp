#include "reports/coverage.h"
#include "reports/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports {
namespace {

using model::Level;
using model::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

void add(model::Ledger& ledger, const std::string& id, Level level, const std::string& section,
         const std::string& untestable = {}, const std::string& suite = "pmip6") {
    model::Requirement out;
    out.id = id;
    out.level = level;
    out.section = section;
    out.suite = suite;
    out.text = "Text of " + id + ".";
    out.untestable = untestable;
    ledger.add(out);
}

// Five rows: named and proven, named only, not named, untestable, of another draft.
struct Books {
    model::Ledger ledger;
    model::Library library;
    Books() {
        add(ledger, "P-1", Level::must, "5.3.1");
        add(ledger, "P-2", Level::should, "5.3.1, 9");
        add(ledger, "P-3", Level::base, "RFC3775 10.3.1 via 5.3.1");
        add(ledger, "P-4", Level::must_not, "11", "internal to the anchor");
        add(ledger, "N-1", Level::must, "A§6.5 st.1", {}, "nemo");
        model::Rule rule;
        rule.name = "stale";
        rule.proves = {{"P-1", ""}, {"P-2", ""}};
        library.rules = {rule};
    }
};

Proof convicted(const std::string& id) {
    Proof out;
    out.by_requirement[id] = {{"lma-wrong", {"s/a"}}};
    return out;
}

model::CaseResult judged(Verdict verdict) {
    model::CaseResult out;
    model::Finding finding;
    finding.requirement = "P-1";
    finding.verdict = verdict;
    out.findings = {finding};
    return out;
}

TEST(Coverage, CountsTheRowsOfEachClause) {
    const Books books;
    const Proof proof = convicted("P-1");
    const auto out = coverage({books.ledger, books.library, {}, &proof, "pmip6"});
    ASSERT_EQ(out.sections.size(), 2u);
    EXPECT_EQ(out.sections[0].clause, "5.3.1");
    EXPECT_EQ(out.sections[0].count.all, 3u);
    EXPECT_EQ(out.sections[0].count.named, 2u);
    EXPECT_EQ(out.sections[0].count.proven, 1u);
    EXPECT_EQ(out.sections[1].count.untestable, 1u);
    EXPECT_EQ(out.total.testable(), 3u);
    EXPECT_EQ(out.binding.testable(), 2u);
    EXPECT_EQ(out.binding.unproven(), 1u); // P-3
}

TEST(Coverage, TakesNothingForProvenThatIsOnlyNamed) {
    const Books books;
    const auto out = coverage({books.ledger, books.library, {}, nullptr, "pmip6"});
    EXPECT_FALSE(out.rows.at(0).proven());
    EXPECT_THAT(text(out), Not(HasSubstr("proven: 0")));
    EXPECT_THAT(text(out), HasSubstr("proven: not known"));
    EXPECT_THAT(coverage_json(out), HasSubstr("\"named_by\":[\"rule stale\"],\"proven_by\":null"));
}

TEST(Coverage, NamesWhatIsNotProvenWithTheBindingRowsFirst) {
    const Books books;
    const Proof proof = convicted("P-1");
    const std::string out = text(coverage({books.ledger, books.library, {}, &proof, "pmip6"}));
    const auto base = out.find("  P-3 "), should = out.find("  P-2 ");
    ASSERT_NE(base, std::string::npos);
    ASSERT_NE(should, std::string::npos);
    EXPECT_LT(base, should);
    EXPECT_EQ(out.find("  P-1 "), std::string::npos);
    EXPECT_THAT(out, HasSubstr("internal to the anchor"));
    EXPECT_THAT(out, HasSubstr("proven: 33.3 % of the testable; 1 MUST, MUST NOT and BASE not proven"));
}

TEST(Coverage, ShowsTheGravestVerdictOfARun) {
    const Books books;
    const auto out = coverage(
        {books.ledger, books.library, {judged(Verdict::fail), judged(Verdict::pass)}, nullptr, "pmip6"});
    EXPECT_EQ(out.rows.at(0).verdict, "fail");
    EXPECT_EQ(out.rows.at(1).verdict, "not-run");
    EXPECT_EQ(out.rows.at(2).verdict, "untested");
    EXPECT_EQ(out.rows.at(3).verdict, "untestable");
    EXPECT_THAT(coverage_json(out), HasSubstr("\"untestable_because\":\"internal to the anchor\""));
}

TEST(Coverage, TakesAllLedgersWhereNoneIsNamed) {
    const Books books;
    EXPECT_EQ(coverage({books.ledger, books.library, {}, nullptr, {}}).rows.size(), 5u);
    EXPECT_EQ(coverage({books.ledger, books.library, {}, nullptr, "nemo"}).rows.size(), 1u);
}

TEST(Coverage, OrdersClausesAsTheDraftDoes) {
    model::Ledger ledger;
    for (const char* section : {"10", "9", "5.10", "5.9", "Appendix B", "RFC3775 6.1.1"})
        add(ledger, section, Level::must, section);
    std::vector<std::string> clauses;
    for (const auto& one : coverage({ledger, {}, {}, nullptr, {}}).sections)
        clauses.push_back(one.clause);
    EXPECT_THAT(clauses, ElementsAre("5.9", "5.10", "9", "10", "Appendix B", "RFC3775"));
}

TEST(Clauses, AreThoseOfTheDraftWhereItIsCited) {
    EXPECT_EQ(clause_of("5.3.1"), "5.3.1");
    EXPECT_EQ(clause_of("5.3.1 + RFC3775 9.2, 9.3.3"), "5.3.1");
    EXPECT_EQ(clause_of("RFC3775 10.3.1 via 5.3.1; 5.4"), "5.3.1");
    EXPECT_EQ(clause_of("RFC3775 10.3.2 vs -02 5.3.1"), "5.3.1");
    EXPECT_EQ(clause_of("RFC3775 9.2 (draft imposes 9.2 on the LMA only)"), "RFC3775");
    EXPECT_EQ(clause_of("RFC3775 6.2.5/9.5.1"), "RFC3775");
    EXPECT_EQ(clause_of("RFC6275 11.7.3 (RFC 3775 silent)"), "RFC6275");
    EXPECT_EQ(clause_of("Appendix B"), "Appendix B");
    EXPECT_EQ(clause_of("2.2 (LMAA, Proxy-CoA), 5.5.1"), "2.2");
    EXPECT_EQ(clause_of("A§6.5 st.8-10 (no reaction in §7)"), "6.5");
    EXPECT_EQ(clause_of("RFC3963 §6.2 + A§5.7 (derived)"), "5.7");
    EXPECT_EQ(clause_of("draft 3.1 step 4; RFC3775 11.8"), "3.1");
    EXPECT_EQ(clause_of("RFC5176 2.1; draft 6.2"), "6.2");
    EXPECT_EQ(clause_of(""), "");
}

KillMatrix matrix() {
    KillMatrix out;
    KillMatrix::Mutant both, survivor;
    both.id = "lma-wrong-twice";
    both.violates = {"P-1", "P-2"};
    both.killed_by = {"s/a"};
    both.convicted = {{"P-1", {"s/a"}}};
    survivor.id = "lma-sly";
    survivor.violates = {"P-3"};
    survivor.survivor_because = "3 cases claim it and stay green";
    out.mutants = {both, survivor};
    return out;
}

TEST(Proofs, CountEachIdOfAMutantForItself) {
    const Proof proof = proof_of(matrix());
    EXPECT_TRUE(proof.proves("P-1"));
    EXPECT_FALSE(proof.proves("P-2"));
    EXPECT_FALSE(proof.proves("P-3"));
    EXPECT_THAT(text(matrix()), HasSubstr("but nothing convicts it of P-2"));
}

TEST(Proofs, ComeBackFromAFile) {
    const auto read = parse_proof(mutants_json(matrix()));
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->proves("P-1"));
    EXPECT_FALSE(read->proves("P-2"));
    EXPECT_EQ(read->by_requirement.at("P-1").at(0).mutant, "lma-wrong-twice");
}

TEST(Proofs, AreInNoOtherFile) {
    EXPECT_FALSE(parse_proof(""));
    EXPECT_FALSE(parse_proof("[]"));
    EXPECT_FALSE(parse_proof("{\"mutants\":7}"));
    EXPECT_FALSE(parse_proof("{\"mutants\":[{\"id\":\"x\",\"killed_by\":[\"s/a\"]}]}"));
}

} // namespace
} // namespace reports
