#include "peers/dhcp/delegating_router.h"
#include "peers/dhcp/options.h"

#include <gtest/gtest.h>

namespace {

using namespace peers::dhcp;
using namespace std::chrono_literals;
namespace type = wire::dhcpv6;

base::Prefix prefix(const char* text) {
    return base::parse_prefix(text).value();
}

class Delegation : public testing::Test {
protected:
    Delegation() : router(policy()) {}
    static DelegationPolicy policy() {
        DelegationPolicy out;
        out.pools = {prefix("2001:db8:300::/62")};
        out.mac = base::Mac{{2, 0, 0, 0, 0xdd, 0xdd}};
        return out;
    }
    static base::Now at(base::Duration mono) { return {mono, {}}; }
    static wire::Dhcpv6Message message(std::uint8_t what, std::optional<base::Prefix> hint,
                                       const base::Bytes& duid = {0, 3, 0, 1, 1}) {
        wire::Dhcpv6Message out;
        out.type = what;
        out.transaction_id = 7;
        out.options.emplace_back(wire::ClientId{duid, {}});
        if (what == type::request || what == type::renew || what == type::release)
            out.options.emplace_back(wire::ServerId{{0, 3, 0, 1, 2, 0, 0, 0, 0xdd, 0xdd}, {}});
        wire::IaPd association;
        association.iaid = 1;
        if (hint)
            association.options.emplace_back(option_for(*hint));
        out.options.emplace_back(std::move(association));
        return out;
    }
    static const wire::IaPd& association(const std::optional<wire::Dhcpv6Message>& said) {
        return *find_option<wire::IaPd>(said->options);
    }
    static std::optional<base::Prefix> given(const std::optional<wire::Dhcpv6Message>& said) {
        const auto* one = find_option<wire::IaPrefix>(association(said).options);
        return one ? std::optional(prefix_of(*one)) : std::nullopt;
    }
    DelegatingRouter router;
};

// pmip6-nemo-support, 3.2: the hint of the relay agent says which prefix.
TEST_F(Delegation, FollowsTheHint) {
    const auto said = router.answer(message(type::solicit, prefix("2001:db8:300:2::/64")), at(0s));
    ASSERT_TRUE(said);
    EXPECT_EQ(said->type, type::advertise);
    EXPECT_EQ(given(said), prefix("2001:db8:300:2::/64"));
}

TEST_F(Delegation, HasNothingForAHintThatItCannotFollow) {
    router.answer(message(type::request, prefix("2001:db8:300:2::/64")), at(0s));
    for (const char* hint : {"2001:db8:300:2::/64", "2001:db8:666::/64"}) {
        const auto said = router.answer(message(type::solicit, prefix(hint), {9}), at(1s));
        ASSERT_TRUE(said);
        EXPECT_FALSE(given(said));
        EXPECT_EQ(status_in(association(said).options), code::no_prefix);
    }
}

// RFC 3633, 12.2.
TEST_F(Delegation, RenewsWhatIsBoundAndEndsTheRest) {
    router.answer(message(type::request, prefix("2001:db8:300:2::/64")), at(0s));
    auto asked = message(type::renew, prefix("2001:db8:300:2::/64"));
    std::get<wire::IaPd>(asked.options.back()).options.emplace_back(option_for(prefix("2001:db8:666::/64")));
    const auto said = router.answer(asked, at(100s));
    const auto all = find_options<wire::IaPrefix>(association(said).options);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0]->valid_lifetime, 900u);
    EXPECT_EQ(all[1]->valid_lifetime, 0u);
}

TEST_F(Delegation, RenewsNothingThatWasNeverBound) {
    const auto said = router.answer(message(type::renew, prefix("2001:db8:300:2::/64")), at(0s));
    EXPECT_EQ(status_in(association(said).options), code::no_binding);
    EXPECT_FALSE(router.answer(message(type::rebind, prefix("2001:db8:300:2::/64")), at(0s)));
}

TEST_F(Delegation, GivesAReleasedPrefixAgain) {
    router.answer(message(type::request, prefix("2001:db8:300:2::/64")), at(0s));
    EXPECT_EQ(status_in(router.answer(message(type::release, {}), at(1s))->options), code::success);
    EXPECT_EQ(given(router.answer(message(type::solicit, prefix("2001:db8:300:2::/64"), {9}), at(2s))),
              prefix("2001:db8:300:2::/64"));
}

// RFC 3315, 15.
TEST_F(Delegation, IsSilentOnWhatAClientMayNotSay) {
    auto nameless = message(type::solicit, {});
    nameless.options.erase(nameless.options.begin());
    EXPECT_FALSE(router.answer(nameless, at(0s)));
    auto unaddressed = message(type::request, {});
    unaddressed.options.erase(unaddressed.options.begin() + 1);
    EXPECT_FALSE(router.answer(unaddressed, at(0s)));
    EXPECT_FALSE(router.answer(message(type::confirm, {}), at(0s)));
}

TEST_F(Delegation, RunsOutOfPrefixes) {
    for (std::uint8_t client = 1; client <= 4; ++client)
        EXPECT_TRUE(given(router.answer(message(type::request, {}, {client}), at(0s))));
    EXPECT_FALSE(given(router.answer(message(type::request, {}, {5}), at(0s))));
    EXPECT_TRUE(given(router.answer(message(type::request, {}, {5}), at(901s)))) << "those are over";
}

} // namespace
