#include "peers/nemo/ha_policy.h"

#include "peers/common/settings.h"

namespace peers::nemo {

HaPolicy ha_policy(const model::Settings& settings) {
    const common::SettingsReader read(settings);
    HaPolicy policy;
    policy.home = read.prefix("home-prefix").value_or(base::Prefix{});
    policy.pools = read.prefixes("pool");
    policy.persistent_pools = read.prefixes("persistent-pool");
    policy.unroutable = read.prefixes("unroutable");
    policy.default_length = static_cast<unsigned>(read.number("prefix-length", policy.default_length));
    policy.min_length = static_cast<unsigned>(read.number("min-length", policy.min_length));
    policy.max_length = static_cast<unsigned>(read.number("max-length", policy.max_length));
    policy.max_lifetime = read.lifetime("max-lifetime", policy.max_lifetime);
    if (const auto valid = read.duration("persistent-valid"))
        policy.persistent_valid =
            static_cast<std::uint32_t>(std::chrono::floor<std::chrono::seconds>(*valid).count());
    policy.reclaim = read.duration("reclaim", policy.reclaim);
    policy.grace = read.duration("grace", policy.grace);
    policy.advertise = read.duration("advertise", policy.advertise);
    policy.serves_routers = read.flag("mobile-routers", policy.serves_routers);
    policy.delegates = read.flag("delegation", policy.delegates);
    policy.persistent = read.flag("persistent", policy.persistent);
    policy.transient = read.flag("transient", policy.transient);
    policy.implicit = read.flag("implicit", policy.implicit);
    policy.accepts_empty = read.text("empty-list").value_or("accept") == "accept";
    policy.reject_mismatch = read.text("mismatch").value_or("soft") == "reject";
    policy.requests_refresh = read.flag("refresh-request", policy.requests_refresh);
    policy.routes_at_confirm = read.text("route-on").value_or("allocate") == "confirm";
    return policy;
}

} // namespace peers::nemo
