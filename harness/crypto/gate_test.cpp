#include "harness/crypto/gate.h"
#include "harness/crypto/samples_test.h"

#include <gtest/gtest.h>

namespace crypto {
namespace {

using namespace samples;
using Sent = Gate::Sent::What;
using Received = Gate::Received::What;

constexpr std::uint8_t update = 5, acknowledgement = 6, home_test_init = 1;
const base::Ip6 other = *base::parse_ip6("2001:db8:0:2::1");

/// As proxymip6-02, 4.2, has it: updates one way, acknowledgements the other.
Configuration between_mag_and_lma(Association there = esp(Cipher::null, 0, Integrity::hmac_sha1_96)) {
    Configuration out;
    Association back = there;
    std::swap(back.source, back.destination);
    back.spi = there.spi + 0x100;
    out.associations = {there, back};
    Policy policy;
    policy.protocol = there.protocol;
    policy.upper = mh;
    policy.source = {mag, 128};
    policy.destination = {lma, 128};
    policy.type = update;
    out.policies.push_back(policy);
    std::swap(policy.source, policy.destination);
    policy.type = acknowledgement;
    out.policies.push_back(policy);
    return out;
}

base::Bytes message(std::uint8_t type, const base::Ip6& from = mag, const base::Ip6& to = lma) {
    return packet(mh, mobility(type), from, to);
}

TEST(Gate, WithoutConfigurationLetsEverythingBy) {
    Gate gate;
    EXPECT_TRUE(gate.empty());
    EXPECT_EQ(gate.send(message(update)).what, Sent::as_it_was);
    EXPECT_EQ(gate.receive(message(update)).what, Received::as_it_was);
}

TEST(Gate, ProtectsWhatItsPolicySelects) {
    for (const Association& kind : all()) {
        Gate sender(between_mag_and_lma(kind), 1), receiver(between_mag_and_lma(kind), 2);
        const base::Bytes plain = message(update);
        const auto sent = sender.send(plain);
        ASSERT_EQ(sent.what, Sent::protected_);
        EXPECT_EQ(sent.ip[6], static_cast<std::uint8_t>(kind.protocol));
        const auto received = receiver.receive(sent.ip);
        ASSERT_EQ(received.what, Received::opened);
        EXPECT_EQ(received.ip, plain);
    }
}

TEST(Gate, LetsOtherMessagesBy) {
    Gate gate(between_mag_and_lma(), 1);
    EXPECT_EQ(gate.send(message(home_test_init)).what, Sent::as_it_was);
    EXPECT_EQ(gate.receive(message(home_test_init)).what, Received::as_it_was);
    EXPECT_EQ(gate.send(message(update, other)).what, Sent::as_it_was);
    EXPECT_EQ(gate.send(packet(58, mobility(update))).what, Sent::as_it_was);
}

TEST(Gate, DropsInTheClearWhatHasToBeProtected) {
    Gate gate(between_mag_and_lma(), 1);
    const auto received = gate.receive(message(update));
    EXPECT_EQ(received.what, Received::discarded);
    EXPECT_EQ(received.because, Verdict::policy);
}

TEST(Gate, SendsNothingInTheClearForWantOfAnAssociation) {
    Configuration configuration = between_mag_and_lma();
    configuration.associations.clear();
    Gate gate(configuration, 1);
    EXPECT_EQ(gate.send(message(update)).what, Sent::discarded);
}

TEST(Gate, FindsTheAssociationByItsSpiAndHoldsTheAddressesAgainstIt) {
    Gate sender(between_mag_and_lma(), 1), receiver(between_mag_and_lma(), 2);
    Lies unknown;
    unknown.spi = 0x4242;
    EXPECT_EQ(receiver.receive(sender.send(message(update), &unknown).ip).because, Verdict::no_association);
    Lies none;
    const auto stolen = sender.send(message(update, other), &none); // its keys, somebody else's address
    ASSERT_EQ(stolen.what, Sent::protected_);
    EXPECT_EQ(receiver.receive(stolen.ip).because, Verdict::wrong_addresses);
}

TEST(Gate, LetsNothingElseThroughAnAssociation) {
    Gate sender(between_mag_and_lma(), 1), receiver(between_mag_and_lma(), 2);
    Lies none;
    const auto sent = sender.send(message(home_test_init), &none);
    ASSERT_EQ(sent.what, Sent::protected_);
    EXPECT_EQ(receiver.receive(sent.ip).because, Verdict::policy);
}

TEST(Gate, OfTheFirstPolicyThatSelectsDecides) {
    Configuration configuration = between_mag_and_lma();
    Policy bypass;
    bypass.verdict = Policy::Verdict::bypass;
    configuration.policies.insert(configuration.policies.begin(), bypass);
    EXPECT_EQ(Gate(configuration, 1).send(message(update)).what, Sent::as_it_was);
    EXPECT_EQ(Gate(configuration, 1).receive(message(update)).what, Received::as_it_was);
    configuration.policies.front().verdict = Policy::Verdict::discard;
    EXPECT_EQ(Gate(configuration, 1).send(message(update)).what, Sent::discarded);
    EXPECT_EQ(Gate(configuration, 1).receive(message(update)).what, Received::discarded);
}

TEST(Gate, SurvivesPacketsThatAreCut) {
    Gate sender(between_mag_and_lma(), 1), receiver(between_mag_and_lma(), 2);
    const base::Bytes sealed = sender.send(message(update)).ip;
    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_NE(receiver.receive(base::View(sealed).first(size)).what, Received::opened) << size;
}

TEST(Watcher, OpensTheSamePacketAsOftenAsItComes) {
    const Configuration configuration = between_mag_and_lma();
    Gate sender(configuration, 1);
    Watcher watcher(configuration.associations);
    const auto sent = sender.send(message(update));
    for (int i = 0; i < 2; ++i) {
        const auto seen = watcher.look(sent.ip);
        ASSERT_TRUE(seen);
        EXPECT_EQ(seen->opened.verdict, Verdict::accepted);
        EXPECT_EQ(seen->opened.ip, message(update));
    }
    EXPECT_FALSE(watcher.look(message(update)));
    EXPECT_EQ(Watcher().look(sent.ip)->opened.verdict, Verdict::no_association);
}

TEST(Lapses, AreKnownByTheirNames) {
    const Lapses lapses = lapses_of("skips-icv accepts-clear nonsense");
    EXPECT_TRUE(lapses.skips_icv && lapses.accepts_clear);
    EXPECT_FALSE(lapses.accepts_replays || lapses.wraps);
}

} // namespace
} // namespace crypto
