#include "peers/dhcp/options.h"
#include "peers/dhcp/requesting_router.h"

#include <gtest/gtest.h>

namespace {

using namespace peers::dhcp;
using namespace std::chrono_literals;
namespace type = wire::dhcpv6;

const base::Prefix network = base::parse_prefix("2001:db8:300:1::/64").value();

class Requesting : public testing::Test {
protected:
    static base::Now at(base::Duration mono) { return {mono, {}}; }
    static wire::Dhcpv6Message answer(std::uint8_t what, const wire::Dhcpv6Message& to, std::uint32_t t1 = 50,
                                      std::uint32_t t2 = 80, std::uint32_t preferred = 100,
                                      std::uint32_t valid = 120) {
        wire::Dhcpv6Message out;
        out.type = what;
        out.transaction_id = to.transaction_id;
        out.options.emplace_back(*find_option<wire::ClientId>(to.options));
        out.options.emplace_back(wire::ServerId{{0, 3}, {}});
        wire::IaPd association;
        association.iaid = find_option<wire::IaPd>(to.options)->iaid;
        association.t1 = t1;
        association.t2 = t2;
        association.options.emplace_back(option_for(network, preferred, valid));
        out.options.emplace_back(std::move(association));
        return out;
    }
    /// What it says next, and when.
    std::pair<wire::Dhcpv6Message, base::Mono> next() {
        for (int i = 0; i < 100; ++i) {
            const base::Mono when = router.deadline().value();
            if (auto said = router.due(at(when)))
                return {*said, when};
        }
        return {};
    }
    void get() {
        router.link_up(at(0s));
        router.heard(answer(type::advertise, *router.due(at(0s))), at(0s));
        ASSERT_TRUE(router.heard(answer(type::reply, *router.due(at(0s))), at(0s)));
    }
    RequestingRouter router{RequestPolicy{.mac = base::Mac{{2, 0, 0, 0, 0x20, 1}}}};
};

TEST_F(Requesting, SolicitsRequestsAndHasAPrefix) {
    get();
    ASSERT_TRUE(router.delegated(at(1s)));
    EXPECT_EQ(router.delegated(at(1s))->prefix, network);
    EXPECT_EQ(router.delegated(at(1s))->valid, base::Mono(120s));
}

// RFC 3633, 12.1; RFC 3315, 18.1.3 and 18.1.4.
TEST_F(Requesting, RenewsThenRebindsThenGivesUp) {
    get();
    const auto [renew, when] = next();
    EXPECT_EQ(renew.type, type::renew);
    EXPECT_EQ(when, base::Mono(50s));
    EXPECT_TRUE(find_option<wire::ServerId>(renew.options));
    const auto [again, later] = next();
    EXPECT_EQ(again.type, type::renew);
    EXPECT_NEAR(std::chrono::duration<double>(later - when).count(), 10.0, 1.0);
    auto [other, moment] = next();
    while (other.type == type::renew)
        std::tie(other, moment) = next();
    EXPECT_EQ(other.type, type::rebind);
    EXPECT_EQ(moment, base::Mono(80s));
    EXPECT_FALSE(find_option<wire::ServerId>(other.options));
    EXPECT_TRUE(router.delegated(at(119s)));
    EXPECT_FALSE(router.delegated(at(120s)));
}

// RFC 3315, 14 and 17.1.2: about 1, 2, 4 seconds, up to 120.
TEST_F(Requesting, SolicitsEverMoreSlowly) {
    router.link_up(at(0s));
    base::Mono last = next().second;
    double wait = 1.0;
    for (int i = 0; i < 10; ++i) {
        const base::Mono now = next().second;
        const double waited = std::chrono::duration<double>(now - last).count();
        EXPECT_GE(waited, std::min(wait * 0.6, 108.0));
        EXPECT_LE(waited, 132.0);
        last = now;
        wait *= 2;
    }
}

TEST_F(Requesting, UsesNothingThatCannotBe) {
    router.link_up(at(0s));
    router.heard(answer(type::advertise, *router.due(at(0s))), at(0s));
    const auto request = *router.due(at(0s));
    EXPECT_FALSE(router.heard(answer(type::reply, request, 100, 50), at(0s))) << "T1 above T2";
    EXPECT_FALSE(router.heard(answer(type::reply, request, 50, 80, 200, 100), at(0s)))
        << "preferred above valid";
    auto foreign = answer(type::reply, request);
    foreign.options[0] = wire::ClientId{{1, 2, 3}, {}};
    EXPECT_FALSE(router.heard(foreign, at(0s)));
    EXPECT_FALSE(router.delegated(at(0s)));
}

TEST_F(Requesting, RebindsOnANewLink) {
    get();
    router.link_down();
    router.link_up(at(10s));
    const auto said = router.due(at(10s));
    ASSERT_TRUE(said);
    EXPECT_EQ(said->type, type::rebind);
    EXPECT_TRUE(router.delegated(at(10s))) << "it goes on with what it has";
}

TEST_F(Requesting, NamesThePrefixThatItReleases) {
    get();
    router.release(at(10s));
    const auto said = router.due(at(10s));
    ASSERT_TRUE(said);
    EXPECT_EQ(said->type, type::release);
    const auto* association = find_option<wire::IaPd>(said->options);
    ASSERT_TRUE(association && find_option<wire::IaPrefix>(association->options));
    EXPECT_EQ(prefix_of(*find_option<wire::IaPrefix>(association->options)), network);
    EXPECT_FALSE(router.delegated(at(10s)));
}

TEST_F(Requesting, StopsWhenTheLifetimeIsZero) {
    get();
    router.renew(at(20s));
    EXPECT_TRUE(router.heard(answer(type::reply, *router.due(at(20s)), 0, 0, 0, 0), at(20s)));
    EXPECT_FALSE(router.delegated(at(20s)));
}

} // namespace
