#pragma once

#include "harness/model/machine.h"
#include "peers/netmip6/ar_policy.h"
#include "peers/netmip6/ha_policy.h"

#include <memory>

namespace peers::netmip6 {

// The reference access router and home agent of netmip6-01 (profile netmip6). Settings are those of the node
// (suites/README.md).

std::unique_ptr<model::Machine> make_ar(const model::NodeConfig&);
/// For the role "map" a MAP.
std::unique_ptr<model::Machine> make_ha(const model::NodeConfig&);
/// With some of its policy changed: what mutants are made of.
std::unique_ptr<model::Machine> make_ar(const model::NodeConfig&, AdjustAr);
std::unique_ptr<model::Machine> make_ha(const model::NodeConfig&, AdjustHa);

} // namespace peers::netmip6
