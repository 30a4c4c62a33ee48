#pragma once

#include "harness/model/scenario.h"

namespace run {

/// About how long a case will wait for times that it names itself: what it takes where nothing else has to be
/// waited for. It decides which case begins first, nothing else.
base::Duration patience(const model::Case&);

} // namespace run
