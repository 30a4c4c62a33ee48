#include "peers/pmip6/lma_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

/// What the acknowledgement says of the link-local address to a request with that value; nullopt without
/// option.
std::optional<std::string> link_local(LmaBench& b, const base::Ip6& from, const char* value,
                                      std::string_view hint = "::/0") {
    b.bench.run(1ms);
    wire::Packet packet = b.pbu("mn1", from, 900, hint);
    if (value)
        b.update(packet).options.push_back(wire::LinkLocalAddress{.address = b.ip(value)});
    const auto* ack = b.send(packet);
    const auto* option = ack ? wire::find<wire::LinkLocalAddress>(ack->options) : nullptr;
    return option ? std::optional(base::text(option->address)) : std::nullopt;
}

TEST(LmaReply, ReturnsTheStoredLinkLocalAddress) {
    LmaBench b;
    EXPECT_EQ(link_local(b, b.mag1, "fe80::a"), "fe80::a");
    EXPECT_EQ(link_local(b, b.mag2, "::"), "fe80::a");
    EXPECT_EQ(link_local(b, b.mag2, "fe80::c"), "fe80::a");
    EXPECT_EQ(link_local(b, b.mag1, nullptr), std::nullopt);
}

TEST(LmaReply, StoresALinkLocalAddressThatItLearnsLater) {
    LmaBench b;
    EXPECT_EQ(link_local(b, b.mag1, "::"), "::");
    EXPECT_EQ(link_local(b, b.mag2, "fe80::b"), "fe80::b");
    EXPECT_EQ(link_local(b, b.mag1, "::"), "fe80::b");
}

TEST(LmaReply, StoresNothingThatIsNotLinkLocal) {
    LmaBench b;
    link_local(b, b.mag1, "2001:db8::1");
    EXPECT_EQ(link_local(b, b.mag2, "::"), "::");
    link_local(b, b.mag1, "ff02::1");
    EXPECT_EQ(link_local(b, b.mag2, "::"), "::");
}

TEST(LmaReply, HasALinkLocalAddressOptionInARefusalToo) {
    LmaBench b;
    EXPECT_EQ(link_local(b, b.mag1, "fe80::a", "2001:db8:200:2::/64"), "fe80::a");
    EXPECT_EQ(b.lma.cache().size(), 0u);
}

TEST(LmaOf5213, AllocatesTheGatewaysLinkLocalAddressWhenAsked) {
    LmaBench b({}, "rfc5213");
    const auto first = link_local(b, b.mag1, "::");
    ASSERT_TRUE(first);
    EXPECT_TRUE(b.ip(*first).is_link_local());
    EXPECT_EQ(link_local(b, b.mag2, "::"), first);
    EXPECT_EQ(link_local(b, b.mag2, "::", "2001:db8:200:2::/64"), "::"); // a refusal echoes
}

TEST(LmaOf5213, HandsOnNoAddressOfAnotherScope) {
    LmaBench b({}, "rfc5213");
    const auto answer = link_local(b, b.mag1, "ff02::1");
    ASSERT_TRUE(answer);
    EXPECT_TRUE(b.ip(*answer).is_link_local());
    EXPECT_EQ(link_local(b, b.mag2, "::"), answer);
}

TEST(LmaReply, CopiesAValidTimestampTheNumberAndTheIdentifier) {
    LmaBench b;
    for (const unsigned lifetime : {900u, 900u, 0u}) {
        b.bench.run(1ms);
        wire::Packet packet = b.pbu("mn1", b.mag1, static_cast<std::uint16_t>(lifetime));
        b.update(packet).sequence = static_cast<std::uint16_t>(0xfffe + lifetime);
        const auto* ack = b.send(packet);
        ASSERT_NE(ack, nullptr);
        EXPECT_EQ(wire::find<wire::Timestamp>(ack->options)->value, b.option<wire::Timestamp>(packet).value);
        EXPECT_EQ(ack->sequence, b.update(packet).sequence);
        EXPECT_EQ(wire::find<wire::MobileNodeIdentifier>(ack->options)->nai, "mn1@example.net");
        EXPECT_TRUE(ack->p);
        EXPECT_EQ(ack->reserved, 0);
    }
}

TEST(LmaReply, ClearsTheReservedOctetOfAnEchoedPrefix) {
    LmaBench b;
    wire::Packet packet = b.pbu("nobody", b.mag1, 900, "2001:db8:5::/64");
    b.option<wire::HomeNetworkPrefix>(packet).reserved = 0xff;
    const auto* ack = b.send(packet);
    EXPECT_EQ(wire::find<wire::HomeNetworkPrefix>(ack->options)->reserved, 0);
}

TEST(LmaReply, AdvisesARefreshOnlyBeforeTheEndOfTheLifetime) {
    LmaBench b({{"refresh-advice", "40s"}});
    EXPECT_EQ(wire::find<wire::BindingRefreshAdvice>(b.ask("mn1", b.mag1, 100)->options)->interval, 10);
    EXPECT_EQ(wire::find<wire::BindingRefreshAdvice>(b.ask("mn1", b.mag1, 10)->options), nullptr);
    EXPECT_EQ(wire::find<wire::BindingRefreshAdvice>(b.ask("mn1", b.mag1, 0)->options), nullptr);
}

} // namespace
