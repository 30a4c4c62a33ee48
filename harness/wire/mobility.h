#pragma once

#include "harness/wire/mobility_option.h"

namespace wire {

/// What stands in front of every mobility message (RFC 3775, 6.1.1).
struct MobilityHeader {
    Derived payload_proto, header_length, type, checksum;
    std::uint8_t reserved = 0;
    bool operator==(const MobilityHeader&) const = default;
};

/// Any other message, and a known one that is too short for its fixed fields.
struct UnknownMobility {
    static constexpr Kind kind{"mobility-message", 255};
    std::uint8_t type = 0;
    base::Bytes data; ///< behind the six octets that all messages share
    MobilityHeader header;
    void describe(Visitor&);
    bool operator==(const UnknownMobility&) const = default;
};

/// RFC 3775, 6.1.2.
struct BindingRefreshRequest {
    static constexpr Kind kind{"binding-refresh-request", 0};
    std::uint16_t reserved = 0;
    MobilityOptions options;
    MobilityHeader header;
    bool unpadded = false; ///< nothing is aligned or filled up, as with an explicit pad in the list
    void describe(Visitor&);
    bool operator==(const BindingRefreshRequest&) const = default;
};

/// RFC 3775, 6.1.3.
struct HomeTestInit {
    static constexpr Kind kind{"home-test-init", 1};
    std::uint64_t home_init_cookie = 0;
    std::uint16_t reserved = 0;
    MobilityOptions options;
    MobilityHeader header;
    bool unpadded = false; ///< nothing is aligned or filled up, as with an explicit pad in the list
    void describe(Visitor&);
    bool operator==(const HomeTestInit&) const = default;
};

/// RFC 3775, 6.1.4.
struct CareOfTestInit {
    static constexpr Kind kind{"care-of-test-init", 2};
    std::uint64_t care_of_init_cookie = 0;
    std::uint16_t reserved = 0;
    MobilityOptions options;
    MobilityHeader header;
    bool unpadded = false; ///< nothing is aligned or filled up, as with an explicit pad in the list
    void describe(Visitor&);
    bool operator==(const CareOfTestInit&) const = default;
};

/// RFC 3775, 6.1.5.
struct HomeTest {
    static constexpr Kind kind{"home-test", 3};
    std::uint16_t home_nonce_index = 0;
    std::uint64_t home_init_cookie = 0, home_keygen_token = 0;
    MobilityOptions options;
    MobilityHeader header;
    bool unpadded = false; ///< nothing is aligned or filled up, as with an explicit pad in the list
    void describe(Visitor&);
    bool operator==(const HomeTest&) const = default;
};

/// RFC 3775, 6.1.6.
struct CareOfTest {
    static constexpr Kind kind{"care-of-test", 4};
    std::uint16_t care_of_nonce_index = 0;
    std::uint64_t care_of_init_cookie = 0, care_of_keygen_token = 0;
    MobilityOptions options;
    MobilityHeader header;
    bool unpadded = false; ///< nothing is aligned or filled up, as with an explicit pad in the list
    void describe(Visitor&);
    bool operator==(const CareOfTest&) const = default;
};

/// RFC 3775, 6.1.7, with the flags of RFC 4140 (M), RFC 3963 (R), RFC 5213 (P) or nemo-prefix-delegation, 6.1
/// (S).
struct BindingUpdate {
    static constexpr Kind kind{"binding-update", 5};
    std::uint16_t sequence = 0;
    bool a = false, h = false, l = false, k = false, m = false, r = false, p = false, s = false;
    std::uint16_t lifetime = 0;  ///< units of four seconds; 0 de-registers
    std::uint16_t reserved = 0;  ///< the bits behind the flags, right-aligned
    std::uint16_t reserved2 = 0; ///< the bits behind S where S has its alternative place
    MobilityOptions options;
    MobilityHeader header;
    bool unpadded = false; ///< nothing is aligned or filled up, as with an explicit pad in the list
    void describe(Visitor&);
    bool operator==(const BindingUpdate&) const = default;
};

/// RFC 3775, 6.1.8, with the flags of RFC 3963 (R), RFC 5213 (P) or nemo-prefix-delegation, 6.2 (S).
struct BindingAcknowledgement {
    static constexpr Kind kind{"binding-acknowledgement", 6};
    std::uint8_t status = 0;
    bool k = false, r = false, p = false, s = false;
    std::uint16_t sequence = 0;
    std::uint16_t lifetime = 0; ///< units of four seconds
    std::uint8_t reserved = 0;  ///< the bits behind the flags, right-aligned
    MobilityOptions options;
    MobilityHeader header;
    bool unpadded = false; ///< nothing is aligned or filled up, as with an explicit pad in the list
    void describe(Visitor&);
    bool operator==(const BindingAcknowledgement&) const = default;
};

/// RFC 3775, 6.1.9.
struct BindingError {
    static constexpr Kind kind{"binding-error", 7};
    std::uint8_t status = 0;
    base::Ip6 home_address;
    std::uint8_t reserved = 0;
    MobilityOptions options;
    MobilityHeader header;
    bool unpadded = false; ///< nothing is aligned or filled up, as with an explicit pad in the list
    void describe(Visitor&);
    bool operator==(const BindingError&) const = default;
};

} // namespace wire
