#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/packet.h"

#include <optional>

namespace peers::netmip6 {

// IPv4 as frames and octets: what an IPv6 node needs of it to serve hosts that speak it.

constexpr base::Mac broadcast_mac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

struct Ip4Prefix {
    base::Ip4 address;
    unsigned length = 32;
    bool contains(const base::Ip4&) const;
    base::Ip4 host(std::uint32_t number) const; ///< the number-th address
};
std::optional<Ip4Prefix> parse_ip4_prefix(std::string_view);
std::uint32_t number_of(const base::Ip4&);
base::Ip4 ip4_of(std::uint32_t);

/// RFC 826, over Ethernet and IPv4.
struct Arp {
    bool request = true;
    base::Mac sender_mac, target_mac;
    base::Ip4 sender, target;
};
/// nullopt for other frames.
std::optional<Arp> arp_of(const wire::Packet& frame);
base::Bytes frame_of(const Arp&, const base::Mac& to);

/// The IPv4 packet of a frame, or in an IPv6 packet that this node has got, without what lies behind its end;
/// empty if there is none that is whole.
base::View ip4_packet(const wire::Packet&);
base::Ip4 ip4_source(base::View packet);
base::Ip4 ip4_destination(base::View packet);
/// One hop further (RFC 791, 3.2; RFC 1141); nullopt if its time is over.
std::optional<base::Bytes> ip4_forwarded(base::View packet);

base::Bytes ethernet_frame(const base::Mac& from, const base::Mac& to, base::View ip4_packet);
/// The packet in IPv6 (RFC 2473), next header 4.
wire::Packet in_ip6(const base::Ip6& from, const base::Ip6& to, base::View ip4_packet);

/// What a DHCPv4 client says (RFC 2131), with what counts of its options.
struct Dhcpv4Question {
    const wire::Dhcpv4* message = nullptr;
    std::uint8_t type = 0;
    std::optional<base::Ip4> requested, server;
    std::optional<base::Ip4> address; ///< that it has (ciaddr)
};
std::optional<Dhcpv4Question> dhcpv4_of(const wire::Packet& frame);

/// What it is answered.
struct Dhcpv4Answer {
    std::uint8_t type = 0;
    base::Ip4 address; ///< yiaddr
    base::Ip4 server, gateway;
    std::uint32_t lease = 0; ///< seconds; 0: not said
};
base::Bytes frame_of(const Dhcpv4Answer&, const wire::Dhcpv4& question, const base::Mac& from);

namespace dhcpv4 {
constexpr std::uint8_t discover = 1, offer = 2, request = 3, decline = 4, ack = 5, nak = 6, release = 7,
                       inform = 8;
}

} // namespace peers::netmip6
