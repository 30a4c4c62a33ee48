#pragma once

#include "harness/model/machine.h"
#include "harness/model/topology.h"
#include "peers/common/role.h"

#include <optional>

namespace peers::common {

/// Is that a port of an access link of this node, towards mobile nodes?
bool is_access_port(const model::NodeConfig&, PortIndex);

/// The access port that an event of the link means: by its name (`port`), or by that of the mobile node to
/// which it leads (`mobile-node`); nullopt if there is none.
std::optional<PortIndex> access_port_of(const model::NodeConfig&, const model::Told&);

} // namespace peers::common
