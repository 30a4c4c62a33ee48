#include "peers/pmip6/lma_bench.h"

#include <gtest/gtest.h>

#include <set>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

TEST(LmaRegistration, AllocatesAPrefixAndKeepsEverythingThatTheDraftNames) {
    LmaBench b;
    wire::Packet packet = b.pbu("mn1", b.mag1, 900);
    b.update(packet).options.push_back(wire::LinkLocalAddress{.address = b.ip("fe80::a")});
    const auto* ack = b.send(packet);
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 0);
    EXPECT_EQ(ack->lifetime, 900);
    const Binding* binding = b.binding("mn1");
    ASSERT_NE(binding, nullptr);
    EXPECT_TRUE(binding->proxy);
    EXPECT_TRUE(binding->dynamic);
    EXPECT_EQ(binding->prefix, b.granted(*ack));
    EXPECT_TRUE(b.prefix("2001:db8:100::/62").contains(binding->prefix));
    EXPECT_EQ(binding->prefix.length, 64u);
    EXPECT_EQ(binding->care_of, b.mag1);
    EXPECT_EQ(binding->tunnel, b.to_mag1);
    EXPECT_EQ(binding->link_local, b.ip("fe80::a"));
    EXPECT_EQ(binding->last.timestamp, 0x000046DCA0008000u);
    EXPECT_EQ(binding->last.sequence, 1);
    EXPECT_EQ(binding->lifetime, 900);
    EXPECT_EQ(binding->expires, 3600s);
}

TEST(LmaRegistration, GivesEveryNodeAPrefixOfItsOwnUntilNoneIsLeft) {
    LmaBench b;
    std::set<base::Prefix> given;
    for (const char* mn : {"mn1", "mn2", "mn3", "mn4"})
        given.insert(b.granted(*b.ask(mn, b.mag1)));
    EXPECT_EQ(given.size(), 4u);
    const auto* ack = b.ask("mn5", b.mag1);
    EXPECT_EQ(ack->status, 130);
    EXPECT_EQ(b.granted(*ack), b.prefix("::/0"));
    EXPECT_EQ(b.status("mn2", b.mag1, 0), 0);
    EXPECT_EQ(b.status("mn5", b.mag1), 130);
    b.bench.run(1s);
    EXPECT_EQ(b.status("mn5", b.mag1), 0);
    EXPECT_EQ(b.lma.cache().size(), 4u);
}

TEST(LmaRegistration, GivesTheStaticPrefixOfTheProfile) {
    LmaBench b;
    EXPECT_EQ(b.granted(*b.ask("fixed1", b.mag1)), b.prefix("2001:db8:200:1::/64"));
    EXPECT_EQ(b.lma.pool().in_use(), 0u);
    EXPECT_EQ(b.granted(*b.ask("fixed2", b.mag1, 900, "2001:db8:200:2::/64")),
              b.prefix("2001:db8:200:2::/64"));
}

TEST(LmaRegistration, RefusesAHintThatBelongsToAnother) {
    LmaBench b;
    EXPECT_EQ(b.status("mn1", b.mag1, 900, "2001:db8:200:2::/64"), 155);
    EXPECT_EQ(b.status("fixed2", b.mag1), 0);
    const auto* ack = b.ask("mn1", b.mag1, 900, "2001:db8:200:2::/64");
    EXPECT_EQ(ack->status, 155);
    EXPECT_EQ(b.granted(*ack), b.prefix("2001:db8:200:2::/64"));
    EXPECT_EQ(b.status("mn1", b.mag1), 0);
    const base::Prefix held = b.binding("mn1")->prefix;
    EXPECT_EQ(b.status("mn2", b.mag1, 900, base::text(held)), 155);
    EXPECT_EQ(b.binding("mn2"), nullptr);
}

TEST(LmaRegistration, RefusesAHintThatItDoesNotOwn) {
    LmaBench b;
    for (const char* hint :
         {"2001:db8:dead::/64", "fe80::/64", "ff00::/8", "2001:db8:0:ff::/64", "2001:db8::/32"})
        EXPECT_EQ(b.status("mn1", b.mag1, 900, hint), 155) << hint;
    EXPECT_TRUE(b.bench.routes.empty());
    EXPECT_TRUE(b.bench.tunnels.empty());
}

