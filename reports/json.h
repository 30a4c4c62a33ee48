#pragma once

#include "harness/model/scenario.h"
#include "harness/model/verdict.h"
#include "reports/coverage.h"
#include "reports/kill_matrix.h"

#include <string>
#include <vector>

namespace reports {

// The machine-readable shapes that the README promises. All text is valid UTF-8: octets that are none are
// replaced.

/// {"cases":[…]} of `list --json`.
std::string list_json(const std::vector<const model::Case*>&);
/// {"requirements":[…],"summary":{…}} of `coverage --json`.
std::string coverage_json(const Coverage&);
/// {"mutants":[…],"cases":[…]} of `mutants --json`.
std::string mutants_json(const KillMatrix&);

/// What `check` found in one capture.
struct CheckReport {
    struct Session {
        std::string about, from, to;       ///< NAI or home address; anchor and access gateway
        std::uint64_t first = 0, last = 0; ///< packet numbers
        std::uint64_t messages = 0;
        std::string state, prefix; ///< of the binding at the end: bound, expired, ended or unbound
        std::uint64_t handovers = 0, refusals = 0, repetitions = 0;
    };
    struct RequirementVerdict {
        std::string requirement;
        model::Level level{};
        model::Verdict verdict{};
        std::uint64_t checked = 0, broken = 0;
    };
    std::string capture;
    std::uint64_t packets = 0, messages = 0, sessions_total = 0;
    bool whole = true; ///< false: it is cut, and judged up to there
    std::vector<Session> sessions;
    std::vector<model::Finding> findings;
    std::uint64_t findings_total = 0; ///< more than findings.size() where a capture breaks a rule very often
    std::vector<RequirementVerdict> requirements;
    std::vector<std::string> troubles;
};
std::string check_json(const std::vector<CheckReport>&);

} // namespace reports
