#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/field.h"

namespace wire {

/// Ethernet II (RFC 2464, 3).
struct Ethernet {
    static constexpr Kind kind{"ethernet"};
    base::Mac destination, source;
    Derived type;
    base::Bytes trailer; ///< octets behind the IP packet: padding of a short frame, or surplus
    void describe(Visitor&);
    bool operator==(const Ethernet&) const = default;
};

/// IEEE 802.1Q tag.
struct Vlan {
    static constexpr Kind kind{"vlan"};
    std::uint8_t priority = 0;
    bool drop_eligible = false;
    std::uint16_t id = 0;
    Derived type;
    void describe(Visitor&);
    bool operator==(const Vlan&) const = default;
};

/// Octets that no header of the chain explains: data of a flow, a protocol that we pass over, what is behind
/// a message, a fragment.
struct Payload {
    static constexpr Kind kind{"payload"};
    base::Bytes data;
    void describe(Visitor&);
    bool operator==(const Payload&) const = default;
};

} // namespace wire