TEST(LmaRegistration, TakesAFreePrefixOfThePoolAsAHintSoThatARestartCostsNoAddress) {
    LmaBench b;
    EXPECT_EQ(b.granted(*b.ask("mn1", b.mag1, 900, "2001:db8:100:2::/64")), b.prefix("2001:db8:100:2::/64"));
    for (const char* mn : {"mn2", "mn3", "mn4"})
        EXPECT_NE(b.granted(*b.ask(mn, b.mag1)), b.prefix("2001:db8:100:2::/64"));
}

TEST(LmaRegistration, MakesNothingOfHalfAPrefix) {
    LmaBench b;
    wire::Packet no_value = b.pbu("mn1", b.mag1);
    b.option<wire::HomeNetworkPrefix>(no_value).prefix_length = 64;
    EXPECT_EQ(b.send(no_value)->status, 0);
    EXPECT_EQ(b.binding("mn1")->prefix.length, 64u);
    wire::Packet no_length = b.pbu("mn2", b.mag1);
    b.option<wire::HomeNetworkPrefix>(no_length).prefix = b.ip("2001:db8:100:1::");
    EXPECT_EQ(b.send(no_length)->status, 155);
    for (const auto& [to, target] : b.bench.routes)
        EXPECT_EQ(to.length, 64u);
}

TEST(LmaRegistration, GrantsNoMoreThanAskedAndAllowed) {
    LmaBench b({{"max-lifetime", "400s"}});
    EXPECT_EQ(b.ask("mn1", b.mag1, 1)->lifetime, 1);
    EXPECT_EQ(b.ask("mn1", b.mag1, 100)->lifetime, 100);
    EXPECT_EQ(b.ask("mn1", b.mag1, 101)->lifetime, 100);
    EXPECT_EQ(b.ask("mn1", b.mag1, 65535)->lifetime, 100);
}

TEST(LmaRegistration, GrantsNoMoreThanThePrefixIsValid) {
    LmaBench b({{"prefix-valid", "60s"}});
    EXPECT_EQ(b.ask("mn1", b.mag1, 900)->lifetime, 14); // 59.999 s are left
    b.bench.run(30s);
    EXPECT_EQ(b.ask("mn1", b.mag1, 900)->lifetime, 7);
    b.bench.run(28s);
    EXPECT_EQ(b.binding("mn1"), nullptr);
    EXPECT_EQ(b.status("mn1", b.mag1), 130);
}

TEST(LmaRegistration, EndsAtTheGrantedTimeAndNotBefore) {
    LmaBench b;
    EXPECT_EQ(b.status("mn1", b.mag1, 5), 0);
    const base::Prefix prefix = b.binding("mn1")->prefix;
    b.bench.run(20s - 1ns);
    EXPECT_NE(b.binding("mn1"), nullptr);
    EXPECT_TRUE(b.downlink(prefix));
    b.bench.run(1ns);
    EXPECT_EQ(b.binding("mn1"), nullptr);
    EXPECT_FALSE(b.downlink(prefix));
    EXPECT_TRUE(b.bench.tunnels.empty());
    EXPECT_EQ(b.lma.pool().in_use(), 0u);
}

TEST(LmaRegistration, ARefreshBeginsTheLifetimeAnew) {
    LmaBench b;
    b.ask("mn1", b.mag1, 10);
    const base::Prefix prefix = b.binding("mn1")->prefix;
    b.bench.run(20s);
    EXPECT_EQ(b.granted(*b.ask("mn1", b.mag1, 10)), prefix);
    b.bench.run(39s);
    EXPECT_EQ(b.granted(*b.ask("mn1", b.mag1, 10, base::text(prefix))), prefix);
    b.bench.run(40s);
    EXPECT_EQ(b.binding("mn1"), nullptr);
}

TEST(LmaRegistration, RefusesAnotherPrefixAtReRegistration) {
    LmaBench b;
    b.ask("fixed1", b.mag1);
    for (const char* other : {"2001:db8:200:2::/64", "2001:db8:200:1::/56", "2001:db8:200:1::/128"}) {
        const auto* ack = b.ask("fixed1", b.mag1, 900, other);
        EXPECT_EQ(ack->status, 129) << other;
        EXPECT_EQ(b.granted(*ack), b.prefix(other));
    }
    EXPECT_EQ(b.binding("fixed1")->prefix, b.prefix("2001:db8:200:1::/64"));
    EXPECT_TRUE(b.downlink(b.prefix("2001:db8:200:1::/64")));
}

