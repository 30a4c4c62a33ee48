#pragma once

#include "harness/wire/profile.h"

#include <string>

namespace run {

/// The dialect that the command line and suites call by that name; draft02 for anything else.
wire::Profile profile_named(const std::string& name);

} // namespace run
