#include "peers/nemo/prefix_space.h"

#include "peers/nemo/codes.h"

#include <algorithm>

namespace peers::nemo {

namespace {

constexpr std::uint64_t most_places = 65536;

} // namespace

std::optional<base::Prefix> PrefixSpace::allocate(unsigned length, std::uint8_t type) {
    for (const base::Prefix& aggregate : aggregates_) {
        if (length < aggregate.length || length > 128)
            continue;
        if (type != prefix_type::none && type_of(aggregate) != type)
            continue;
        const unsigned spare = length - aggregate.length;
        const std::uint64_t places = spare >= 16 ? most_places : std::uint64_t{1} << spare;
        for (std::uint64_t& place = full_until_[{aggregate, length}]; place < places; ++place) {
            const base::Prefix candidate = aggregate.subnet(place, length);
            if (overlaps_taken(candidate))
                continue;
            taken_.insert(candidate.canonical());
            return candidate.canonical();
        }
    }
    return std::nullopt;
}

/// Prefixes hold one another or are apart: what overlaps is a shorter one around it, or follows it in order.
bool PrefixSpace::overlaps_taken(const base::Prefix& wanted) const {
    for (unsigned length = 0; length <= wanted.length; ++length)
        if (taken_.contains(base::Prefix{wanted.address, length}.canonical()))
            return true;
    const auto next = taken_.lower_bound(wanted);
    return next != taken_.end() && wanted.contains(*next);
}

bool PrefixSpace::covers(const base::Prefix& prefix) const {
    return std::ranges::any_of(aggregates_,
                               [&](const base::Prefix& aggregate) { return aggregate.contains(prefix); });
}

} // namespace peers::nemo
