#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/field.h"

namespace wire {

/// RFC 791, 3.1. Options are kept as octets.
struct Ipv4 {
    static constexpr Kind kind{"ipv4", 4};
    base::Ip4 source, destination;
    std::uint8_t ttl = 64;
    std::uint8_t traffic_class = 0;
    std::uint16_t identification = 0;
    bool dont_fragment = false, more_fragments = false;
    bool reserved = false;
    std::uint16_t fragment_offset = 0; ///< units of eight octets
    base::Bytes options;
    Derived version, header_length, total_length, protocol, checksum;
    base::Bytes trailer; ///< octets behind the end of the packet, where no Ethernet frame holds them
    void describe(Visitor&);
    bool operator==(const Ipv4&) const = default;
};

} // namespace wire
