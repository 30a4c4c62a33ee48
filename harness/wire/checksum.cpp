#include "harness/wire/checksum.h"

namespace wire {

void InternetSum::add(base::View octets) {
    std::size_t i = 0;
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
