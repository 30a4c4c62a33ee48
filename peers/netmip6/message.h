#pragma once

#include "harness/crypto/mobility_packet.h"
#include "harness/wire/packet.h"
#include "peers/netmip6/keys.h"

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace peers::netmip6 {

/// Fills in the authenticator of the packet's MN-HA option (RFC 4285, 5.1), which has to be its last one. The
/// addresses are the packet's own but for those given: the home address of an acknowledgement without routing
/// header, the care-of address of an acknowledgement that goes elsewhere. Nothing happens without the option.
void sign(wire::Packet&, base::View key, const wire::Profile&, std::optional<base::Ip6> home = {},
          std::optional<base::Ip6> care_of = {});

/// Verifies the MN-HA option of a packet that was received.
crypto::Authenticity verify(const wire::Packet&, const Key&, std::optional<base::Ip6> home = {},
                            std::optional<base::Ip6> care_of = {});

/// The octets of a received packet from its (outermost) IPv6 header on.
base::View ip_octets(const wire::Packet&);

/// "SPI HEX", several apart by semicolons. What does not parse is left out.
std::vector<Key> parse_keys(std::string_view);

/// RFC 3775, 6.1.8: any prefix that is no whole /64 of a node stays as it is; else the first 64 bits.
base::Prefix prefix_of(const base::Ip6& home_address);

/// The home address that asks for one (PC-12): :: or all ones.
bool is_wildcard(const base::Ip6&);

} // namespace peers::netmip6
