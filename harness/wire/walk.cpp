#include "harness/wire/walk.h"

namespace wire {

namespace {

constexpr unsigned most_headers = 24;
constexpr std::uint16_t tunnel_port = 4191;

/// As base::read16, without a call.
std::uint16_t at16(base::View octets, std::size_t at) {
    return static_cast<std::uint16_t>(octets[at] << 8 | octets[at + 1]);
}

Walk::What what_of_icmp6(std::uint8_t type) {
    if (type < 128)
        return Walk::What::icmp6_error;
    if (type == 128 || type == 129)
        return Walk::What::data;
    if (type <= 132 || type == 143)
        return Walk::What::multicast;
    return type <= 137 ? Walk::What::neighbor : Walk::What::icmp6;
}

bool is_dhcp(std::uint16_t port) {
    return port == 546 || port == 547 || port == 67 || port == 68;
}

constexpr bool is_radius(std::uint16_t port) {
    return port == 1812 || port == 1813 || port == 3799;
}

[[gnu::always_inline]] inline Walk::What what_of_udp(std::uint16_t from, std::uint16_t to) {
    if (is_dhcp(from) || is_dhcp(to))
        return Walk::What::dhcp;
    return is_radius(from) || is_radius(to) ? Walk::What::radius : Walk::What::data;
}

/// Follows the headers from one place to the upper layer.
class Walker {
public:
    Walker(base::View octets, std::size_t at) : octets_(octets), at_(at) {}

    Walk from_ip(int version) {
        protocol_ = version == 4 ? 4 : 41;
        for (unsigned i = 0; i < most_headers && !done_; ++i)
            header();
        return walk_;
    }

private:
    bool has(std::size_t size) const { return at_ <= octets_.size() && octets_.size() - at_ >= size; }
    std::uint8_t octet(std::size_t offset) const { return octets_[at_ + offset]; }

    void end(Walk::What what, std::uint8_t type = 0) {
        walk_.what = what;
        walk_.type = type;
        walk_.message = at_;
        done_ = true;
    }

    void enter_ip() {
        if (walk_.outer_ip == Walk::none)
            walk_.outer_ip = at_;
        else
            ++walk_.tunnels;
        walk_.inner_ip = at_;
    }

    void header() {
        switch (protocol_) {
        case 41:
            return ipv6();
        case 4:
            return ipv4();
        case 0:
        case 43:
        case 60:
            return has(8) ? extension(octet(1) * 8u + 8) : end(Walk::What::other);
        case 51:
            return has(8) ? extension(octet(1) * 4u + 8) : end(Walk::What::other);
        case 44:
            return fragment();
        case 50:
            return end(Walk::What::protected_);
        case 58:
            return has(1) ? end(what_of_icmp6(octet(0)), octet(0)) : end(Walk::What::other);
        case 135:
            return has(3) ? end(Walk::What::mobility, octet(2)) : end(Walk::What::other);
        case 17:
            return udp();
        case 47:
            return gre();
        default:
            return end(Walk::What::data);
        }
    }

    void ipv6() {
        if (!has(40) || octet(0) >> 4 != 6)
            return end(Walk::What::other);
        enter_ip();
        protocol_ = octet(6);
        at_ += 40;
    }

    void ipv4() {
        std::size_t size = has(20) ? (octet(0) & 15u) * 4 : 0;
        if (size < 20 || octet(0) >> 4 != 4)
            return end(Walk::What::other);
        enter_ip();
        bool fragment = (at16(octets_, at_ + 6) & 0x3fff) != 0;
        protocol_ = octet(9);
        at_ += size;
        if (fragment)
            end(Walk::What::fragment, protocol_);
    }

    void extension(std::size_t size) {
        protocol_ = octet(0);
        at_ += size;
    }

    void fragment() {
        if (!has(8))
            return end(Walk::What::other);
        bool whole = (at16(octets_, at_ + 2) & 0xfff9) == 0;
        extension(8);
        if (!whole)
            end(Walk::What::fragment, protocol_);
    }

    void udp() {
        if (!has(8))
            return end(Walk::What::other);
        if (is_ip_in_udp()) {
            at_ += 8;
            return end(Walk::What::wrapped);
        }
        const auto from = at16(octets_, at_), to = at16(octets_, at_ + 2);
        const auto what = what_of_udp(from, to);
        end(what, what != Walk::What::data && has(9) ? octet(8) : std::uint8_t{0});
    }

