#include "peers/nemo/prefix_space.h"

#include "peers/nemo/codes.h"

#include <algorithm>

namespace peers::nemo {

namespace {

constexpr std::uint64_t most_places = 65536;

} // namespace

std::optional<base::Prefix> PrefixSpace::allocate(unsigned length, std::uint8_t type) {
    const auto overlaps = [&](const base::Prefix& wanted) {
        return std::ranges::any_of(taken_, [&](const base::Prefix& one) { return one.overlaps(wanted); });
    };
    for (const base::Prefix& aggregate : aggregates_) {
        if (length < aggregate.length || length > 128)
            continue;
        if (type != prefix_type::none && type_of(aggregate) != type)
            continue;
        const unsigned spare = length - aggregate.length;
        const std::uint64_t places = spare >= 16 ? most_places : std::uint64_t{1} << spare;
        for (std::uint64_t place = 0; place < places; ++place) {
            const base::Prefix candidate = aggregate.subnet(place, length);
            if (overlaps(candidate))
                continue;
            taken_.insert(candidate.canonical());
            return candidate.canonical();
        }
    }
    return std::nullopt;
}

bool PrefixSpace::covers(const base::Prefix& prefix) const {
    return std::ranges::any_of(aggregates_,
                               [&](const base::Prefix& aggregate) { return aggregate.contains(prefix); });
}

} // namespace peers::nemo
