#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/packet.h"

#include <optional>

namespace peers::dhcp {

constexpr std::uint16_t client_port = 546, server_port = 547;
constexpr base::Ip6 all_relays_and_servers{{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2}};
constexpr base::Ip6 all_servers{{0xff, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 3}};
constexpr std::uint8_t hop_count_limit = 32; ///< RFC 3315, 5.5

/// A link whose clients a relay agent speaks for.
struct RelayedLink {
    base::Ip6 link_address;   ///< by which the server knows the link (RFC 3315, 20.1.1)
    base::Bytes interface_id; ///< comes back with the answer; empty: no such option
};

/// What goes to the server for a message of a client, or of a relay agent nearer to it (RFC 3315, 20.1): the
/// DHCPv6 layer alone. Nothing for what only servers send, and for what has come too far.
std::optional<wire::Dhcpv6Relay> relayed(const wire::Packet& heard, const RelayedLink&);

/// What a relay agent hands on of a server's answer (RFC 3315, 20.2).
struct Unwrapped {
    base::Ip6 peer;
    base::Bytes interface_id; ///< empty: the answer has none
    std::uint16_t port = client_port;
    wire::Dhcpv6Any message;
};
/// Nothing if the answer is none or is empty.
std::optional<Unwrapped> unwrapped(const wire::Dhcpv6Relay&);

/// The message itself, whoever relayed it; null if there is none.
const wire::Dhcpv6Message* innermost(const wire::Dhcpv6Any&);

/// A UDP message between relay agent, server and client.
wire::Packet datagram(const base::Ip6& from, const base::Ip6& to, std::uint16_t port_from,
                      std::uint16_t port_to, wire::Layer message);

/// The address that a message binds or confirms, if it has one that is alive (RFC 3315, 22.6).
std::optional<base::Ip6> leased(const wire::Dhcpv6Message&);

/// The status of the message as a whole; success if it says nothing (RFC 3315, 24.4).
std::uint16_t status_of(const wire::Dhcpv6Options&);

} // namespace peers::dhcp
