#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/option.h"

namespace wire {

/// RFC 2132, 2; a pad (0) and the end (255) have neither length nor data.
struct UnknownDhcpv4Option {
    static constexpr Kind kind{"dhcpv4-option"};
    std::uint8_t type = 0;
    base::Bytes data;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const UnknownDhcpv4Option&) const = default;
};

/// RFC 2132, 9.6.
struct Dhcpv4MessageType {
    static constexpr Kind kind{"dhcpv4-message-type", 53};
    std::uint8_t value = 1;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const Dhcpv4MessageType&) const = default;
};

/// RFC 2132, 9.1.
struct RequestedIpAddress {
    static constexpr Kind kind{"requested-ip-address", 50};
    base::Ip4 address;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RequestedIpAddress&) const = default;
};

/// RFC 2132, 9.2.
struct IpAddressLeaseTime {
    static constexpr Kind kind{"ip-address-lease-time", 51};
    std::uint32_t value = 0; ///< seconds
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const IpAddressLeaseTime&) const = default;
};

/// RFC 2132, 9.7.
struct Dhcpv4ServerIdentifier {
    static constexpr Kind kind{"dhcpv4-server-identifier", 54};
    base::Ip4 address;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const Dhcpv4ServerIdentifier&) const = default;
};

using Dhcpv4OptionBase = std::variant<UnknownDhcpv4Option, RawOption, RequestedIpAddress, IpAddressLeaseTime,
                                      Dhcpv4MessageType, Dhcpv4ServerIdentifier>;

/// A variant of the above. Its special members are compiled once, in alternatives.cpp: inlined everywhere,
/// they would be most of what there is to compile.
struct Dhcpv4Option : Dhcpv4OptionBase {
    using Dhcpv4OptionBase::Dhcpv4OptionBase;
    Dhcpv4Option();
    Dhcpv4Option(const Dhcpv4Option&);
    Dhcpv4Option(Dhcpv4Option&&) noexcept;
    Dhcpv4Option& operator=(const Dhcpv4Option&);
    Dhcpv4Option& operator=(Dhcpv4Option&&) noexcept;
    ~Dhcpv4Option();
};

/// RFC 2131, 2.
struct Dhcpv4 {
    static constexpr Kind kind{"dhcpv4"};
    std::uint8_t op = 1, hardware_type = 1, hardware_length = 6, hops = 0;
    std::uint32_t transaction_id = 0;
    std::uint16_t seconds = 0;
    bool broadcast = false;
    base::Ip4 client_address, your_address, server_address, relay_address;
    base::Mac hardware_address;
    base::Bytes hardware_padding, server_name, file; ///< 10, 64 and 128 octets; empty is all zero
    std::vector<Dhcpv4Option> options;
    std::uint16_t reserved = 0; ///< 15 bits behind the broadcast flag
    Derived cookie;
    void describe(Visitor&);
    bool operator==(const Dhcpv4&) const = default;
};

} // namespace wire
