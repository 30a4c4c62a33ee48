#pragma once

#include "peers/common/stack.h"
#include "peers/common/wrong.h"
#include "peers/pmip6/make.h"
#include "peers/pmip6/mutants.h"

#include <string>
#include <vector>

namespace peers::pmip6 {

/// What would break every registration shows from the second message on only.
inline constexpr std::uint64_t later = 2;

// The parts of the table: wrong by policy, in what is said, in what is heard.
std::vector<Mutant> lma_policy_mutants();
std::vector<Mutant> lma_wire_mutants();
std::vector<Mutant> lma_hearing_mutants();
std::vector<Mutant> mag_policy_mutants();
std::vector<Mutant> mag_wire_mutants();
std::vector<Mutant> mag_hearing_mutants();
// Both, careless about their IPsec.
std::vector<Mutant> security_mutants();
// Gateways with a wrong memory, gateways wrong on the access link; mobile nodes.
std::vector<Mutant> mag_entry_mutants();
std::vector<Mutant> mag_access_mutants();
std::vector<Mutant> mn_mutants();
std::vector<Mutant> dhcp_mutants();

using Spoil = std::function<void(common::Wrong&, const model::NodeConfig&)>;

inline Mutant lma_by_policy(std::string id, std::string title, std::vector<std::string> violates,
                            AdjustLma adjust) {
    return {
        std::move(id),
        "lma",
        std::move(title),
        std::move(violates),
        {},
        [adjust = std::move(adjust)](const model::NodeConfig& config) { return make_lma(config, adjust); }};
}

inline Mutant mag_by_policy(std::string id, std::string title, std::vector<std::string> violates,
                            AdjustMag adjust) {
    return {
        std::move(id),
        "mag",
        std::move(title),
        std::move(violates),
        {},
        [adjust = std::move(adjust)](const model::NodeConfig& config) { return make_mag(config, adjust); }};
}

inline Mutant spoilt(std::string id, std::string role, std::string title, std::vector<std::string> violates,
                     Spoil spoil) {
    const bool is_lma = role == "lma";
    return {std::move(id),
            std::move(role),
            std::move(title),
            std::move(violates),
            {},
            [is_lma, spoil = std::move(spoil)](const model::NodeConfig& config) {
                auto wrong = std::make_unique<common::Wrong>(is_lma ? make_lma(config) : make_mag(config),
                                                             common::profile_of(config));
                spoil(*wrong, config);
                return wrong;
            }};
}

/// Lays the options out by hand, as a sender would that aligns nothing (`aligned` false), begins with a pad
/// of its own
/// (`lead` octets) or fills its padding with something else than zeros. The message stays a multiple of eight
/// octets.
wire::MobilityOptions laid_out(const wire::MobilityOptions&, bool aligned, std::size_t lead,
                               std::uint8_t filling);

/// It does wrong already in the plainest registration.
inline Mutant without_bootstrap(Mutant mutant) {
    mutant.breaks_bootstrap = true;
    return mutant;
}

} // namespace peers::pmip6
