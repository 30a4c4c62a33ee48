#include "peers/pmip6/mag_policy.h"

#include "peers/pmip6/settings.h"

#include <algorithm>
#include <type_traits>

namespace peers::pmip6 {

MagPolicy mag_policy(const model::NodeConfig& config, const model::Settings& settings) {
    using namespace std::chrono_literals;
    MagPolicy policy;
    policy.networks = config.profile == "pmip6-nemo";
    if (config.profile == "rfc5213" || policy.networks) {
        policy.first_timeout = 1s;
        policy.deregistration = 1s;
        policy.handoff_options = true;
        policy.link_local_is_ours = true;
        policy.advertise_mtu = true;
    }
    const SettingsReader read(settings);
    const auto number = [&](const char* name, auto& field) {
        field = static_cast<std::remove_reference_t<decltype(field)>>(read.number(name, field));
    };
    policy.lifetime = read.lifetime("lifetime", policy.lifetime);
    policy.timestamps = read.flag("timestamps", policy.timestamps);
    policy.sequence_from_clock = read.text("sequence") == "clock";
    number("first-sequence", policy.first_sequence);
    policy.hint = read.flag("hint", policy.hint);
    policy.local_routing = read.flag("local-routing", policy.local_routing);
    policy.local_prefix = read.prefix("local-prefix");
    if (const auto address = read.text("link-local"))
        policy.link_local = base::parse_ip6(*address);
    if (const auto address = read.text("dhcp-server"))
        policy.dhcp_server = base::parse_ip6(*address);
    if (const auto address = read.text("delegating-router"))
        policy.delegating_router = base::parse_ip6(*address);
    policy.implicit = read.text("registration") == "implicit";
    policy.ends_session = read.text("network-end") != "network";
    policy.routing_protocols = read.flag("routing-protocols", policy.routing_protocols);
    number("delegation-repeats", policy.delegation_repeats);
    policy.delegation_wait = read.duration("delegation-wait", policy.delegation_wait);
    policy.solicit_hold = read.duration("solicit-hold", policy.solicit_hold);
    policy.shared_prefix = read.prefix("shared-prefix");
    policy.advertise = read.duration("advertise", policy.advertise);
    number("router-lifetime", policy.router_lifetime);
    policy.advertise_mtu = read.flag("advertise-mtu", policy.advertise_mtu);
    policy.probe = read.duration("probe", policy.probe);
    number("probe-attempts", policy.probe_attempts);
    policy.store_reachable = read.text("policy-store") != "unreachable";
    policy.first_timeout = read.duration("first-timeout", policy.first_timeout);
    policy.timeout = read.duration("timeout", policy.timeout);
    policy.most_timeout = read.duration("most-timeout", policy.most_timeout);
    number("most-updates", policy.most_updates);
    policy.deregistration = read.duration("deregistration-timeout", policy.deregistration);
    policy.mismatch_retry = read.duration("mismatch-retry", policy.mismatch_retry);
    policy.most_mismatch_retry = read.duration("most-mismatch-retry", policy.most_mismatch_retry);
    policy.refused_retry = read.duration("refused-retry", policy.refused_retry);
    number("refresh-at", policy.refresh_percent);
    policy.refresh_percent = std::clamp(policy.refresh_percent, 1u, 100u);
    number("handoff-indicator", policy.first_handoff);
    number("access-technology", policy.access_technology);
    policy.link_local_option = read.flag("link-local-option", policy.link_local_option);
    policy.adopt_anchor_clock = read.flag("adopt-lma-clock", policy.adopt_anchor_clock);
    return policy;
}

} // namespace peers::pmip6
