#pragma once

#include "harness/base/bytes.h"
#include "harness/wire/field.h"

namespace wire {

/// RFC 768.
struct Udp {
    static constexpr Kind kind{"udp", 17};
    std::uint16_t source_port = 0, destination_port = 0;
    Derived length, checksum;
    base::Bytes trailer; ///< octets behind the end that `length` gives
    void describe(Visitor&);
    bool operator==(const Udp&) const = default;
};

} // namespace wire
