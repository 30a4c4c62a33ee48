#pragma once

#include "peers/common/mutant.h"

namespace peers::pmip6 {

using common::Mutant;

/// All of them, anchors first; ids are unique.
const std::vector<Mutant>& mutants();

} // namespace peers::pmip6
