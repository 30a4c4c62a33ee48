#pragma once

#include "harness/crypto/gate.h"
#include "harness/model/topology.h"
#include "harness/stage/fabric.h"

#include <optional>
#include <string>

namespace run {

/// Gives the nodes their setting `security`: manual keys between each anchor (an "lma" or "ha") and every
/// other fixed address, and the policy of proxymip6-02, 4.2. What protects is the anchor's setting `protect`
/// (none, esp, ah), else `otherwise`; its `cipher`, `cipher-bits`, `integrity`, `window` and, of what it
/// sends itself, `first-sequence` say how. A host with `protect` is an anchor whose policy is about echo
/// requests to it and its replies. A node with `protect="none"` of its own has neither keys nor policy, one
/// with `security` keeps it. Nodes of the tester have all keys. The keys depend on the seed and the addresses
/// only.
void protect(model::Topology&, const std::string& otherwise, std::uint64_t seed);

/// With all keys of the topology; empty where there are none.
stage::Fabric::Opens opener(const model::Topology&, const wire::Profile&);

} // namespace run
