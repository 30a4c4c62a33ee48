#pragma once

#include "harness/base/ip.h"
#include "harness/model/topology.h"
#include "peers/netmip6/keys.h"

#include <vector>

namespace peers::netmip6 {

/// A MAP and the prefix of its regional addresses.
struct MapSetting {
    base::Ip6 address;
    base::Prefix prefix;
};

/// How an access router uses MAPs: what is demanded is data, so that a mutant is a changed value.
struct HierarchyPolicy {
    std::vector<MapSetting> maps; ///< of its domain; none: no Net-HMIPv6
    Key key;                      ///< common to it and its MAPs
    unsigned most_sends = 5;      ///< until it does without (PC-26)
    bool discovers = false;       ///< takes MAPs from Router Advertisements too (RFC 4140, 7.3)
    unsigned prefix_length = 48;  ///< of the prefix around the address of a MAP that was discovered
    bool tells_former = false;    ///< the MAP of the domain that was left (RFC 4140, 8)

    // Deliberate faults, all off in a correct router
    bool marks_local = true;     ///< M, and no H
    bool regional_home = true;   ///< the Home Address option has the regional address
    bool regional_prefix = true; ///< out of the MAP's prefix
    bool keeps_regional = true;  ///< within the domain
    bool hides_moves = true;     ///< no update to the home agent within the domain
    bool waits_for_map = true;   ///< before the home agent is told
    bool within_grant = true;    ///< not longer than the MAP has granted
    bool needs_routing = true;   ///< in the MAP's acknowledgement
    bool advertises_map = true;  ///< to a node with a client of its own
    bool distinguishes = true;   ///< between those nodes and plain ones
    bool falls_back = true;
    bool gives_map = true; ///< in contexts
    bool tunnels = true;
    bool drops_rest = true;       ///< what comes by the MAP for a node that has left
    bool check_discovered = true; ///< a global address, and some lifetime
    bool obtains_new = true;      ///< a regional address of the new domain
};

/// What the settings of a node say: `maps`, ADDRESS/LENGTH each, the address being the MAP's own,
/// `map-discovery`, `map-prefix-length` and `former-map`.
HierarchyPolicy hierarchy_policy(const model::NodeConfig&);

} // namespace peers::netmip6
