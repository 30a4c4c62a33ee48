#pragma once

#include "harness/model/scenario.h"
#include "harness/model/verdict.h"

#include <map>
#include <string>
#include <vector>

namespace run {

/// How long cases took, by id.
using Durations = std::map<std::string, base::Duration>;

/// The mean of all times that a case was played; what was not played says nothing.
Durations durations_of(const std::vector<model::CaseResult>&);

/// For each case the part, 1 to `parts`, that plays it: the dearest first, each to the part that has least to
/// do. A case that was never played takes the mean of its cost class. The same input gives the same division,
/// on whatever host.
std::vector<unsigned> divide(const std::vector<const model::Case*>&, unsigned parts, const Durations&);

/// Sixteen hexadecimal digits that tell divisions apart: parts that agree in it are parts of one whole.
std::string digest(const std::vector<const model::Case*>&, const std::vector<unsigned>& division);

} // namespace run
