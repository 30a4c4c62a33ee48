#include "peers/netmip6/ha_policy.h"

#include "peers/common/settings.h"
#include "peers/netmip6/message.h"

namespace peers::netmip6 {

HaPolicy ha_policy(const model::NodeConfig& config, const model::Settings& settings) {
    HaPolicy policy;
    const common::SettingsReader read(settings);
    policy.is_map = config.self.role == "map";
    policy.service = read.flag("service", true);
    policy.home = read.prefixes(policy.is_map ? "map-prefix" : "home-prefix");
    policy.keys = parse_keys(read.text("keys").value_or(""));
    policy.max_lifetime = read.lifetime("max-lifetime", policy.max_lifetime);
    policy.advice = read.lifetime("refresh-advice", 0);
    policy.most_bindings = read.number("most-bindings", policy.most_bindings);
    policy.bicast = read.flag("bicast", true) && !policy.is_map;
    policy.bicast_time = read.duration("bicast-time", policy.bicast_time);
    if (policy.bicast_time == base::Duration{})
        policy.bicast = false;
    policy.quarantine = read.duration("quarantine", policy.quarantine);
    policy.tolerance = read.duration("tolerance", policy.tolerance);
    policy.timestamps = read.text("replay").value_or("timestamp") != "sequence";
    policy.fetches_keys = read.flag("fetch-keys", false);
    if (const auto port = read.text("home-port"))
        policy.home_port = std::string(*port);
    policy.detection = read.duration("detection", policy.detection);
    policy.radius = radius_policy(config);
    policy.asks_for_refresh = read.flag("refresh-request", false);
    return policy;
}

} // namespace peers::netmip6
