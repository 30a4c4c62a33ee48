#pragma once

#include "harness/wire/profile.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace wire {

class Visitor;

/// A field that is right by itself: nullopt is the right value, computed when encoding. After decoding it is
/// nullopt if the wire had the right value; otherwise it is the wire's value. Written by hand it is a lie,
/// told before the checksum is computed.
using Derived = std::optional<std::uint32_t>;

/// An option starts at n·k + y octets from the start of its header.
struct Alignment {
    std::uint8_t n = 1, y = 0;
};

constexpr unsigned dialect(Profile::Dialect d) {
    return 1u << static_cast<unsigned>(d);
}
constexpr unsigned any_dialect = 0xff;

/// What a codec has to know of one message or option before its fields: its name in suites, the number by
/// which its header or list selects it, and where it may start.
struct Kind {
    std::string_view name;
    std::uint16_t type = 0;
    Alignment at{};
    std::uint8_t Profile::*code_point = nullptr; ///< where the draft left the number open
    unsigned dialects = any_dialect;             ///< profiles under which decoding recognises it
};

/// The octets in front of every option; lengths count as the option's family counts them.
struct OptionHeader {
    Derived type, length;
    bool operator==(const OptionHeader&) const = default;
};

/// First option of that type; null if there is none.
template <class T, class Option>
const T* find(const std::vector<Option>& options) {
    for (const auto& option : options)
        if (const T* found = std::get_if<T>(&option))
            return found;
    return nullptr;
}
template <class T, class Option>
T* find(std::vector<Option>& options) {
    for (auto& option : options)
        if (T* found = std::get_if<T>(&option))
            return found;
    return nullptr;
}
/// All options of that type, in the order of the message.
template <class T, class Option>
std::vector<const T*> find_all(const std::vector<Option>& options) {
    std::vector<const T*> all;
    for (const auto& option : options)
        if (const T* found = std::get_if<T>(&option))
            all.push_back(found);
    return all;
}

} // namespace wire
