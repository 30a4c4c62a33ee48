#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/option.h"

#include <string>

namespace wire {

/// Any other mobility option, and a known one whose length is not its own.
struct UnknownMobilityOption {
    static constexpr Kind kind{"mobility-option"};
    std::uint8_t type = 0;
    base::Bytes data;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const UnknownMobilityOption&) const = default;
};

/// RFC 3775, 6.2.4.
struct BindingRefreshAdvice {
    static constexpr Kind kind{"binding-refresh-advice", 2, {2, 0}};
    std::uint16_t interval = 0; ///< units of four seconds
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const BindingRefreshAdvice&) const = default;
};

/// RFC 3775, 6.2.5.
struct AlternateCareOfAddress {
    static constexpr Kind kind{"alternate-care-of-address", 3, {8, 6}};
    base::Ip6 address;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const AlternateCareOfAddress&) const = default;
};

/// RFC 3775, 6.2.6.
struct NonceIndices {
    static constexpr Kind kind{"nonce-indices", 4, {2, 0}};
    std::uint16_t home_nonce_index = 0, care_of_nonce_index = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const NonceIndices&) const = default;
};

/// Binding Authorization Data (RFC 3775, 6.2.7).
struct AuthorizationData {
    static constexpr Kind kind{"binding-authorization-data", 5, {8, 2}};
    base::Bytes authenticator;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const AuthorizationData&) const = default;
};

/// RFC 3963, 4.3; the flags are P I D under nemo_pd, R under pmip6_nemo, reserved elsewhere.
struct MobileNetworkPrefix {
    static constexpr Kind kind{"mobile-network-prefix", 6, {8, 4}};
    base::Ip6 prefix;
    std::uint8_t prefix_length = 0;
    bool p = false, i = false, d = false; ///< persistent, implicit, delegated (nemo-prefix-delegation, 6.3)
    bool r = false;                       ///< requesting (pmip6-nemo-support, 3.1)
    std::uint8_t reserved = 0;            ///< the bits that are no flag under the profile, right-aligned
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const MobileNetworkPrefix&) const = default;
};

/// RFC 4283, 3.
struct MobileNodeIdentifier {
    static constexpr Kind kind{"mobile-node-identifier", 8};
    std::string nai;
    std::uint8_t subtype = 1; ///< 1 is the NAI
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const MobileNodeIdentifier&) const = default;
};

/// RFC 4285, 5.
struct Authentication {
    static constexpr Kind kind{"authentication", 9, {4, 1}};
    std::uint8_t subtype = 1; ///< 1 MN-HA, 2 MN-AAA
    std::uint32_t spi = 0;
    base::Bytes authenticator;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const Authentication&) const = default;
};

/// Mesg-ID replay protection (RFC 4285, 6).
struct ReplayProtection {
    static constexpr Kind kind{"replay-protection", 10, {8, 2}};
    std::uint64_t timestamp = 0; ///< NTP format: 32.32 seconds since 1900
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const ReplayProtection&) const = default;
};

/// RFC 5213, 8.3; proxymip6-02, 8.3.
struct HomeNetworkPrefix {
    static constexpr Kind kind{"home-network-prefix", 22, {8, 4}};
    base::Ip6 prefix;
    std::uint8_t prefix_length = 0;
    std::uint8_t reserved = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const HomeNetworkPrefix&) const = default;
};

/// RFC 5213, 8.4.
struct HandoffIndicator {
    static constexpr Kind kind{"handoff-indicator", 23};
    std::uint8_t value = 0;
    std::uint8_t reserved = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const HandoffIndicator&) const = default;
};

/// RFC 5213, 8.5.
struct AccessTechnologyType {
    static constexpr Kind kind{"access-technology-type", 24};
    std::uint8_t value = 0;
    std::uint8_t reserved = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const AccessTechnologyType&) const = default;
};

/// RFC 5213, 8.6.
struct MobileNodeLinkLayerIdentifier {
    static constexpr Kind kind{"mobile-node-link-layer-identifier", 25};
    base::Bytes identifier;
    std::uint16_t reserved = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const MobileNodeLinkLayerIdentifier&) const = default;
};

