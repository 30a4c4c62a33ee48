#pragma once

#include "harness/wire/golden_test.h"

namespace wire::golden {

using base::operator""_hex;
using base::Bytes;
using D = Profile::Dialect;

inline base::Ip6 ip(const char* text) {
    return *base::parse_ip6(text);
}

inline void append(Bytes& to, const Bytes& more) {
    to.insert(to.end(), more.begin(), more.end());
}

/// IPv6 header (RFC 2460, 3) written out, so that no encoder of ours is needed.
inline Bytes ipv6(const char* source, const char* destination, std::uint8_t next, std::uint8_t hops,
                  const Bytes& payload) {
    Bytes packet{0x60,
                 0,
                 0,
                 0,
                 static_cast<std::uint8_t>(payload.size() >> 8),
                 static_cast<std::uint8_t>(payload.size()),
                 next,
                 hops};
    for (const auto& address : {ip(source), ip(destination)})
        packet.insert(packet.end(), address.octets.begin(), address.octets.end());
    append(packet, payload);
    return packet;
}

/// Destination options with a Home Address option at 8n+6 in front of a mobility header.
inline Bytes from_home(const char* home, const Bytes& message) {
    Bytes all = "87020102 0000c910"_hex;
    auto address = ip(home);
    all.insert(all.end(), address.octets.begin(), address.octets.end());
    append(all, message);
    return all;
}

/// Routing header type 2 in front of a mobility header.
inline Bytes to_home(const char* home, const Bytes& message) {
    Bytes all = "87020201 00000000"_hex;
    auto address = ip(home);
    all.insert(all.end(), address.octets.begin(), address.octets.end());
    append(all, message);
    return all;
}

/// UDP with the checksum of RFC 768 and RFC 2460, 8.1, summed here on its own.
inline Bytes udp(const char* source, const char* destination, std::uint16_t from, std::uint16_t to,
                 const Bytes& data) {
    auto size = static_cast<std::uint16_t>(data.size() + 8);
    Bytes all(8);
    base::write16(all, 0, from);
    base::write16(all, 2, to);
    base::write16(all, 4, size);
    append(all, data);
    std::uint32_t sum = 17u + size;
    for (const auto& address : {ip(source), ip(destination)})
        for (std::size_t i = 0; i < 16; i += 2)
            sum += base::read16(address.octets, i);
    Bytes even = all;
    even.resize((even.size() + 1) / 2 * 2);
    for (std::size_t i = 0; i < even.size(); i += 2)
        sum += base::read16(even, i);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    base::write16(all, 6, static_cast<std::uint16_t>(~sum));
    return all;
}

inline Ipv6 header(const char* source, const char* destination, std::uint8_t hops = 64) {
    return {.source = ip(source), .destination = ip(destination), .hop_limit = hops};
}

inline DestinationOptions home(const char* address) {
    return {.options = {HomeAddressOption{.address = ip(address)}}};
}

void pmip6(std::vector<Golden>&);
void nemo_pd(std::vector<Golden>&);
void pmip6_nemo(std::vector<Golden>&);
void dhcp(std::vector<Golden>&);
void handover(std::vector<Golden>&);
void registration(std::vector<Golden>&);

} // namespace wire::golden
