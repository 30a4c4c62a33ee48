#pragma once

#include "harness/model/topology.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace peers::pmip6 {

/// Everything that a draft leaves open, a profile changes, or a deliberately wrong gateway does. Filled from
/// the profile and the settings of the node, whose names stand behind the fields.
struct MagPolicy {
    // Deployment
    std::uint16_t lifetime = 900;             ///< lifetime: to ask for, units of four seconds
    bool timestamps = true;                   ///< timestamps: else sequence numbers order
    bool sequence_from_clock = false;         ///< sequence=clock: numbers that all gateways agree on
    std::uint16_t first_sequence = 0;         ///< first-sequence: the number before the first
    bool hint = false;                        ///< hint: ask for the prefix of the profile
    bool local_routing = false;               ///< local-routing: EnableMAGLocalRouting
    std::optional<base::Prefix> local_prefix; ///< local-prefix: for nodes without the service
    std::optional<base::Ip6> link_local;      ///< link-local: on every access link
    std::optional<base::Ip6> dhcp_server;     ///< dhcp-server: to relay to; without one there is no relay
    /// shared-prefix: nodes lease single addresses of it, which are registered as /128 (Appendix B)
    std::optional<base::Prefix> shared_prefix;
    base::Duration advertise = std::chrono::seconds(3); ///< advertise: between unsolicited RAs; 0: none
    std::uint16_t router_lifetime = 1800;               ///< router-lifetime: seconds
    bool advertise_mtu = false;                         ///< advertise-mtu: what fits the tunnel
    base::Duration probe = std::chrono::seconds(1); ///< probe: between two solicitations of a presence check
    unsigned probe_attempts = 3;                    ///< probe-attempts
    bool store_reachable = true;                    ///< policy-store=unreachable: nobody is known

    bool networks = false;                      ///< serves mobile routers (pmip6-nemo-support)
    std::optional<base::Ip6> delegating_router; ///< delegating-router: to relay requests for prefixes to
    bool implicit = false;                      ///< registration=implicit: refreshes name no prefix (3.3.2)
    bool ends_session = true; ///< network-end=session: else only the network ends with its lifetime (B03)
    bool routing_protocols = true;   ///< routing-protocols: those of routers go through the tunnel (3.5)
    unsigned delegation_repeats = 3; ///< delegation-repeats: of a request answered with another prefix
    base::Duration delegation_wait = std::chrono::seconds(1); ///< delegation-wait: before each of them
    base::Duration solicit_hold = std::chrono::seconds(10);   ///< solicit-hold: how long a Solicit is kept

    // Timers
    base::Duration first_timeout = std::chrono::milliseconds(1500); ///< first-timeout: no binding yet
    base::Duration timeout = std::chrono::seconds(1);               ///< timeout: otherwise
    base::Duration most_timeout = std::chrono::seconds(32);         ///< most-timeout
    unsigned most_updates = 3;                                      ///< most-updates: a second, for each node
    base::Duration deregistration = std::chrono::seconds(3);        ///< deregistration-timeout
    base::Duration mismatch_retry = std::chrono::seconds(1);        ///< mismatch-retry: doubles …
    base::Duration most_mismatch_retry = std::chrono::seconds(4);   ///< … up to most-mismatch-retry
    base::Duration refused_retry{};                                 ///< refused-retry; 0: never
    unsigned refresh_percent = 80;                                  ///< refresh-at: of the granted lifetime

    // Choices
    bool handoff_options =
        false; ///< RFC 5213: Handoff Indicator, Access Technology Type, link-layer identifier
    std::uint8_t first_handoff = 4;     ///< handoff-indicator of a first registration: state unknown
    std::uint8_t access_technology = 3; ///< access-technology: IEEE 802.3
    bool link_local_option = true;      ///< link-local-option
    bool link_local_is_ours = false;    ///< RFC 5213: the option names the gateway's address on the link
    bool learn_link_local = true;       ///< from neighbour discovery of the node
    bool adopt_anchor_clock = false;    ///< adopt-lma-clock: believe the time of a TIMESTAMP_MISMATCH
    bool retry_without_hint = true;     ///< ask for any prefix when the named one is refused (155)
    bool adopt_sequence = true;         ///< go on behind the number of a 135
    bool attach_on_carrier = true;      ///< carrier of a link that belongs to one node says that it is there
    bool attach_on_solicitation = true; ///< so does an RS of a known node

