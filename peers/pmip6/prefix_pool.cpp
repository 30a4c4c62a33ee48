#include "peers/pmip6/prefix_pool.h"

#include <algorithm>

namespace peers::pmip6 {

void PrefixSet::insert(const base::Prefix& p) {
    if (all_.insert(p.canonical()).second)
        ++of_length_[p.length];
}

void PrefixSet::erase(const base::Prefix& p) {
    if (all_.erase(p.canonical()))
        --of_length_[p.length];
}

bool PrefixSet::overlaps(const base::Prefix& p) const {
    for (unsigned length = 0; length <= p.length; ++length)
        if (of_length_[length] && all_.contains(base::Prefix{p.address, length}.canonical()))
            return true;
    const auto behind = all_.lower_bound(p.canonical());
    return behind != all_.end() && p.contains(behind->address);
}

PrefixPool::PrefixPool(const std::vector<base::Prefix>& pools, unsigned length) : length_(length) {
    constexpr unsigned most_bits = 48;
    for (const base::Prefix& pool : pools) {
        if (length > 128 || pool.length > length || length - pool.length > most_bits)
            continue;
        const std::uint64_t count = std::uint64_t{1} << (length - pool.length);
        segments_.push_back({pool.canonical(), capacity_, count});
        capacity_ += count;
    }
}

std::optional<std::uint64_t> PrefixPool::index_of(const base::Prefix& p) const {
    if (p.length != length_)
        return std::nullopt;
    for (const Segment& segment : segments_) {
        if (!segment.pool.contains(p.address))
            continue;
        std::uint64_t index = 0;
        for (unsigned bit = segment.pool.length; bit < length_; ++bit)
            index = index << 1 | ((p.address.octets[bit / 8] >> (7 - bit % 8)) & 1u);
        return segment.first + index;
    }
    return std::nullopt;
}

base::Prefix PrefixPool::at(std::uint64_t index) const {
    for (const Segment& segment : segments_)
        if (index - segment.first < segment.count)
            return segment.pool.subnet(index - segment.first, length_);
    return {};
}

bool PrefixPool::is_free(std::uint64_t index) const {
    return !taken_.contains(index) && !reserved_.overlaps(at(index));
}

std::optional<base::Prefix> PrefixPool::allocate() {
    while (next_ < capacity_) {
        const std::uint64_t index = next_++;
        if (is_free(index)) {
            taken_.insert(index);
            return at(index);
        }
        // Reserved now, but perhaps not for ever.
        if (!taken_.contains(index))
            returned_.push_back(index);
    }
    for (std::size_t tries = returned_.size(); tries > 0; --tries) {
        const std::uint64_t index = returned_.front();
        returned_.pop_front();
        if (is_free(index)) {
            taken_.insert(index);
            return at(index);
        }
        if (!taken_.contains(index))
            returned_.push_back(index);
    }
    return std::nullopt;
}

bool PrefixPool::take(const base::Prefix& p) {
    const auto index = index_of(p);
    if (!index || !is_free(*index))
        return false;
    taken_.insert(*index);
    return true;
}

void PrefixPool::release(const base::Prefix& p) {
    const auto index = index_of(p);
    if (index && taken_.erase(*index) && *index < next_)
        returned_.push_back(*index);
}

void PrefixPool::reserve(const base::Prefix& p) {
    reserved_.insert(p);
}

void PrefixPool::free_reservation(const base::Prefix& p) {
    reserved_.erase(p);
}

bool PrefixPool::covers(const base::Prefix& p) const {
    return std::any_of(segments_.begin(), segments_.end(),
                       [&](const Segment& segment) { return segment.pool.contains(p); });
}

} // namespace peers::pmip6
