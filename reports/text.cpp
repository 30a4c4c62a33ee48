#include "reports/text.h"

#include "harness/base/xml_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace reports {

namespace {

// The length of the UTF-8 sequence at `at` if it is well formed and names a character that XML 1.0 allows;
// else 0.
std::size_t sequence(std::string_view text, std::size_t at) {
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = octet(at);
    if (lead < 0x80)
        return (lead >= 0x20 && lead != 0x7f) || lead == '\n' || lead == '\t' ? 1 : 0;
    const std::size_t size = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (size == 0 || lead >= 0xf5 || at + size > text.size())
        return 0;
    char32_t value = lead & (0xffu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((octet(at + i) & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (octet(at + i) & 0x3fu);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    const bool control = value < 0xa0; // C1: some terminals obey them
    const bool not_xml = value == 0xfffe || value == 0xffff;
    const bool reorders = (value >= 0x202a && value <= 0x202e) || (value >= 0x2066 && value <= 0x2069);
    return value >= smallest[size] && value <= 0x10ffff && !surrogate && !control && !not_xml && !reorders
               ? size
               : 0;
}

} // namespace

std::string clean(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = sequence(text, at);
        if (size == 0) {
            out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text[at]));
            ++at;
        } else {
            out += text.substr(at, size);
            at += size;
        }
    }
    return out;
}

std::string xml_text(std::string_view text) {
    return base::xml_text(clean(text));
}

std::string xml_attribute(std::string_view text) {
    std::string out;
    for (const char c : xml_text(text)) {
        if (c == '\n')
            out += "&#10;";
        else if (c == '\t')
            out += "&#9;";
        else
            out += c;
    }
    return out;
}

std::string shell_word(std::string_view text) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_./:=,+@%").find(c) != std::string_view::npos;
    };
    if (!text.empty() && std::all_of(text.begin(), text.end(), plain))
        return std::string(text);
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string seconds(base::Duration time) {
    const auto ms =
        std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
    return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

std::string since_start(base::Duration time) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    const auto size = us < 0 ? -us : us;
    return fmt::format("{}{}.{:06}s", us < 0 ? '-' : '+', size / 1'000'000, size % 1'000'000);
}

} // namespace reports