TEST(LmaOf5213, NamesTheDifferenceBetweenAnotherAndAnOverlappingPrefix) {
    LmaBench b({}, "rfc5213");
    b.ask("fixed1", b.mag1);
    EXPECT_EQ(b.status("fixed1", b.mag1, 900, "2001:db8:200:2::/64"), 155);
    EXPECT_EQ(b.status("fixed1", b.mag1, 900, "2001:db8:200:1::/128"), 159);
}

TEST(LmaDeregistration, AnswersAtOnceAndDeletesAfterTheDelay) {
    LmaBench b({{"delay", "5s"}});
    b.ask("mn1", b.mag1);
    const base::Prefix prefix = b.binding("mn1")->prefix;
    const auto* ack = b.ask("mn1", b.mag1, 0);
    ASSERT_NE(ack, nullptr);
    EXPECT_EQ(ack->status, 0);
    EXPECT_EQ(ack->lifetime, 0);
    EXPECT_EQ(b.granted(*ack), prefix);
    EXPECT_EQ(b.bench.sent.front().at, b.bench.now.mono);
    b.bench.run(5s - 1ns);
    EXPECT_TRUE(b.binding("mn1")->waiting);
    b.bench.run(1ns);
    EXPECT_EQ(b.binding("mn1"), nullptr);
    EXPECT_FALSE(b.downlink(prefix));
}

TEST(LmaDeregistration, WaitsOneSecondByDefaultAndTenUnder5213) {
    for (const auto& [profile, delay] : {std::pair{"draft02", 1s}, std::pair{"rfc5213", 10s}}) {
        LmaBench b({}, profile);
        b.ask("mn1", b.mag1);
        b.ask("mn1", b.mag1, 0);
        b.bench.run(delay - 1ns);
        EXPECT_NE(b.binding("mn1"), nullptr) << profile;
        b.bench.run(1ns);
        EXPECT_EQ(b.binding("mn1"), nullptr) << profile;
    }
}

TEST(LmaDeregistration, DeletesAtOnceWithoutADelay) {
    LmaBench b({{"delay", "0s"}});
    b.ask("mn1", b.mag1);
    EXPECT_EQ(b.status("mn1", b.mag1, 0), 0);
    EXPECT_EQ(b.binding("mn1"), nullptr);
}

TEST(LmaDeregistration, ANewRegistrationDuringTheDelaySavesTheEntry) {
    for (const bool other : {false, true}) {
        LmaBench b;
        b.ask("mn1", b.mag1);
        const base::Prefix prefix = b.binding("mn1")->prefix;
        b.ask("mn1", b.mag1, 0);
        b.bench.run(300ms);
        EXPECT_EQ(b.granted(*b.ask("mn1", other ? b.mag2 : b.mag1, 50)), prefix);
        b.bench.run(199s);
        ASSERT_NE(b.binding("mn1"), nullptr);
        EXPECT_EQ(b.downlink(prefix), other ? b.to_mag2 : b.to_mag1);
        b.bench.run(1s);
        EXPECT_EQ(b.binding("mn1"), nullptr);
    }
}

TEST(LmaDeregistration, ARefusalDuringTheDelayDoesNotSaveIt) {
    LmaBench b;
    b.ask("mn1", b.mag1);
    b.ask("mn1", b.mag1, 0);
    b.bench.run(300ms);
    EXPECT_EQ(b.status("mn1", b.mag2, 900, "2001:db8:200:2::/64"), 129);
    b.bench.run(700ms);
    EXPECT_EQ(b.binding("mn1"), nullptr);
}

TEST(LmaDeregistration, ARepetitionIsAnsweredAndProlongsNothing) {
    LmaBench b;
    b.ask("mn1", b.mag1);
    b.ask("mn1", b.mag1, 0);
    b.bench.run(600ms);
    EXPECT_EQ(b.status("mn1", b.mag1, 0), 0);
    b.bench.run(400ms);
    EXPECT_EQ(b.binding("mn1"), nullptr);
    EXPECT_EQ(b.status("mn1", b.mag1, 0), 133);
    EXPECT_EQ(b.lma.cache().size(), 0u);
}

TEST(LmaDeregistration, ALateOneFromTheFormerMagChangesNothing) {
    LmaBench b;
    b.ask("mn1", b.mag1);
    b.ask("mn1", b.mag2);
    EXPECT_EQ(b.status("mn1", b.mag1, 0), 0);
    b.bench.run(10s);
    ASSERT_NE(b.binding("mn1"), nullptr);
    EXPECT_EQ(b.downlink(b.binding("mn1")->prefix), b.to_mag2);
    LmaBench silent({{"foreign-deregistration", "ignore"}});
    silent.ask("mn1", silent.mag1);
    EXPECT_EQ(silent.status("mn1", silent.mag2, 0), -1);
}

