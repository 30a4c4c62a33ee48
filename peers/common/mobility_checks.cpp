#include "peers/common/mobility_checks.h"

#include "harness/wire/checksum.h"
#include "peers/common/octets.h"

#include <algorithm>
#include <optional>

namespace peers::common {

namespace {

/// Octets of the fixed part of a message of that type, from the first octet of the Mobility Header (RFC
/// 3775, 6.1).
std::size_t fixed_size(std::uint8_t type) {
    switch (type) {
    case 1:
    case 2:
        return 16; // HoTI, CoTI
    case 3:
    case 4:
    case 7:
        return 24; // HoT, CoT, BE
    case 5:
    case 6:
        return 12; // BU, BA
    default:
        return 8;
    }
}

std::uint8_t header_length_for(std::size_t octets) {
    return static_cast<std::uint8_t>((octets + 7) / 8 - 1);
}

std::optional<base::Ip6> home_address_of(const wire::Packet& packet) {
    for (const auto& layer : packet.layers)
        if (const auto* options = std::get_if<wire::DestinationOptions>(&layer))
            if (const auto* home = wire::find<wire::HomeAddressOption>(options->options))
                return home->address;
    return std::nullopt;
}

/// RFC 3775, 6.1.1: over the pseudo-header and the whole Mobility Header.
bool checksum_verifies(base::View message, const base::Ip6& source, const base::Ip6& destination) {
    wire::InternetSum sum;
    sum.add_pseudo_header(source, destination, message.size(), protocol::mobility);
    sum.add(message);
    return sum.fold() == 0;
}

} // namespace

MobilityCheck check_mobility(const wire::Packet& packet, base::View ip,
                             std::span<const std::uint8_t> known_types) {
    const Upper upper = upper_of(ip);
    if (!upper.complete || upper.protocol != protocol::mobility || upper.offset + 8 > ip.size())
        return MobilityIgnored{};
    const base::View rest = ip.subspan(upper.offset);
    const std::size_t size = (std::size_t{rest[1]} + 1) * 8;
    const std::uint8_t type = rest[2];
    if (!source_of(ip).is_routable_unicast() || size > rest.size())
        return MobilityIgnored{};

    // RFC 3775, 11.3.1: a home address option takes the place of the source in the pseudo-header.
    const auto home = home_address_of(packet);
    const auto* routing = packet.find<wire::RoutingType2>();
    if (!checksum_verifies(rest.first(size), home.value_or(source_of(ip)),
                           routing && routing->segments_left ? routing->home_address : destination_of(ip)))
        return MobilityIgnored{};

    if (std::ranges::find(known_types, type) == known_types.end())
        return MobilityUnknownType{home.value_or(base::Ip6{})};
    if (rest[0] != protocol::none)
        return MobilityProblem{static_cast<std::uint32_t>(upper.offset)};
    if (rest[1] < header_length_for(fixed_size(type)))
        return MobilityProblem{static_cast<std::uint32_t>(upper.offset + 1)};
    return MobilityAccepted{};
}

} // namespace peers::common
