#pragma once

#include "reports/coverage.h"
#include "reports/events.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace reports {

/// What can be said of an implementation after a run: for each requirement of its roles the verdict and what
/// it rests on, what was not tested and why, and what the text leaves open and how it was seen to be chosen.
struct Statement {
    struct Evidence {
        std::string case_id, sentence, capture; ///< capture: in the directory of the run; empty: none
        model::Verdict verdict{};
        std::uint64_t packet = 0, seed = 0;
    };
    struct Row {
        const model::Requirement* requirement = nullptr; ///< owned by the ledger
        std::string clause;
        /// "conforms", "deviates", "does not conform", "not decided", "observed", "not claimed",
        /// "unsupported", "not tested", "untestable"
        std::string verdict;
        std::string because;            ///< of what was not tested or is untestable
        std::vector<Evidence> evidence; ///< the gravest first, a few
        std::uint64_t cases = 0;        ///< that judged it
    };
    struct Choice {
        std::string name, value, case_id;
    };
    RunInfo info;
    std::optional<RunEnd> end;
    std::vector<std::string> roles; ///< upper case; empty: all
    std::vector<Row> rows;          ///< of those roles
    std::uint64_t other_roles = 0;  ///< requirements of the same drafts that bind somebody else
    std::vector<Choice> choices;
    /// What failed although no requirement of the ledgers says so: it died, hung, outgrew its limits.
    std::vector<Evidence> failures;
    std::map<std::string, std::map<std::string, std::uint64_t>> count; ///< level → verdict → how many
};

/// Rows of the drafts that the run has judged something of.
Statement statement(const Coverage&, const Record&);

/// Exit code of whoever makes it (SUITES 4): 1 where the implementation does not conform, else 3 where the
/// run is not whole or had errors, else 4 where something is not decided or nothing was judged, else 0.
int exit_code(const Statement&);

/// A page to print; it needs no other file.
std::string statement_html(const Statement&);
/// The same for machines; schema: tests/schema/statement.rng.
std::string statement_xml(const Statement&);

} // namespace reports
