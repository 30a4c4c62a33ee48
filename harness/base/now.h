#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace base {

/// A length of time.
using Duration = std::chrono::nanoseconds;
/// Time since an arbitrary start; it never steps.
using Mono = std::chrono::nanoseconds;
/// Time since 1970-01-01 00:00 UTC, as one node's clock shows it; it may step.
using Wall = std::chrono::nanoseconds;

/// Both clocks of a node: lifetimes count on the first, Timestamp options on the second.
struct Now {
    Mono mono{};
    Wall wall{};
};

/// "250ms", "1.5s", "2m", "1h", "300us", "10ns", a leading sign allowed; nullopt for anything else.
std::optional<Duration> parse_duration(std::string_view text);
/// The shortest of those forms that is exact: 1500ms is "1.5s".
std::string text_of(Duration);

/// 48.16 fixed-point seconds since 1970 (proxymip6-02, 8.5).
std::uint64_t timestamp_48_16(Wall);
Wall wall_of_48_16(std::uint64_t);

} // namespace base
