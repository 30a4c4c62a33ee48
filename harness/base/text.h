#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// The candidate that a hasty writer of `wanted` most likely meant; empty if none is near.
std::string nearest(std::string_view wanted, std::span<const std::string> candidates);

/// Decimal or 0x…; the whole text or nothing, and nothing that does not fit 64 bits.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// Non-empty parts between any of the separators.
std::vector<std::string> split(std::string_view text, std::string_view separators = " \t\r\n");
std::string_view trim(std::string_view text);
std::string join(std::span<const std::string> parts, std::string_view separator);

/// Shell-style pattern with * and ?, for the whole text.
bool glob(std::string_view pattern, std::string_view text);

/// Control and non-ASCII octets written as \xNN, so that hostile text cannot disturb a terminal or an XML
/// file.
std::string printable(std::string_view text);

} // namespace base
