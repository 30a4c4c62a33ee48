#include "peers/pmip6/prefix_pool.h"

#include <gtest/gtest.h>

#include <set>

namespace {

using peers::pmip6::PrefixPool;
using peers::pmip6::PrefixSet;

base::Prefix prefix(std::string_view text) {
    return base::parse_prefix(text).value();
}

TEST(PrefixSet, FindsOverlapsInBothDirections) {
    PrefixSet set;
    set.insert(prefix("2001:db8:1:200::/56"));
    EXPECT_TRUE(set.overlaps(prefix("2001:db8:1:2ff::/64")));
    EXPECT_TRUE(set.overlaps(prefix("2001:db8:1::/48")));
    EXPECT_FALSE(set.overlaps(prefix("2001:db8:1:300::/64")));
    set.erase(prefix("2001:db8:1:200::/56"));
    EXPECT_FALSE(set.overlaps(prefix("2001:db8:1::/48")));
}

TEST(PrefixPool, GivesOutDistinctPrefixesUntilNoneIsLeft) {
    PrefixPool pool({prefix("2001:db8:100::/62")}, 64);
    std::set<base::Prefix> given;
    for (int i = 0; i < 4; ++i)
        given.insert(pool.allocate().value());
    EXPECT_EQ(given.size(), 4u);
    for (const auto& p : given) {
        EXPECT_EQ(p.length, 64u);
        EXPECT_TRUE(prefix("2001:db8:100::/62").contains(p));
    }
    EXPECT_FALSE(pool.allocate());
    EXPECT_EQ(pool.in_use(), 4u);
}

TEST(PrefixPool, GivesAReleasedPrefixOutAgain) {
    PrefixPool pool({prefix("2001:db8:100::/62")}, 64);
    for (int i = 0; i < 4; ++i)
        (void)pool.allocate();
    pool.release(prefix("2001:db8:100:2::/64"));
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:100:2::/64"));
    EXPECT_FALSE(pool.allocate());
}

TEST(PrefixPool, GivesTheLongestUnusedPrefixOutFirst) {
    PrefixPool pool({prefix("2001:db8:100::/62")}, 64);
    const auto first = pool.allocate().value();
    pool.release(first);
    EXPECT_NE(pool.allocate().value(), first);
}

TEST(PrefixPool, NeverAllocatesWhatOverlapsAReservation) {
    PrefixPool pool({prefix("2001:db8:100::/62")}, 64);
    pool.reserve(prefix("2001:db8:100:0:8000::/80"));
    pool.reserve(prefix("2001:db8:100:2::/63"));
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:100:1::/64"));
    EXPECT_FALSE(pool.allocate());
    pool.free_reservation(prefix("2001:db8:100:2::/63"));
    EXPECT_TRUE(pool.allocate());
}

TEST(PrefixPool, TakesAHintedMemberOnlyOnce) {
    PrefixPool pool({prefix("2001:db8:100::/62")}, 64);
    EXPECT_TRUE(pool.take(prefix("2001:db8:100:1::/64")));
    EXPECT_FALSE(pool.take(prefix("2001:db8:100:1::/64")));
    EXPECT_FALSE(pool.take(prefix("2001:db8:100::/62")));
    EXPECT_FALSE(pool.take(prefix("2001:db8:200::/64")));
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:100::/64"));
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:100:2::/64"));
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:100:3::/64"));
    EXPECT_FALSE(pool.allocate());
    pool.release(prefix("2001:db8:100:1::/64"));
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:100:1::/64"));
}

TEST(PrefixPool, ReusesAHintedPrefixThatWasReleasedBeforeItsTurn) {
    PrefixPool pool({prefix("2001:db8:100::/63")}, 64);
    EXPECT_TRUE(pool.take(prefix("2001:db8:100:1::/64")));
    pool.release(prefix("2001:db8:100:1::/64"));
    EXPECT_TRUE(pool.allocate());
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:100:1::/64"));
    EXPECT_FALSE(pool.allocate());
}

TEST(PrefixPool, CoversWhatIsInsideItsAggregates) {
    PrefixPool pool({prefix("2001:db8:100::/48")}, 64);
    EXPECT_TRUE(pool.covers(prefix("2001:db8:100:7::/64")));
    EXPECT_TRUE(pool.covers(prefix("2001:db8:100:7::/56")));
    EXPECT_FALSE(pool.covers(prefix("2001:db8:200:2::/64")));
    EXPECT_FALSE(pool.covers(prefix("2001:db8::/32")));
}

TEST(PrefixPool, GoesOnWithTheNextAggregate) {
    PrefixPool pool({prefix("2001:db8:100::/63"), prefix("2001:db8:300::/64"), prefix("2001:db8:400::/80")},
                    64);
    EXPECT_EQ(pool.capacity(), 3u);
    (void)pool.allocate();
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:100:1::/64"));
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:300::/64"));
    EXPECT_FALSE(pool.allocate());
}

TEST(PrefixPool, CutsIntoPrefixesThatDoNotEndOnOctets) {
    PrefixPool pool({prefix("2001:db8:100::/47")}, 51);
    EXPECT_EQ(pool.capacity(), 16u);
    (void)pool.allocate();
    EXPECT_EQ(pool.allocate(), prefix("2001:db8:100:2000::/51"));
    EXPECT_TRUE(pool.is_member(prefix("2001:db8:101:e000::/51")));
}

TEST(PrefixPool, WithoutAPoolHasNothing) {
    PrefixPool pool;
    EXPECT_FALSE(pool.allocate());
    EXPECT_FALSE(pool.covers(prefix("2001:db8::/64")));
}

} // namespace
