#pragma once

#include "peers/common/stack.h"
#include "peers/common/wrong.h"
#include "peers/netmip6/make.h"
#include "peers/netmip6/mutants.h"

#include <string>
#include <vector>

namespace peers::netmip6 {

using common::Mutant;

/// What would break every registration shows from the second message on only.
inline constexpr std::uint64_t later = 2;

// The parts of the table.
std::vector<Mutant> ha_mutants();
std::vector<Mutant> ha_wire_mutants();
std::vector<Mutant> ar_mutants();
std::vector<Mutant> ar_wire_mutants();
std::vector<Mutant> sar_mutants();
std::vector<Mutant> tar_mutants();
std::vector<Mutant> mn_mutants();
std::vector<Mutant> aaa_mutants();
std::vector<Mutant> ipv4_mutants();
std::vector<Mutant> map_mutants();
std::vector<Mutant> hierarchy_mutants();
std::vector<Mutant> row_mutants();

using Spoil = std::function<void(common::Wrong&)>;

inline Mutant ha_by_policy(std::string id, std::string title, std::vector<std::string> violates,
                           AdjustHa adjust) {
    return {
        std::move(id),
        "ha",
        std::move(title),
        std::move(violates),
        {},
        [adjust = std::move(adjust)](const model::NodeConfig& config) { return make_ha(config, adjust); }};
}

/// Of the role "ar", "sar" or "tar".
inline Mutant ar_by_policy(std::string id, std::string role, std::string title,
                           std::vector<std::string> violates, AdjustAr adjust) {
    return {
        std::move(id),
        std::move(role),
        std::move(title),
        std::move(violates),
        {},
        [adjust = std::move(adjust)](const model::NodeConfig& config) { return make_ar(config, adjust); }};
}

inline Mutant spoilt(std::string id, std::string role, std::string title, std::vector<std::string> violates,
                     Spoil spoil) {
    const bool is_ha = role == "ha";
    return {std::move(id),
            std::move(role),
            std::move(title),
            std::move(violates),
            {},
            [is_ha, spoil = std::move(spoil)](const model::NodeConfig& config) {
                auto wrong = std::make_unique<common::Wrong>(is_ha ? make_ha(config) : make_ar(config),
                                                             common::profile_of(config));
                spoil(*wrong);
                return wrong;
            }};
}

/// It does wrong already in the plainest registration.
inline Mutant without_bootstrap(Mutant mutant) {
    mutant.breaks_bootstrap = true;
    return mutant;
}

} // namespace peers::netmip6
