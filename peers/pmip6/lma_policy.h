#pragma once

#include "harness/model/topology.h"
#include "peers/pmip6/codes.h"
#include "peers/pmip6/ordering.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace peers::pmip6 {

/// One line of the decision table for Proxy Binding Updates (proxymip6-02, 5.3.1). The order in which they
/// stand in LmaPolicy::checks is the precedence of double errors.
enum class Check {
    sender,            ///< the source is a MAG of this domain
    identifier,        ///< there is an NAI
    known_node,        ///< it names a node that this anchor serves
    service,           ///< which is entitled to network-based mobility
    mag_of_node,       ///< and which this MAG may register
    prefix_option,     ///< there is a Home Network Prefix option
    handoff_indicator, ///< RFC 5213 only
    access_technology, ///< RFC 5213 only
    order,             ///< timestamp or sequence number
};

/// Everything that a draft leaves open, a profile changes, or a deliberately wrong anchor does. Filled from
/// the profile and the settings of the node; nothing else decides.
struct LmaPolicy {
    // Deployment
    bool service = true;             ///< acts as an anchor at all
    std::vector<base::Prefix> pools; ///< of dynamic prefixes
    std::vector<base::Prefix> owned; ///< further prefixes that profiles may name
    unsigned prefix_length = 64;
    std::optional<base::Duration> prefix_valid;     ///< from the start of the node on
    std::uint16_t max_lifetime = 900;               ///< units of four seconds
    base::Duration delay = std::chrono::seconds(1); ///< MinDelayBeforeBCEDelete (9)
    std::vector<std::string> mags;    ///< names or addresses besides the nodes of role "mag"; see `mags_only`
    bool mags_only = false;           ///< `mags` instead of the nodes of role "mag"
    bool static_tunnels = false;      ///< one to each MAG, for ever
    std::uint16_t refresh_advice = 0; ///< Binding Refresh Advice in acceptances; 0: none
    std::vector<std::string> announce; ///< ports out of which the prefixes are announced (RIPng)
    base::Duration announce_interval = std::chrono::seconds(30); ///< RFC 2080, 2.3
    bool hosts = false;                      ///< is the home agent of hosts as well (RFC 3775, 10.3)
    std::vector<base::Prefix> home_links;    ///< in which their home addresses are
    bool networks = false;                   ///< serves mobile routers (pmip6-nemo-support)
    std::vector<base::Prefix> network_pools; ///< of mobile network prefixes
    unsigned network_length = 64;            ///< of one of them
    std::optional<base::Duration> retention; ///< of one after its router's last binding; none: for ever
    bool routers_need_h = false;             ///< 140 for R without H, as RFC 3963 has it (digest, B07)

    // Choices
    std::vector<Check> checks;
    Ordering ordering;
    bool dynamic_hints = true;                       ///< a free prefix of the pool may be asked for by value
    bool ignore_plain_update = false;                ///< silence instead of 131 for P=0
    bool acknowledge_foreign_deregistration = true;  ///< status 0 instead of silence
    bool refuse_deregistration_without_entry = true; ///< instead of silence
    bool forward_during_delay = true;                ///< downlink traffic while MinDelayBeforeBCEDelete runs
    bool check_inner_source = true;                  ///< uplink: only sources within the prefix
    bool empty_identifier_when_missing = false;      ///< in the refusal 160
    bool unspecified_prefix_when_missing = false;    ///< in the refusal for a missing prefix option
    bool sessions_by_interface = false; ///< RFC 5213, 5.4.1: a session for each interface of a node
    bool allocates_link_local = false;  ///< RFC 5213: all-zero asks for an address

