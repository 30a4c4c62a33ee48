#pragma once

#include "harness/model/machine.h"

#include <memory>

namespace peers::common {

/// A plain correspondent: answers echo requests and neighbour solicitations, sources flows and takes them.
std::unique_ptr<model::Machine> make_host(const model::NodeConfig&);

/// A node that the tester plays: it sends what model::Emit says, sources flows, answers neighbour discovery
/// (one of the role "mn" for all addresses that it would form from the router advertisements it hears) and is
/// silent otherwise. Settings: `echo` on, `errors` on. Events: `tunnel` (remote, prefix, [local]) makes it
/// carry traffic for a prefix through a tunnel and forward what comes out of it; `tunnel-end` (remote).
std::unique_ptr<model::Machine> make_puppet(const model::NodeConfig&);

/// A mobile node without any mobility of its own. Settings: `dad` on.
std::unique_ptr<model::Machine> make_mobile_node(const model::NodeConfig&);

/// A router without a role.
std::unique_ptr<model::Machine> make_router(const model::NodeConfig&);

} // namespace peers::common
