#include "harness/base/ip.h"

#include "harness/base/bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace base {

namespace {

/// Decimal 0..limit without sign or surplus leading zeros.
std::optional<unsigned> decimal(std::string_view text, unsigned limit) {
    if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0'))
        return std::nullopt;
    unsigned value = 0;
    for (char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value <= limit ? std::optional(value) : std::nullopt;
}

/// Groups of hexadecimal digits between colons, the last perhaps an IPv4 address; nullopt if malformed.
std::optional<std::string> groups(std::string_view text, bool last_part) {
    std::string octets;
    if (text.empty())
        return octets;
    while (true) {
        auto colon = text.find(':');
        auto group = text.substr(0, colon);
        if (colon == text.npos && last_part && group.find('.') != group.npos) {
            auto v4 = parse_ip4(group);
            if (!v4)
                return std::nullopt;
            octets.append(v4->octets.begin(), v4->octets.end());
            return octets;
        }
        if (group.empty() || group.size() > 4)
            return std::nullopt;
        unsigned value = 0;
        for (char c : group) {
            if (hex_digit(c) < 0)
                return std::nullopt;
            value = value << 4 | static_cast<unsigned>(hex_digit(c));
        }
        octets += static_cast<char>(value >> 8);
        octets += static_cast<char>(value & 0xff);
        if (colon == text.npos)
            return octets;
        text.remove_prefix(colon + 1);
    }
}

std::size_t mix(std::span<const std::uint8_t> octets) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (auto octet : octets)
        hash = (hash ^ octet) * 0x100000001b3;
    return static_cast<std::size_t>(hash ^ hash >> 29);
}

} // namespace

bool Ip6::is_loopback() const {
    return octets[15] == 1 && std::all_of(octets.begin(), octets.end() - 1, [](auto o) { return o == 0; });
}

bool Ip6::is_routable_unicast() const {
    return !is_unspecified() && !is_multicast() && !is_link_local() && !is_loopback();
}

Ip6 Ip6::solicited_node() const {
    return {{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, octets[13], octets[14], octets[15]}};
}

std::optional<Ip6> parse_ip6(std::string_view text) {
    auto gap = text.find("::");
    auto head = groups(text.substr(0, gap), gap == text.npos);
    if (!head)
        return std::nullopt;
    std::optional<std::string> tail = std::string{};
    if (gap != text.npos)
        tail = groups(text.substr(gap + 2), true);
    if (!tail || (gap == text.npos ? head->size() != 16 : head->size() + tail->size() > 14))
        return std::nullopt;
    Ip6 address;
    std::copy(head->begin(), head->end(), address.octets.begin());
    std::copy(tail->begin(), tail->end(), address.octets.end() - static_cast<std::ptrdiff_t>(tail->size()));
    return address;
}

std::string text(const Ip6& address) {
    const auto& o = address.octets;
    if (std::all_of(o.begin(), o.begin() + 10, [](auto x) { return x == 0; }) && o[10] == 0xff &&
        o[11] == 0xff)
        return fmt::format("::ffff:{}.{}.{}.{}", o[12], o[13], o[14], o[15]);
    std::array<unsigned, 8> group{};
    for (std::size_t i = 0; i < 8; ++i)
        group[i] = static_cast<unsigned>(o[2 * i]) << 8 | o[2 * i + 1];
    std::size_t best = 8, best_length = 1; // a single zero group is not shortened (RFC 5952, 4.2.2)
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t end = i;
        while (end < 8 && group[end] == 0)
            ++end;
        if (end - i > best_length) {
            best = i;
            best_length = end - i;
        }
    }
    std::string out;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == best) {
            out += "::";
            i += best_length - 1;
            continue;
        }
        if (!out.empty() && out.back() != ':')
            out += ':';
        out += fmt::format("{:x}", group[i]);
    }
    return out;
}

