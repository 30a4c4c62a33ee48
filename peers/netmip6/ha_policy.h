#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/topology.h"
#include "peers/netmip6/codes.h"
#include "peers/netmip6/ipv4_policy.h"
#include "peers/netmip6/keys.h"
#include "peers/netmip6/radius_policy.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace peers::netmip6 {

/// Everything about a home agent, or a mobility anchor point, that is a choice: settings of the node, then
/// what the specifications demand, as data, so that a mutant is a changed value.
struct HaPolicy {
    // Settings (suites/README.md)
    bool is_map = false; ///< registers regional addresses: M instead of H, no wildcard (RFC 4140, 6)
    bool service = true; ///< off: 131
    std::vector<base::Prefix> home;   ///< prefixes of which each node gets a /64
    std::vector<Key> keys;            ///< common to it and its access routers
    std::uint16_t max_lifetime = 150; ///< units of four seconds
    std::uint16_t advice = 0;         ///< Binding Refresh Advice, units of four seconds; 0: none
    std::size_t most_bindings = 1'000'000;
    bool bicast = true;
    base::Duration bicast_time = std::chrono::seconds(3); ///< T_BICAST
    base::Duration quarantine = std::chrono::seconds(60);
    base::Duration tolerance = std::chrono::seconds(7); ///< of timestamps
    bool timestamps = true;                             ///< replay protection; off: sequence numbers only
    bool fetches_keys = false;                          ///< asks AAA for keys that it has not (PC-24)
    std::optional<std::string> home_port;               ///< a home link with neighbours: DAD and proxy there
    base::Duration detection = std::chrono::seconds(1); ///< how long DAD waits for an answer
    Ipv4HomePolicy ipv4;
    RadiusPolicy radius;
    bool asks_for_refresh = false; ///< Binding Refresh Request before a binding ends

    // Deliberate faults, all off in a correct home agent
    bool check_home_option = true, check_home_unicast = true, check_care_of = true, check_circle = true;
    bool check_nonce = true, check_association = true, check_missing = true, check_authenticator = true;
    bool check_per_node = true; ///< a key of one node is no good for another
    bool covers_care_of = true; ///< the authenticator is over the care-of address that is registered
    bool check_stale = true, check_repeated = true, check_future = true, check_stamp_present = true;
    bool tells_time = true, echoes_stamp = true;
    bool authenticates_first = true; ///< before sequence and timestamp
    bool check_identity = true;      ///< a wildcard needs a name
    bool check_subtype = true, check_empty = true;
    bool check_sequence = true, modulo = true, any_first_sequence = true, tells_sequence = true;
    bool check_h = true, check_h_change = true;
    bool check_subnet = true, check_owner = true;
    bool detects_duplicates = true, detects_at_update = false;
    bool is_sticky = true, is_unique = true, assigns_in_home = true;
    bool routing_header = true, authenticates = true, copies_sequence = true, to_source = true;
    bool answers = true, answers_silent = false; ///< an accepted update without A
    bool answers_discarded = false;
    bool bounds_lifetime = true, policy_lifetime = true, positive_lifetime = true;
    bool follows_care_of = true, follows_lifetime = true;
    bool expires = true, deletes = true, refuses_unknown = true;
    bool check_outer_source = true, check_inner_source = true;
    bool proxies = true;
    bool tunnels = true;
    bool stores_before_answer = true;
    bool independent = true; ///< deletes one node's entry only
    bool blocks_while_asking = false;
    bool binds_without_key = false, binds_when_refused = false;
    bool ends_bicast = true, ends_bicast_by_leg = true, bicasts_all = false, drops_oldest = true;
    bool accepts_old_uplink = true; ///< from the leg that is left, while it lives
    bool refuses_old_uplink = true; ///< and no longer
    bool leg_only = true;           ///< lifetime 0 from the old leg ends that leg only
    bool changes_named = false;     ///< answers another address than the update names
    bool same_home = true;          ///< confirms the address that the node has
    std::uint8_t no_resources = status::no_resources, not_subnet = status::not_home_subnet,
                 out_of_window = status::sequence_out_of_window, duplicate = status::duplicate_address,
                 bad_authenticator = status::authentication_failed, bad_stamp = status::message_id_mismatch,
                 no_stamp = status::message_id_required, h_changed = status::type_change,
                 no_service = status::not_supported, unknown = status::not_home_agent,
                 not_owner = status::prohibited, no_identity = status::unspecified;
};

using AdjustHa = std::function<void(HaPolicy&)>;

HaPolicy ha_policy(const model::NodeConfig&, const model::Settings&);

} // namespace peers::netmip6
