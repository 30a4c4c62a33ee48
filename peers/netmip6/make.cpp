#include "peers/netmip6/make.h"

#include "peers/common/router_node.h"
#include "peers/netmip6/access_router.h"
#include "peers/netmip6/home_agent.h"

namespace peers::netmip6 {

std::unique_ptr<model::Machine> make_ar(const model::NodeConfig& config, AdjustAr adjust) {
    return std::make_unique<common::RouterNode>(config,
                                                std::make_unique<AccessRouter>(config, std::move(adjust)));
}

std::unique_ptr<model::Machine> make_ar(const model::NodeConfig& config) {
    return make_ar(config, AdjustAr{});
}

std::unique_ptr<model::Machine> make_ha(const model::NodeConfig& config, AdjustHa adjust) {
    return std::make_unique<common::RouterNode>(config,
                                                std::make_unique<HomeAgent>(config, std::move(adjust)));
}

std::unique_ptr<model::Machine> make_ha(const model::NodeConfig& config) {
    return make_ha(config, AdjustHa{});
}

} // namespace peers::netmip6
