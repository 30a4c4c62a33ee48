#pragma once

#include "harness/wire/profile.h"

#include <string>

namespace run {

/// The dialect that the command line and suites call by that name; draft02 for anything else.
wire::Profile profile_named(const std::string& name);

/// The specification that is played under that profile: "pmip6" of "rfc5213". Its rules hold there, those of
/// the others do not.
std::string spec_of(const std::string& profile);

} // namespace run
