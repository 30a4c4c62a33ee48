#pragma once

#include "harness/base/bytes.h"

#include <cstdint>

namespace peers::netmip6 {

/// An MN-HA association (RFC 4285, 5.1): of one mobile node, or common to an access router and a home agent.
struct Key {
    std::uint32_t spi = 0; ///< 0 to 255 are reserved: no association at all
    base::Bytes octets;    ///< 16 of them
    bool is_set() const { return spi > 255 && octets.size() == 16; }
    bool operator==(const Key&) const = default;
};

} // namespace peers::netmip6
