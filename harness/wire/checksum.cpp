#include "harness/wire/checksum.h"

#include <bit>
#include <cstring>

namespace wire {

void InternetSum::add(base::View octets) {
    // The sum of words in this machine's order is the sum in network order with its octets swapped (RFC 1071,
    // 2), so that eight octets can be taken at once.
    std::uint64_t native = 0;
    std::size_t i = 0;
    for (; i + 8 <= octets.size(); i += 8) {
        std::uint64_t word;
        std::memcpy(&word, octets.data() + i, sizeof word);
        native += (word & 0xffffffff) + (word >> 32);
    }
    while (native >> 16)
        native = (native & 0xffff) + (native >> 16);
    sum_ += std::endian::native == std::endian::little ? (native & 0xff) << 8 | native >> 8 : native;
    for (; i + 1 < octets.size(); i += 2)
        sum_ += static_cast<unsigned>(octets[i]) << 8 | octets[i + 1];
    if (i < octets.size())
        sum_ += static_cast<unsigned>(octets[i]) << 8;
}

void InternetSum::add_pseudo_header(const base::Ip6& source, const base::Ip6& destination, std::size_t length,
                                    std::uint8_t protocol) {
    add(source.octets);
    add(destination.octets);
    sum_ += length & 0xffff;
    sum_ += length >> 16;
    sum_ += protocol;
}

std::uint16_t InternetSum::fold() const {
    std::uint64_t sum = sum_;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

} // namespace wire
