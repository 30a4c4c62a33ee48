#pragma once

#include "peers/common/stack.h"
#include "peers/common/wrong.h"
#include "peers/nemo/make.h"
#include "peers/nemo/mutants.h"

#include <string>
#include <vector>

namespace peers::nemo {

// The parts of the table: wrong by policy, and in what is said or heard.
std::vector<common::Mutant> ha_policy_mutants();
std::vector<common::Mutant> ha_status_mutants();
std::vector<common::Mutant> ha_wire_mutants();
std::vector<common::Mutant> mr_mutants();

using Spoil = std::function<void(common::Wrong&)>;

inline common::Mutant ha_by_policy(std::string id, std::string title, std::vector<std::string> violates,
                                   AdjustHa adjust) {
    return {
        std::move(id),
        "ha",
        std::move(title),
        std::move(violates),
        {},
        [adjust = std::move(adjust)](const model::NodeConfig& config) { return make_ha(config, adjust); }};
}

inline common::Mutant spoilt_ha(std::string id, std::string title, std::vector<std::string> violates,
                                Spoil spoil) {
    return {std::move(id),
            "ha",
            std::move(title),
            std::move(violates),
            {},
            [spoil = std::move(spoil)](const model::NodeConfig& config) {
                auto wrong = std::make_unique<common::Wrong>(make_ha(config), common::profile_of(config));
                spoil(*wrong);
                return wrong;
            }};
}

/// It does wrong already in the plainest registration.
inline common::Mutant without_bootstrap(common::Mutant mutant) {
    mutant.breaks_bootstrap = true;
    return mutant;
}

} // namespace peers::nemo
