#pragma once

#include "harness/base/now.h"

namespace peers::netmip6 {

/// How an access router serves IPv4 (netmip6 digest, 8; PC-21): what is demanded is data, so that a mutant is
/// a changed value.
struct Ipv4Policy {
    base::Duration hold = std::chrono::seconds(30);    ///< T_OFFER_HOLD
    base::Duration lease = std::chrono::seconds(7200); ///< the longest

    // Deliberate faults, all off in a correct router
    bool registers = true;           ///< a DISCOVER leads to an update
    bool once = true;                ///< repeated ones do not lead to further updates
    bool waits = true;               ///< no OFFER before the acknowledgement
    bool wildcard = true;            ///< the IPv6 home address stays open
    bool asks = true, zeroes = true; ///< option 29, with 0.0.0.0
    bool prefix_bit = false;         ///< P
    bool right_address = true;       ///< the OFFER has the address that the home agent gave
    bool needs_confirmation = true;  ///< without options 29 and 30 nothing is offered
    bool minds_status = true;        ///< of option 30
    bool acknowledges = true;        ///< a REQUEST
    bool refuses = true;             ///< a REQUEST for another address
    bool gives_up_offers = true;
    bool releases = true;
    bool tunnels = true, checks_source = true;
    bool names_server = true;  ///< option 54
    bool keeps_address = true; ///< after a handover
};

/// How a home agent deals with IPv4 home addresses (RFC 5555, 3 and 4; netmip6 digest, 6.3 and 8).
struct Ipv4HomePolicy {
    bool supported = true; ///< false: options 29 are ignored, and the rest of the update is not (RFC 5555, 4)

    // Deliberate faults, all off in a correct home agent
    bool assigns = true, unique = true; ///< 0.0.0.0 asks for an address of one's own
    bool returns_option = true;         ///< option 29 in the acknowledgement
    bool acknowledges = true;           ///< option 30 in it
    bool honours_own = true, refuses_foreign = true;
    bool tunnels = true, intercepts = true;
    bool refuses_update = false; ///< a foreign address, or no support, ends the whole registration
};

} // namespace peers::netmip6
