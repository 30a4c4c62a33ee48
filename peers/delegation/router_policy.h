#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/topology.h"
#include "peers/dhcp/requesting_router.h"

#include <optional>

namespace peers::delegation {

/// What a mobile router is configured with, and what a deliberately wrong one does.
struct RouterPolicy {
    dhcp::RequestPolicy request;
    bool delegation = true;            ///< asks for its prefix by DHCPv6 (3.2); off with `owned`
    std::optional<base::Prefix> owned; ///< owned: its prefix by configuration (3.2)
    base::Duration advertise = std::chrono::seconds(3); ///< advertise: on its own links
    bool announces = false; ///< routing=ripng: says its routes to the gateway (3.5)

    // Deliberate faults, all off in a correct router
    bool advertises_network = true;
    bool numbers_egress = false;  ///< advertises and takes its prefix on the egress link
    bool limits_lifetimes = true; ///< RAs do not outlive the delegation
    bool takes_default_route = true;
    bool forms_home_address = true;
    bool forwards = true;       ///< what its network says goes to the gateway
    bool uses_all_links = true; ///< of several gateways
    bool keeps_network_on_new_link = true;
    bool installs_route = true; ///< to its network
};

RouterPolicy router_policy(const model::NodeConfig&);

} // namespace peers::delegation
