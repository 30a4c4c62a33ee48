#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"

#include <unordered_map>

namespace peers::common {

/// What Packet Too Big messages have taught (RFC 1981), for ten minutes each and for at most 1024
/// destinations.
class PathMtu {
public:
    /// The smaller of `link` and what is known.
    unsigned find(const base::Ip6& destination, unsigned link, base::Now now) const {
        const auto known = known_.find(destination);
        return known == known_.end() || known->second.until <= now.mono || known->second.mtu > link
                   ? link
                   : known->second.mtu;
    }
    /// True if it is news: smaller than `current`. Less than 1280 counts as 1280 (RFC 2460, 5).
    bool learn(const base::Ip6& destination, std::uint32_t mtu, unsigned current, base::Now now) {
        const unsigned usable = mtu < 1280 ? 1280 : mtu;
        if (usable >= current)
            return false;
        if (known_.size() >= 1024)
            known_.clear();
        known_[destination] = {usable, now.mono + std::chrono::minutes(10)};
        return true;
    }

private:
    struct Known {
        unsigned mtu = 0;
        base::Mono until{};
    };
    std::unordered_map<base::Ip6, Known> known_;
};

} // namespace peers::common
