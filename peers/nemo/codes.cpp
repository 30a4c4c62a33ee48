#include "peers/nemo/codes.h"

namespace peers::nemo {

std::uint8_t type_of(const base::Prefix& prefix) {
    if (prefix.length == 0)
        return prefix_type::none;
    const std::uint8_t first = prefix.address.octets[0];
    if ((first & 0xfe) == 0xfc)
        return prefix_type::unique_local;
    if (first == 0xfe && (prefix.address.octets[1] & 0xc0) == 0xc0)
        return prefix_type::site_local;
    return prefix_type::global;
}

bool is_network_prefix(const base::Ip6& address, unsigned length) {
    return length >= 1 && length <= 128 && !address.is_unspecified() && address.is_routable_unicast();
}

} // namespace peers::nemo
