#pragma once

#include "harness/base/now.h"

#include <cstdint>

namespace peers::netmip6 {

/// How an access router registers (RFC 3775, 11; RFC 4285; digest, 6): what the specifications demand is
/// data, so that a mutant is a changed value.
struct ClientPolicy {
    base::Duration first_timeout = std::chrono::milliseconds(1500); ///< InitialBindackTimeoutFirstReg
    base::Duration timeout = std::chrono::seconds(1);               ///< INITIAL_BINDACK_TIMEOUT
    base::Duration most_timeout = std::chrono::seconds(32);         ///< MAX_BINDACK_TIMEOUT
    unsigned most_sends = 0;                                        ///< bu_max_tx; 0: for ever
    unsigned most_deregistrations = 3;                              ///< transmissions with lifetime 0
    unsigned most_updates = 3;                                      ///< MAX_UPDATE_RATE; 0: without limit
    unsigned refresh_percent = 75;                                  ///< of the granted lifetime (PC-19)
    std::uint16_t lifetime = 150;                                   ///< to ask for, units of four seconds
    std::uint16_t first_sequence = 1;                               ///< of a first update
    bool timestamps = true;                                         ///< option 10
    bool names_care_of = false; ///< Alternate Care-of Address: ESP does not cover the source

    // Deliberate faults, all off in a correct client
    bool flag_a = true, flag_h = true, flag_l = false, flag_k = false, flag_m = false;
    bool identifies = true;    ///< option 8
    bool authenticates = true; ///< option 9
    bool home_option = true;   ///< Home Address option
    bool renumbers = true;     ///< each transmission has a number of its own
    bool restamps = true;      ///< and a timestamp of its own
    bool doubles = true;       ///< the timeout doubles
    bool retransmits = true;
    bool stops_at_answer = true; ///< retransmission ends with the acknowledgement
    bool check_sequence = true, check_source = true, check_timestamp = true;
    bool check_routing = true; ///< a type 2 routing header with the right address
    bool check_home = true;    ///< an assigned address that may be one
    bool needs_authenticator = true, check_authenticator = true;
    bool accepts_refusals = false;
    bool one_is_refusal = false; ///< status 1
    bool adopts_sequence = true; ///< 135
    bool adopts_clock = true;    ///< 144
    bool stops_at_146 = true;
    bool honours_grant = true;  ///< the granted lifetime counts, not the one that was asked for
    bool honours_advice = true; ///< Binding Refresh Advice
    bool refreshes = true;
    bool wraps = true;     ///< numbers go on behind 65535
    bool any_spi = false;  ///< uses reserved numbers too
    bool backs_off = true; ///< a refusal is not asked again at once
};

} // namespace peers::netmip6
