#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wire {

/// What is wrong with octets that were decoded all the same. A fault is evidence, never an exception.
enum class FaultKind {
    truncated,    ///< fewer octets than a length or a fixed layout promises
    misaligned,   ///< an option does not start at its n·k + y
    wrong_length, ///< a length field contradicts the layout that it announces
    reserved_set, ///< a reserved field is not zero
    padding_set,  ///< padding octets are not zero
    trailing,     ///< octets behind the end of the message
    checksum,     ///< a checksum that does not verify
    wrong_value,  ///< a field that may have only certain values has another (version, Payload Proto)
    not_padded,   ///< a header whose length is not the multiple that it has to be
};

std::string_view name(FaultKind);

struct Fault {
    FaultKind kind{};
    std::size_t offset = 0; ///< first guilty octet, counted from the start of the frame or packet
    std::string where;      ///< path of elements: "binding-update/home-network-prefix/reserved"
    bool operator==(const Fault&) const = default;
};

using Faults = std::vector<Fault>;

/// "reserved-set at 61 in binding-update/home-network-prefix/reserved"
std::string text(const Fault&);

} // namespace wire
