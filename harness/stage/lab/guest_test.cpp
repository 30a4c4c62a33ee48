#include "harness/stage/lab/guest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stage::lab {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

GuestPlan plan() {
    GuestPlan out;
    out.ports.push_back({"core", {{2, 0, 0, 0, 0, 7}}, 1400, {*base::parse_prefix("2001:db8::2/64")}});
    out.routes.push_back({*base::parse_prefix("::/0"), *base::parse_ip6("2001:db8::1")});
    return out;
}

ProcessSpec daemon() {
    ProcessSpec out;
    out.directory = "/somewhere";
    out.command = {"lmad", "--name", "it's"};
    out.environment = {"STATE=a b"};
    return out;
}

TEST(Guest, SetsUpTheNetworkOfTheNodeBeforeItsCommandStarts) {
    const std::string init = guest_init(daemon(), plan());
    EXPECT_THAT(init, HasSubstr("ip link set vec0 name 'core'\n"
                                "echo 0 >/proc/sys/net/ipv6/conf/'core'/router_solicitations\n"
                                "ip link set 'core' mtu 1400 up\n"
                                "ip -6 addr add 2001:db8::2/64 dev 'core' nodad\n"
                                "ip -6 route add ::/0 via 2001:db8::1\n"));
    EXPECT_LT(init.find("ip -6 route"), init.find(guest_is_up));
    EXPECT_LT(init.find(guest_is_up), init.find("'lmad'"));
}

TEST(Guest, HandsOnWordsAndVariablesAsTheyAre) {
    const std::string init = guest_init(daemon(), plan());
    EXPECT_THAT(init, HasSubstr("'lmad' '--name' 'it'\\''s' \n"));
    EXPECT_THAT(init, HasSubstr("export STATE='a b'\n"));
}

TEST(Guest, ForwardsWhereTheNodeDoes) {
    EXPECT_THAT(guest_init(daemon(), plan()), HasSubstr("echo 0 >$each/forwarding"));
    GuestPlan router = plan();
    router.forwards = true;
    EXPECT_THAT(guest_init(daemon(), router), HasSubstr("echo 1 >$each/forwarding"));
}

} // namespace
} // namespace stage::lab
