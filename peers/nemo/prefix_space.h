#pragma once

#include "harness/base/ip.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace peers::nemo {

/// Aggregates from which prefixes of any length are cut, the lowest free one first; whoever uses it keeps
/// what is granted apart from what is only reserved.
class PrefixSpace {
public:
    PrefixSpace() = default;
    explicit PrefixSpace(std::vector<base::Prefix> aggregates) : aggregates_(std::move(aggregates)) {}

    /// The first prefix of that length and class (prefix_type; none: any) that overlaps nothing that is
    /// taken; nullopt when there is none. At most 65536 places of an aggregate are looked at. Whoever takes
    /// one after the other does not look again at what is taken, until something is released.
    std::optional<base::Prefix> allocate(unsigned length, std::uint8_t type);
    void take(const base::Prefix& prefix) { taken_.insert(prefix.canonical()); }
    void release(const base::Prefix& prefix) {
        if (taken_.erase(prefix.canonical()) != 0)
            full_until_.clear();
    }
    bool covers(const base::Prefix&) const;
    /// How many prefixes are taken.
    std::size_t in_use() const { return taken_.size(); }
    const std::vector<base::Prefix>& aggregates() const { return aggregates_; }

private:
    bool overlaps_taken(const base::Prefix&) const;

    std::vector<base::Prefix> aggregates_;
    std::set<base::Prefix> taken_; ///< canonical
    /// Aggregate and length → place before which nothing is free.
    std::map<std::pair<base::Prefix, unsigned>, std::uint64_t> full_until_;
};

} // namespace peers::nemo
