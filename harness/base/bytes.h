#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// Octets that somebody owns.
using Bytes = std::vector<std::uint8_t>;
/// Octets that somebody else owns; valid as long as the owner does not change them.
using View = std::span<const std::uint8_t>;

/// Octets written as hexadecimal digits; white space between them is ignored. nullopt for anything else.
std::optional<Bytes> parse_hex(std::string_view text);

/// The value of a hexadecimal digit of either case; -1 for anything else.
int hex_digit(char);

/// Lower-case digits without separators.
std::string hex(View bytes);

/// Hexadecimal literals in tests and tables; asserts that the text is well formed.
Bytes operator""_hex(const char* text, std::size_t size);

/// Network byte order, at an offset that the caller has checked.
std::uint16_t read16(View bytes, std::size_t at);
std::uint32_t read32(View bytes, std::size_t at);
void write16(Bytes& bytes, std::size_t at, std::uint16_t value);
void write32(Bytes& bytes, std::size_t at, std::uint32_t value);

} // namespace base
