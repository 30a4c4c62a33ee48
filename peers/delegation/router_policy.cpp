#include "peers/delegation/router_policy.h"

#include "peers/common/settings.h"

namespace peers::delegation {

RouterPolicy router_policy(const model::NodeConfig& config) {
    const common::SettingsReader read(config.self.settings);
    RouterPolicy policy;
    policy.owned = read.prefix("owned");
    policy.delegation = read.flag("delegation", !policy.owned);
    policy.request.asks_rapid_commit = read.flag("rapid-commit", false);
    policy.advertise = read.duration("advertise", policy.advertise);
    policy.announces = read.text("routing") == "ripng";
    return policy;
}

} // namespace peers::delegation
