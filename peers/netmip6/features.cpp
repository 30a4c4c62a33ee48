#include "peers/netmip6/ar_policy.h"
#include "peers/netmip6/dhcpv6_access.h"
#include "peers/netmip6/feature.h"
#include "peers/netmip6/ha_policy.h"
#include "peers/netmip6/hierarchy.h"
#include "peers/netmip6/home_feature.h"
#include "peers/netmip6/ipv4_access.h"
#include "peers/netmip6/ipv4_home_feature.h"

namespace peers::netmip6 {

std::vector<std::unique_ptr<Feature>> make_features(const model::NodeConfig& config, Attachments& attachments,
                                                    const ArPolicy& policy) {
    std::vector<std::unique_ptr<Feature>> out;
    out.push_back(std::make_unique<Dhcpv6Access>(config, attachments));
    if (!policy.hierarchy.maps.empty() || policy.hierarchy.discovers)
        out.push_back(std::make_unique<Hierarchy>(config, attachments, policy.hierarchy, policy.client));
    if (policy.serves_ipv4)
        out.push_back(std::make_unique<Ipv4Access>(config, attachments, policy.ipv4));
    return out;
}

std::vector<std::unique_ptr<HomeFeature>> make_home_features(const model::NodeConfig& config,
                                                             const HaPolicy& policy) {
    std::vector<std::unique_ptr<HomeFeature>> out;
    out.push_back(std::make_unique<Ipv4HomeFeature>(config, policy.ipv4));
    return out;
}

} // namespace peers::netmip6
