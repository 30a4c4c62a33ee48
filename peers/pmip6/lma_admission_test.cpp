#include "peers/pmip6/lma_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

// Every row of the decision table (digest, 5), by its own step.

TEST(LmaAdmission, RefusesAnUpdateWithoutIdentifierAndNamesNobody) {
    LmaBench b;
    const auto* ack = b.send(b.pbu("", b.mag1));
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 160);
    EXPECT_EQ(ack->sequence, 1);
    EXPECT_EQ(wire::find<wire::MobileNodeIdentifier>(ack->options), nullptr);
    EXPECT_NE(wire::find<wire::Timestamp>(ack->options), nullptr);
    EXPECT_EQ(b.lma.cache().size(), 0u);
}

TEST(LmaAdmission, TakesAnotherSubtypeOrAnEmptyIdentifierForNone) {
    LmaBench b;
    wire::Packet other = b.pbu("mn1", b.mag1);
    b.option<wire::MobileNodeIdentifier>(other).subtype = 2;
    EXPECT_EQ(b.send(other)->status, 160);
    wire::Packet empty = b.pbu("mn1", b.mag1);
    b.option<wire::MobileNodeIdentifier>(empty).nai = "";
    EXPECT_EQ(b.send(empty)->status, 160);
}

TEST(LmaAdmission, RefusesAnUnknownNodeAndEchoesItsOptions) {
    LmaBench b;
    const auto* ack = b.ask("nobody", b.mag1, 900, "2001:db8:100:1::/64");
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 133);
    EXPECT_EQ(ack->lifetime, 0);
    EXPECT_EQ(wire::find<wire::MobileNodeIdentifier>(ack->options)->nai, "nobody@example.net");
    EXPECT_EQ(b.granted(*ack), b.prefix("2001:db8:100:1::/64"));
}

TEST(LmaAdmission, RefusesANodeOfAnotherAnchor) {
    LmaBench b;
    EXPECT_EQ(b.status("other", b.mag1), 133);
}

TEST(LmaAdmission, RefusesANodeWithoutTheService) {
    LmaBench b;
    EXPECT_EQ(b.status("plain", b.mag1), 152);
    EXPECT_EQ(b.lma.cache().size(), 0u);
}

TEST(LmaAdmission, FollowsThePolicyAsItChanges) {
    LmaBench b;
    b.bench.tell("policy", {{"mobile-node", "plain"}, {"service", "on"}});
    EXPECT_EQ(b.status("plain", b.mag1), 0);
    b.bench.tell("policy", {{"mobile-node", "mn1"}, {"service", "off"}});
    EXPECT_EQ(b.status("mn1", b.mag1), 152);
}

TEST(LmaAdmission, RefusesASenderThatIsNoMagBeforeItSaysWhoExists) {
    LmaBench b;
    EXPECT_EQ(b.status("mn1", b.stranger), 154);
    EXPECT_EQ(b.status("nobody", b.stranger), 154);
    EXPECT_EQ(b.status("mn1", b.ip("2001:db8:0:77::1")), 154);
}

TEST(LmaAdmission, RefusesAMagOutsideItsScope) {
    LmaBench b;
    EXPECT_EQ(b.status("only1", b.mag2), 154);
    EXPECT_EQ(b.status("only1", b.mag1), 0);
    EXPECT_EQ(b.status("only1", b.mag2, 0), 154);
    EXPECT_EQ(b.binding("only1")->care_of, b.mag1);
}

TEST(LmaAdmission, RefusesAnUpdateWithoutPrefixOption) {
    LmaBench b;
    const auto* ack = b.send(b.pbu("mn1", b.mag1, 900, ""));
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 129);
    EXPECT_TRUE(ack->p);
    EXPECT_EQ(wire::find<wire::HomeNetworkPrefix>(ack->options), nullptr);
    EXPECT_NE(wire::find<wire::Timestamp>(ack->options), nullptr);
}

TEST(LmaAdmission, TellsItsOwnTimeToAForeignClock) {
    LmaBench b({{"tolerance", "1s"}});
    for (const auto off : {-1s, 1s}) {
        wire::Packet late = b.pbu("mn1", b.mag1);
        auto& stamp = b.option<wire::Timestamp>(late).value;
        stamp += static_cast<std::uint64_t>(off.count()) * 65536 + (off < 0s ? std::uint64_t(-1) : 1);
        const auto* ack = b.send(late);
        ASSERT_NE(ack, nullptr);
        EXPECT_EQ(ack->status, 156);
        EXPECT_EQ(wire::find<wire::Timestamp>(ack->options)->value, 0x000046DCA0008000u);
        EXPECT_EQ(b.lma.cache().size(), 0u);
        stamp -= off < 0s ? std::uint64_t(-1) : 1;
        EXPECT_EQ(b.send(late)->status, 0);
        b.bench.tell("delete", {{"mobile-node", "mn1"}});
    }
}

