#pragma once

#include "harness/base/bytes.h"

#include <cstddef>
#include <cstdint>

namespace wire {

/// What a glance at the headers of a frame tells. It costs no allocation, so that traces can be read at line
/// speed and only signalling is decoded.
struct Walk {
    enum class What : std::uint8_t {
        other,       ///< not IP, or headers that cannot be followed
        data,        ///< user traffic, to be passed over
        fragment,    ///< a fragment whose upper layer is not to be seen, or only its beginning
        protected_,  ///< ESP
        wrapped,     ///< an IP packet in GRE or UDP begins at Walk::message, to be walked by itself
        mobility,    ///< Mobility Header
        neighbor,    ///< neighbour discovery (133..137)
        multicast,   ///< MLD (130..132, 143)
        icmp6_error, ///< 1..127
        icmp6,       ///< any other ICMPv6 but echo: home agent discovery, HO messages
        dhcp,        ///< DHCPv6 or DHCPv4
        radius,      ///< authentication, accounting and disconnection
    };
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    What what = What::other;
    std::uint8_t type = 0;       ///< MH, ICMPv6, DHCPv6 or RADIUS message type; of a fragment the protocol
    std::uint8_t tunnels = 0;    ///< IP headers inside the outermost one
    std::size_t outer_ip = none; ///< offset of the outermost IP header
    std::size_t inner_ip = none; ///< of the innermost; the same one without a tunnel
    std::size_t message = none;  ///< of the upper-layer header

    /// Worth a full decode.
    bool is_signalling() const { return what >= What::mobility; }
};

Walk walk_frame(base::View ethernet_frame);
Walk walk_ip(base::View ipv4_or_ipv6_packet);

} // namespace wire
