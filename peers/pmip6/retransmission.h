#pragma once

#include "harness/base/now.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>

namespace peers::pmip6 {

/// The wait for one acknowledgement (RFC 3775, 11.8): the timeout doubles with every transmission up to a cap
/// and then stays. Each mobile node has its own.
class Retransmission {
public:
    Retransmission() = default;
    Retransmission(base::Duration first, base::Duration cap, bool doubles = true)
        : timeout_(first), cap_(cap), doubles_(doubles) {}

    /// How long to wait after the transmission that is made now.
    base::Duration next() {
        const base::Duration wait = timeout_;
        if (doubles_)
            timeout_ = timeout_ * 2 > cap_ ? cap_ : timeout_ * 2;
        return wait;
    }

private:
    base::Duration timeout_ = std::chrono::seconds(1), cap_ = std::chrono::seconds(32);
    bool doubles_ = true;
};

/// MAX_UPDATE_RATE (RFC 3775, 12), counted for each mobile node as the digest rules (A20).
class UpdateRate {
public:
    /// `most` updates in any second; 0: without limit.
    explicit UpdateRate(unsigned most = 3) : most_(most) {}

    /// The earliest time at which another update about that node may go: `now`, if it may go at once.
    base::Mono allowed_at(const std::string& nai, base::Mono now) const {
        const auto found = sent_.find(nai);
        if (most_ == 0 || found == sent_.end() || found->second.size() < most_)
            return now;
        return std::max(now, found->second.front() + std::chrono::seconds(1));
    }
    void count(const std::string& nai, base::Mono now) {
        if (most_ == 0)
            return;
        std::deque<base::Mono>& times = sent_[nai];
        times.push_back(now);
        if (times.size() > most_)
            times.pop_front();
    }

private:
    unsigned most_;
    std::map<std::string, std::deque<base::Mono>> sent_; ///< the latest `most_` of each
};

} // namespace peers::pmip6
