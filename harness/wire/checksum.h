#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"

#include <cstdint>

namespace wire {

/// Ones' complement sum (RFC 1071) of octets that begin at an even position; fold() makes it a checksum.
class InternetSum {
public:
    void add(base::View octets);
    void add16(std::uint32_t value) { sum_ += value; }
    /// RFC 2460, 8.1.
    void add_pseudo_header(const base::Ip6& source, const base::Ip6& destination, std::size_t length,
                           std::uint8_t protocol);
    /// Complement of the folded sum: what belongs in the checksum field if that was zero when summed.
    std::uint16_t fold() const;

private:
    std::uint64_t sum_ = 0;
};

} // namespace wire
