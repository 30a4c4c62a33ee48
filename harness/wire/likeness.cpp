#include "harness/wire/likeness.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace wire {

namespace {

using Lanes16 = std::uint64_t __attribute__((vector_size(16)));
using Lanes32 = std::uint64_t __attribute__((vector_size(32)));

/// Zeros, and behind them ones: whoever reads from the middle on gets the ones for as many octets as wanted.
constexpr auto slide = [] {
    std::array<std::uint8_t, 2 * sizeof(Lanes32)> out{};
    std::fill(out.begin() + sizeof(Lanes32), out.end(), std::uint8_t{0xff});
    return out;
}();

/// Of `size` octets, which are a lane or more from `summed` on. Pattern and mask are longer by a lane.
template <class Lanes>
[[gnu::always_inline]] inline Likeness compare(const std::uint8_t* octets, const std::uint8_t* pattern,
                                               const std::uint8_t* mask, std::size_t size,
                                               std::size_t summed) {
    constexpr std::size_t width = sizeof(Lanes), words = width / sizeof(std::uint64_t);
    Lanes low, difference{}, sum{}, value, other;
    for (std::size_t i = 0; i < words; ++i)
        low[i] = 0xffffffff;
    const auto is_unlike = [&](std::size_t at) __attribute__((always_inline)) {
        Lanes under;
        std::memcpy(&value, octets + at, width);
        std::memcpy(&other, pattern + at, width);
        std::memcpy(&under, mask + at, width);
        difference |= (value ^ other) & under;
    };
    // What is compared twice, here and at the end, does no harm.
    for (std::size_t at = 0; at < summed; at += width)
        is_unlike(at);
    std::size_t at = summed;
    for (; at + width <= size; at += width) {
        is_unlike(at);
        sum += (value & low) + (value >> 32);
    }
    const std::size_t left = size - at;
    is_unlike(size - width);
    if (left % 2 == 0) {
        std::memcpy(&other, slide.data() + sizeof(Lanes32) - width + left, width);
        value &= other;
    } else { // the words would begin with other octets
        std::array<std::uint8_t, width> rest{};
        std::copy(octets + at, octets + size, rest.begin());
        std::memcpy(&value, rest.data(), width);
    }
    sum += (value & low) + (value >> 32);
    Likeness out;
    std::uint64_t unlike = 0;
    for (std::size_t i = 0; i < words; ++i) {
        unlike |= difference[i];
        out.sum += sum[i];
    }
    out.is_like = unlike == 0;
    return out;
}

#ifdef __x86_64__
[[gnu::target("avx2")]] Likeness by_32(const std::uint8_t* octets, const std::uint8_t* pattern,
                                       const std::uint8_t* mask, std::size_t size, std::size_t summed) {
    return compare<Lanes32>(octets, pattern, mask, size, summed);
}
const bool has_32 = __builtin_cpu_supports("avx2");
#endif

} // namespace

Likeness Likeness::by_16(const std::uint8_t* octets, const std::uint8_t* pattern, const std::uint8_t* mask,
                         std::size_t size, std::size_t summed) {
    return compare<Lanes16>(octets, pattern, mask, size, summed);
}

Likeness Likeness::of(const std::uint8_t* octets, const std::uint8_t* pattern, const std::uint8_t* mask,
                      std::size_t size, std::size_t summed) {
#ifdef __x86_64__
    if (has_32)
        return by_32(octets, pattern, mask, size, summed);
#endif
    return by_16(octets, pattern, mask, size, summed);
}

} // namespace wire
