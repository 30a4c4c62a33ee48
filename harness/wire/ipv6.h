#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/option.h"

namespace wire {

/// RFC 2460, 3.
struct Ipv6 {
    static constexpr Kind kind{"ipv6", 41};
    base::Ip6 source, destination;
    std::uint8_t hop_limit = 64;
    std::uint8_t traffic_class = 0;
    std::uint32_t flow_label = 0;
    Derived version, payload_length, next_header;
    base::Bytes trailer; ///< octets behind the end of the packet, where no Ethernet frame holds them
    void describe(Visitor&);
    bool operator==(const Ipv6&) const = default;
};

/// Home Address option (RFC 3775, 6.3).
struct HomeAddressOption {
    static constexpr Kind kind{"home-address-option", 201, {8, 6}};
    base::Ip6 address;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const HomeAddressOption&) const = default;
};

/// RFC 2711.
struct RouterAlert {
    static constexpr Kind kind{"router-alert", 5, {2, 0}};
    std::uint16_t value = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RouterAlert&) const = default;
};

/// RFC 2473, 4.1.1.
struct TunnelEncapsulationLimit {
    static constexpr Kind kind{"tunnel-encapsulation-limit", 4};
    std::uint8_t limit = 4;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const TunnelEncapsulationLimit&) const = default;
};

/// Any other hop-by-hop or destination option, and a known one whose length is not its own.
struct UnknownIpv6Option {
    static constexpr Kind kind{"ipv6-option"};
    std::uint8_t type = 0;
    base::Bytes data;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const UnknownIpv6Option&) const = default;
};

using Ipv6OptionBase = std::variant<UnknownIpv6Option, RawOption, Pad1, PadN, TunnelEncapsulationLimit,
                                    RouterAlert, HomeAddressOption>;

/// A variant of the above. Its special members are compiled once, in alternatives.cpp: inlined everywhere,
/// they would be most of what there is to compile.
struct Ipv6Option : Ipv6OptionBase {
    using Ipv6OptionBase::Ipv6OptionBase;
    Ipv6Option();
    Ipv6Option(const Ipv6Option&);
    Ipv6Option(Ipv6Option&&) noexcept;
    Ipv6Option& operator=(const Ipv6Option&);
    Ipv6Option& operator=(Ipv6Option&&) noexcept;
    ~Ipv6Option();
};

/// RFC 2460, 4.3.
struct HopByHop {
    static constexpr Kind kind{"hop-by-hop", 0};
    std::vector<Ipv6Option> options;
    Derived next_header, header_length;
    bool unpadded = false; ///< nothing is aligned or filled up, as with an explicit pad in the list
    void describe(Visitor&);
    bool operator==(const HopByHop&) const = default;
};

/// RFC 2460, 4.6.
struct DestinationOptions {
    static constexpr Kind kind{"destination-options", 60};
    std::vector<Ipv6Option> options;
    Derived next_header, header_length;
    bool unpadded = false;
    void describe(Visitor&);
    bool operator==(const DestinationOptions&) const = default;
};

/// RFC 3775, 6.4.
struct RoutingType2 {
    static constexpr Kind kind{"routing-2", 43};
    base::Ip6 home_address;
    std::uint8_t segments_left = 1;
    std::uint32_t reserved = 0;
    Derived next_header, header_length, routing_type;
    void describe(Visitor&);
    bool operator==(const RoutingType2&) const = default;
};

/// Any other routing header, and a type 2 whose length is not 2.
struct RoutingOther {
    static constexpr Kind kind{"routing", 43};
    std::uint8_t routing_type = 0;
    std::uint8_t segments_left = 0;
    base::Bytes data; ///< behind the four octets that all types share
    Derived next_header, header_length;
    void describe(Visitor&);
    bool operator==(const RoutingOther&) const = default;
};

/// RFC 2460, 4.5.
struct Fragment {
    static constexpr Kind kind{"fragment", 44};
    std::uint16_t offset = 0; ///< units of eight octets
    bool more = false;
    std::uint32_t identification = 0;
    std::uint8_t reserved = 0, reserved_bits = 0;
    Derived next_header;
    void describe(Visitor&);
    bool operator==(const Fragment&) const = default;
};

/// RFC 2402, 2. The ICV is not checked here.
struct AuthenticationHeader {
    static constexpr Kind kind{"ah", 51};
    std::uint32_t spi = 0, sequence = 0;
    base::Bytes icv;
    std::uint16_t reserved = 0;
    Derived next_header, header_length;
    void describe(Visitor&);
    bool operator==(const AuthenticationHeader&) const = default;
};

/// RFC 2406, 2. Everything behind the sequence number is opaque.
struct EspHeader {
    static constexpr Kind kind{"esp", 50};
    std::uint32_t spi = 0, sequence = 0;
    base::Bytes data;
    void describe(Visitor&);
    bool operator==(const EspHeader&) const = default;
};

} // namespace wire
