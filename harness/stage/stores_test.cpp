#include "harness/stage/stores.h"

#include <gtest/gtest.h>

namespace {

using stage::Stores;

model::Note note(const char* op, const char* key = "") {
    return {"store", {{"store", "home"}, {"op", op}, {"key", key}}};
}

TEST(Stores, TellTheOthersAndWhoComesLater) {
    Stores stores;
    ASSERT_EQ(stores.carry_out(0, note("load")).size(), 1u);
    stores.carry_out(1, note("load"));
    const auto told = stores.carry_out(0, note("put", "2001:db8::/64"));
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].node, 1u);
    EXPECT_EQ(told[0].told.event, "stored");
    const auto late = stores.carry_out(2, note("load"));
    ASSERT_EQ(late.size(), 2u);
    EXPECT_EQ(late[0].told.arguments.at("key"), "2001:db8::/64");
    EXPECT_EQ(late[1].told.event, "store-ready");
}

TEST(Stores, ForgetWhatIsErased) {
    Stores stores;
    stores.carry_out(0, note("load"));
    stores.carry_out(0, note("put", "a"));
    stores.carry_out(0, note("erase", "a"));
    EXPECT_EQ(stores.carry_out(0, note("load")).size(), 1u);
}

TEST(Stores, OtherNotesAreNotForThem) {
    Stores stores;
    EXPECT_TRUE(stores.carry_out(0, {"registered", {}}).empty());
}

} // namespace
