#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/base/now.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace wire {

/// Puts fragments of IPv6 and IPv4 packets together (RFC 8200, 4.5; RFC 791, 3.2). Bounded: the oldest packet
/// that is not complete gives way, as does one that is older than a minute.
class Reassembly {
public:
    /// The whole packet, as if it had never been fragmented, with the last fragment that was missing.
    /// `packet` is the innermost IP packet that a walk has found, and a fragment. Fragments that overlap make
    /// their packet void (RFC 5722).
    std::optional<base::Bytes> add(base::View packet, base::Wall at);

    /// Packets of which fragments were seen, but never all.
    std::uint64_t lost() const { return lost_ + open_.size(); }

private:
    /// Ends, protocol and identification.
    using Key = std::tuple<base::Ip6, base::Ip6, std::uint8_t, std::uint32_t>;
    struct Piece {
        std::size_t offset = 0;
        base::Bytes octets;
    };
    struct Datagram {
        base::Bytes
            head; ///< of the first fragment: what stands before the payload, without the fragment header
        std::vector<Piece> pieces;
        std::optional<std::size_t> size; ///< of the payload, once the last fragment is there
        base::Wall since{};
        std::list<Key>::iterator age;
        bool is_void = false;
    };
    struct Fragment;
    static std::optional<Fragment> fragment_of(base::View packet);
    static std::optional<Fragment> fragment_of_4(base::View packet);
    static std::optional<base::Bytes> whole(const Datagram&);
    void make_room(base::Wall now);
    void forget(const Key&);

    std::map<Key, Datagram> open_;
    std::list<Key> ages_; ///< the oldest first
    std::uint64_t lost_ = 0;
};

} // namespace wire
