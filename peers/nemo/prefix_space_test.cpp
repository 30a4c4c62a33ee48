#include "peers/nemo/codes.h"
#include "peers/nemo/prefix_space.h"

#include <gtest/gtest.h>

namespace peers::nemo {
namespace {

base::Prefix prefix(const char* text) {
    return base::parse_prefix(text).value();
}

TEST(PrefixSpace, GivesTheLowestFreePlaceAgainOnceItIsReleased) {
    PrefixSpace space({prefix("2001:db8:200::/62")});
    for (const char* expected : {"2001:db8:200::/64", "2001:db8:200:1::/64", "2001:db8:200:2::/64"})
        EXPECT_EQ(space.allocate(64, prefix_type::none), prefix(expected));
    space.release(prefix("2001:db8:200:1::/64"));
    EXPECT_EQ(space.allocate(64, prefix_type::none), prefix("2001:db8:200:1::/64"));
    EXPECT_EQ(space.allocate(64, prefix_type::none), prefix("2001:db8:200:3::/64"));
    EXPECT_EQ(space.allocate(64, prefix_type::none), std::nullopt);
}

TEST(PrefixSpace, OverlapsNothingLongerOrShorterThatIsTaken) {
    PrefixSpace space({prefix("2001:db8:200::/60")});
    space.take(prefix("2001:db8:200:5::/64"));
    EXPECT_EQ(space.allocate(62, prefix_type::none), prefix("2001:db8:200::/62"));
    EXPECT_EQ(space.allocate(62, prefix_type::none), prefix("2001:db8:200:8::/62")) << "a longer one is in 4";
    EXPECT_EQ(space.allocate(64, prefix_type::none), prefix("2001:db8:200:4::/64")) << "0 to 3 are in a /62";
}

TEST(PrefixSpace, ThatIsTakenAroundItHasNothing) {
    PrefixSpace space({prefix("2001:db8:200::/56")});
    space.take(prefix("2001:db8::/32"));
    EXPECT_EQ(space.allocate(64, prefix_type::none), std::nullopt);
}

} // namespace
} // namespace peers::nemo
