#pragma once

#include <cstdint>

namespace peers::pmip6 {

/// Status of a Binding Acknowledgement (RFC 3775, 6.1.8; proxymip6-02, 8.6, with the numbers IANA finally
/// gave).
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
constexpr std::uint8_t not_for_routers = 140; // RFC 3963, 6.2
constexpr std::uint8_t invalid_network = 141; // and
constexpr std::uint8_t network_not_authorised = 142;
constexpr std::uint8_t no_network_information = 143;
constexpr std::uint8_t proxy_not_enabled = 152;
constexpr std::uint8_t not_lma = 153;
constexpr std::uint8_t mag_not_authorised = 154;
constexpr std::uint8_t prefix_not_authorised = 155;
constexpr std::uint8_t timestamp_mismatch = 156;
constexpr std::uint8_t timestamp_lower = 157;
constexpr std::uint8_t missing_prefix = 158;
constexpr std::uint8_t prefix_set_mismatch = 159;
constexpr std::uint8_t missing_identifier = 160;
constexpr std::uint8_t missing_handoff_indicator = 161;
constexpr std::uint8_t missing_access_technology = 162;
} // namespace status

/// Length of the unit in which Lifetime fields count (RFC 3775, 6.1.7).
constexpr int lifetime_unit_seconds = 4;

} // namespace peers::pmip6
