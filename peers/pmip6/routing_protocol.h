#pragma once

#include <cstdint>

/// What a router of a mobile network may speak over its access link, and a tunnel carries.
namespace peers::pmip6 {

inline constexpr std::uint16_t ripng_port = 521; ///< RFC 2080, 2.1
inline constexpr std::uint8_t ospf = 89;         ///< protocol number: RFC 5340, A.1

} // namespace peers::pmip6