    // Deliberate faults, all off in a correct gateway
    bool check_sequence = true;   ///< an answer must bear the number of the latest update
    bool check_timestamp = true;  ///< and its timestamp
    bool check_identifier = true; ///< and name the node
    bool check_source = true;     ///< and come from the anchor that was asked
    bool check_proxy_flag = true; ///< and have P=1
    bool accept_refusals = false;
    bool accept_without_prefix = false;
    bool treat_small_status_as_refusal = false; ///< 1..127
    bool restamp = true;                        ///< a retransmission has a timestamp of its own
    bool renumber_retransmissions = true;       ///< and a sequence number of its own
    bool doubles = true;                        ///< the timeout doubles
    bool retransmit = true;
    bool refresh = true;
    bool check_presence = true; ///< before a refresh
    bool deregister = true;
    bool keep_state = false; ///< service goes on after the node has left
    bool stop_at_expiry = true;
    bool stop_when_refused = true;              ///< a refused refresh ends the service
    std::optional<base::Prefix> early_prefix;   ///< advertised as soon as the node is there
    std::optional<base::Prefix> refused_prefix; ///< advertised after a refusal
    bool stop_when_gone = true;    ///< a node that leaves during its registration is not asked for any more
    bool advertise_to_all = false; ///< to the group instead of the one node
    bool withdraw = true;          ///< announces the end of a prefix
    bool answer_solicitations = true;
    bool on_link = true;      ///< L=1 in the prefix
    bool one_visitor = false; ///< a node that comes displaces the others
    bool forward_before_binding = false;
    bool encapsulate = true;
    bool check_inner_destination = true;
    bool check_source_prefix = true; ///< only the node's prefix goes into its tunnel
    bool retry_mismatch = true;
    bool register_all = false; ///< also nodes without the service
    bool proxy_flag = true, acknowledge_flag = true;
    bool identifier_option = true, prefix_option = true;
    bool ask_granted_prefix_only = false; ///< advertises what it asked for instead of what was granted
    bool share_tunnel = true;             ///< otherwise the first that leaves takes it along
    bool yield_link_local = true;         ///< changes its own address when the node has the same
    bool hold_solicits = true;            ///< until the anchor has answered
    bool hold_one_only = true;            ///< of each router: the newest
    bool forget_held = true;              ///< when the router leaves
    bool relay_unassigned = false;        ///< relays although there is no prefix
    bool insert_hints = true;             ///< the assigned prefix, in what the router says
    bool replace_hints = true;            ///< in the place of the router's own
    bool one_hint_only = true;            ///< in one association of several
    bool spare_authenticated = true;      ///< nothing is changed in what is authenticated
    bool check_delegated = true;          ///< another prefix than the assigned one is not handed on
    bool heed_zero_lifetime = true;       ///< it ends the network
    bool heed_release = true;             ///< so does the answer to a Release
    bool check_dhcp = true;               ///< what is malformed is not relayed
    bool check_hops = true;               ///< of relay agents behind the router
    bool check_network = true;            ///< what cannot be a network's prefix is none
    bool replace_network = true;          ///< another prefix in a later answer takes the place of the first
    bool serve_all_routers = false;       ///< whatever the policy says
    bool intercept_unicast = true;        ///< also what is addressed to the delegating router itself
    bool route_at_once = true;            ///< as soon as the anchor has answered
    bool carry_all_link_local = false;    ///< also what is no routing protocol's
};

/// The policy that profile and settings of the node give.
MagPolicy mag_policy(const model::NodeConfig&, const model::Settings&);

/// A change to a policy, to be applied whenever it is derived anew.
using AdjustMag = std::function<void(MagPolicy&)>;

} // namespace peers::pmip6
