#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "peers/common/role.h"
#include "peers/netmip6/aaa.h"
#include "peers/netmip6/registration.h"

#include <optional>
#include <string>

namespace peers::netmip6 {

/// Where a node is in the state machine of its access router (digest, 14).
enum class Phase {
    authenticating, ///< AAA was asked
    waiting,        ///< L3WAIT: authenticated; nothing was asked for yet
    registering,    ///< an update is out
    bound,          ///< served here, or, as target, about to be (T_READY)
    handing_over,   ///< HO_PENDING: its context was given away, it is still here
    released,       ///< it has left to the other router: only answers to repeats are left
    deregistering,  ///< its binding is being ended
    failed,         ///< refused; a new trigger may try again
};
std::string_view name(Phase);

/// The IP session of a mobile node at an access router.
struct Session {
    std::string nai;            ///< as authenticated: what updates say (digest, AR-076)
    std::string name;           ///< how suites call it
    base::Mac mac;              ///< link-layer address
    common::PortIndex port = 0; ///< access link
    bool attached = false;      ///< the node is on that link
    Phase phase = Phase::authenticating;
    bool by_handover = false; ///< began with a context instead of an accept
    ServiceProfile profile;
    std::uint32_t asked = 0; ///< id of the AAA request that is out; 0: none
    bool wanted = false;     ///< an address was asked for before AAA had answered

    base::Prefix prefix;    ///< of the home address, /64 (PC-15); ::/0 while there is none
    base::Ip6 link_local;   ///< unspecified: not known
    bool wants_ipv6 = true; ///< it asked for IPv6; false: the home address is a binding key only (PC-21)
    Registration home;      ///< with the home agent
    std::optional<base::Ip6> served_by; ///< remote end of the tunnel that stands; nullopt: none

    // IPv4 (digest, 8), filled by whoever serves it
    bool wants_ipv4 = false;               ///< updates carry option 29
    std::optional<base::Ip4> ipv4_address; ///< as registered
    std::optional<base::Ip4> ipv4_gateway;

    std::string accounting;             ///< Acct-Session-Id; empty: not begun
    base::Mono began{};                 ///< of the session at this router
    std::optional<base::Mono> ends_at;  ///< Session-Timeout
    std::optional<base::Mono> guard_at; ///< T_HO_GUARD, T_ATTACH, the end of a tombstone or of a failure
    std::optional<base::Mono> advertise_at;

    base::Ip6 home_address() const { return home.parties().home; }
    bool is_served() const { return phase == Phase::bound || phase == Phase::handing_over; }
};

} // namespace peers::netmip6
