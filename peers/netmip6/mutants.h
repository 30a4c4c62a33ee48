#pragma once

#include "peers/common/mutant.h"

namespace peers::netmip6 {

/// Access routers and home agents that are wrong in one way each; ids are unique.
const std::vector<common::Mutant>& mutants();

} // namespace peers::netmip6
