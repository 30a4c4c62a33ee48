#pragma once

#include "reports/events.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace reports {

/// What a later run shows that an earlier one did not. Rounds of --repeat count as one case.
struct RunComparison {
    enum class Change {
        fresh,         ///< red now, and was not
        flaky,         ///< now so, now so within a run, or red among others and green alone
        still_failing, ///< red in both
        fixed,         ///< was red, and is green
        changed,       ///< green in both, in another way: a deviation more or less
        gone,          ///< was played, and is not any more
        appeared,      ///< was not there, and is green
    };
    struct Case {
        std::string id;
        Change change{};
        std::string before, after; ///< "fail (PMIP6-LMA-113)", "pass", "fail in 3 of 20 rounds", "not there"
        std::string detail;        ///< a sentence for what is worth one
        model::Verdict trouble = model::Verdict::pass; ///< what counts against the later run, if it is new
    };
    struct Timing {
        std::string id;
        base::Duration before{}, after{};
    };
    std::vector<std::string> context; ///< what else is different: versions, stage, profile, …
    std::vector<Case> cases;          ///< by change, then id
    std::vector<Timing> timing;       ///< cases that were green in both and take another time, by how much
    std::uint64_t same = 0;           ///< cases that are as they were, and not red
    std::map<Change, std::uint64_t> count;
    /// As of a run of which only the new is seen (SUITES 4): 1, 3, 4 or 0.
    int exit_code = 0;
};

std::string_view name(RunComparison::Change); ///< "new", "flaky", "still failing", …

RunComparison compare(const Record& before, const Record& after);

std::string text(const RunComparison&);
/// {"context","cases","timing","summary"} of `compare --json`.
std::string comparison_json(const RunComparison&);

} // namespace reports
