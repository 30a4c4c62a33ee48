#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/stage/replay/capture.h"
#include "harness/wire/walk.h"

#include <cstddef>
#include <cstring>

namespace run {

/// Where the headers of a packet lead.
struct Glance {
    wire::Walk walk;
    base::View octets;     ///< that the walk began with
    bool is_frame = false; ///< they begin with an Ethernet header

    /// Of a record that holds neither Ethernet nor IP it tells nothing.
    static Glance of(const stage::replay::Record&);
    /// Walks on to what GRE or UDP carries.
    void unwrap() {
        if (walk.what == wire::Walk::What::wrapped) [[unlikely]]
            unwrap_all();
    }

    /// The outermost header and the innermost are of IPv6, and there in full.
    bool is_6in6() const { return is_ipv6(walk.outer_ip) && is_ipv6(walk.inner_ip); }
    /// The upper layer stands behind an AH.
    bool is_authenticated() const;
    /// From that octet on, where the walk has been.
    base::Ip6 address(std::size_t at) const {
        base::Ip6 out;
        std::memcpy(out.octets.data(), octets.data() + at, 16);
        return out;
    }

private:
    bool is_ipv6(std::size_t at) const {
        return at < octets.size() && octets.size() - at >= 40 && octets[at] >> 4 == 6;
    }
    void unwrap_all();
};

} // namespace run
