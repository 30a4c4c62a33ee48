#pragma once

#include "reports/kill_matrix.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reports {

/// What mutants have shown of requirements (SUITES 4): who violated it, and which cases found just that.
struct Proof {
    struct Conviction {
        std::string mutant;
        std::vector<std::string> cases;
    };
    std::map<std::string, std::vector<Conviction>> by_requirement;
    bool proves(const std::string& requirement) const { return by_requirement.contains(requirement); }
    void add(const Proof&);
};

Proof proof_of(const KillMatrix&);
/// Of a file that `mutants --json` wrote; nullopt for anything else.
std::optional<Proof> parse_proof(std::string_view mutants_json);

} // namespace reports
