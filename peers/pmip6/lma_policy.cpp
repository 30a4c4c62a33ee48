#include "peers/pmip6/lma_policy.h"

#include "peers/pmip6/settings.h"

namespace peers::pmip6 {

namespace {

using namespace std::chrono_literals;

/// Senders are authorised before anything is disclosed about who exists (digest, section 5).
LmaPolicy draft02() {
    LmaPolicy policy;
    policy.checks = {Check::sender,      Check::identifier,    Check::known_node, Check::service,
                     Check::mag_of_node, Check::prefix_option, Check::order};
    policy.ordering.tolerance = 300ms;
    return policy;
}

LmaPolicy rfc5213() {
    LmaPolicy policy;
    policy.checks = {Check::sender,        Check::identifier,        Check::mag_of_node,
                     Check::known_node,    Check::service,           Check::order,
                     Check::prefix_option, Check::handoff_indicator, Check::access_technology};
    policy.ordering.tolerance = 300ms;
    policy.delay = 10s;
    policy.acknowledge_foreign_deregistration = false;
    policy.refuse_deregistration_without_entry = false;
    policy.forward_during_delay = false;
    policy.empty_identifier_when_missing = true;
    policy.unspecified_prefix_when_missing = true;
    policy.sessions_by_interface = true;
    policy.allocates_link_local = true;
    policy.unknown_node = status::not_lma;
    policy.missing_prefix = status::missing_prefix;
    policy.lower_timestamp = status::timestamp_lower;
    policy.other_prefix = status::prefix_not_authorised;
    policy.overlapping_prefix = status::prefix_set_mismatch;
    return policy;
}

} // namespace

LmaPolicy lma_policy(const model::NodeConfig& config, const model::Settings& settings) {
    LmaPolicy policy = config.profile == "rfc5213" || config.profile == "pmip6-nemo" ? rfc5213() : draft02();
    policy.networks = config.profile == "pmip6-nemo";
    const SettingsReader read(settings);
    policy.service = read.flag("service", policy.service);
    policy.pools = read.prefixes("pool");
    policy.owned = read.prefixes("owned");
    policy.prefix_length =
        static_cast<unsigned>(std::min<std::uint64_t>(read.number("prefix-length", 64), 128));
    policy.prefix_valid = read.duration("prefix-valid");
    policy.max_lifetime = read.lifetime("max-lifetime", policy.max_lifetime);
    policy.delay = read.duration("delay", policy.delay);
    policy.ordering.tolerance = read.duration("tolerance", policy.ordering.tolerance);
    policy.mags = read.words("mags");
    policy.mags_only = !policy.mags.empty();
    policy.static_tunnels = read.flag("static-tunnels", policy.static_tunnels);
    policy.refresh_advice = read.lifetime("refresh-advice", policy.refresh_advice);
    policy.announce = read.words("announce");
    policy.announce_interval = read.duration("announce-interval", policy.announce_interval);
    policy.hosts = read.flag("hosts", policy.hosts);
    policy.home_links = read.prefixes("home-link");
    policy.network_pools = read.prefixes("network-pool");
    policy.network_length =
        static_cast<unsigned>(std::min<std::uint64_t>(read.number("network-prefix-length", 64), 128));
    policy.retention = read.duration("network-retention");
    policy.routers_need_h = read.text("mobile-router-flag") == "with-h";
    policy.dynamic_hints = read.flag("dynamic-hints", policy.dynamic_hints);
    policy.check_inner_source = read.flag("check-inner-source", policy.check_inner_source);
    if (const auto value = read.text("plain-update"))
        policy.ignore_plain_update = *value == "ignore";
    if (const auto value = read.text("foreign-deregistration"))
        policy.acknowledge_foreign_deregistration = *value != "ignore";
    if (const auto value = read.text("deregistration-without-entry"))
        policy.refuse_deregistration_without_entry = *value != "ignore";
    if (const auto value = read.text("traffic-during-delay"))
        policy.forward_during_delay = *value != "drop";
    return policy;
}

} // namespace peers::pmip6
