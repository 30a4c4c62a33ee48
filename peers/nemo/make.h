#pragma once

#include "harness/model/machine.h"
#include "peers/nemo/ha_policy.h"
#include "peers/nemo/mr_policy.h"

#include <memory>

namespace peers::nemo {

// The reference home agent and mobile router of RFC 3963 with nemo-prefix-delegation (profile nemo-pd).
// Settings are those of the node (suites/README.md).

std::unique_ptr<model::Machine> make_ha(const model::NodeConfig&);
std::unique_ptr<model::Machine> make_mr(const model::NodeConfig&);
/// With some of its policy changed: what mutants are made of.
std::unique_ptr<model::Machine> make_ha(const model::NodeConfig&, AdjustHa);
std::unique_ptr<model::Machine> make_mr(const model::NodeConfig&, AdjustMr);

} // namespace peers::nemo
