#pragma once

#include "harness/wire/field.h"

namespace wire {

/// What stands in front of every ICMPv6 message (RFC 4443, 2.1). `code` is of messages that have only code 0.
struct Icmp6Header {
    Derived type, code, checksum;
    bool operator==(const Icmp6Header&) const = default;
};

} // namespace wire