TEST(LmaDeregistration, IsOrderedAsEverythingElse) {
    LmaBench b({{"tolerance", "5s"}});
    b.ask("mn1", b.mag1);
    wire::Packet old = b.pbu("mn1", b.mag1, 0);
    b.option<wire::Timestamp>(old).value -= 65536;
    EXPECT_EQ(b.send(old)->status, 156);
    b.bench.run(2s);
    EXPECT_NE(b.binding("mn1"), nullptr);
}

TEST(LmaDeregistration, OfNobodyBindsNobody) {
    LmaBench b;
    EXPECT_EQ(b.status("mn1", b.mag1, 0), 133);
    EXPECT_EQ(b.lma.pool().in_use(), 0u);
    LmaBench silent({{"deregistration-without-entry", "ignore"}});
    EXPECT_EQ(silent.status("mn1", silent.mag1, 0), -1);
}

TEST(LmaRegistration, ForgetsTheOrderWithTheEntry) {
    LmaBench b({{"tolerance", "5s"}});
    b.ask("mn1", b.mag1);
    b.ask("mn1", b.mag1, 0);
    b.bench.run(1s);
    wire::Packet older = b.pbu("mn1", b.mag1);
    b.option<wire::Timestamp>(older).value -= 2 * 65536;
    EXPECT_EQ(b.send(older)->status, 0);
}

TEST(LmaRegistration, ADelayedUpdateCannotPullTheBindingBack) {
    LmaBench b({{"tolerance", "5s"}});
    b.ask("mn1", b.mag1);
    const wire::Packet delayed = b.pbu("mn1", b.mag1);
    b.bench.run(10ms);
    b.ask("mn1", b.mag2);
    EXPECT_EQ(b.send(delayed)->status, 156);
    EXPECT_EQ(b.binding("mn1")->care_of, b.mag2);
}

TEST(LmaRenumbering, InvalidatesThePrefixAndGivesAnotherNextTime) {
    LmaBench b;
    b.ask("mn1", b.mag1);
    const base::Prefix old = b.binding("mn1")->prefix;
    b.bench.tell("renumber", {{"mobile-node", "mn1"}});
    EXPECT_EQ(b.binding("mn1"), nullptr);
    EXPECT_FALSE(b.downlink(old));
    EXPECT_EQ(b.status("mn2", b.mag1, 900, base::text(old)), 155);
    // The gateway that still names the old one is told the new one.
    const auto* renewed = b.ask("mn1", b.mag1, 900, base::text(old));
    EXPECT_EQ(renewed->status, 0);
    EXPECT_NE(b.granted(*renewed), old);
    for (const char* mn : {"mn2", "mn3", "mn4"}) {
        const auto* ack = b.ask(mn, b.mag1);
        EXPECT_TRUE(ack->status == 130 || b.granted(*ack) != old);
    }
}

TEST(LmaRenumbering, MayNameTheNewStaticPrefix) {
    LmaBench b;
    b.ask("fixed1", b.mag1);
    b.bench.tell("renumber", {{"mobile-node", "fixed1"}, {"prefix", "2001:db8:200:9::/64"}});
    EXPECT_EQ(b.granted(*b.ask("fixed1", b.mag1)), b.prefix("2001:db8:200:9::/64"));
}

TEST(LmaState, TellsNumbersAndFields) {
    LmaBench b;
    b.ask("mn1", b.mag1);
    b.ask("mn2", b.mag1);
    b.bench.tell("state", {{"of", "entries"}});
    auto fields = b.bench.notes.back().arguments;
    EXPECT_EQ(fields["count"], "2");
    EXPECT_EQ(fields["tunnels"], "1");
    EXPECT_EQ(fields["pool"], "2");
    EXPECT_EQ(fields["mn1.care-of"], "2001:db8:0:1::1");
    b.bench.tell("state", {{"of", "entries"}, {"mobile-node", "mn2"}});
    fields = b.bench.notes.back().arguments;
    EXPECT_EQ(fields["count"], "1");
    EXPECT_EQ(fields["lifetime"], "900");
    EXPECT_EQ(fields["state"], "bound");
    b.bench.tell("delete", {{"mobile-node", "mn2"}});
    EXPECT_EQ(b.binding("mn2"), nullptr);
}

} // namespace
