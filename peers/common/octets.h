#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace peers::common {

// An IPv6 packet as octets. Packets that are only passed on are never decoded: these few places are read and
// patched.

constexpr std::size_t ethernet_size = 14;
constexpr std::size_t ip6_size = 40;
constexpr std::uint16_t ethertype_ip6 = 0x86dd, ethertype_ip4 = 0x0800, ethertype_arp = 0x0806;
constexpr unsigned minimum_mtu = 1280; ///< RFC 2460, 5
/// Of tunnels within tunnels, and of routes that lead into each other.
constexpr unsigned max_depth = 4;

namespace protocol {
constexpr std::uint8_t hop_by_hop = 0, ip4 = 4, udp = 17, ip6 = 41, routing = 43, fragment = 44, icmp6 = 58,
                       none = 59, destination = 60, mobility = 135;
} // namespace protocol

/// The packet without what follows its payload length; empty if it is no complete IPv6 packet.
base::View ip6_packet(base::View octets);

// All following take what ip6_packet returned.
base::Ip6 source_of(base::View ip);
base::Ip6 destination_of(base::View ip);
inline std::uint8_t next_header_of(base::View ip) {
    return ip[6];
}
inline std::uint8_t hop_limit_of(base::View ip) {
    return ip[7];
}

/// Where the chain of extension headers ends.
struct Upper {
    std::uint8_t protocol =
        0; ///< of the first header that is no hop-by-hop, routing or destination options header
    std::size_t offset = 0;   ///< its first octet
    std::size_t named_at = 6; ///< the octet that names it
    bool complete = true;     ///< false: the packet ends within an extension header
};
/// Stops at a Fragment header too.
Upper upper_of(base::View ip);

/// First octet of an option of the packet's hop-by-hop or destination options headers that this node does not
/// know and whose type says that the packet must be discarded (RFC 2460, 4.2).
struct BadOption {
    std::size_t offset = 0;
    bool report = false;           ///< Parameter Problem, code 2; to a multicast destination …
    bool report_multicast = false; ///< … only if this is set
};
std::optional<BadOption> unknown_option(base::View ip, bool knows_home_address);

/// The 40 octets of a header.
base::Bytes ip6_header(const base::Ip6& source, const base::Ip6& destination, std::uint8_t next_header,
                       std::size_t payload, std::uint8_t hop_limit, std::uint8_t traffic_class = 0);

/// The packet in fragments of at most `mtu` octets each (RFC 2460, 4.5).
std::vector<base::Bytes> fragments_of(base::View ip, unsigned mtu, std::uint32_t identification);

} // namespace peers::common
