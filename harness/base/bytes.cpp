#include "harness/base/bytes.h"

#include <cassert>

namespace base {

int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

namespace {
bool blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
} // namespace

std::optional<Bytes> parse_hex(std::string_view text) {
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size();) {
        if (blank(text[i])) {
            ++i;
            continue;
        }
        if (i + 1 == text.size() || hex_digit(text[i]) < 0 || hex_digit(text[i + 1]) < 0)
            return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(hex_digit(text[i]) << 4 | hex_digit(text[i + 1])));
        i += 2;
    }
    return bytes;
}

std::string hex(View bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (auto octet : bytes) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

Bytes operator""_hex(const char* text, std::size_t size) {
    auto bytes = parse_hex({text, size});
    assert(bytes && "a hexadecimal literal needs pairs of digits");
    return bytes ? std::move(*bytes) : Bytes{};
}

std::uint16_t read16(View bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::uint32_t read32(View bytes, std::size_t at) {
    return static_cast<std::uint32_t>(read16(bytes, at)) << 16 | read16(bytes, at + 2);
}

void write16(Bytes& bytes, std::size_t at, std::uint16_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

void write32(Bytes& bytes, std::size_t at, std::uint32_t value) {
    write16(bytes, at, static_cast<std::uint16_t>(value >> 16));
    write16(bytes, at + 2, static_cast<std::uint16_t>(value));
}

} // namespace base
