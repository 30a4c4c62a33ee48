#pragma once

#include "reports/json.h"

#include <string>

namespace run {

/// Copies a capture as pcapng, with a comment on each packet that proves a finding. What has no Ethernet
/// header gets one without addresses, so that packets keep their numbers. Throws std::system_error.
void annotate(const std::string& capture, const reports::CheckReport&, const std::string& to);

} // namespace run
