#pragma once

#include "harness/wire/profile.h"

#include <map>
#include <string>

namespace peers::common {

/// Code points that the drafts left open and somebody has chosen: of the settings of a node or of an
/// implementation's profile those that are one (ho-request-type, …). What is no number counts as not said.
void set_code_points(wire::Profile&, const std::map<std::string, std::string>&);

} // namespace peers::common
