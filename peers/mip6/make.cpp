#include "peers/mip6/make.h"

#include "peers/common/router_node.h"
#include "peers/mip6/access_router.h"

namespace peers::mip6 {

std::unique_ptr<model::Machine> make_access_router(const model::NodeConfig& config) {
    return std::make_unique<common::RouterNode>(config, std::make_unique<AccessRouter>(config));
}

} // namespace peers::mip6
