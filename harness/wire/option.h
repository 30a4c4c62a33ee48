#pragma once

#include "harness/base/bytes.h"
#include "harness/wire/field.h"

namespace wire {

/// One octet of padding (RFC 2460, 4.2; RFC 3775, 6.2.2). An explicit Pad1 or PadN in a list switches the
/// automatic padding of that whole list off: the author has control.
struct Pad1 {
    static constexpr Kind kind{"pad1", 0};
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const Pad1&) const = default;
};

/// Two and more octets of padding (RFC 2460, 4.2; RFC 3775, 6.2.3).
struct PadN {
    static constexpr Kind kind{"padn", 1};
    base::Bytes data; ///< the octets behind type and length; zero when sent by the book
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const PadN&) const = default;
};

/// Octets in a list of options that are not even the header of one, as they are on the wire.
struct RawOption {
    static constexpr Kind kind{"raw"};
    base::Bytes data;
    OptionHeader header; ///< not sent
    void describe(Visitor&);
    bool operator==(const RawOption&) const = default;
};

} // namespace wire
