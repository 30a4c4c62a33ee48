#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/judge/dialogue.h"
#include "harness/judge/precedents.h"
#include "harness/stage/replay/capture.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace run {

/// A vector whose elements are used again as they were left, which costs less than to make them anew.
template <class T>
class Reused {
public:
    /// The next one; whoever asks for it sets all of it.
    T& next() {
        if (size_ == all_.size())
            all_.emplace_back();
        return all_[size_++];
    }
    void clear() { size_ = 0; }
    std::size_t size() const { return size_; }
    T& operator[](std::size_t at) { return all_[at]; }
    const T& operator[](std::size_t at) const { return all_[at]; }

private:
    std::vector<T> all_;
    std::size_t size_ = 0;
};

/// Some packets of a capture on their way to be judged. Of one that is like others nothing is wanted but what
/// stands here, one after the other: its octets are in the memory next to the thread that has read them.
struct Stretch {
    /// What is to be done with a packet, as far as that could be told without knowing those before it.
    enum class What : std::uint8_t {
        decode,    ///< it has to be looked at again
        like,      ///< the next of likes
        exchange,  ///< the next of exchanges
        tunnelled, ///< the next of tunnelled
    };
    struct Step {
        std::uint32_t record = 0; ///< in its batch
        What what = What::decode;
    };
    /// A message that is like one that was judged before.
    struct Like {
        const judge::Precedents::Known* known = nullptr;
        base::Ip6 source, destination;
        base::Wall at{};
    };
    /// The same of an update or an acknowledgement.
    struct Exchange {
        const judge::Precedents::Known* known = nullptr;
        judge::Signal signal;
        std::uint32_t anchor = judge::Session::none;  ///< Sessions::known_party()
        std::uint32_t session = judge::Session::none; ///< that is probably meant
    };
    struct Tunnelled {
        judge::Tunnelled packet;
        std::uint64_t hash = 0; ///< of the prefix that its mobile node has
    };
    /// How many of each kind are in front of it.
    struct Place {
        std::size_t like = 0, exchange = 0, tunnelled = 0;
    };

    void clear() {
        steps.clear();
        likes.clear();
        exchanges.clear();
        tunnelled.clear();
        blocks.clear();
    }
    Place end() const { return {likes.size(), exchanges.size(), tunnelled.size()}; }

    stage::replay::Batch batch;
    Reused<Step> steps;
    Reused<Like> likes;
    Reused<Exchange> exchanges;
    Reused<Tunnelled> tunnelled;
    std::vector<Place> blocks; ///< where each block of steps begins, and the end
};

} // namespace run
