#include "harness/stage/lab/features.h"
#include "harness/stage/lab/namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace stage::lab {
namespace {

TEST(Features, SayOfEachLackWhyAndWhatItCosts) {
    const auto all = features();
    for (const auto& one : all) {
        EXPECT_FALSE(one.cost.empty()) << one.name;
        if (!one.available) {
            EXPECT_FALSE(one.found.empty()) << one.name;
        }
    }
    for (const char* needed : {"userns", "veth", "packet", "sysctl"}) {
        const auto found = std::ranges::find(all, needed, &Feature::name);
        ASSERT_NE(found, all.end()) << needed;
        EXPECT_TRUE(found->available) << needed << ": " << found->found;
    }
}

TEST(Features, LeaveTheCallerWhereItWas) {
    const auto home = std::filesystem::read_symlink("/proc/self/ns/net");
    const std::string before = variable("ipv6/conf/all/accept_dad");
    features();
    EXPECT_EQ(std::filesystem::read_symlink("/proc/self/ns/net"), home);
    EXPECT_EQ(variable("ipv6/conf/all/accept_dad"), before);
}

TEST(Features, ShowATunDeviceOnlyWhereItOpens) {
    const auto all = features();
    const auto tun = std::ranges::find(all, "tun", &Feature::name);
    ASSERT_NE(tun, all.end());
    if (!std::filesystem::exists("/dev/net/tun")) {
        EXPECT_FALSE(tun->available);
        EXPECT_THAT(tun->found, testing::HasSubstr("No such file"));
    } else {
        EXPECT_EQ(tun->available, tun->found.empty());
    }
}

} // namespace
} // namespace stage::lab
