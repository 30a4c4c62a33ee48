#include "peers/pmip6/lma_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

TEST(LmaAnnouncement, NamesEveryAggregateOnceAndAgainAfterItsInterval) {
    LmaBench b({{"announce", "core"}, {"announce-interval", "2s"}, {"pool", "2001:db8:100::/48"}}, "draft02");
    const auto sent = [&] {
        const wire::Payload* last = b.bench.last<wire::Payload>();
        return last ? last->data : base::Bytes{};
    };
    b.bench.run(1900ms);
    b.bench.clear();
    b.bench.run(200ms);
    // RFC 2080, 2: command 2, version 1; then prefix, route tag, length and metric of each.
    const base::Bytes octets = sent();
    ASSERT_EQ(octets.size(), 4u + 2u * 20u);
    EXPECT_EQ(octets[0], 2);
    EXPECT_EQ(octets[1], 1);
    EXPECT_EQ(base::Bytes(octets.begin() + 4, octets.begin() + 10),
              (base::Bytes{0x20, 0x01, 0x0d, 0xb8, 0x01, 0x00}));
    EXPECT_EQ(octets[22], 48);
    EXPECT_EQ(octets[23], 1);
    EXPECT_EQ(octets[28], 0x02);
    b.bench.clear();
    b.bench.run(1700ms);
    EXPECT_TRUE(sent().empty());
    b.bench.run(300ms);
    EXPECT_FALSE(sent().empty());
}

TEST(LmaAnnouncement, IsSilentUnlessTold) {
    LmaBench b;
    b.bench.run(60s);
    EXPECT_EQ(b.bench.last<wire::Payload>(), nullptr);
}

} // namespace
