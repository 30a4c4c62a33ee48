#pragma once

#include "harness/model/requirement.h"
#include "harness/model/scenario.h"
#include "harness/model/verdict.h"

#include <map>
#include <string>
#include <vector>

namespace reports {

/// The requirement ledger: which clause is proven by what, and how that ended.
struct Coverage {
    struct Row {
        const model::Requirement* requirement = nullptr; ///< owned by the ledger
        std::vector<std::string> proven_by;              ///< ids of cases, "rule NAME" for passive rules
        /// The gravest finding of a run ("pass", "fail", …), "not-run", "untested" or "untestable".
        std::string verdict;
    };
    std::vector<Row> rows;
    std::map<std::string, std::uint64_t> by_verdict;
    std::uint64_t musts = 0, musts_proven = 0; ///< MUST, MUST NOT and BASE; proven: something can prove it
};

/// `results` may be empty: then nothing was run.
Coverage coverage(const model::Ledger&, const model::Library&, const std::vector<model::CaseResult>& results);

/// A table for people, by role and clause.
std::string text(const Coverage&);

} // namespace reports
