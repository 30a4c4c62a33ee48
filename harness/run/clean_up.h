#pragma once

#include "harness/model/scenario.h"
#include "harness/model/transcript.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace run {

/// What a box has been told in a case and still holds when it is over, as the wire shows it.
class Registrations {
public:
    struct One {
        std::string identity;       ///< mobile node
        std::string from, at;       ///< who registered it, where
        std::uint16_t sequence = 0; ///< of the last update about it
    };
    /// `box`: the node that accepts registrations.
    Registrations(const model::Topology&, std::string box);

    void see(const model::Seen&);
    std::vector<One> open() const;

private:
    std::string identity_of(const std::string& nai) const;

    std::map<std::string, std::string> identities_; ///< by NAI
    std::string box_;
    std::map<std::string, std::uint16_t> sequences_; ///< by identity
    std::map<std::string, One> open_;
};

/// A case of two steps: the de-registration (template "release"), and its answer. Nullopt where the suites do
/// not say how that is done.
std::optional<model::Case> release_case(const model::Case&, const model::Library&, const Registrations::One&);

} // namespace run
