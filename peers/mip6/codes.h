#pragma once

#include <chrono>
#include <cstdint>

namespace peers::mip6 {

/// Status of a Binding Acknowledgement (RFC 3775, 6.1.8; RFC 3963, 4.2).
namespace status {
constexpr std::uint8_t accepted = 0;
constexpr std::uint8_t unspecified = 128; ///< the first refusal
constexpr std::uint8_t prohibited = 129;
constexpr std::uint8_t no_resources = 130;
constexpr std::uint8_t not_supported = 131;
constexpr std::uint8_t not_home_subnet = 132;
constexpr std::uint8_t not_home_agent = 133;
constexpr std::uint8_t sequence_out_of_window = 135;
constexpr std::uint8_t type_change = 139;
constexpr std::uint8_t router_operation = 140; ///< mobile router operation not permitted
constexpr std::uint8_t invalid_prefix = 141;
constexpr std::uint8_t not_authorised = 142; ///< not authorised for prefix
constexpr std::uint8_t no_forwarding = 143;  ///< no prefix information in implicit mode
} // namespace status

/// Length of the unit in which Lifetime fields count (RFC 3775, 6.1.7).
constexpr std::chrono::seconds lifetime_unit{4};

} // namespace peers::mip6
