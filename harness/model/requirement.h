#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace model {

/// How binding a requirement is. IMPLIED rows of the specs are split: BASE where a cited base RFC demands it,
/// EXPECTED where it only follows from sense (SUITES 4).
enum class Level { must, must_not, base, should, should_not, expected, may };

std::string_view name(Level); ///< "MUST", "MUST NOT", "BASE", "SHOULD", …

struct Requirement {
    std::string id; ///< "PMIP6-LMA-113"
    Level level{};
    std::string role;    ///< "LMA", "MAG", "BOTH", … as in the ledger
    std::string section; ///< clause of the draft, with the RFC where one is cited
    std::string text;    ///< our own wording
    std::string stimulus, observable;
    std::string how;        ///< "passive", "active-lma", "config", "dataplane", …
    std::string untestable; ///< why, if it cannot be shown; else empty
    std::string suite;      ///< "pmip6", "nemo", "pmip6-nemo", "netmip6"
    bool project_choice =
        false; ///< rests on a choice of this project: observed, not judged, with a foreign peer
};

/// All requirements, by id.
class Ledger {
public:
    void add(Requirement);
    const Requirement* find(std::string_view id) const;
    const std::vector<Requirement>& all() const { return all_; }
    std::vector<std::string> ids() const;

private:
    std::vector<Requirement> all_;
    std::unordered_map<std::string, std::size_t> index_;
};

} // namespace model
