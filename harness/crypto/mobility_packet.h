#pragma once

#include "harness/crypto/mobility_authentication.h"

#include <optional>

namespace crypto {

/// A Binding Update or Acknowledgement in an IPv6 packet, and between which addresses its authenticator is
/// (RFC 4285, 5.1).
struct MobilityPacket {
    std::size_t at = 0, size = 0; ///< of the Mobility Header
    bool is_update = false;
    bool has_home = false; ///< Home Address option, or type 2 routing header
    Mobility who;          ///< of an acknowledgement without a routing header both are its destination
};

/// Total: nullopt for anything else, and for a Mobility Header that is cut.
std::optional<MobilityPacket> mobility_packet(base::View ip);

} // namespace crypto
