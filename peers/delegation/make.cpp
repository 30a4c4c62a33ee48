#include "peers/delegation/make.h"

#include "peers/common/router_node.h"
#include "peers/delegation/delegating_role.h"
#include "peers/delegation/router_role.h"

namespace peers::delegation {

std::unique_ptr<model::Machine> make_dr(const model::NodeConfig& config, AdjustDelegation adjust) {
    return std::make_unique<common::RouterNode>(config,
                                                std::make_unique<DelegatingRole>(config, std::move(adjust)));
}

std::unique_ptr<model::Machine> make_mr(const model::NodeConfig& config, const AdjustRouter& adjust) {
    return std::make_unique<common::RouterNode>(config, std::make_unique<RouterRole>(config, adjust));
}

std::unique_ptr<model::Machine> make_dr(const model::NodeConfig& config) {
    return make_dr(config, AdjustDelegation{});
}

std::unique_ptr<model::Machine> make_mr(const model::NodeConfig& config) {
    return make_mr(config, AdjustRouter{});
}

} // namespace peers::delegation
