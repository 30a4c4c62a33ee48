#include "peers/netmip6/feature.h"
#include "peers/netmip6/home_feature.h"

namespace peers::netmip6 {

std::vector<std::unique_ptr<Feature>> make_features(const model::NodeConfig&, Attachments&) {
    return {};
}

std::vector<std::unique_ptr<HomeFeature>> make_home_features(const model::NodeConfig&) {
    return {};
}

} // namespace peers::netmip6
