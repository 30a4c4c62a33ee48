#include "harness/crypto/chain.h"

#include <algorithm>

namespace crypto {

namespace {

constexpr std::size_t ip6_size = 40;
constexpr std::uint8_t icmp6 = 58, mobility = 135;

/// RFC 3775, 6.3: the node that speaks is known by its home address.
void follow_options(base::View options, Chain& chain) {
    for (std::size_t at = 2; at < options.size();) {
        if (options[at] == 0) { // Pad1
            ++at;
            continue;
        }
        if (at + 2 > options.size() || at + 2 + options[at + 1] > options.size())
            return;
        if (options[at] == home_address_option && options[at + 1] == 16)
            chain.source = address_at(options, at + 2);
        at += std::size_t{2} + options[at + 1];
    }
}

/// The last address of the list is where the packet ends (RFC 2460, 4.4; RFC 3775, 6.4).
void follow_routing(base::View header, Chain& chain) {
    const bool is_list = header[2] == 0 || header[2] == 2;
    if (is_list && header[3] > 0 && header.size() >= 24 && (header.size() - 8) % 16 == 0)
        chain.destination = address_at(header, header.size() - 16);
}

} // namespace

base::Ip6 address_at(base::View octets, std::size_t at) {
    base::Ip6 address;
    std::ranges::copy(octets.subspan(at, 16), address.octets.begin());
    return address;
}

std::optional<Chain> chain_of(base::View ip) {
    if (ip.size() < ip6_size || ip[0] >> 4 != 6)
        return std::nullopt;
    Chain chain;
    chain.end = ip6_size + base::read16(ip, 4);
    if (chain.end > ip.size())
        return std::nullopt;
    chain.next = ip[6];
    chain.source = address_at(ip, 8);
    chain.destination = address_at(ip, 24);
    while (chain.next == hop_by_hop || chain.next == routing || chain.next == destination_options) {
        if (chain.at + 8 > chain.end)
            return std::nullopt;
        const std::size_t size = (std::size_t{ip[chain.at + 1]} + 1) * 8;
        if (chain.at + size > chain.end)
            return std::nullopt;
        const base::View header = ip.subspan(chain.at, size);
        if (chain.next == destination_options)
            follow_options(header, chain);
        else if (chain.next == routing)
            follow_routing(header, chain);
        chain.named = chain.at;
        chain.next = header[0];
        chain.at += size;
    }
    if (chain.next == mobility && chain.at + 3 <= chain.end)
        chain.type = ip[chain.at + 2];
    else if (chain.next == icmp6 && chain.at < chain.end)
        chain.type = ip[chain.at];
    return chain;
}

bool fix_length(base::Bytes& ip) {
    constexpr std::size_t longest = 0xffff;
    if (ip.size() < ip6_size || ip.size() - ip6_size > longest)
        return false;
    base::write16(ip, 4, static_cast<std::uint16_t>(ip.size() - ip6_size));
    return true;
}

} // namespace crypto
