#pragma once

#include "harness/model/requirement.h"
#include "harness/model/topology.h"
#include "harness/model/verdict.h"
#include "harness/script/draft.h"

#include <string>
#include <vector>

namespace run {

/// What every recorded answer proves when it comes again.
constexpr const char* as_recorded = "AS-RECORDED";

/// A recording that was played against a live peer, and what came of it.
struct Replayed {
    std::string capture, role, profile;
    script::Draft draft;
    std::vector<std::string> remarks;       ///< about the recording
    std::size_t same = 0;                   ///< recorded answers that came as they were
    std::size_t missed = 0;                 ///< recorded answers that were not waited for any more
    std::vector<model::Finding> deviations; ///< from the recording
    std::vector<model::Finding> violations; ///< of rules of the specifications
    std::vector<model::Finding> troubles;   ///< neither
    model::CaseResult result;
};

/// Sorts the findings of a game, and looks in its capture for messages that the recording does not have. The
/// topology has the keys of the game.
void conclude(Replayed&, const model::CaseResult&, const model::Topology&, const std::string& directory);

std::string text(const std::vector<Replayed>&, const model::Ledger&, const std::string& directory);
/// {"replays":[…]}; the README says what is in it.
std::string json(const std::vector<Replayed>&);

} // namespace run
