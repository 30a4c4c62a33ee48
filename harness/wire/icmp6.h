#pragma once

#include "harness/wire/handover.h"
#include "harness/wire/ndp.h"

namespace wire {

/// Any other ICMPv6 message, and a known one that is too short for its fixed fields.
struct UnknownIcmp6 {
    static constexpr Kind kind{"icmpv6"};
    std::uint8_t type = 0, code = 0;
    base::Bytes data; ///< behind the checksum
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const UnknownIcmp6&) const = default;
};

/// RFC 4443, 3.1.
struct DestinationUnreachable {
    static constexpr Kind kind{"destination-unreachable", 1};
    std::uint8_t code = 0;
    base::Bytes invoking; ///< as much of the packet in question as fitted; decode_ip reads it
    std::uint32_t reserved = 0;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const DestinationUnreachable&) const = default;
};

/// RFC 4443, 3.2.
struct PacketTooBig {
    static constexpr Kind kind{"packet-too-big", 2};
    std::uint32_t mtu = 0;
    base::Bytes invoking; ///< as much of the packet in question as fitted; decode_ip reads it
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const PacketTooBig&) const = default;
};

/// RFC 4443, 3.3.
struct TimeExceeded {
    static constexpr Kind kind{"time-exceeded", 3};
    std::uint8_t code = 0;
    base::Bytes invoking; ///< as much of the packet in question as fitted; decode_ip reads it
    std::uint32_t reserved = 0;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const TimeExceeded&) const = default;
};

/// RFC 4443, 3.4.
struct ParameterProblem {
    static constexpr Kind kind{"parameter-problem", 4};
    std::uint8_t code = 0;
    std::uint32_t pointer = 0; ///< octet of the invoking packet
    base::Bytes invoking;      ///< as much of the packet in question as fitted; decode_ip reads it
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const ParameterProblem&) const = default;
};

/// RFC 4443, 4.1.
struct EchoRequest {
    static constexpr Kind kind{"echo-request", 128};
    std::uint16_t identifier = 0, sequence = 0;
    base::Bytes data;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const EchoRequest&) const = default;
};

/// RFC 4443, 4.2.
struct EchoReply {
    static constexpr Kind kind{"echo-reply", 129};
    std::uint16_t identifier = 0, sequence = 0;
    base::Bytes data;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const EchoReply&) const = default;
};

/// Multicast Listener Query (RFC 2710, 3); what MLDv2 adds stays octets.
struct MldQuery {
    static constexpr Kind kind{"mld-query", 130};
    base::Ip6 group;
    std::uint16_t max_response_delay = 0; ///< milliseconds
    base::Bytes sources;                  ///< RFC 3810, 5.1.8 and behind
    std::uint16_t reserved = 0;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const MldQuery&) const = default;
};

/// RFC 2710, 3.
struct MldReport {
    static constexpr Kind kind{"mld-report", 131};
    base::Ip6 group;
    std::uint16_t max_response_delay = 0;
    std::uint16_t reserved = 0;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const MldReport&) const = default;
};

/// RFC 2710, 3.
struct MldDone {
    static constexpr Kind kind{"mld-done", 132};
    base::Ip6 group;
    std::uint16_t max_response_delay = 0;
    std::uint16_t reserved = 0;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const MldDone&) const = default;
};

/// RFC 3810, 5.2.
struct MldReportV2 {
    static constexpr Kind kind{"mld-report-v2", 143};
    std::uint16_t count = 0; ///< of address records
    base::Bytes records;
    std::uint16_t reserved = 0;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const MldReportV2&) const = default;
};

/// RFC 3775, 6.5.
struct HomeAgentDiscoveryRequest {
    static constexpr Kind kind{"home-agent-discovery-request", 144};
    std::uint16_t identifier = 0;
    std::uint16_t reserved = 0;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const HomeAgentDiscoveryRequest&) const = default;
};

/// RFC 3775, 6.6.
struct HomeAgentDiscoveryReply {
    static constexpr Kind kind{"home-agent-discovery-reply", 145};
    std::uint16_t identifier = 0;
    base::Bytes addresses; ///< sixteen octets for each home agent
    std::uint16_t reserved = 0;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const HomeAgentDiscoveryReply&) const = default;
};

/// RFC 3775, 6.7.
struct MobilePrefixSolicitation {
    static constexpr Kind kind{"mobile-prefix-solicitation", 146};
    std::uint16_t identifier = 0;
    std::uint16_t reserved = 0;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const MobilePrefixSolicitation&) const = default;
};

/// RFC 3775, 6.8.
struct MobilePrefixAdvertisement {
    static constexpr Kind kind{"mobile-prefix-advertisement", 147};
    std::uint16_t identifier = 0;
    bool m = false, o = false;
    std::uint16_t reserved = 0;
    NdOptions options;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const MobilePrefixAdvertisement&) const = default;
};

} // namespace wire
