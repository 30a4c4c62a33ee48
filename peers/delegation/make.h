#pragma once

#include "harness/model/machine.h"
#include "peers/delegation/router_policy.h"
#include "peers/dhcp/delegating_router.h"

#include <functional>
#include <memory>

namespace peers::delegation {

// The two ends of prefix delegation in a proxy domain (pmip6-nemo-support): the delegating router, and the
// mobile router, which knows nothing of mobility. Settings are those of the node (suites/settings.xml).

using AdjustDelegation = std::function<void(dhcp::DelegationPolicy&)>;
using AdjustRouter = std::function<void(RouterPolicy&)>;

std::unique_ptr<model::Machine> make_dr(const model::NodeConfig&);
std::unique_ptr<model::Machine> make_mr(const model::NodeConfig&);
/// With some of its policy changed: what mutants are made of.
std::unique_ptr<model::Machine> make_dr(const model::NodeConfig&, AdjustDelegation);
std::unique_ptr<model::Machine> make_mr(const model::NodeConfig&, const AdjustRouter&);

} // namespace peers::delegation
