#pragma once

#include "harness/model/machine.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace peers::common {

/// A reference peer made wrong in one named way, to prove that a case can fail (SUITES 4).
struct Mutant {
    std::string id;                    ///< "lma-ignores-the-clock"
    std::string role;                  ///< "lma", "mag", "ha", …
    std::string title;                 ///< what it does, for a person
    std::vector<std::string> violates; ///< requirement ids of which each is broken by it
    std::string survivor_because;      ///< why no packet can show the difference; empty: it has to be killed
    std::function<std::unique_ptr<model::Machine>(const model::NodeConfig&)> make;
    bool breaks_bootstrap = false; ///< even a plain registration cannot succeed with it
};

} // namespace peers::common
