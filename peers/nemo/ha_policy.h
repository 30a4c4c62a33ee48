#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/topology.h"
#include "peers/mip6/codes.h"
#include "peers/nemo/codes.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace peers::nemo {

/// Everything about a home agent that is a choice: settings of the node first, then what the specifications
/// demand, as data, so that a mutant is a changed value (SUITES 4).
struct HaPolicy {
    // Settings (suites/README.md).
    base::Prefix home;                          ///< the home network
    std::vector<base::Prefix> pools;            ///< transient prefixes, an aggregate of this agent's own
    std::vector<base::Prefix> persistent_pools; ///< persistent ones, the home network's
    std::vector<base::Prefix> unroutable;       ///< prefixes for which no route can be set up
    unsigned default_length = 64, min_length = 48, max_length = 128;
    std::uint16_t max_lifetime = 900;               ///< units of four seconds
    std::uint32_t persistent_valid = infinite;      ///< seconds
    base::Duration reclaim{};                       ///< of unbound dynamic prefixes; 0: never
    base::Duration grace = std::chrono::minutes(2); ///< of an old prefix after a renumbering
    base::Duration advertise = std::chrono::seconds(3);
    bool serves_routers = true; ///< false: 140
    bool delegates = true;      ///< false: RFC 3963 only, nothing of the draft
    bool persistent = true, transient = true, implicit = true;
    bool accepts_empty = true;      ///< an MR without prefixes that asks for the list; false: 143
    bool reject_mismatch = false;   ///< an unmet persistence refuses the whole binding (A 5.3)
    bool requests_refresh = true;   ///< Binding Refresh Request when there is news for a bound router
    bool routes_at_confirm = false; ///< routes a delegated prefix only once it is confirmed (A 3.1.2)

    // RFC 3775 and RFC 3963.
    bool check_association = true; ///< signalling from elsewhere is dropped, as IPsec would
    bool check_sequence = true, check_home_subnet = true, check_known = true;
    bool check_h = true;            ///< R without H: 140
    bool check_r_change = true;     ///< 139
    bool check_entitled = true;     ///< prefix table, 142
    bool check_valid_prefix = true; ///< 141
    bool all_or_nothing = true;     ///< one bad prefix refuses them all
    bool register_refused = false;  ///< a refused update is registered all the same
    bool ignores_prefixes_at_deregistration = true;
    bool ignores_r_at_deregistration = true;
    bool reads_explicit = true, serves_implicit = true;
    bool serves_hosts_as_hosts = true; ///< no mobile network behind R=0
    bool check_inner_source = true;
    bool delete_routes = true, delete_at_deregistration = true, expires = true;
    bool follows_care_of = true;
    bool route_listed = true; ///< forwards for the prefixes of an explicit update
    bool answers_discovery = true, advertises = true;
    bool router_flag_in_proxy = true, router_flag_in_discovery = true, router_flag_in_advertisements = true;
    bool returns_r_always = false;
    std::uint8_t no_router_service = mip6::status::router_operation;
    std::uint8_t without_h = mip6::status::router_operation;
    std::uint8_t r_changed = mip6::status::type_change;
    std::uint8_t bad_prefix = mip6::status::invalid_prefix;
    std::uint8_t not_entitled = mip6::status::not_authorised;
    std::uint8_t nothing_to_forward = mip6::status::no_forwarding;
    std::uint8_t out_of_window = mip6::status::sequence_out_of_window;
    std::uint8_t outside_home = mip6::status::not_home_subnet;
    std::uint8_t unknown_node = mip6::status::not_home_agent;
    std::uint8_t without_resources = mip6::status::no_resources;
    std::uint8_t without_right = mip6::status::prohibited;

    // The draft.
    bool echoes_s = true;        ///< S in an acknowledgement of an update with S
    bool s_without_r = false;    ///< acts on S although R is clear
    bool lists = true;           ///< the prefixes go with S
    bool lists_delegated = true; ///< also those that were delegated
    bool lists_new = true;       ///< also those that this very update got
    bool lists_twice = false;    ///< a prefix appears twice
    bool forgets_removed = true; ///< a withdrawn prefix leaves the list
    bool tells_persistent = true, tells_implicit = true, tells_delegated = true; ///< P I D of the list
    bool volunteers = true; ///< tells of changes that nobody asked for
    bool answers_requests = true;
    bool answers_each = true; ///< false: the first request only
    bool check_persistence = true, check_implicit = true;
    bool check_right = true; ///< of the router to be given prefixes
    bool remembers_correlation = true;
    bool correlation_is_per_router = true;
    bool frees_transient = true;  ///< with the binding
    bool keeps_persistent = true; ///< beyond the binding
    bool obeys_length = true, obeys_type = true;
    bool checks_before_requests = true; ///< base checks come first
    bool routes_delegated = true;
    bool routes_without_binding = false; ///< installs a route for an update with lifetime 0
    bool counts_grant_as_prefix = true;  ///< a granted request is prefix information: no 143
    bool answers_hosts = true;           ///< status 2 for R=0
    bool reclaims = true;
    bool bounds_answers = true;         ///< no more confirmations than an acknowledgement holds
    bool takes_malformed = false;       ///< reads requests of another length as if they were right
    bool keeps_at_move = true;          ///< transient prefixes survive a new care-of address
    bool routes_implicit_always = true; ///< I=1 prefixes although an explicit update omits them
    bool check_truncation = true;       ///< drops updates whose last option is cut short
    bool silent_without_a = false;      ///< leases, and does not say so
    bool grants_transient_unbound = false;
    bool reads_confirmations = false;             ///< takes an MNPConf of an update for a grant
    bool stops_at_request = false;                ///< reads no option behind the first request
    bool writes_store = true, reads_store = true; ///< where persistent prefixes are kept
    bool stores_transient = false;
    bool uses_reserved = true;  ///< what was assigned in advance
    bool awaits_store = true;   ///< answers once it is durable
    bool obeys_refusals = true; ///< of the store: somebody else was quicker
    std::uint8_t exhausted = confirmation::no_route;
    std::uint8_t not_offered_persistent = confirmation::no_persistent;
    std::uint8_t not_offered_transient = confirmation::no_transient;
    std::uint8_t not_offered_implicit = confirmation::no_implicit;
    std::uint8_t shorter_refused = confirmation::other_length;
    std::uint8_t not_router = confirmation::not_a_router;
    std::uint8_t claim_of_another = confirmation::of_another;
    std::uint8_t claim_of_foreign = confirmation::foreign_domain;
    std::uint8_t claim_invalid = confirmation::invalid_prefix;
    std::uint8_t claim_unregistered = confirmation::not_registered;
};

using AdjustHa = std::function<void(HaPolicy&)>;

/// From the settings of the node; what does not parse counts as not set.
HaPolicy ha_policy(const model::Settings&);

} // namespace peers::nemo
