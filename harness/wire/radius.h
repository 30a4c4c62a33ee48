#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/option.h"

#include <string>

namespace wire {

/// RFC 2865, 5: an attribute without a kind of its own here.
struct UnknownRadiusAttribute {
    static constexpr Kind kind{"radius-attribute"};
    std::uint8_t type = 0;
    base::Bytes data;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const UnknownRadiusAttribute&) const = default;
};

/// RFC 2865, 5.1.
struct RadiusUserName {
    static constexpr Kind kind{"user-name", 1};
    std::string value;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusUserName&) const = default;
};

/// RFC 2865, 5.2; hidden with the secret.
struct RadiusUserPassword {
    static constexpr Kind kind{"user-password", 2};
    base::Bytes data;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusUserPassword&) const = default;
};

/// RFC 2865, 5.25.
struct RadiusClass {
    static constexpr Kind kind{"radius-class", 25};
    base::Bytes data;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusClass&) const = default;
};

/// RFC 2865, 5.26.
struct RadiusVendorSpecific {
    static constexpr Kind kind{"radius-vendor-specific", 26};
    std::uint32_t vendor = 0;
    base::Bytes data;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusVendorSpecific&) const = default;
};

/// RFC 2865, 5.27.
struct RadiusSessionTimeout {
    static constexpr Kind kind{"session-timeout", 27};
    std::uint32_t value = 0; ///< seconds
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusSessionTimeout&) const = default;
};

/// RFC 2865, 5.32.
struct RadiusNasIdentifier {
    static constexpr Kind kind{"nas-identifier", 32};
    std::string value;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusNasIdentifier&) const = default;
};

/// RFC 2866, 5.1.
struct RadiusAcctStatusType {
    static constexpr Kind kind{"acct-status-type", 40};
    std::uint32_t value = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusAcctStatusType&) const = default;
};

/// RFC 2866, 5.11.
struct RadiusAcctMultiSessionId {
    static constexpr Kind kind{"acct-multi-session-id", 50};
    std::string value;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusAcctMultiSessionId&) const = default;
};

/// RFC 3579, 3.2.
struct RadiusMessageAuthenticator {
    static constexpr Kind kind{"message-authenticator", 80};
    base::Bytes data; ///< 16 octets
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusMessageAuthenticator&) const = default;
};

/// RFC 4372, 2.2.
struct RadiusChargeableUserIdentity {
    static constexpr Kind kind{"chargeable-user-identity", 89};
    base::Bytes data;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusChargeableUserIdentity&) const = default;
};

/// RFC 3162, 2.1.
struct RadiusNasIpv6Address {
    static constexpr Kind kind{"nas-ipv6-address", 95};
    base::Ip6 address;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusNasIpv6Address&) const = default;
};

/// RFC 6572, 4.2: PMIP6-Home-LMA-IPv6-Address, here the home agent.
struct RadiusHomeAgentAddress {
    static constexpr Kind kind{"home-lma-ipv6-address", 147};
    base::Ip6 address;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RadiusHomeAgentAddress&) const = default;
};

using RadiusAttributeBase =
    std::variant<UnknownRadiusAttribute, RawOption, RadiusUserName, RadiusUserPassword, RadiusClass,
                 RadiusVendorSpecific, RadiusSessionTimeout, RadiusNasIdentifier, RadiusAcctStatusType,
                 RadiusAcctMultiSessionId, RadiusMessageAuthenticator, RadiusChargeableUserIdentity,
                 RadiusNasIpv6Address, RadiusHomeAgentAddress>;

/// A variant of the above. Its special members are compiled once, in alternatives.cpp: inlined everywhere,
/// they would be most of what there is to compile.
struct RadiusAttribute : RadiusAttributeBase {
    using RadiusAttributeBase::RadiusAttributeBase;
    RadiusAttribute();
    RadiusAttribute(const RadiusAttribute&);
    RadiusAttribute(RadiusAttribute&&) noexcept;
    RadiusAttribute& operator=(const RadiusAttribute&);
    RadiusAttribute& operator=(RadiusAttribute&&) noexcept;
    ~RadiusAttribute();
};

/// RFC 2865, 3, and all that has its form: accounting (RFC 2866) and disconnection (RFC 5176). What only the
/// shared secret can tell, the authenticators, is octets here.
struct Radius {
    static constexpr Kind kind{"radius"};
    std::uint8_t code = 1, identifier = 0;
    Derived length;
    base::Bytes authenticator; ///< 16 octets; empty is all zero
    std::vector<RadiusAttribute> options;
    base::Bytes trailer; ///< octets behind the end that `length` gives
    void describe(Visitor&);
    bool operator==(const Radius&) const = default;
};

} // namespace wire
