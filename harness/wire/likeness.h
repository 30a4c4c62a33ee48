#pragma once

#include <cstddef>
#include <cstdint>

namespace wire {

/// Octets beside a pattern of which those under a mask count, and their sum: what has to be told of every
/// message of a trace, in one pass.
struct Likeness {
    bool is_like = false;
    std::uint64_t sum = 0; ///< of the octets from `summed` on, in words of this machine's order (RFC 1071, 2)

    /// What pattern and mask have to be longer than `size`, which is greater than `summed` by this or more.
    static constexpr std::size_t padding = 32;

    /// As many octets at once as this processor can.
    static Likeness of(const std::uint8_t* octets, const std::uint8_t* pattern, const std::uint8_t* mask,
                       std::size_t size, std::size_t summed);
    /// The same, on any processor.
    static Likeness by_16(const std::uint8_t* octets, const std::uint8_t* pattern, const std::uint8_t* mask,
                          std::size_t size, std::size_t summed);
};

} // namespace wire
