#pragma once

#include "harness/model/requirement.h"
#include "harness/model/scenario.h"
#include "harness/model/verdict.h"
#include "reports/proof.h"

#include <map>
#include <string>
#include <vector>

namespace reports {

/// The requirement ledger: which clause is named and proven by what, and how that ended in a run.
struct Coverage {
    struct Count {
        std::uint64_t all = 0, untestable = 0;
        std::uint64_t named = 0;  ///< testable ones that a case or a rule names
        std::uint64_t proven = 0; ///< testable ones that SUITES 4 calls proven
        std::uint64_t testable() const { return all - untestable; }
        std::uint64_t unproven() const { return testable() - proven; }
    };
    struct Row {
        const model::Requirement* requirement = nullptr; ///< owned by the ledger
        std::string clause;                         ///< of the draft, "Appendix B", or the RFC: "RFC3775"
        std::vector<std::string> named_by;          ///< ids of cases, "rule NAME" for passive rules
        std::vector<Proof::Conviction> convictions; ///< that prove it
        /// The gravest finding of a run ("pass", "fail", …), "not-run", "untested" or "untestable".
        std::string verdict;
        bool proven() const { return !convictions.empty(); }
        bool testable() const { return requirement->untestable.empty(); }
    };
    struct Section {
        std::string suite, clause;
        Count count;
    };
    std::vector<Row> rows;
    std::vector<Section> sections; ///< by suite and number of the clause
    Count total, binding;          ///< binding: MUST, MUST NOT and BASE
    std::map<std::string, std::uint64_t> by_verdict;
    bool played = false; ///< mutants were: only then is anything known to be proven
};

struct CoverageInput {
    const model::Ledger& ledger;
    const model::Library& library;
    std::vector<model::CaseResult> results; ///< of a run; may be empty
    const Proof* proof = nullptr;           ///< null: no mutant was played
    std::string suite;                      ///< only rows of this draft; empty: all
};
Coverage coverage(const CoverageInput&);

/// True for MUST, MUST NOT and BASE.
bool is_binding(model::Level);

/// The clause of the draft that a ledger's section speaks of first; where it cites only an RFC, that.
std::string clause_of(const std::string& section);

/// Counts for each clause, then what is not proven, binding rows first, and what cannot be shown.
std::string text(const Coverage&);
/// A line for each row, with what names it and how it ended.
std::string rows_text(const Coverage&);

} // namespace reports
