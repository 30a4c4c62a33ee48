#pragma once

#include "harness/model/order.h"
#include "harness/model/topology.h"

#include <string>

namespace stage {

/// What an access node is told when a mobile node attaches or leaves (how="event"): the port, and who it is.
model::Told attachment(const model::Topology&, const std::string& mobile_node, bool attached);

/// What the source of a flow is told; addresses left open are the nodes' own.
model::Told flow_start(const model::Topology&, const model::Flow&, bool backwards);
model::Told flow_end(const model::Flow&);

} // namespace stage