std::optional<Ip4> parse_ip4(std::string_view text) {
    Ip4 address;
    for (std::size_t i = 0; i < 4; ++i) {
        auto dot = text.find('.');
        if ((dot == text.npos) != (i == 3))
            return std::nullopt;
        auto value = decimal(text.substr(0, dot), 255);
        if (!value)
            return std::nullopt;
        address.octets[i] = static_cast<std::uint8_t>(*value);
        if (i < 3)
            text.remove_prefix(dot + 1);
    }
    return address;
}

std::string text(const Ip4& address) {
    const auto& o = address.octets;
    return fmt::format("{}.{}.{}.{}", o[0], o[1], o[2], o[3]);
}

std::optional<Mac> parse_mac(std::string_view text) {
    Mac mac;
    if (text.size() != 17)
        return std::nullopt;
    for (std::size_t i = 0; i < 6; ++i) {
        int high = hex_digit(text[3 * i]), low = hex_digit(text[3 * i + 1]);
        if (high < 0 || low < 0 || (i < 5 && text[3 * i + 2] != ':' && text[3 * i + 2] != '-'))
            return std::nullopt;
        mac.octets[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return mac;
}

std::string text(const Mac& mac) {
    const auto& o = mac.octets;
    return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", o[0], o[1], o[2], o[3], o[4], o[5]);
}

Mac multicast_mac(const Ip6& group) {
    const auto& o = group.octets;
    return {{0x33, 0x33, o[12], o[13], o[14], o[15]}};
}

Ip6 link_local(const Mac& mac) {
    Ip6 prefix;
    prefix.octets[0] = 0xfe;
    prefix.octets[1] = 0x80;
    return slaac(prefix, mac);
}

Ip6 slaac(const Ip6& prefix, const Mac& mac) {
    Ip6 address = prefix;
    const auto& m = mac.octets;
    const std::uint8_t identifier[] = {
        static_cast<std::uint8_t>(m[0] ^ 2), m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]};
    std::copy(std::begin(identifier), std::end(identifier), address.octets.begin() + 8);
    return address;
}

bool Prefix::contains(const Ip6& other) const {
    unsigned whole = std::min(length, 128u) / 8, rest = std::min(length, 128u) % 8;
    if (std::memcmp(address.octets.data(), other.octets.data(), whole) != 0)
        return false;
    return rest == 0 || ((address.octets[whole] ^ other.octets[whole]) >> (8 - rest)) == 0;
}

bool Prefix::contains(const Prefix& other) const {
    return other.length >= length && contains(other.address);
}

bool Prefix::overlaps(const Prefix& other) const {
    return contains(other) || other.contains(*this);
}

Prefix Prefix::canonical() const {
    Prefix out = *this;
    for (unsigned bit = std::min(length, 128u); bit < 128; ++bit)
        out.address.octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80u >> bit % 8));
    return out;
}

Ip6 Prefix::host(std::uint64_t number) const {
    Ip6 out = address;
    for (std::size_t i = 0; i < 8; ++i)
        out.octets[15 - i] = static_cast<std::uint8_t>(number >> 8 * i);
    return out;
}

Prefix Prefix::subnet(std::uint64_t index, unsigned wanted) const {
    Prefix out = canonical();
    for (unsigned bit = wanted; bit-- > length && index != 0; index >>= 1)
        if (index & 1)
            out.address.octets[bit / 8] |= static_cast<std::uint8_t>(0x80u >> bit % 8);
    out.length = wanted;
    return out;
}

std::optional<Prefix> parse_prefix(std::string_view text) {
    auto slash = text.find('/');
    if (slash == text.npos)
        return std::nullopt;
    auto address = parse_ip6(text.substr(0, slash));
    auto length = decimal(text.substr(slash + 1), 128);
    if (!address || !length)
        return std::nullopt;
    return Prefix{*address, *length};
}

std::string text(const Prefix& prefix) {
    return fmt::format("{}/{}", text(prefix.address), prefix.length);
}

} // namespace base

std::size_t std::hash<base::Ip6>::operator()(const base::Ip6& a) const noexcept {
    return base::mix(a.octets);
}
std::size_t std::hash<base::Mac>::operator()(const base::Mac& a) const noexcept {
    return base::mix(a.octets);
}
