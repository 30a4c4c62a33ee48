#pragma once

#include "harness/base/ip.h"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_set>
#include <vector>

namespace peers::pmip6 {

/// Prefixes, and whether a further one would overlap any of them.
class PrefixSet {
public:
    void insert(const base::Prefix&);
    void erase(const base::Prefix&);
    bool contains(const base::Prefix& p) const { return all_.contains(p.canonical()); }
    bool overlaps(const base::Prefix&) const;
    std::size_t size() const { return all_.size(); }
    const std::set<base::Prefix>& all() const { return all_; }

private:
    std::set<base::Prefix> all_;               ///< canonical; by address, then length
    std::array<std::size_t, 129> of_length_{}; ///< how many of each length
};

/// The prefixes that an anchor may give out, each to one mobile node (proxymip6-02, 5.2, 5.3.1). Prefixes
/// that policy profiles name are reserved for their nodes and never allocated. A prefix that comes back is
/// the last to be given out again, so that a late packet does not meet a stranger.
class PrefixPool {
public:
    /// Each pool is cut into prefixes of `length` bits; one that is longer than that, or more than 48 bits
    /// shorter, gives nothing.
    PrefixPool(const std::vector<base::Prefix>& pools, unsigned length);
    PrefixPool() : PrefixPool(std::vector<base::Prefix>{}, 64) {}

    /// A prefix nobody has; nullopt when none is left.
    std::optional<base::Prefix> allocate();
    /// Takes a certain prefix of the pool, asked for by a hint; false if it is not one of ours or somebody's.
    bool take(const base::Prefix&);
    void release(const base::Prefix&);
    /// Keeps all that overlaps it from being allocated: the static prefix of a profile, or one that is no
    /// longer valid.
    void reserve(const base::Prefix&);
    void free_reservation(const base::Prefix&);

    /// One of the prefixes into which the pools are cut, reserved or not.
    bool is_member(const base::Prefix& p) const { return index_of(p).has_value(); }
    /// Inside one of the pools.
    bool covers(const base::Prefix&) const;
    bool is_reserved(const base::Prefix& p) const { return reserved_.overlaps(p); }
    std::size_t in_use() const { return taken_.size(); }
    /// How many could still be allocated (those overlapped by reservations included).
    std::uint64_t capacity() const { return capacity_; }

private:
    struct Segment {
        base::Prefix pool;
        std::uint64_t first = 0, count = 0; ///< its indexes
    };
    std::optional<std::uint64_t> index_of(const base::Prefix&) const;
    base::Prefix at(std::uint64_t index) const;
    bool is_free(std::uint64_t index) const;

    std::vector<Segment> segments_;
    unsigned length_;
    std::uint64_t capacity_ = 0;
    std::uint64_t next_ = 0;                  ///< first index that was never given out
    std::unordered_set<std::uint64_t> taken_; ///< indexes in use
    std::deque<std::uint64_t> returned_; ///< given back, oldest first; may hold some that were taken again
    PrefixSet reserved_;
};

} // namespace peers::pmip6
