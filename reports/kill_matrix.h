#pragma once

#include <map>
#include <string>
#include <vector>

namespace reports {

/// Which case tells which faulty peer from the right one (SUITES 4).
struct KillMatrix {
    struct Mutant {
        std::string id, role, says;
        std::vector<std::string> violates;
        std::vector<std::string> played; ///< cases that claim one of the violated requirements
        std::vector<std::string>
            killed_by; ///< of those, the cases with a fail or deviation finding under such an id
        /// Violated id → the cases with such a finding under it: a kill under one id proves none of the
        /// others.
        std::map<std::string, std::vector<std::string>> convicted;
        std::vector<std::string> noticed_by; ///< cases that went red, but under another id: no kills
        std::string equivalent;              ///< why no packet can differ; empty: it can
        std::string survivor_because;        ///< empty if it was killed
        bool killed() const { return !killed_by.empty(); }
    };
    struct Case {
        std::string id;
        std::vector<std::string> kills; ///< ids of mutants; empty: nothing shows that this case can fail
    };
    std::vector<Mutant> mutants;
    std::vector<Case> cases;
    std::string troubles; ///< lines; cases that were not green against the unmutated peer, …
};

/// The matrix for people: every mutant with its fate, then the cases that kill nothing.
std::string text(const KillMatrix&);

} // namespace reports
