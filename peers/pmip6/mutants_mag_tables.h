#pragma once

#include "peers/pmip6/mutant_tables.h"

namespace peers::pmip6 {

/// Gateways whose updates are laid out wrongly, who read answers wrongly, or whose tunnels end elsewhere or
/// too early.
std::vector<Mutant> mag_format_mutants();

} // namespace peers::pmip6
