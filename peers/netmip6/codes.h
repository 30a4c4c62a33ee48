#pragma once

#include "peers/mip6/codes.h"

#include <cstdint>

namespace peers::netmip6 {

/// Status of a Binding Acknowledgement beside those of RFC 3775.
namespace status {
using namespace mip6::status;
constexpr std::uint8_t prefix_discovery = 1; ///< accepted, but prefix discovery is advised
constexpr std::uint8_t duplicate_address = 134;
constexpr std::uint8_t message_id_mismatch = 144; ///< RFC 4285, 6
constexpr std::uint8_t message_id_required = 145;
constexpr std::uint8_t authentication_failed = 146; ///< RFC 4285, 5
} // namespace status

/// Status of a HO Response (netmip6-01, 4.2).
namespace ho_status {
constexpr std::uint8_t success = 0;
constexpr std::uint8_t poorly_formatted = 1;
constexpr std::uint8_t authentication_failed = 2;
constexpr std::uint8_t not_located = 3;
constexpr std::uint8_t prohibited = 4;
} // namespace ho_status

} // namespace peers::netmip6
