#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace base {

/// An IPv6 address. The default value is the unspecified address.
struct Ip6 {
    std::array<std::uint8_t, 16> octets{};

    auto operator<=>(const Ip6&) const = default;
    bool is_unspecified() const { return *this == Ip6{}; }
    bool is_multicast() const { return octets[0] == 0xff; }
    bool is_link_local() const { return octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80; }
    bool is_loopback() const;
    /// Unicast and of more than link-local scope (RFC 3775, 6.1.7: what may be the source of a Binding
    /// Update).
    bool is_routable_unicast() const;
    /// RFC 4291, 2.7.1: ff02::1:ffXX:XXXX.
    Ip6 solicited_node() const;
};

/// ff02::1 and ff02::2 (RFC 4291, 2.7.1).
constexpr Ip6 all_nodes{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
constexpr Ip6 all_routers{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};

/// The RFC 4291 forms, including an embedded IPv4 address; no zone and no prefix length.
std::optional<Ip6> parse_ip6(std::string_view text);
/// RFC 5952.
std::string text(const Ip6&);

/// An IPv4 address.
struct Ip4 {
    std::array<std::uint8_t, 4> octets{};
    auto operator<=>(const Ip4&) const = default;
};
std::optional<Ip4> parse_ip4(std::string_view text);
std::string text(const Ip4&);

/// An Ethernet address.
struct Mac {
    std::array<std::uint8_t, 6> octets{};
    auto operator<=>(const Mac&) const = default;
    bool is_group() const { return octets[0] & 1; }
};
std::optional<Mac> parse_mac(std::string_view text);
std::string text(const Mac&);

/// RFC 2464, 7: 33:33 and the last four octets of the group.
Mac multicast_mac(const Ip6& group);
/// RFC 4291, appendix A: fe80::/64 and the modified EUI-64 of the Ethernet address.
Ip6 link_local(const Mac&);
/// The address with that prefix's first 64 bits and the modified EUI-64 of the Ethernet address.
Ip6 slaac(const Ip6& prefix, const Mac&);

/// An IPv6 prefix; `length` is 0..128. Bits of `address` behind the length are kept as given.
struct Prefix {
    Ip6 address;
    unsigned length = 0;
    auto operator<=>(const Prefix&) const = default;
    bool contains(const Ip6&) const;
    bool contains(const Prefix&) const;
    bool overlaps(const Prefix&) const;
    /// Bits behind the length cleared.
    Prefix canonical() const;
    /// The address whose last 64 bits are `number`.
    Ip6 host(std::uint64_t number) const;
    /// The `index`-th prefix of `length` bits inside this one; length must be between this->length and 128.
    Prefix subnet(std::uint64_t index, unsigned length) const;
};
/// ADDRESS/LENGTH; nullopt for a length above 128 or none.
std::optional<Prefix> parse_prefix(std::string_view text);
std::string text(const Prefix&);

} // namespace base

template <>
struct std::hash<base::Ip6> {
    std::size_t operator()(const base::Ip6&) const noexcept;
};
template <>
struct std::hash<base::Mac> {
    std::size_t operator()(const base::Mac&) const noexcept;
};