    // Status values
    std::uint8_t unknown_node = status::not_home_agent;
    std::uint8_t missing_identifier = status::missing_identifier;
    std::uint8_t not_entitled = status::proxy_not_enabled;
    std::uint8_t not_authorised = status::mag_not_authorised;
    std::uint8_t missing_prefix = status::prohibited;
    std::uint8_t outside_window = status::timestamp_mismatch;
    std::uint8_t lower_timestamp = status::timestamp_mismatch;
    std::uint8_t equal_timestamp = status::timestamp_mismatch;
    std::uint8_t old_sequence = status::sequence_out_of_window;
    std::uint8_t exhausted = status::no_resources;
    std::uint8_t not_owned = status::prefix_not_authorised;
    std::uint8_t prefix_of_another = status::prefix_not_authorised;
    std::uint8_t other_prefix = status::prohibited;       ///< at re-registration
    std::uint8_t overlapping_prefix = status::prohibited; ///< at re-registration: other length
    std::uint8_t no_entry = status::not_home_agent;       ///< de-registration
    std::uint8_t not_an_anchor = status::not_supported;
    std::uint8_t type_change = status::type_change;
    std::uint8_t foreign_deregistration = status::accepted;
    std::uint8_t not_home_subnet = status::not_home_subnet;
    std::uint8_t success = status::accepted;

    // Deliberate faults, all off in a correct anchor
    bool check_prefix_holder = true;   ///< see whether somebody has the prefix that is asked for
    bool check_hint_authorised = true; ///< see whether the node may have it
    bool check_owned = true;           ///< see whether it is one of ours
    bool check_same_prefix = true;     ///< another prefix at re-registration is refused
    bool reserve_static = true;        ///< keep the prefixes of profiles out of the pool
    bool share_bound_prefix = false;   ///< give out what somebody already has
    bool new_prefix_at_refresh = false;
    bool check_care_of_at_deregistration = true;
    bool delete_at_deregistration = true; ///< otherwise the entry lives on
    bool delay_deletion = true;           ///< otherwise it goes at once
    bool cancel_delay = true;             ///< a valid registration stops the deletion
    bool refusal_cancels_delay = false;
    bool expire = true; ///< entries end with their lifetime
    bool release_prefixes = true;
    bool move_route = true;         ///< at a handover
    bool drop_old_tunnel = true;    ///< at a handover
    bool count_tunnel_users = true; ///< otherwise the first that leaves takes the tunnel along
    bool remember_order = true;     ///< keep timestamp and number of accepted updates
    bool refusal_counts_as_last = false;
    bool act_on_refusal = false;            ///< registers although the answer is a refusal
    bool register_without_lifetime = false; ///< takes lifetime 0 without an entry for a registration
    bool grant_more_than_asked = false;
    bool echo_bad_timestamp = false; ///< its own time is missing from a refused timestamp's answer
    bool keep_link_local = true;
    bool encapsulate = true;
    bool check_type = true;         ///< a registration of the other type is refused
    bool record_type = true;        ///< otherwise every entry is a proxy's
    bool use_profile_prefix = true; ///< otherwise every node without a hint gets a prefix of the pool
    bool keep_entries = true;       ///< otherwise an acceptance leaves nothing behind
    bool one_entry_only = false;    ///< a new node takes the place of all others
    bool evict_when_full = false;   ///< with an empty pool somebody has to go
    bool forget_at_handover = false;
    bool refresh_extends = true;              ///< otherwise the first lifetime counts
    bool live_as_asked = false;               ///< the entry lives as long as asked, not as granted
    bool repetition_cancels_deletion = false; ///< a second de-registration during the delay
    bool keep_values_during_delay = false;    ///< what a registration then asks for does not count
    base::Duration unit = std::chrono::seconds(lifetime_unit_seconds); ///< in which the entry counts
    bool take_proposed_network = false;   ///< the prefix of a request is believed
    bool check_network_claim = true;      ///< a prefix that is somebody else's is refused
    bool keep_network_at_refusal = false; ///< an assignment is made whatever comes of the update
    bool network_without_flag = false;    ///< serves the option although R is clear
    bool follow_latest_binding = true;    ///< the route of a network goes to the binding refreshed last
};

/// The policy that profile and settings of the node give; the settings are listed in make.h.
LmaPolicy lma_policy(const model::NodeConfig&, const model::Settings&);

/// A change to a policy, to be applied whenever it is derived anew.
using AdjustLma = std::function<void(LmaPolicy&)>;

} // namespace peers::pmip6
