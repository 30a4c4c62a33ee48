#pragma once

#include "peers/common/mutant.h"

namespace peers::nemo {

/// Home agents and mobile routers that are wrong in one way each; ids are unique.
const std::vector<common::Mutant>& mutants();

} // namespace peers::nemo
