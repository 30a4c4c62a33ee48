#pragma once

#include "harness/wire/packet.h"

#include <optional>

namespace peers::mip6 {

/// A Binding Update as a home agent reads it (RFC 3775, 9.5.1 and 10.3.1). Points into the packet.
struct Registration {
    base::Ip6 home_address; ///< of the Home Address option; without one the source (a node at home)
    base::Ip6 care_of;      ///< of the Alternate Care-of Address option; without one the source
    base::Ip6 source, home_agent;
    bool has_home_address_option = false;
    const wire::BindingUpdate* update = nullptr;
};

/// nullopt if the packet is no Binding Update, or comes from where none may come from.
std::optional<Registration> read_registration(const wire::Packet&);

/// The update on its way from a care-of address, with the Home Address option in front (RFC 3775, 11.7.1). At
/// home, where both addresses are one, there is no option.
wire::Packet update_packet(const base::Ip6& care_of, const base::Ip6& home_agent,
                           const base::Ip6& home_address, wire::BindingUpdate);

/// Any Mobility Header from a home agent to a node that is away: through a type 2 routing header (RFC 3775,
/// 9.5.4 and 6.4). A node at home gets it plainly.
wire::Packet to_mobile_node(const base::Ip6& home_agent, const base::Ip6& care_of,
                            const base::Ip6& home_address, wire::Layer message);

/// The home address for which an acknowledgement is: of its type 2 routing header, else its destination.
base::Ip6 home_address_of(const wire::Packet&);

/// Is `number` after `last`, modulo 2^16 (RFC 3775, 9.5.1)?
constexpr bool is_newer(std::uint16_t number, std::uint16_t last) {
    const auto ahead = static_cast<std::uint16_t>(number - last);
    return ahead != 0 && ahead < 0x8000;
}

/// The Mobile IPv6 Home-Agents anycast address of a home network (RFC 2526, 2).
base::Ip6 home_agents_anycast(const base::Prefix& home);

} // namespace peers::mip6
