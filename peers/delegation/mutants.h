#pragma once

#include "peers/common/mutant.h"

#include <vector>

namespace peers::delegation {

/// Faulty delegating routers and mobile routers of a proxy domain; ids are unique.
const std::vector<common::Mutant>& mutants();

} // namespace peers::delegation
