#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/topology.h"
#include "peers/netmip6/client_policy.h"
#include "peers/netmip6/codes.h"
#include "peers/netmip6/hierarchy_policy.h"
#include "peers/netmip6/ipv4_policy.h"
#include "peers/netmip6/keys.h"
#include "peers/netmip6/radius_policy.h"

#include <functional>
#include <optional>
#include <vector>

namespace peers::netmip6 {

/// Whether HO messages have to come under AH (PC-10).
enum class Protection { required, optional, off };

/// How keys travel in a context (PC-9).
enum class KeyMode : std::uint8_t { none = 0, clear = 1, wrapped = 2 };

/// What an access router asks of a HO message before it believes it (PC-5), and what a deliberately wrong one
/// forgets.
struct HoChecks {
    Protection protection = Protection::required;
    std::optional<unsigned> least_hop_limit; ///< ho_hoplimit=gtsm:<min>; without it 255
    std::uint8_t request_code = 0, response_code = 0;
    bool hop_limit = true, code = true, unicast = true;
    bool answers_cut = false; ///< what is too short to be read
    bool length = true;       ///< shorter than the fixed part
    bool zero_length = true;  ///< an option without length
    bool authentication = true;
    bool format = true;        ///< the identity, and what overruns
    bool contradiction = true; ///< two identities
    bool permission = true;
    bool location = true;
    bool permission_first = true; ///< before the look-up
    bool format_first = true;     ///< before the permission
};

/// Everything about an access router that is a choice: settings of the node, then what the specifications
/// demand, as data.
struct ArPolicy {
    // Settings (suites/README.md)
    std::optional<base::Ip6> home_agent;
    std::vector<Key> keys;            ///< common AR-HA associations (BOTH-016); the first one is used
    std::vector<base::Ip6> permitted; ///< routers that may have contexts; empty: all of the topology
    bool permits_all = true;          ///< no list was given
    HoChecks ho;
    ClientPolicy client;
    RadiusPolicy radius;
    bool serves_ipv4 = true;
    Ipv4Policy ipv4;
    HierarchyPolicy hierarchy;
    KeyMode key_mode = KeyMode::none;
    base::Bytes kek; ///< of the key wrap
    bool allow_clear_keys = false;
    bool leg_teardown = false; ///< sar_teardown=leg: lifetime 0 from the old care-of address
    base::Ip6 link_local;      ///< on all access links
    base::Duration advertise = std::chrono::seconds(3);
    std::uint16_t router_lifetime = 1800; ///< seconds

    // Timers
    base::Duration ho_timeout = std::chrono::milliseconds(250); ///< doubles
    unsigned ho_sends = 4;
    base::Duration guard = std::chrono::seconds(10);  ///< T_HO_GUARD
    base::Duration attach = std::chrono::seconds(10); ///< T_ATTACH
    base::Duration tombstone = std::chrono::seconds(5);
    base::Duration fallback = std::chrono::seconds(30);
    base::Duration refused_retry = std::chrono::seconds(30);

    // Deliberate faults: set-up
    bool asks_aaa = true, obeys_aaa = true;
    bool follows_profile = true; ///< home agent and address of the accept
    bool waits_for_trigger = true;
    bool one_registration = true; ///< repeated triggers are one
    bool serves_early = false;    ///< a prefix before the acknowledgement
    bool serves_refused = false;
    bool own_prefix = false; ///< advertises a prefix of its own
    bool advertises_to_all = false, advertises_everywhere = false;
    bool withdraws = true;
    bool encapsulates = true, check_source = true, check_tunnel = true;
    bool right_link = true; ///< delivers on the link of the node that owns the address
    bool deletes = true;    ///< de-registers when a session ends
    bool obeys_session_timeout = true, bounds_by_session = true;
    bool answers_refresh_request = true, obeys_binding_error = true, obeys_parameter_problem = true;
    bool believes_any_error = false; ///< a Binding Error from anybody
    bool identity_of_node = false;   ///< believes what the node claims

    // Serving router
    bool transfers = true, freezes = true, serves_until_detach = true, tears_down = true;
    bool deletes_at_teardown = false; ///< de-registers the binding that is the target's by now
    bool guards = true, keeps_answers = true, limits_refusals = true, context_with_refusal = false;
    bool context_without_c = false, leaves_without_h = false;
    bool gives_identity = true, gives_home = true, gives_agent = true, gives_binding = true,
         gives_keys = true;
    bool right_sequence = true, of_everybody = false;
    std::uint8_t granted = ho_status::success;
    std::uint8_t refused_format = ho_status::poorly_formatted,
                 refused_authentication = ho_status::authentication_failed,
                 refused_location = ho_status::not_located, refused_permission = ho_status::prohibited;
    bool echoes_identifier = true;
    std::uint8_t response_hop_limit = 255;
    std::uint8_t response_reserved = 0;
    std::uint16_t request_reserved = 0;
    bool spoils_checksum = false; ///< of HO messages
    bool response_from_asked = true, response_to_asker = true;
    bool request_from_care_of = true, request_to_serving = true;
    bool spoils_options = false; ///< length in octets

    // Target router
    bool believes_bad_indications = false;
    bool random_identifiers = true, distinct_identifiers = true;
    bool sends_c = true, sends_h = true, sends_identity = true;
    std::uint8_t request_hop_limit = 255;
    bool retransmits_request = true, keeps_identifier = true, bounds_requests = true,
         backs_off_requests = true;
    bool check_response_identifier = true, check_response_source = true, check_response_identity = true;
    bool check_response_status = true, needs_home = true, needs_agent = true;
    bool registers_early = false;    ///< before the response
    bool registers_wildcard = false; ///< although the context has an address
    bool continues_sequence = true, continues_timestamp = true;
    bool waits_for_attachment = true; ///< delivers nothing before the node is there
    bool falls_back = true;           ///< full set-up where no context came
    bool gives_up_waiting = true;     ///< T_ATTACH
    bool deletes_when_giving_up = false;
    bool serves_before_answer = false; ///< an RA before the home agent has confirmed
    bool trusts_context = true;        ///< serves without asking AAA again
    bool keeps_prefix = true;          ///< advertises what the node already uses
    bool answers_once = true;          ///< a second response has no effect
};

using AdjustAr = std::function<void(ArPolicy&)>;

ArPolicy ar_policy(const model::NodeConfig&, const model::Settings&);

} // namespace peers::netmip6
