#pragma once

#include "harness/base/ip.h"

#include <cstdint>

namespace peers::nemo {

/// Status of an MNPConf (nemo-prefix-delegation, 6.5).
namespace confirmation {
constexpr std::uint8_t success = 0;
constexpr std::uint8_t not_registered = 1;
constexpr std::uint8_t not_a_router = 2;
constexpr std::uint8_t invalid_prefix = 3;
constexpr std::uint8_t foreign_domain = 4;
constexpr std::uint8_t of_another = 5;
constexpr std::uint8_t no_route = 6;
constexpr std::uint8_t other_length = 7; ///< granted, and longer than asked
constexpr std::uint8_t no_persistent = 8;
constexpr std::uint8_t no_transient = 9;
constexpr std::uint8_t no_implicit = 10;
} // namespace confirmation

/// Prefix Type of MNPReq and MNPConf (6.4).
namespace prefix_type {
constexpr std::uint8_t none = 0;
constexpr std::uint8_t site_local = 1; ///< "private"
constexpr std::uint8_t unique_local = 2;
constexpr std::uint8_t global = 3;
} // namespace prefix_type

constexpr std::uint32_t infinite = 0xffffffff; ///< Valid Lifetime, seconds

/// The R bit of RFC 3963 (7.1 to 7.3) in the reserved fields of home agent discovery and of the Home Agent
/// Information option.
constexpr std::uint16_t router_bit = 0x8000;

/// The class of a prefix as Prefix Type has it.
std::uint8_t type_of(const base::Prefix&);

/// May a mobile network have this prefix at all: unicast, of more than link-local scope, of 1 to 128 bits?
bool is_network_prefix(const base::Ip6& address, unsigned length);

} // namespace peers::nemo