/// RFC 5213, 8.7; proxymip6-02, 8.4.
struct LinkLocalAddress {
    static constexpr Kind kind{"link-local-address", 26, {8, 6}};
    base::Ip6 address;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const LinkLocalAddress&) const = default;
};

/// RFC 5213, 8.8; proxymip6-02, 8.5.
struct Timestamp {
    static constexpr Kind kind{"timestamp", 27, {8, 2}};
    std::uint64_t value = 0; ///< 48.16 seconds since 1970
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const Timestamp&) const = default;
};

/// RFC 5555, 3.1.1.
struct Ipv4HomeAddress {
    static constexpr Kind kind{"ipv4-home-address", 29, {4, 0}};
    base::Ip4 address;
    std::uint8_t prefix_length = 0; ///< six bits on the wire
    bool p = false;                 ///< a prefix is requested
    std::uint16_t reserved = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const Ipv4HomeAddress&) const = default;
};

/// RFC 5555, 3.2.1.
struct Ipv4AddressAcknowledgement {
    static constexpr Kind kind{"ipv4-address-acknowledgement", 30, {4, 0}};
    base::Ip4 address;
    std::uint8_t status = 0;
    std::uint8_t prefix_length = 0; ///< six bits on the wire
    std::uint8_t reserved = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const Ipv4AddressAcknowledgement&) const = default;
};

/// MNPReq (nemo-prefix-delegation, 6.4); the number is the profile's.
struct MnpRequest {
    static constexpr Kind kind{
        "mnp-request", 253, {8, 4}, &Profile::mnp_request_option, dialect(Profile::Dialect::nemo_pd)};
    std::uint8_t prefix_length = 0;
    bool p = false, i = false; ///< persistent, implicit
    std::uint16_t correlation_id = 0;
    std::uint8_t prefix_type = 0;
    std::uint8_t reserved = 0, reserved2 = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const MnpRequest&) const = default;
};

/// MNPConf (nemo-prefix-delegation, 6.5); the number is the profile's.
struct MnpConfirmation {
    static constexpr Kind kind{"mnp-confirmation",
                               254,
                               {8, 4},
                               &Profile::mnp_confirmation_option,
                               dialect(Profile::Dialect::nemo_pd)};
    base::Ip6 prefix;
    std::uint8_t prefix_length = 0;
    bool p = false, i = false, d = false; ///< persistent, implicit, delegated
    std::uint16_t correlation_id = 0;
    std::uint8_t status = 0;
    std::uint8_t prefix_type = 0;
    std::uint32_t valid_lifetime = 0; ///< seconds; 0xffffffff is infinite
    std::uint8_t reserved = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const MnpConfirmation&) const = default;
};

/// The registry of mobility options: this list is what can be decoded, sent, printed and matched.
using MobilityOptionBase =
    std::variant<UnknownMobilityOption, RawOption, Pad1, PadN, BindingRefreshAdvice, AlternateCareOfAddress,
                 NonceIndices, AuthorizationData, MobileNetworkPrefix, MobileNodeIdentifier, Authentication,
                 ReplayProtection, HomeNetworkPrefix, HandoffIndicator, AccessTechnologyType,
                 MobileNodeLinkLayerIdentifier, LinkLocalAddress, Timestamp, Ipv4HomeAddress,
                 Ipv4AddressAcknowledgement, MnpRequest, MnpConfirmation>;

/// A variant of the above. Its special members are compiled once, in alternatives.cpp: inlined everywhere,
/// they would be most of what there is to compile.
struct MobilityOption : MobilityOptionBase {
    using MobilityOptionBase::MobilityOptionBase;
    MobilityOption();
    MobilityOption(const MobilityOption&);
    MobilityOption(MobilityOption&&) noexcept;
    MobilityOption& operator=(const MobilityOption&);
    MobilityOption& operator=(MobilityOption&&) noexcept;
    ~MobilityOption();
};
using MobilityOptions = std::vector<MobilityOption>;

} // namespace wire
