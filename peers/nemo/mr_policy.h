#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/topology.h"
#include "peers/nemo/codes.h"

#include <functional>
#include <vector>

namespace peers::nemo {

/// Everything about a mobile router that is a choice: settings of the node first, then what the
/// specifications demand, as data, so that a mutant is a changed value (SUITES 4).
struct MrPolicy {
    // Settings (suites/README.md).
    base::Ip6 home_address;
    base::Prefix home;               ///< the home network
    std::vector<base::Ip6> agents;   ///< in the order in which they are tried
    std::vector<base::Prefix> owned; ///< prefixes that it is configured with
    unsigned wanted = 1;             ///< how many it wants beside them
    bool explicit_mode = true;
    bool persistent = false, implicit = false; ///< of what it asks for
    std::uint8_t length = 64, type = prefix_type::global;
    std::uint16_t lifetime = 450; ///< units of four seconds
    bool asks_list = true;        ///< S in the first update
    bool asks_prefixes = true;    ///< requests in the first update too; else when the list leaves some unmet
    base::Duration advertise = std::chrono::seconds(3);
    base::Duration back_off = std::chrono::seconds(10); ///< before a request is repeated

    // RFC 3775 and RFC 3963.
    bool sets_r = true, sets_h = true, keeps_r = true;
    bool lists_in_explicit_mode = true;
    bool lists_in_implicit_mode = false;
    bool lists_in_leaving = false;
    bool leaves_at_home = true;
    bool leaves_before_another = true; ///< an agent without support for routers
    bool minds_missing_r = true;
    bool looks_for_agents = true; ///< discovery with R
    bool tries_others = true;
    bool minds_other_mode = false; ///< acts on statuses of the mode that it is not in
    bool stops_when_all_refuse = true;
    bool stops_advertising_refused = true;
    bool advertises_on_egress = false;
    bool checks_inner_sources = true;
    bool tunnels = true;
    bool tunnels_when_refused = false;

    // The draft.
    bool requests = true; ///< knows MNPReq at all
    bool installs_granted = true, installs_listed = true;
    bool advertises_granted = true;
    bool confirms = true;
    bool confirms_early = false;   ///< before the interface is up
    bool keeps_correlation = true; ///< in retransmissions
    bool own_correlations = true;  ///< each request has its own
    bool checks_correlation = true;
    bool checks_sequence = true;
    bool checks_status = true; ///< takes nothing from a refusal
    bool checks_form = true;   ///< discards malformed confirmations
    bool reads_d = true;       ///< D=0 is about a prefix, not about a request
    bool tells_flags = true;   ///< P I D of its prefixes as they are
    bool tells_wishes = true;  ///< P and I of its requests as configured
    bool asks_configured_length = true;
    bool heeds_lifetimes = true; ///< of confirmations, in advertisements
    bool heeds_unsolicited = true;
    bool heeds_missing = true;            ///< what a full list lacks
    bool takes_no_list_for_empty = false; ///< S=0 as an empty list
    bool takes_unlisted_for_list = false; ///< prefixes with S=0 as a list
    bool takes_longer = true;             ///< status 7
    bool asks_again = true;               ///< other wishes after 5, 8, 9 and 10
    bool uses_refused = false;            ///< advertises what a refusal names
    bool waits = true;                    ///< before it repeats a request
    bool alerts = true;                   ///< status 2
    bool drops_transient = true;          ///< with the binding
    bool discards_unused = true;          ///< packets for parts of its prefix that are nowhere
    bool asks_after_renumbering = true;
    bool asks_at_another_agent = true; ///< in the first update there
    bool uses_the_list_first = true;
    bool keeps_binding_without_answer = true;
};

using AdjustMr = std::function<void(MrPolicy&)>;

/// From the settings of the node; what does not parse counts as not set.
MrPolicy mr_policy(const model::Settings&);

} // namespace peers::nemo