TEST(LmaAdmission, RefusesWhatIsNotNewerDownToTheLastBit) {
    LmaBench b({{"tolerance", "1s"}});
    wire::Packet packet = b.pbu("mn1", b.mag1);
    auto& stamp = b.option<wire::Timestamp>(packet).value;
    EXPECT_EQ(b.send(packet)->status, 0);
    EXPECT_EQ(b.send(packet)->status, 156);
    --stamp;
    EXPECT_EQ(b.send(packet)->status, 156);
    stamp += 2;
    EXPECT_EQ(b.send(packet)->status, 0);
}

TEST(LmaAdmission, OrdersByNumberWithoutTimestampAndReturnsTheLastAccepted) {
    LmaBench b;
    const auto ask = [&](std::uint16_t number) {
        wire::Packet packet = b.pbu("mn1", b.mag1);
        b.without<wire::Timestamp>(packet);
        b.update(packet).sequence = number;
        return *b.send(packet);
    };
    EXPECT_EQ(ask(10).status, 0);
    EXPECT_EQ(ask(11).status, 0);
    const auto again = ask(11);
    EXPECT_EQ(again.status, 135);
    EXPECT_EQ(again.sequence, 11);
    EXPECT_EQ(wire::find<wire::Timestamp>(again.options), nullptr);
    EXPECT_EQ(ask(9).sequence, 11);
    EXPECT_EQ(ask(12).status, 0);
    EXPECT_EQ(ask(static_cast<std::uint16_t>(12 + 0x7fff)).status, 0);
    EXPECT_EQ(ask(5).status, 0); // 0x800b wraps
}

TEST(LmaAdmission, ARefusalLeavesTheOrderAsItWas) {
    LmaBench b({{"tolerance", "1s"}});
    EXPECT_EQ(b.status("mn1", b.mag1), 0);
    wire::Packet foreign = b.pbu("mn1", b.mag1, 900, "2001:db8:200:2::/64");
    b.option<wire::Timestamp>(foreign).value += 20000;
    EXPECT_EQ(b.send(foreign)->status, 129);
    wire::Packet good = b.pbu("mn1", b.mag1);
    b.option<wire::Timestamp>(good).value += 10000;
    EXPECT_EQ(b.send(good)->status, 0);
}

TEST(LmaAdmission, SaysTheSameOfTheSameDoubleErrorEveryTime) {
    LmaBench b;
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(b.send(b.pbu("", b.mag1, 900, ""))->status, 160);
        EXPECT_EQ(b.send(b.pbu("nobody", b.mag1, 900, ""))->status, 133);
        EXPECT_EQ(b.send(b.pbu("nobody", b.stranger))->status, 154);
    }
}

TEST(LmaAdmission, RefusesAllWhenItIsNoAnchor) {
    LmaBench b({{"service", "off"}});
    EXPECT_EQ(b.status("mn1", b.mag1), 131);
    b.bench.tell("set", {{"service", "on"}});
    EXPECT_EQ(b.status("mn1", b.mag1), 0);
}

TEST(LmaAdmission, RefusesAHostsOwnRegistrationAndKeepsTheTypeOfAnEntry) {
    LmaBench b;
    wire::Packet plain = b.pbu("mn2", b.ip("2001:db8:0:77::5"));
    b.update(plain).p = false;
    b.update(plain).h = true;
    const auto* ack = b.send(plain);
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 131);
    EXPECT_FALSE(ack->p);
    EXPECT_EQ(b.status("mn2", b.mag1), 0);
    ack = b.send(plain);
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 139);
    EXPECT_EQ(b.binding("mn2")->care_of, b.mag1);
    LmaBench silent({{"plain-update", "ignore"}});
    EXPECT_EQ(silent.send(plain), nullptr);
}

TEST(LmaAdmission, IgnoresWhatIsNotAskedOfIt) {
    LmaBench b;
    wire::Packet answer;
    answer.layers = {wire::Ipv6{.source = b.mag1, .destination = b.anchor}, wire::BindingAcknowledgement{}};
    b.bench.arrive(answer);
    wire::Packet from_link = b.pbu("mn1", b.ip("fe80::1"));
    b.bench.arrive(from_link);
    wire::Packet from_itself = b.pbu("mn1", b.anchor);
    b.bench.arrive(from_itself);
    wire::Packet tunnelled = b.pbu("mn1", b.mag1);
    b.bench.arrive(tunnelled, 0, {}, b.to_mag1);
    EXPECT_TRUE(b.bench.sent.empty());
    EXPECT_EQ(b.lma.cache().size(), 0u);
}

