#pragma once

#include "harness/base/now.h"

#include <algorithm>

namespace peers::common {

/// A token bucket: so many a second, so many at once (RFC 4443, 2.4 (f); RFC 3775, 9.2).
class RateLimit {
public:
    RateLimit(double per_second, double burst) : per_second_(per_second), burst_(burst), tokens_(burst) {}
    bool allow(base::Now now) {
        const std::chrono::duration<double> passed = now.mono - last_;
        tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
        last_ = now.mono;
        if (tokens_ < 1)
            return false;
        tokens_ -= 1;
        return true;
    }

private:
    double per_second_, burst_, tokens_;
    base::Mono last_{};
};

} // namespace peers::common
