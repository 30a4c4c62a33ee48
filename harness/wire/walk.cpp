#include "harness/wire/walk.h"

namespace wire {

namespace {

constexpr unsigned most_headers = 24;

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
        bool fragment = (base::read16(octets_, at_ + 6) & 0x3fff) != 0;
        protocol_ = octet(9);
        at_ += size;
        if (fragment)
            end(Walk::What::fragment);
    }

    void extension(std::size_t size) {
        protocol_ = octet(0);
        at_ += size;
    }

    void fragment() {
        if (!has(8))
            return end(Walk::What::other);
        bool whole = (base::read16(octets_, at_ + 2) & 0xfff9) == 0;
        extension(8);
        if (!whole)
            end(Walk::What::fragment);
    }

    void udp() {
        if (!has(8))
            return end(Walk::What::other);
        const auto from = base::read16(octets_, at_), to = base::read16(octets_, at_ + 2);
        const auto what = is_dhcp(from) || is_dhcp(to)       ? Walk::What::dhcp
                          : is_radius(from) || is_radius(to) ? Walk::What::radius
                                                             : Walk::What::data;
        end(what, what != Walk::What::data && has(9) ? octet(8) : std::uint8_t{0});
    }

    base::View octets_;
    std::size_t at_;
    std::uint8_t protocol_ = 0;
    bool done_ = false;
    Walk walk_;
};

} // namespace

Walk walk_frame(base::View frame) {
    std::size_t at = 12;
    while (frame.size() >= at + 2 && base::read16(frame, at) == 0x8100 && at < 64)
        at += 4;
    if (frame.size() < at + 2)
        return {};
    std::uint16_t type = base::read16(frame, at);
    if (type == 0x86dd)
        return Walker(frame, at + 2).from_ip(6);
    return type == 0x0800 ? Walker(frame, at + 2).from_ip(4) : Walk{};
}

Walk walk_ip(base::View packet) {
    if (packet.empty())
        return {};
    return Walker(packet, 0).from_ip(packet[0] >> 4 == 4 ? 4 : 6);
}

} // namespace wire
