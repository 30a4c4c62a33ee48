#pragma once

#include "peers/common/node.h"

namespace peers::common {

/// A router with a role: the machine of every reference peer. Without a role it is a plain router.
class RouterNode : public Node {
public:
    RouterNode(const model::NodeConfig& config, std::unique_ptr<Role> role)
        : Node(config, {.forwards = true, .wants = {}}, std::move(role)) {}
};

} // namespace peers::common
