#include "harness/wire/likeness.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace wire {
namespace {

using Octets = std::vector<std::uint8_t>;

/// RFC 1071, 4.1, in words of this machine's order; an octet that is left has a zero behind it.
std::uint32_t plain_sum(const Octets& octets, std::size_t from) {
    std::uint64_t sum = 0;
    for (std::size_t at = from; at < octets.size(); at += 2) {
        const std::uint8_t pair[]{octets[at], at + 1 < octets.size() ? octets[at + 1] : std::uint8_t{0}};
        std::uint16_t number;
        std::memcpy(&number, pair, 2);
        sum += number;
    }
    return static_cast<std::uint32_t>(sum % 0xffff);
}

class LikenessOfOctets : public testing::Test {
protected:
    Octets some(std::size_t size) {
        Octets out(size);
        for (auto& octet : out)
            octet = static_cast<std::uint8_t>(random());
        return out;
    }
    std::mt19937 random{7};
};

TEST_F(LikenessOfOctets, SumsUpAsAPlainLoopDoes) {
    for (std::size_t size = 40; size < 200; ++size)
        for (const std::size_t summed : {0u, 8u, 22u, 62u}) {
            if (size < summed + Likeness::padding)
                continue;
            const Octets octets = some(size);
            Octets pattern = octets, mask(size + Likeness::padding, 0);
            pattern.resize(size + Likeness::padding);
            for (auto* how : {&Likeness::of, &Likeness::by_16}) {
                const auto told = (*how)(octets.data(), pattern.data(), mask.data(), size, summed);
                EXPECT_EQ(told.sum % 0xffff, plain_sum(octets, summed)) << size << " from " << summed;
                EXPECT_TRUE(told.is_like);
            }
        }
}

TEST_F(LikenessOfOctets, SeesEachOctetThatCountsAndNoOther) {
    for (const std::size_t size : {54u, 55u, 94u, 126u, 151u}) {
        const std::size_t summed = 22;
        Octets pattern = some(size + Likeness::padding), mask = some(size + Likeness::padding);
        const Octets octets(pattern.begin(), pattern.begin() + static_cast<std::ptrdiff_t>(size));
        for (std::size_t at = 0; at < size; ++at)
            for (unsigned bit = 0; bit < 8; ++bit) {
                Octets changed = octets;
                changed[at] ^= static_cast<std::uint8_t>(1u << bit);
                const bool counts = mask[at] >> bit & 1;
                for (auto* how : {&Likeness::of, &Likeness::by_16})
                    EXPECT_EQ((*how)(changed.data(), pattern.data(), mask.data(), size, summed).is_like,
                              !counts)
                        << at << " of " << size;
            }
    }
}

} // namespace
} // namespace wire
