#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace run {

/// Who talked with whom about which mobile node. Bounded: of more than a million the further ones are only
/// known to be there.
class Conversations {
public:
    struct One {
        std::string about; ///< identifier or address of the node
        base::Ip6 from, to;
        std::uint64_t first = 0, last = 0, messages = 0; ///< packet numbers, and how many
    };

    /// Counts one message; allocates only for the first one of a conversation.
    void add(base::View about, const base::Ip6& from, const base::Ip6& to, std::uint64_t packet);

    const std::vector<One>& all() const { return all_; } ///< in the order of their first packets
    bool is_full() const { return full_; }

private:
    struct Slot {
        std::uint32_t hash = 0, number = 0; ///< index + 1; 0: free
    };
    void grow();

    std::vector<One> all_;
    std::vector<Slot> slots_; ///< a power of two, at most half of them taken
    bool full_ = false;
};

} // namespace run
