#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/topology.h"

#include <string>
#include <vector>

namespace peers::netmip6 {

/// What RFC 2865, 2866, 5080 and 5176 demand of a client, as data: a mutant is a changed value.
struct RadiusPolicy {
    std::string secret = "mobiconform";
    std::vector<base::Ip6> servers;                     ///< in the order of trial
    base::Duration first = std::chrono::seconds(2);     ///< IRT
    base::Duration most = std::chrono::seconds(16);     ///< MRT
    base::Duration patience = std::chrono::seconds(30); ///< MRD
    unsigned most_sends = 5;                            ///< MRC, to all servers together
    unsigned tries = 2;                                 ///< transmissions before the next server is asked

    // Deliberate faults, all off in a correct client
    bool verifies = true; ///< responses with a wrong authenticator are discarded
    bool retransmits = true, keeps_identifier = true, doubles = true;
    bool fails_over = true, gives_up = true;
    bool names_user = true, names_nas = true, shows_credential = true;
    bool reject_is_accept = false; ///< takes a reject for an accept
    bool reads_profile = true;     ///< takes what the accept says
    bool reads_keys = true;
    bool needs_agent = false; ///< an accept without home agent is none
    bool minds_contradictions = true;
    bool sends_class = true, sends_identity = true, sends_session = true; ///< in accounting
    bool accounts = true;
    bool disconnects = true, acknowledges = true, verifies_disconnects = true, minds_strangers = true;
};

/// The policy that the settings of a node ask for: `aaa-servers` (else the nodes of the role aaa),
/// `aaa-secret`.
RadiusPolicy radius_policy(const model::NodeConfig&);

} // namespace peers::netmip6
