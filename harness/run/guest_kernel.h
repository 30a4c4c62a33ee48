#pragma once

#include "harness/crypto/association.h"
#include "harness/model/topology.h"
#include "harness/stage/lab/foreign.h"

#include <string>
#include <vector>

namespace run {

/// Associations and policies as the batch that `ip` reads, for the node that they are of. Holds keys.
std::string xfrm_commands(const crypto::Configuration&, const model::Node&);

/// The kernel nodes that say kernel="guest": each is a kernel of its own that has taken over the node's
/// associations and policies, and does nothing else. Their directories are made in that one.
std::vector<stage::lab::SutNode> guest_kernels(const model::Topology&, const std::string& directory);

} // namespace run
