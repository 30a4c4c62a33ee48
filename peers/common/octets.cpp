#include "peers/common/octets.h"

#include <algorithm>

namespace peers::common {

namespace {

base::Ip6 address_at(base::View octets, std::size_t at) {
    base::Ip6 address;
    std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(at), 16, address.octets.begin());
    return address;
}

bool is_extension(std::uint8_t next) {
    return next == protocol::hop_by_hop || next == protocol::routing || next == protocol::destination;
}

/// Calls visit(protocol, offset, size) for each extension header until it returns false.
template <class Visit>
Upper walk(base::View ip, Visit visit) {
    Upper upper{next_header_of(ip), ip6_size, 6, true};
    while (is_extension(upper.protocol)) {
        if (upper.offset + 8 > ip.size())
            return upper.complete = false, upper;
        const std::size_t size = (std::size_t{ip[upper.offset + 1]} + 1) * 8;
        if (upper.offset + size > ip.size())
            return upper.complete = false, upper;
        if (!visit(upper.protocol, upper.offset, size))
            return upper;
        upper.protocol = ip[upper.offset];
        upper.named_at = upper.offset;
        upper.offset += size;
    }
    return upper;
}

bool is_known_option(std::uint8_t type, bool knows_home_address) {
    constexpr std::uint8_t tunnel_encapsulation_limit = 4, router_alert = 5, home_address = 201;
    return type <= 1 || type == tunnel_encapsulation_limit || type == router_alert ||
           (type == home_address && knows_home_address);
}

} // namespace

base::View ip6_packet(base::View octets) {
    if (octets.size() < ip6_size || octets[0] >> 4 != 6)
        return {};
    const std::size_t size = ip6_size + base::read16(octets, 4);
    return size <= octets.size() ? octets.first(size) : base::View{};
}

base::Ip6 source_of(base::View ip) {
    return address_at(ip, 8);
}
base::Ip6 destination_of(base::View ip) {
    return address_at(ip, 24);
}

Upper upper_of(base::View ip) {
    return walk(ip, [](std::uint8_t, std::size_t, std::size_t) { return true; });
}

std::optional<BadOption> unknown_option(base::View ip, bool knows_home_address) {
    std::optional<BadOption> bad;
    walk(ip, [&](std::uint8_t header, std::size_t offset, std::size_t size) {
        if (header == protocol::routing)
            return true;
        for (std::size_t at = offset + 2; at < offset + size;) {
            const std::uint8_t type = ip[at];
            if (!is_known_option(type, knows_home_address) && type >> 6 != 0) {
                bad = BadOption{at, type >> 6 != 1, type >> 6 == 2};
                return false;
            }
            if (type != 0 && at + 1 >= offset + size)
                return true; // a type octet without a length: nothing follows
            at += type == 0 ? 1 : std::size_t{2} + ip[at + 1];
        }
        return true;
    });
    return bad;
}

base::Bytes ip6_header(const base::Ip6& source, const base::Ip6& destination, std::uint8_t next_header,
                       std::size_t payload, std::uint8_t hop_limit, std::uint8_t traffic_class) {
    base::Bytes header(ip6_size);
    header[0] = static_cast<std::uint8_t>(0x60 | traffic_class >> 4);
    header[1] = static_cast<std::uint8_t>(traffic_class << 4);
    base::write16(header, 4, static_cast<std::uint16_t>(payload));
    header[6] = next_header;
    header[7] = hop_limit;
    std::ranges::copy(source.octets, header.begin() + 8);
    std::ranges::copy(destination.octets, header.begin() + 24);
    return header;
}

std::vector<base::Bytes> fragments_of(base::View ip, unsigned mtu, std::uint32_t identification) {
    // Unfragmentable: hop-by-hop and routing headers and what stands before them; destination options go with
    // the rest.
    std::size_t split = ip6_size, named_at = 6;
    walk(ip, [&](std::uint8_t header, std::size_t offset, std::size_t size) {
        if (header == protocol::destination)
            return true;
        split = offset + size;
        named_at = offset;
        return true;
    });
    std::vector<base::Bytes> fragments;
    const std::size_t head = split + 8;
    const std::size_t room = mtu > head + 8 ? (mtu - head) / 8 * 8 : 8;
    for (std::size_t at = split; at < ip.size(); at += room) {
        const std::size_t size = std::min(room, ip.size() - at);
        const bool more = at + size < ip.size();
        base::Bytes fragment(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(split));
        fragment.resize(head);
        fragment[split] = ip[named_at];
        fragment[named_at] = protocol::fragment;
        base::write16(fragment, split + 2, static_cast<std::uint16_t>((at - split) | (more ? 1 : 0)));
        base::write32(fragment, split + 4, identification);
        const auto begin = ip.begin() + static_cast<std::ptrdiff_t>(at);
        fragment.insert(fragment.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
        base::write16(fragment, 4, static_cast<std::uint16_t>(fragment.size() - ip6_size));
        fragments.push_back(std::move(fragment));
    }
    return fragments;
}

} // namespace peers::common