    /// Of IP in UDP between the ports of Dual Stack Mobile IPv6 (RFC 5555, 4.1; RFC 5844, 4): the packet
    /// begins right behind the header and fills the datagram.
    bool is_ip_in_udp() const {
        if (at16(octets_, at_) != tunnel_port && at16(octets_, at_ + 2) != tunnel_port)
            return false;
        const std::size_t length = at16(octets_, at_ + 4);
        if (length < 8 + 20u || !has(8 + 20))
            return false;
        const bool is_v6 = octet(8) >> 4 == 6 && has(8 + 40) && at16(octets_, at_ + 12) + 40u == length - 8;
        const bool is_v4 = octet(8) >> 4 == 4 && at16(octets_, at_ + 10) == length - 8;
        return is_v6 || is_v4;
    }

    /// RFC 2784 and 2890, version 0.
    void gre() {
        if (!has(4))
            return end(Walk::What::other);
        const std::uint16_t flags = at16(octets_, at_), type = at16(octets_, at_ + 2);
        const bool is_ip = type == 0x86dd || type == 0x0800;
        if ((flags & 0x4fff) != 0 || !is_ip) // routing, versions and what is reserved
            return end(Walk::What::data);
        at_ += 4 + ((flags & 0x8000) != 0 ? 4 : 0) + ((flags & 0x2000) != 0 ? 4 : 0) +
               ((flags & 0x1000) != 0 ? 4 : 0);
        if (!has(20) || octet(0) >> 4 != (type == 0x86dd ? 6 : 4))
            return end(Walk::What::data);
        end(Walk::What::wrapped);
    }

    base::View octets_;
    std::size_t at_;
    std::uint8_t protocol_ = 0;
    bool done_ = false;
    Walk walk_;
};

} // namespace

namespace {

/// What nearly all frames are: Ethernet, one IPv6 header or two, and right behind them what counts. Its walk
/// as the other one would find it; false for every other frame.
[[gnu::always_inline]] inline bool walk_common(base::View frame, Walk& walk) {
    constexpr std::size_t outer = 14, header = 40, enough = 9; // of the upper layer
    if (frame.size() < outer + header + enough || at16(frame, 12) != 0x86dd || frame[outer] >> 4 != 6)
        return false;
    const bool is_tunnel = frame[outer + 6] == 41;
    const std::size_t inner = is_tunnel ? outer + header : outer, message = inner + header;
    if (is_tunnel && (frame.size() < message + enough || frame[inner] >> 4 != 6))
        return false;
    switch (frame[inner + 6]) {
    case 6:
        walk.what = Walk::What::data;
        break;
    case 17: {
        const auto from = at16(frame, message), to = at16(frame, message + 2);
        if (from == tunnel_port || to == tunnel_port)
            return false;
        walk.what = what_of_udp(from, to);
        walk.type = walk.what != Walk::What::data ? frame[message + 8] : std::uint8_t{0};
        break;
    }
    case 58:
        walk.what = what_of_icmp6(frame[message]);
        walk.type = frame[message];
        break;
    case 135:
        walk.what = Walk::What::mobility;
        walk.type = frame[message + 2];
        break;
    default:
        return false;
    }
    walk.tunnels = is_tunnel;
    walk.outer_ip = outer;
    walk.inner_ip = inner;
    walk.message = message;
    return true;
}

} // namespace

namespace {

/// Any other frame; by itself, so that what nearly all frames need saves no registers for it.
[[gnu::noinline]] Walk walk_rare(base::View frame) {
    std::size_t at = 12;
    while (frame.size() >= at + 2 && at16(frame, at) == 0x8100 && at < 64)
        at += 4;
    if (frame.size() < at + 2)
        return {};
    const std::uint16_t type = at16(frame, at);
    if (type != 0x86dd && type != 0x0800)
        return {};
    return Walker(frame, at + 2).from_ip(type == 0x86dd ? 6 : 4);
}

} // namespace

Walk walk_frame(base::View frame) {
    Walk walk; // returned without a copy
    if (!walk_common(frame, walk))
        walk = walk_rare(frame);
    return walk;
}

Walk walk_ip(base::View packet) {
    if (packet.empty())
        return {};
    return Walker(packet, 0).from_ip(packet[0] >> 4 == 4 ? 4 : 6);
}

} // namespace wire
