#include "peers/pmip6/ordering.h"

namespace peers::pmip6 {

namespace {

/// Units of 1/65536 s in a length of time, rounded down.
std::uint64_t ulps(base::Duration d) {
    const auto count = static_cast<std::uint64_t>(d.count());
    constexpr std::uint64_t second = 1'000'000'000;
    return count / second * 65536 + count % second * 65536 / second;
}

} // namespace

bool sequence_after(std::uint16_t next, std::uint16_t last) {
    const auto ahead = static_cast<std::uint16_t>(next - last);
    return ahead != 0 && ahead < 0x8000;
}

OrderFault Ordering::judge(std::optional<std::uint64_t> timestamp, std::uint16_t sequence,
                           const OrderingState* last, base::Wall now) const {
    if (timestamp) {
        const std::uint64_t clock = base::timestamp_48_16(now);
        const std::uint64_t off = *timestamp > clock ? *timestamp - clock : clock - *timestamp;
        if (check_window && off > ulps(tolerance))
            return OrderFault::outside_window;
        if (check_newer && last && last->timestamp) {
            const unsigned shift = ignore_fraction ? 16 : 0;
            const std::uint64_t mine = *timestamp >> shift, theirs = *last->timestamp >> shift;
            if (mine < theirs)
                return OrderFault::lower;
            if (mine == theirs && !equal_is_newer)
                return OrderFault::equal;
        }
        if (!sequence_with_timestamp)
            return OrderFault::none;
    }
    if (check_sequence && last) {
        const bool newer =
            sequence_modulo ? sequence_after(sequence, last->sequence) : sequence > last->sequence;
        if (!newer)
            return OrderFault::sequence;
    }
    return OrderFault::none;
}

} // namespace peers::pmip6
