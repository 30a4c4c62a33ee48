#pragma once

#include "harness/base/bytes.h"
#include "peers/common/octets.h"
#include "peers/common/role.h"

#include <algorithm>
#include <map>
#include <optional>

namespace peers::common {

/// IPv6-in-IPv6 tunnels (RFC 2473): which there are, and the octets around an inner packet.
class Tunnels {
public:
    void add(const TunnelEnds& ends, const TunnelSettings& settings) { tunnels_[ends] = settings; }
    void remove(const TunnelEnds& ends) { tunnels_.erase(ends); }
    const TunnelSettings* find(const TunnelEnds& ends) const {
        const auto found = tunnels_.find(ends);
        return found == tunnels_.end() ? nullptr : &found->second;
    }
    const std::map<TunnelEnds, TunnelSettings>& all() const { return tunnels_; }

private:
    std::map<TunnelEnds, TunnelSettings> tunnels_;
};

/// Octets that the tunnel puts in front of a packet: 40, or 48 with an encapsulation limit.
inline unsigned overhead(const TunnelSettings& settings) {
    return settings.encapsulation_limit ? 48 : 40;
}

/// What an inner packet may have without being fragmented outside (RFC 2473, 6.7).
inline unsigned tunnel_mtu(unsigned path_mtu, const TunnelSettings& settings) {
    return path_mtu - std::min(path_mtu, overhead(settings));
}

/// The headers to put in front of an inner packet of that size.
base::Bytes outer_headers(const TunnelEnds&, const TunnelSettings&, std::size_t inner_size);

/// The tunnel encapsulation limit option in front of the inner packet (RFC 2473, 4.1.1), and where it is.
struct EncapsulationLimit {
    std::uint8_t limit = 0;
    std::size_t offset = 0; ///< of the option
};
std::optional<EncapsulationLimit> encapsulation_limit_of(base::View ip);

/// What an error message about an outer packet tells the source of the inner one (RFC 2473, 8).
struct QuotedInner {
    TunnelEnds tunnel;
    base::View packet;    ///< as much of the inner packet as was quoted, at least its header
    std::size_t size = 0; ///< of the whole inner packet by its own header
};
/// From the quotation in an ICMPv6 error; nullopt if it is not a packet that a tunnel of ours could have
/// sent.
std::optional<QuotedInner> quoted_inner(base::View invoking);

} // namespace peers::common
