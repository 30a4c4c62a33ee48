#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/icmp6_header.h"
#include "harness/wire/option.h"

#include <string>

namespace wire {

/// The octets in front of a context option (netmip6 digest, 4): an ND option with a subtype.
struct ContextHeader {
    Derived type, length, pad_length; ///< length in units of eight octets
    bool operator==(const ContextHeader&) const = default;
};

/// A context option of another subtype, or one whose data are not as listed.
struct UnknownContextOption {
    static constexpr Kind kind{"context-option"};
    std::uint8_t subtype = 0, pad_length = 0;
    base::Bytes data; ///< behind the pad length, with the padding
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const UnknownContextOption&) const = default;
};

/// An ND option of another type, skipped by receivers.
struct ForeignNdOption {
    static constexpr Kind kind{"foreign-nd-option"};
    std::uint8_t type = 0;
    base::Bytes data; ///< behind type and length
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ForeignNdOption&) const = default;
};

/// Subtype 1, MN identity.
struct ContextIdentity {
    static constexpr Kind kind{"context-identity", 1};
    std::string nai;
    std::uint8_t id_type = 1; ///< 1 is the NAI
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextIdentity&) const = default;
};

/// Subtype 2, home address and prefix.
struct ContextHomeAddress {
    static constexpr Kind kind{"context-home-address", 2};
    base::Ip6 address;
    std::uint8_t prefix_length = 64;
    bool complete = false, exclusive = false;
    std::uint8_t flags_reserved = 0;
    std::uint16_t reserved = 0;
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextHomeAddress&) const = default;
};

/// Subtype 3, home agent.
struct ContextHomeAgent {
    static constexpr Kind kind{"context-home-agent", 3};
    base::Ip6 address;
    std::uint32_t reserved = 0;
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextHomeAgent&) const = default;
};

/// Subtype 4, binding state.
struct ContextBinding {
    static constexpr Kind kind{"context-binding", 4};
    std::uint16_t flags = 0; ///< of the Binding Update, as on the wire
    std::uint16_t sequence = 0;
    std::uint16_t granted_lifetime = 0, remaining_lifetime = 0; ///< units of four seconds
    std::uint64_t timestamp = 0;                                ///< of the last RFC 4285 option; 0 if unused
    base::Ip6 care_of_address;
    std::uint32_t reserved = 0;
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextBinding&) const = default;
};

/// Subtype 5, security context.
struct ContextSecurity {
    static constexpr Kind kind{"context-security", 5};
    std::uint32_t spi = 0;
    std::uint8_t algorithm = 1; ///< 1 is HMAC-SHA1-96
    std::uint8_t key_mode = 0;  ///< 0 none, 1 clear, 2 AES key wrap
    base::Bytes key;
    Derived key_length;
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextSecurity&) const = default;
};

/// Subtype 6, IPv4 home address.
struct ContextIpv4HomeAddress {
    static constexpr Kind kind{"context-ipv4-home-address", 6};
    base::Ip4 address, gateway;
    std::uint8_t prefix_length = 32;
    bool leased = false, active = false;
    std::uint8_t flags_reserved = 0;
    std::uint16_t reserved = 0;
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextIpv4HomeAddress&) const = default;
};

/// Subtype 7, link identity.
struct ContextLink {
    static constexpr Kind kind{"context-link", 7};
    std::uint16_t hardware_type = 1;
    std::uint64_t interface_identifier = 0;
    base::Bytes address;
    Derived address_length;
    std::uint8_t reserved = 0;
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextLink&) const = default;
};

/// Subtype 8, Net-HMIPv6.
struct ContextHierarchy {
    static constexpr Kind kind{"context-hierarchy", 8};
    base::Ip6 map_address, regional_address;
    std::uint8_t prefix_length = 64;
    bool client = false; ///< the node has a Mobile IPv6 client of its own
    std::uint8_t flags_reserved = 0;
    std::uint16_t reserved = 0;
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextHierarchy&) const = default;
};

/// Subtype 9, RADIUS attributes of the session.
struct ContextSession {
    static constexpr Kind kind{"context-session", 9};
    base::Bytes attributes;
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextSession&) const = default;
};

/// Subtype 10, DHCP state.
struct ContextDhcp {
    static constexpr Kind kind{"context-dhcp", 10};
    std::uint32_t lease_remaining = 0; ///< seconds
    base::Ip4 server;
    std::uint32_t iaid = 0;
    std::uint32_t preferred_lifetime = 0, valid_lifetime = 0; ///< seconds
    ContextHeader header;
    void describe(Visitor&);
    bool operator==(const ContextDhcp&) const = default;
};

using ContextOptionBase =
    std::variant<UnknownContextOption, RawOption, ForeignNdOption, ContextIdentity, ContextHomeAddress,
                 ContextHomeAgent, ContextBinding, ContextSecurity, ContextIpv4HomeAddress, ContextLink,
                 ContextHierarchy, ContextSession, ContextDhcp>;

/// A variant of the above. Its special members are compiled once, in alternatives.cpp: inlined everywhere,
/// they would be most of what there is to compile.
struct ContextOption : ContextOptionBase {
    using ContextOptionBase::ContextOptionBase;
    ContextOption();
    ContextOption(const ContextOption&);
    ContextOption(ContextOption&&) noexcept;
    ContextOption& operator=(const ContextOption&);
    ContextOption& operator=(ContextOption&&) noexcept;
    ~ContextOption();
};
using ContextOptions = std::vector<ContextOption>;

/// netmip6-01, 4.1; the number is the profile's.
struct HoRequest {
    static constexpr Kind kind{
        "ho-request", 200, {}, &Profile::ho_request_type, dialect(Profile::Dialect::netmip6)};
    std::uint16_t identifier = 0;
    bool c = false, h = false; ///< context wanted, handoff
    std::uint16_t reserved = 0;
    ContextOptions options;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const HoRequest&) const = default;
};

/// netmip6-01, 4.2; the number is the profile's.
struct HoResponse {
    static constexpr Kind kind{
        "ho-response", 201, {}, &Profile::ho_response_type, dialect(Profile::Dialect::netmip6)};
    std::uint16_t identifier = 0;
    std::uint8_t status = 0;
    std::uint8_t reserved = 0;
    bool short_form = false; ///< ends behind the status, as the draft's figure does
    ContextOptions options;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const HoResponse&) const = default;
};

} // namespace wire
