#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/icmp6_header.h"
#include "harness/wire/option.h"

namespace wire {

/// Any other neighbour discovery option, and a known one whose length is not its own.
struct UnknownNdOption {
    static constexpr Kind kind{"nd-option"};
    std::uint8_t type = 0;
    base::Bytes data;    ///< behind type and length; filled up with zeros to a multiple of eight when sent
    OptionHeader header; ///< length in units of eight octets
    void describe(Visitor&);
    bool operator==(const UnknownNdOption&) const = default;
};

/// RFC 4861, 4.6.1.
struct SourceLinkLayerAddress {
    static constexpr Kind kind{"source-link-layer-address", 1};
    base::Mac address;
    OptionHeader header; ///< length in units of eight octets
    void describe(Visitor&);
    bool operator==(const SourceLinkLayerAddress&) const = default;
};

/// RFC 4861, 4.6.1.
struct TargetLinkLayerAddress {
    static constexpr Kind kind{"target-link-layer-address", 2};
    base::Mac address;
    OptionHeader header; ///< length in units of eight octets
    void describe(Visitor&);
    bool operator==(const TargetLinkLayerAddress&) const = default;
};

/// RFC 4861, 4.6.2, with the R bit of RFC 3775, 7.2.
struct PrefixInformation {
    static constexpr Kind kind{"prefix-information", 3};
    base::Ip6 prefix;
    std::uint8_t prefix_length = 0;
    bool l = false, a = false, r = false;                     ///< on-link, autonomous, router address
    std::uint32_t valid_lifetime = 0, preferred_lifetime = 0; ///< seconds; 0xffffffff is infinite
    std::uint8_t reserved1 = 0;
    std::uint32_t reserved2 = 0;
    OptionHeader header; ///< length in units of eight octets
    void describe(Visitor&);
    bool operator==(const PrefixInformation&) const = default;
};

/// RFC 4861, 4.6.3.
struct RedirectedHeader {
    static constexpr Kind kind{"redirected-header", 4};
    base::Bytes data;
    std::uint64_t reserved = 0;
    OptionHeader header; ///< length in units of eight octets
    void describe(Visitor&);
    bool operator==(const RedirectedHeader&) const = default;
};

/// RFC 4861, 4.6.4.
struct Mtu {
    static constexpr Kind kind{"mtu", 5};
    std::uint32_t mtu = 0;
    std::uint16_t reserved = 0;
    OptionHeader header; ///< length in units of eight octets
    void describe(Visitor&);
    bool operator==(const Mtu&) const = default;
};

/// RFC 3775, 7.3.
struct AdvertisementInterval {
    static constexpr Kind kind{"advertisement-interval", 7};
    std::uint32_t interval = 0; ///< milliseconds
    std::uint16_t reserved = 0;
    OptionHeader header; ///< length in units of eight octets
    void describe(Visitor&);
    bool operator==(const AdvertisementInterval&) const = default;
};

/// RFC 3775, 7.4.
struct HomeAgentInformation {
    static constexpr Kind kind{"home-agent-information", 8};
    std::uint16_t preference = 0;
    std::uint16_t lifetime = 0; ///< seconds
    std::uint16_t reserved = 0;
    OptionHeader header; ///< length in units of eight octets
    void describe(Visitor&);
    bool operator==(const HomeAgentInformation&) const = default;
};

/// Mobility anchor point (RFC 4140, 4.5).
struct MapOption {
    static constexpr Kind kind{"map", 23};
    base::Ip6 address;
    std::uint8_t distance = 0, preference = 0; ///< four bits each
    bool r = false;                            ///< RCoA by the mobile node
    std::uint32_t valid_lifetime = 0;          ///< seconds
    std::uint8_t reserved = 0;
    OptionHeader header; ///< length in units of eight octets
    void describe(Visitor&);
    bool operator==(const MapOption&) const = default;
};

using NdOptionBase = std::variant<UnknownNdOption, RawOption, SourceLinkLayerAddress, TargetLinkLayerAddress,
                                  PrefixInformation, RedirectedHeader, Mtu, AdvertisementInterval,
                                  HomeAgentInformation, MapOption>;

/// A variant of the above. Its special members are compiled once, in alternatives.cpp: inlined everywhere,
/// they would be most of what there is to compile.
struct NdOption : NdOptionBase {
    using NdOptionBase::NdOptionBase;
    NdOption();
    NdOption(const NdOption&);
    NdOption(NdOption&&) noexcept;
    NdOption& operator=(const NdOption&);
    NdOption& operator=(NdOption&&) noexcept;
    ~NdOption();
};
using NdOptions = std::vector<NdOption>;

/// RFC 4861, 4.1.
struct RouterSolicitation {
    static constexpr Kind kind{"router-solicitation", 133};
    std::uint32_t reserved = 0;
    NdOptions options;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const RouterSolicitation&) const = default;
};

/// RFC 4861, 4.2, with the H bit of RFC 3775, 7.1, and the preference of RFC 4191.
struct RouterAdvertisement {
    static constexpr Kind kind{"router-advertisement", 134};
    std::uint8_t hop_limit = 64;
    bool m = false, o = false, h = false;                ///< managed, other configuration, home agent
    std::uint8_t preference = 0;                         ///< two bits
    std::uint16_t router_lifetime = 0;                   ///< seconds
    std::uint32_t reachable_time = 0, retrans_timer = 0; ///< milliseconds
    std::uint8_t reserved = 0;
    NdOptions options;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const RouterAdvertisement&) const = default;
};

/// RFC 4861, 4.3.
struct NeighborSolicitation {
    static constexpr Kind kind{"neighbor-solicitation", 135};
    base::Ip6 target;
    std::uint32_t reserved = 0;
    NdOptions options;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const NeighborSolicitation&) const = default;
};

/// RFC 4861, 4.4.
struct NeighborAdvertisement {
    static constexpr Kind kind{"neighbor-advertisement", 136};
    base::Ip6 target;
    bool r = false, s = false, o = false; ///< router, solicited, override
    std::uint32_t reserved = 0;
    NdOptions options;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const NeighborAdvertisement&) const = default;
};

/// RFC 4861, 4.5.
struct Redirect {
    static constexpr Kind kind{"redirect", 137};
    base::Ip6 target, destination;
    std::uint32_t reserved = 0;
    NdOptions options;
    Icmp6Header header;
    void describe(Visitor&);
    bool operator==(const Redirect&) const = default;
};

} // namespace wire
