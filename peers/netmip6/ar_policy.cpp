#include "peers/netmip6/ar_policy.h"

#include "harness/crypto/association.h"
#include "peers/common/settings.h"
#include "peers/netmip6/message.h"

#include <algorithm>
#include <type_traits>

namespace peers::netmip6 {

namespace {

constexpr base::Ip6 shared_link_local{{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

/// The address of a node of the topology, or one that is written out.
std::optional<base::Ip6> address_of(const model::Topology& topology, std::string_view word) {
    if (const auto* node = topology.node(word))
        return node->address();
    return base::parse_ip6(word);
}

/// RFC 3775, 11.7.1; RFC 3776, 3.1: ESP protects updates, and not the address that they come from.
bool has_esp(std::string_view security) {
    constexpr std::uint8_t mobility = 135;
    std::vector<std::string> mistakes; // the node itself complains of them
    const crypto::Configuration all = crypto::parse(security, mistakes);
    return std::ranges::any_of(all.policies, [](const crypto::Policy& one) {
        return one.verdict == crypto::Policy::Verdict::protect && one.protocol == crypto::Protocol::esp &&
               one.upper == mobility;
    });
}

} // namespace

ArPolicy ar_policy(const model::NodeConfig& config, const model::Settings& settings) {
    ArPolicy policy;
    const common::SettingsReader read(settings);
    const auto number = [&](const char* name, auto& field) {
        field = static_cast<std::remove_reference_t<decltype(field)>>(read.number(name, field));
    };
    const auto duration = [&](const char* name, base::Duration& field) {
        field = read.duration(name, field);
    };
    if (const auto agent = read.text("home-agent"))
        policy.home_agent = address_of(config.topology, *agent);
    if (!policy.home_agent)
        for (const model::Node& node : config.topology.nodes)
            if (node.role == "ha" && !policy.home_agent)
                policy.home_agent = node.address();
    policy.keys = parse_keys(read.text("keys").value_or(""));
    if (read.text("permitted")) {
        policy.permits_all = false;
        for (const std::string& word : read.words("permitted"))
            if (const auto address = address_of(config.topology, word))
                policy.permitted.push_back(*address);
    }
    const auto ah = read.text("ah").value_or("required");
    policy.ho.protection = ah == "required"   ? Protection::required
                           : ah == "optional" ? Protection::optional
                                              : Protection::off;
    // PC-8: who is further away is let in where the association says who it is.
    if (const auto limit = read.text("ho-hop-limit");
        limit && *limit != "strict" && policy.ho.protection == Protection::required)
        policy.ho.least_hop_limit = static_cast<unsigned>(read.number("ho-hop-limit", 255));
    number("ho-request-code", policy.ho.request_code);
    number("ho-response-code", policy.ho.response_code);
    policy.client.lifetime = read.lifetime("lifetime", policy.client.lifetime);
    number("first-sequence", policy.client.first_sequence);
    number("most-sends", policy.client.most_sends);
    policy.client.timestamps = read.flag("timestamps", true);
    policy.client.names_care_of = has_esp(read.text("security").value_or(""));
    const auto mode = read.text("key-mode").value_or("none");
    policy.key_mode = mode == "clear" ? KeyMode::clear : mode == "wrapped" ? KeyMode::wrapped : KeyMode::none;
    policy.kek = base::parse_hex(read.text("kek").value_or("")).value_or(base::Bytes{});
    policy.allow_clear_keys = read.flag("allow-clear-keys", false);
    policy.leg_teardown = read.text("teardown") == "leg";
    policy.link_local = base::parse_ip6(read.text("link-local").value_or("")).value_or(shared_link_local);
    duration("advertise", policy.advertise);
    number("router-lifetime", policy.router_lifetime);
    duration("ho-timeout", policy.ho_timeout);
    number("ho-sends", policy.ho_sends);
    duration("guard", policy.guard);
    duration("attach", policy.attach);
    duration("tombstone", policy.tombstone);
    duration("fallback", policy.fallback);
    duration("refused-retry", policy.refused_retry);
    policy.radius = radius_policy(config);
    policy.hierarchy = hierarchy_policy(config);
    if (!policy.keys.empty())
        policy.hierarchy.key = policy.keys.front();
    policy.serves_ipv4 = read.flag("ipv4", true);
    return policy;
}

} // namespace peers::netmip6
