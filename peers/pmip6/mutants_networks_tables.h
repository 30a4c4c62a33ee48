#pragma once

#include "peers/pmip6/mutant_tables.h"

namespace peers::pmip6 {

/// Anchors and gateways that are wrong about mobile networks (pmip6-nemo-support).
std::vector<Mutant> lma_network_mutants();
std::vector<Mutant> mag_network_mutants();

} // namespace peers::pmip6
