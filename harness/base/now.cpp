#include "harness/base/now.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace base {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
constexpr std::array<Unit, 6> units{{{"h", 3'600'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000},
                                     {"ns", 1}}};
__extension__ typedef __int128 Wide;
constexpr Wide longest = INT64_MAX;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

} // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    bool negative = false;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    Wide digits = 0, scale = 1;
    std::size_t at = 0;
    bool point = false;
    for (; at < text.size() && (is_digit(text[at]) || text[at] == '.'); ++at) {
        if (text[at] == '.') {
            if (point || at == 0)
                return std::nullopt;
            point = true;
            continue;
        }
        digits = digits * 10 + (text[at] - '0');
        scale *= point ? 10 : 1;
        if (digits > longest || scale > longest)
            return std::nullopt;
    }
    if (at == 0 || text[at - 1] == '.')
        return std::nullopt;
    for (const auto& unit : units) {
        if (unit.name != text.substr(at))
            continue;
        Wide value = digits * unit.nanoseconds / scale;
        if (value > longest)
            return std::nullopt;
        auto count = static_cast<std::int64_t>(value);
        return Duration(negative ? -count : count);
    }
    return std::nullopt;
}

std::string text_of(Duration duration) {
    std::int64_t count = duration.count();
    if (count == 0)
        return "0s";
    std::uint64_t left =
        count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
    std::string sign = count < 0 ? "-" : "";
    std::string best;
    for (const auto& unit : units) {
        auto size = static_cast<std::uint64_t>(unit.nanoseconds);
        std::string candidate = fmt::format("{}{}", left / size, unit.name);
        if (std::uint64_t rest = left % size; rest != 0) {
            if (left < size)
                continue; // 250ms reads better than 0.25s
            std::string fraction;
            for (std::uint64_t step = rest; step != 0 && fraction.size() < 10; step %= size) {
                step *= 10;
                fraction += static_cast<char>('0' + step / size);
                if (step % size == 0)
                    break;
            }
            Wide scale = 1, digits = 0;
            for (char c : fraction) {
                digits = digits * 10 + (c - '0');
                scale *= 10;
            }
            if (fraction.size() >= 10 || digits * unit.nanoseconds != static_cast<Wide>(rest) * scale)
                continue; // not exact in this unit
            candidate = fmt::format("{}.{}{}", left / size, fraction, unit.name);
        }
        if (best.empty() || candidate.size() < best.size())
            best = candidate;
    }
    return sign + best;
}

std::uint64_t timestamp_48_16(Wall wall) {
    std::int64_t count = wall.count();
    std::int64_t seconds = count / 1'000'000'000, rest = count % 1'000'000'000;
    if (rest < 0) {
        --seconds;
        rest += 1'000'000'000;
    }
    return static_cast<std::uint64_t>(seconds) << 16 |
           static_cast<std::uint64_t>((rest << 16) / 1'000'000'000);
}

Wall wall_of_48_16(std::uint64_t timestamp) {
    constexpr std::uint64_t last = INT64_MAX / 1'000'000'000 - 1;
    std::uint64_t seconds = std::min(timestamp >> 16, last); // a hostile peer may send the year 8.9 million
    std::uint64_t rest = ((timestamp & 0xffff) * 1'000'000'000 + 0xffff) >> 16;
    return Wall(static_cast<std::int64_t>(seconds * 1'000'000'000 + rest));
}

} // namespace base
