#include "peers/nemo/make.h"

#include "peers/common/router_node.h"
#include "peers/nemo/home_agent.h"
#include "peers/nemo/mobile_router.h"

namespace peers::nemo {

std::unique_ptr<model::Machine> make_ha(const model::NodeConfig& config, AdjustHa adjust) {
    return std::make_unique<common::RouterNode>(config,
                                                std::make_unique<HomeAgent>(config, std::move(adjust)));
}

std::unique_ptr<model::Machine> make_ha(const model::NodeConfig& config) {
    return make_ha(config, AdjustHa{});
}

std::unique_ptr<model::Machine> make_mr(const model::NodeConfig& config, AdjustMr adjust) {
    return std::make_unique<common::RouterNode>(config,
                                                std::make_unique<MobileRouter>(config, std::move(adjust)));
}

std::unique_ptr<model::Machine> make_mr(const model::NodeConfig& config) {
    return make_mr(config, AdjustMr{});
}

} // namespace peers::nemo
