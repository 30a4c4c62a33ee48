#pragma once

#include "harness/run/options.h"
#include "harness/run/suites.h"
#include "harness/run/sut.h"

#include <string>
#include <vector>

namespace run {

/// Why a selection holds no case: requirements that nobody or only a rule proves, conditions that no case
/// fulfils together, roles that no selected case tests.
std::string why_nothing(const Options&, const Suites&, const std::vector<Implementation>&);

} // namespace run
