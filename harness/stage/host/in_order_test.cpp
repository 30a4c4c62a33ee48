#include "harness/stage/host/in_order.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace stage::host {
namespace {

/// What was delivered of `count` parts.
std::vector<unsigned> delivered(unsigned count, std::size_t threads, std::size_t places) {
    std::vector<unsigned> memory(places), out;
    unsigned next = 0;
    in_order({[&](std::size_t place) {
                  memory.at(place) = next;
                  return next++ < count;
              },
              [&](std::size_t place) {
                  volatile unsigned idle = 0;
                  for (unsigned i = 0; i < memory.at(place) % 7 * 1000; ++i)
                      idle = idle + 1;
                  memory.at(place) += 1000;
              },
              [&](std::size_t place) { out.push_back(memory.at(place)); }},
             threads, places);
    return out;
}

} // namespace

TEST(InOrder, DeliversEveryPartOnceInTheOrderOfTheStream) {
    for (const std::size_t threads : {1u, 2u, 3u, 8u})
        for (const std::size_t places : {1u, 2u, 5u}) {
            const auto got = delivered(500, threads, places);
            ASSERT_EQ(got.size(), 500u) << threads << " threads, " << places << " places";
            for (unsigned i = 0; i < 500; ++i)
                EXPECT_EQ(got[i], 1000 + i);
        }
}

TEST(InOrder, DeliversNothingOfAnEmptyStream) {
    EXPECT_TRUE(delivered(0, 3, 4).empty());
}

TEST(InOrder, HandsOnWhatAnyStepThrows) {
    for (int step = 0; step < 3; ++step) {
        std::atomic<unsigned> parts = 0;
        const auto maybe = [&](int which) {
            if (which == step && parts > 20)
                throw std::runtime_error("enough");
        };
        EXPECT_THROW(in_order({[&](std::size_t) {
                                   maybe(0);
                                   return ++parts < 1000;
                               },
                               [&](std::size_t) { maybe(1); }, [&](std::size_t) { maybe(2); }},
                              3, 4),
                     std::runtime_error)
            << step;
    }
}

} // namespace stage::host
