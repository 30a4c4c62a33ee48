#pragma once

#include "harness/base/ip.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace judge {

/// Numbers by address, for what is looked up with every packet.
class AddressIndex {
public:
    /// Null if it is unknown. Valid until the next call of set().
    const std::uint32_t* find(const base::Ip6& address) const {
        if (slots_.empty())
            return nullptr;
        const Slot& slot = slots_[place(address)];
        return slot.taken ? &slot.number : nullptr;
    }
    void set(const base::Ip6& address, std::uint32_t number) {
        if (2 * size_ >= slots_.size())
            grow();
        Slot& slot = slots_[place(address)];
        size_ += !slot.taken;
        slot = {address, number, true};
    }
    std::size_t size() const { return size_; }

    /// As ==, which calls a function.
    static bool is_same(const base::Ip6& a, const base::Ip6& b) {
        std::uint64_t left[2], right[2];
        std::memcpy(left, a.octets.data(), 16);
        std::memcpy(right, b.octets.data(), 16);
        return ((left[0] ^ right[0]) | (left[1] ^ right[1])) == 0;
    }

private:
    struct Slot {
        base::Ip6 address;
        std::uint32_t number = 0;
        bool taken = false;
    };

    /// Its highest bits depend on all of the address.
    static std::uint64_t hash(const base::Ip6& address) {
        std::uint64_t high, low;
        std::memcpy(&high, address.octets.data(), 8);
        std::memcpy(&low, address.octets.data() + 8, 8);
        return high * 0x9e3779b97f4a7c15 + low * 0xd6e8feb86659fd93;
    }
    std::size_t place(const base::Ip6& address) const {
        const std::size_t last = slots_.size() - 1;
        std::size_t at = hash(address) >> shift_;
        while (slots_[at].taken && !is_same(slots_[at].address, address))
            at = (at + 1) & last;
        return at;
    }
    void grow() {
        std::vector<Slot> old(slots_.empty() ? 64 : 2 * slots_.size());
        old.swap(slots_);
        shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots_.size()));
        for (const Slot& slot : old)
            if (slot.taken)
                slots_[place(slot.address)] = slot;
    }

    std::vector<Slot> slots_; ///< a power of two, at most half of them taken
    unsigned shift_ = 0;      ///< of a hash, so that a slot's number is left
    std::size_t size_ = 0;
};

} // namespace judge
