#pragma once

#include "harness/base/bytes.h"

namespace peers::netmip6::radius_codes {

// RFC 2865, 3; RFC 2866, 3; RFC 5176, 2.1; and from where routers and servers ask.
constexpr std::uint16_t access_port = 1812, accounting_port = 1813, disconnect_port = 3799,
                        router_port = 49812, server_port = 49813;
constexpr std::uint32_t authorize_only = 17; ///< Service-Type

/// The value of an attribute that is a number.
inline base::Bytes number(std::uint32_t value) {
    base::Bytes out(4);
    base::write32(out, 0, value);
    return out;
}

} // namespace peers::netmip6::radius_codes
