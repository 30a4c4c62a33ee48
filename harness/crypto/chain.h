#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace crypto {

/// Next header values that a chain is followed through (RFC 2460, 4).
inline constexpr std::uint8_t hop_by_hop = 0, routing = 43, destination_options = 60;
/// RFC 3775, 6.3.
inline constexpr std::uint8_t home_address_option = 201;

/// Where the headers of an IPv6 packet end that stand before its protection: hop-by-hop, destination options
/// and routing headers (RFC 3776, 3: the Home Address option and the type 2 routing header too).
struct Chain {
    std::uint8_t next = 0;         ///< names the header at `at`
    std::size_t named = 6;         ///< the octet that holds it
    std::size_t at = 40;           ///< behind the headers
    std::size_t end = 0;           ///< of the packet by its payload length
    base::Ip6 source, destination; ///< of the nodes: home addresses where the packet has them
    std::uint8_t type = 0;         ///< of a Mobility Header or an ICMPv6 message that stands there
};

/// nullopt for what is no whole IPv6 packet, or ends within one of those headers.
std::optional<Chain> chain_of(base::View ip);

base::Ip6 address_at(base::View octets, std::size_t at);

/// Writes what the packet's length is now into its header. False if it is too long for one.
bool fix_length(base::Bytes& ip);

} // namespace crypto
