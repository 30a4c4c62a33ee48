#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/packet.h"

#include <cstdint>
#include <span>
#include <variant>

namespace peers::common {

// What RFC 3775, 9.2, has every node do with a Mobility Header before its own rules.

struct MobilityAccepted {};
struct MobilityIgnored {};     ///< silently
struct MobilityProblem {       ///< Parameter Problem, code 0
    std::uint32_t pointer = 0; ///< octet of the IPv6 packet
};
struct MobilityUnknownType { ///< Binding Error, status 2
    base::Ip6 home_address;  ///< of the Home Address option; unspecified without one
};
using MobilityCheck = std::variant<MobilityAccepted, MobilityIgnored, MobilityProblem, MobilityUnknownType>;

/// Judges a decoded packet whose (outermost) IPv6 header carries a Mobility Header; `ip` is the same packet
/// as octets, from its IPv6 header on. Whether an answer may be sent (rate, kind of the source) is seen to
/// here but for the rate: packets from sources that are no routable unicast address are ignored, as are
/// truncated ones.
MobilityCheck check_mobility(const wire::Packet&, base::View ip, std::span<const std::uint8_t> known_types);

} // namespace peers::common
