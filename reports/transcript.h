#pragma once

#include "harness/model/transcript.h"
#include "harness/wire/profile.h"

#include <string>

namespace reports {

/// One event as a line of transcript.txt, with its newline: number, time since `start`, link, ends, packet in
/// suite vocabulary with its faults, or what else happened.
std::string line(const model::Event&, base::Mono start, const wire::Profile&);

} // namespace reports
