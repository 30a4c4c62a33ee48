// Authentication Header over IPv6 (RFC 2402, RFC 4302).
#include "harness/crypto/transform.h"

#include <algorithm>

namespace crypto {

namespace {

constexpr std::size_t fixed_size = 12;
constexpr std::uint8_t may_change = 0x20;

/// Of the whole header: ICV and padding up to a multiple of eight octets (RFC 4302, 2.2 and 3.3.3.2.1).
std::size_t ah_size(std::size_t icv) {
    return (fixed_size + icv + 7) / 8 * 8;
}

void swap_addresses(base::Bytes& ip, std::size_t a, std::size_t b) {
    std::swap_ranges(ip.begin() + static_cast<std::ptrdiff_t>(a),
                     ip.begin() + static_cast<std::ptrdiff_t>(a + 16),
                     ip.begin() + static_cast<std::ptrdiff_t>(b));
}

/// Options that may change on the way count as zeros (RFC 4302, 3.3.3.1.2.1). The home address and the source
/// are authenticated in each other's place (RFC 3775, 11.3.2).
void settle_options(base::Bytes& ip, std::size_t start, std::size_t size, bool is_destination) {
    const std::size_t end = start + size;
    for (std::size_t at = start + 2; at < end;) {
        if (ip[at] == 0) {
            ++at;
            continue;
        }
        if (at + 2 > end || at + 2 + ip[at + 1] > end)
            return;
        const std::uint8_t type = ip[at], length = ip[at + 1];
        if (type & may_change)
            std::fill_n(ip.begin() + static_cast<std::ptrdiff_t>(at + 2), length, std::uint8_t{0});
        else if (is_destination && type == home_address_option && length == 16)
            swap_addresses(ip, 8, at + 2);
        at += std::size_t{2} + length;
    }
}

/// As it will be when the packet is at its last destination (RFC 4302, 3.3.3.1.2.3; RFC 3775, 11.3.2).
void settle_routing(base::Bytes& ip, std::size_t start, std::size_t size) {
    const std::size_t left = ip[start + 3];
    const bool is_list = ip[start + 2] == 0 || ip[start + 2] == 2;
    if (!is_list || left == 0 || size < 24 || (size - 8) % 16 != 0)
        return;
    const std::size_t count = (size - 8) / 16;
    if (left > count)
        return;
    // Each stop exchanges the destination with the next address of the list.
    for (std::size_t i = count - left; i < count; ++i)
        swap_addresses(ip, 24, start + 8 + 16 * i);
    ip[start + 3] = 0;
}

} // namespace

base::Bytes ah_view(base::View packet, std::size_t ah, std::size_t icv) {
    base::Bytes ip(packet.begin(), packet.end());
    ip[0] &= 0xf0; // class and flow label
    ip[1] = ip[2] = ip[3] = 0;
    ip[7] = 0; // hop limit
    std::uint8_t next = ip[6];
    for (std::size_t at = 40; at < ah;) {
        const std::size_t size = (std::size_t{ip[at + 1]} + 1) * 8;
        if (next == routing)
            settle_routing(ip, at, size);
        else if (next == hop_by_hop || next == destination_options)
            settle_options(ip, at, size, next == destination_options);
        next = ip[at];
        at += size;
    }
    std::fill_n(ip.begin() + static_cast<std::ptrdiff_t>(ah + fixed_size), icv, std::uint8_t{0});
    return ip;
}

std::optional<base::Bytes> Transform::seal_ah(base::View ip, const Chain& chain, std::uint32_t spi,
                                              std::uint32_t sequence) {
    const std::size_t icv_octets = mac_->size(), size = ah_size(icv_octets);
    base::Bytes out(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(chain.at));
    out[chain.named] = static_cast<std::uint8_t>(Protocol::ah);
    const std::size_t start = out.size();
    out.resize(start + size);
    out[start] = chain.next;
    out[start + 1] = static_cast<std::uint8_t>(size / 4 - 2);
    base::write32(out, start + 4, spi);
    base::write32(out, start + 8, sequence);
    out.insert(out.end(), ip.begin() + static_cast<std::ptrdiff_t>(chain.at), ip.end());
    if (!fix_length(out))
        return std::nullopt;
    const auto icv = mac_->of({ah_view(out, start, icv_octets)});
    std::copy_n(icv.begin(), icv_octets, out.begin() + static_cast<std::ptrdiff_t>(start + fixed_size));
    return out;
}

Opened Transform::open_ah(base::View ip, const Chain& chain, bool windowed) {
    Opened out;
    const std::size_t icv_octets = mac_->size(), size = ah_size(icv_octets), at = chain.at;
    if (at + fixed_size > ip.size())
        return out;
    out.spi = base::read32(ip, at + 4);
    out.sequence = base::read32(ip, at + 8);
    if ((std::size_t{ip[at + 1]} + 2) * 4 != size || at + size > ip.size())
        return out;
    if (windowed) {
        out.verdict = ask(out.sequence);
        if (out.verdict != Verdict::accepted)
            return out;
        if (lapses_.marks_before_icv)
            window_.mark(out.sequence);
    }
    if (!authentic({ah_view(ip, at, icv_octets)}, ip.subspan(at + fixed_size, icv_octets))) {
        out.verdict = Verdict::not_authentic;
        return out;
    }
    if (windowed)
        window_.mark(out.sequence);
    out.verdict = Verdict::accepted;
    out.ip.assign(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(at));
    out.ip[chain.named] = ip[at];
    out.ip.insert(out.ip.end(), ip.begin() + static_cast<std::ptrdiff_t>(at + size), ip.end());
    fix_length(out.ip);
    return out;
}

} // namespace crypto