TEST(LmaAdmission, DiscardsAnUpdateWhoseOptionsRunPastItsEnd) {
    LmaBench b;
    wire::Packet cut = b.pbu("mn1", b.mag1);
    b.update(cut).options.push_back(wire::RawOption{.data = {22, 18, 0}});
    EXPECT_EQ(b.send(cut), nullptr);
    EXPECT_EQ(b.lma.cache().size(), 0u);
}

TEST(LmaAdmission, SkipsOptionsThatItDoesNotKnow) {
    LmaBench b;
    wire::Packet packet = b.pbu("mn1", b.mag1);
    auto& options = b.update(packet).options;
    options.insert(options.begin(), wire::UnknownMobilityOption{.type = 250, .data = {1, 2, 3}});
    const auto* ack = b.send(packet);
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 0);
    EXPECT_EQ(wire::find<wire::UnknownMobilityOption>(ack->options), nullptr);
}

TEST(LmaAdmission, TakesAMisSizedPrefixOptionForNone) {
    LmaBench b;
    wire::Packet packet = b.pbu("mn1", b.mag1, 900, "");
    b.update(packet).options.push_back(wire::UnknownMobilityOption{.type = 22, .data = base::Bytes(17)});
    EXPECT_EQ(b.send(packet)->status, 129);
}

TEST(LmaAdmission, AcknowledgesWithoutAskingForTheAFlag) {
    LmaBench b;
    for (const bool h : {false, true}) {
        wire::Packet packet = b.pbu("mn1", b.mag1);
        b.option<wire::Timestamp>(packet).value += h;
        b.update(packet).a = false;
        b.update(packet).h = h;
        b.update(packet).l = b.update(packet).k = b.update(packet).r = true;
        const auto* ack = b.send(packet);
        ASSERT_NE(ack, nullptr);
        EXPECT_EQ(ack->status, 0);
        EXPECT_FALSE(ack->k || ack->r);
    }
}

TEST(LmaOf5213, ChecksInTheOrderOfTheRfcWithItsStatuses) {
    LmaBench b({}, "rfc5213");
    const auto* nameless = b.send(b.pbu("", b.mag1, 900, ""));
    EXPECT_EQ(nameless->status, 160);
    EXPECT_EQ(wire::find<wire::MobileNodeIdentifier>(nameless->options)->nai, "");
    EXPECT_EQ(b.status("nobody", b.mag1, 900, ""), 153);
    EXPECT_EQ(b.status("plain", b.mag1, 900, ""), 152);
    const auto* missing = b.send(b.pbu("mn1", b.mag1, 900, ""));
    EXPECT_EQ(missing->status, 158);
    EXPECT_EQ(b.granted(*missing), b.prefix("::/0"));
    wire::Packet packet = b.pbu("mn1", b.mag1);
    b.without<wire::HandoffIndicator>(packet);
    EXPECT_EQ(b.send(packet)->status, 161);
    packet = b.pbu("mn1", b.mag1);
    b.without<wire::AccessTechnologyType>(packet);
    EXPECT_EQ(b.send(packet)->status, 162);
    EXPECT_EQ(b.status("mn1", b.mag1), 0);
}

TEST(LmaOf5213, TellsALowerFromAnEqualTimestampInAWindowOf300Milliseconds) {
    LmaBench b({}, "rfc5213");
    wire::Packet packet = b.pbu("mn1", b.mag1);
    EXPECT_EQ(b.send(packet)->status, 0);
    EXPECT_EQ(b.send(packet)->status, 156);
    const std::uint64_t stamp = b.option<wire::Timestamp>(packet).value;
    b.option<wire::Timestamp>(packet).value = stamp - 1;
    const auto* ack = b.send(packet);
    EXPECT_EQ(ack->status, 157);
    EXPECT_EQ(wire::find<wire::Timestamp>(ack->options)->value, stamp - 1);
    b.option<wire::Timestamp>(packet).value = stamp + 19661; // 300.003 ms
    EXPECT_EQ(b.send(packet)->status, 156);
    b.option<wire::Timestamp>(packet).value = stamp + 19660; // 299.99 ms
    EXPECT_EQ(b.send(packet)->status, 0);
}

TEST(LmaOf5213, KeepsSilentAboutForeignAndNeedlessDeregistrations) {
    LmaBench b({}, "rfc5213");
    EXPECT_EQ(b.status("mn1", b.mag1, 0), -1);
    EXPECT_EQ(b.status("mn1", b.mag1), 0);
    EXPECT_EQ(b.status("mn1", b.mag2, 0), -1);
    EXPECT_EQ(b.binding("mn1")->care_of, b.mag1);
}

} // namespace
