#pragma once

#include "harness/model/machine.h"

#include <memory>

namespace peers::mip6 {

/// A router that mobile nodes visit: AccessRouter. Settings: `advertise` interval of its advertisements (1s).
std::unique_ptr<model::Machine> make_access_router(const model::NodeConfig&);

} // namespace peers::mip6
