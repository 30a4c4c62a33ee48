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

PrefixPool::PrefixPool(const base::Prefix& pool, unsigned length)
    : pool_(pool.canonical()), length_(std::clamp(length, pool.length, std::min(128u, pool.length + 63))),
      capacity_(std::uint64_t{1} << (length_ - pool.length)) {}

std::uint64_t PrefixPool::index_of(const base::Prefix& p) const {
    std::uint64_t index = 0;
    for (unsigned bit = pool_.length; bit < length_; ++bit)
        index = index << 1 | ((p.address.octets[bit / 8] >> (7 - bit % 8)) & 1u);
    return index;
}

bool PrefixPool::is_free(std::uint64_t index) const {
    return !taken_.contains(index) && !reserved_.overlaps(pool_.subnet(index, length_));
}

std::optional<base::Prefix> PrefixPool::allocate() {
    while (next_ < capacity_) {
        const std::uint64_t index = next_++;
        if (is_free(index)) {
            taken_.insert(index);
            return pool_.subnet(index, length_);
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
            return pool_.subnet(index, length_);
        }
        if (!taken_.contains(index))
            returned_.push_back(index);
    }
    return std::nullopt;
}

bool PrefixPool::take(const base::Prefix& p) {
    if (!is_member(p) || !is_free(index_of(p)))
        return false;
    taken_.insert(index_of(p));
    return true;
}

void PrefixPool::release(const base::Prefix& p) {
    if (!is_member(p))
        return;
    const std::uint64_t index = index_of(p);
    if (taken_.erase(index) && index < next_)
        returned_.push_back(index);
}

void PrefixPool::reserve(const base::Prefix& p) {
    reserved_.insert(p);
}

void PrefixPool::free_reservation(const base::Prefix& p) {
    reserved_.erase(p);
}

bool PrefixPool::is_member(const base::Prefix& p) const {
    return capacity_ != 0 && p.length == length_ && pool_.contains(p.address);
}

bool PrefixPool::owns(const base::Prefix& p) const {
    return (capacity_ != 0 && pool_.contains(p)) || reserved_.contains(p);
}

} // namespace peers::pmip6
