#pragma once

#include "harness/script/draft.h"
#include "harness/script/draft_words.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace script {

/// A step of a drafted case.
struct DraftStep {
    enum class What { send, expect, never, attach, detach, move, tell } what = What::send;
    base::Mono at{}, due{}; ///< `due`: since its cause
    std::uint64_t number = 0;
    std::string as, from, to, on, port, about, answers;
    std::string words; ///< of tell: its attributes
    std::vector<Written> layers;
    bool is_cause = false; ///< something that the tester does
    std::size_t cause = 0; ///< index + 1 of the step that it follows from; 0: none
};

/// What the file around the steps says.
struct DraftHead {
    const Bench& bench;
    const DraftOptions& options;
    const std::vector<std::string>& additions; ///< to the topology
    const std::vector<std::string>& setups;
    const std::vector<Recorded>& recording;
};

/// Names of steps that the step refers to; "" may be among them.
std::set<std::string> names_in(const DraftStep&);

/// Writes the steps as a suite: Draft::text, and what is counted while it is written.
void write_draft(const DraftHead&, const std::vector<DraftStep>&, Draft&);

} // namespace script
