#pragma once

#include "harness/base/now.h"

#include <cstdint>
#include <optional>

namespace peers::pmip6 {

/// What an anchor remembers of the last update that it accepted for one mobile node (proxymip6-02, 5.1, 5.4).
struct OrderingState {
    std::optional<std::uint64_t> timestamp; ///< 48.16; none while only sequence numbers were used
    std::uint16_t sequence = 0;
};

/// What is wrong with the place of an update among its predecessors.
enum class OrderFault { none, outside_window, lower, equal, sequence };

/// How an anchor puts updates of one mobile node in order (proxymip6-02, 5.4).
struct Ordering {
    base::Duration tolerance{};           ///< how far a timestamp may be from the own clock, either way
    bool check_window = true;             ///< refuse what is outside the tolerance
    bool check_newer = true;              ///< refuse what is not newer than all accepted ones
    bool equal_is_newer = false;          ///< take an equal timestamp for a newer one (wrong)
    bool ignore_fraction = false;         ///< compare whole seconds only (wrong: LMA-123)
    bool check_sequence = true;           ///< refuse a number that is not greater than the last accepted one
    bool sequence_modulo = true;          ///< compare modulo 2^16 (RFC 3775, 9.5.1)
    bool sequence_with_timestamp = false; ///< judge the number although there is a timestamp (wrong: LMA-109)

    /// With a timestamp only the timestamp counts, without one only the number. `last` is null when there is
    /// no binding: then any number will do, and any timestamp near the clock.
    OrderFault judge(std::optional<std::uint64_t> timestamp, std::uint16_t sequence,
                     const OrderingState* last, base::Wall now) const;
};

/// True if `next` is greater than `last` modulo 2^16: at most 32767 ahead (RFC 3775, 9.5.1).
bool sequence_after(std::uint16_t next, std::uint16_t last);

} // namespace peers::pmip6
