#pragma once

#include "harness/base/ip.h"
#include "harness/wire/dhcpv6.h"

#include <algorithm>
#include <vector>

namespace peers::dhcp {

/// The first option of that type; null if there is none.
template <class Option>
const Option* find_option(const wire::Dhcpv6Options& options) {
    for (const wire::Dhcpv6Option& one : options)
        if (const Option* found = std::get_if<Option>(&one))
            return found;
    return nullptr;
}

template <class Option>
std::vector<const Option*> find_options(const wire::Dhcpv6Options& options) {
    std::vector<const Option*> list;
    for (const wire::Dhcpv6Option& one : options)
        if (const Option* found = std::get_if<Option>(&one))
            list.push_back(found);
    return list;
}

inline base::Prefix prefix_of(const wire::IaPrefix& option) {
    return base::Prefix{option.prefix, std::min<unsigned>(option.prefix_length, 128)}.canonical();
}

inline wire::IaPrefix option_for(const base::Prefix& prefix, std::uint32_t preferred = 0,
                                 std::uint32_t valid = 0) {
    wire::IaPrefix option;
    option.prefix = prefix.address;
    option.prefix_length = static_cast<std::uint8_t>(prefix.length);
    option.preferred_lifetime = preferred;
    option.valid_lifetime = valid;
    return option;
}

inline wire::StatusCode status_option(std::uint16_t code) {
    wire::StatusCode option;
    option.status = code;
    return option;
}

/// The status of a message or of an association; success where nothing is said (RFC 3315, 22.13).
inline std::uint16_t status_in(const wire::Dhcpv6Options& options) {
    const auto* option = find_option<wire::StatusCode>(options);
    return option ? option->status : std::uint16_t{0};
}

/// Nothing in it is octets that are not even an option, or an option of a length that is not its own.
bool is_sound(const wire::Dhcpv6Options&);

/// Status codes (RFC 3315, 24.4; RFC 3633, 16).
namespace code {
constexpr std::uint16_t success = 0, unspecified = 1, no_binding = 3, use_multicast = 5, no_prefix = 6;
}

/// A lifetime that does not end.
constexpr std::uint32_t forever = 0xffffffff;

} // namespace peers::dhcp
