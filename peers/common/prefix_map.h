#pragma once

#include "harness/base/ip.h"

#include <functional>
#include <map>
#include <unordered_map>

namespace peers::common {

/// Values by prefix, found by the addresses that they contain. Time per look-up: one hash for each length in
/// use.
template <class T>
class PrefixMap {
public:
    T& operator[](const base::Prefix& prefix) { return lengths_[prefix.length][prefix.canonical().address]; }
    T* find(const base::Prefix& prefix) {
        const auto length = lengths_.find(prefix.length);
        if (length == lengths_.end())
            return nullptr;
        const auto found = length->second.find(prefix.canonical().address);
        return found == length->second.end() ? nullptr : &found->second;
    }
    void erase(const base::Prefix& prefix) {
        const auto length = lengths_.find(prefix.length);
        if (length == lengths_.end())
            return;
        length->second.erase(prefix.canonical().address);
        if (length->second.empty())
            lengths_.erase(length);
    }
    /// Calls visit(value) for every prefix that contains the address, the longest first, until it returns
    /// true.
    template <class Visit>
    void matches(const base::Ip6& address, Visit visit) const {
        for (const auto& [length, values] : lengths_) {
            const auto found = values.find(base::Prefix{address, length}.canonical().address);
            if (found != values.end() && visit(found->second))
                return;
        }
    }
    /// Calls visit(prefix, value) for all, the longest first.
    template <class Visit>
    void each(Visit visit) const {
        for (const auto& [length, values] : lengths_)
            for (const auto& [address, value] : values)
                visit(base::Prefix{address, length}, value);
    }
    std::size_t size() const {
        std::size_t count = 0;
        for (const auto& [length, values] : lengths_)
            count += values.size();
        return count;
    }

private:
    std::map<unsigned, std::unordered_map<base::Ip6, T>, std::greater<>> lengths_;
};

} // namespace peers::common
