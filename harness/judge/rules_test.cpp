#include "harness/judge/play.h"
#include "harness/judge/roles.h"
#include "harness/judge/rules.h"

#include <gtest/gtest.h>

using namespace judge;
using namespace judge::play;
using Op = model::Value::Op;

namespace {

class Rules : public testing::Test {
protected:
    Rules() {
        ledger.add({"A-1", model::Level::must, "LMA", "5", "", "", "", "", "", "test", false});
        options.ledger = &ledger;
        options.under_test = {"lma", "mag2"};
    }
    model::Rule& rule(std::string sender, model::PacketSpec on) {
        model::Rule one;
        one.name = "r";
        one.proves = proofs("A-1");
        one.sender = std::move(sender);
        one.on = std::move(on);
        rules.push_back(std::move(one));
        return rules.back();
    }
    /// Judges these packets of one node and tells the verdicts.
    std::string verdicts(const std::vector<wire::Packet>& packets, const std::string& from = "lma",
                         const std::string& to = "mag1", const std::string& source = {}) {
        RuleBook book(rules, options);
        std::uint64_t number = 0;
        for (auto packet : packets) {
            packet.layers.insert(packet.layers.begin(), wire::Ethernet{});
            auto octets = wire::encode(packet);
            if (spoil)
                octets.at(spoil) ^= 1;
            model::Seen seen{"core",
                             from,
                             wire::decode_frame(octets),
                             model::Fate::delivered,
                             {},
                             source.empty() ? from : source,
                             to};
            book.see({++number, seconds(1), seconds(1'188'864'000), seen}, seen, topology);
        }
        last = book.findings();
        std::string all;
        for (const auto& finding : last)
            all += (all.empty() ? "" : "; ") + std::string(model::name(finding.verdict));
        return all;
    }

    model::Topology topology = one_mag();
    model::Ledger ledger;
    RuleBook::Options options;
    std::vector<model::Rule> rules;
    std::vector<model::Finding> last;
    std::size_t spoil = 0; ///< octet of the frame whose last bit is turned
};

} // namespace

TEST_F(Rules, AreKeptOnceAndBrokenByPacket) {
    rule("lma", packet(element("binding-acknowledgement"))).must =
        packet(element("binding-acknowledgement", {field("status", literal("0"))}));
    EXPECT_EQ(verdicts({binding_acknowledgement(1), binding_acknowledgement(2)}), "pass");
    EXPECT_EQ(last[0].packet, 1u);
    EXPECT_EQ(verdicts({binding_acknowledgement(1), binding_acknowledgement(2, 130)}), "fail");
    EXPECT_EQ(last[0].packet, 2u);
    EXPECT_EQ(last[0].differences.at(0).path, "status");
    EXPECT_EQ(last[0].culprit, "lma");
}

TEST_F(Rules, AcquitNobodyOfAuthenticatorsThatNobodyCanVerify) {
    auto& one = rule("lma", packet(element("binding-acknowledgement")));
    one.faults = {"wrong-value"};
    one.in = "authentication/authenticator";
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "pass");
    options.has_keys = false;
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "inconclusive");
    EXPECT_EQ(last[0].requirement, "A-1");
    EXPECT_NE(last[0].sentence.find("without their keys"), std::string::npos);
}

TEST_F(Rules, TellABoundedNumberOfPacketsAndCountTheRest) {
    rule("lma", packet(element("binding-acknowledgement"))).must_not =
        packet(element("binding-acknowledgement"));
    EXPECT_EQ(verdicts(std::vector<wire::Packet>(9, binding_acknowledgement(1))),
              "fail; fail; fail; fail; fail");
    EXPECT_NE(last[0].sentence.find("9 packets in all"), std::string::npos);
}

TEST_F(Rules, CountAgainOnlyWhatHasBeenToldEnough) {
    rule("lma", packet(element("binding-acknowledgement"))).must =
        packet(element("binding-acknowledgement", {field("status", literal("0"))}));
    options.most_findings = 2;
    RuleBook book(rules, options);
    const auto is_right = [&](std::uint8_t status) {
        auto answer = binding_acknowledgement(1, status);
        answer.layers.insert(answer.layers.begin(), wire::Ethernet{});
        const model::Seen seen{
            "core", "lma", wire::decode_frame(wire::encode(answer)), model::Fate::delivered, {},
            "lma",  "mag1"};
        return book.see({1, seconds(1), seconds(1'188'864'000), seen}, seen, topology);
    };
    EXPECT_TRUE(is_right(0));
    EXPECT_TRUE(book.broken_last().empty());
    EXPECT_FALSE(is_right(130));
    const auto broken = book.broken_last();
    EXPECT_EQ(broken, std::vector<std::size_t>{0});
    EXPECT_FALSE(book.count_again(broken, "lma")); // the second one is still told
    EXPECT_FALSE(is_right(131));
    EXPECT_FALSE(book.count_again(broken, "mag2"));
    EXPECT_TRUE(book.count_again(broken, "lma"));
    EXPECT_TRUE(book.count_again(broken, "lma"));
    const auto all = book.findings();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_NE(all[0].sentence.find("4 packets in all"), std::string::npos) << all[0].sentence;
}

TEST_F(Rules, SpeakOfTheirSenderAndReceiverOnly) {
    auto& one = rule("mag2 lma", packet(element("binding-acknowledgement")));
    one.must_not = packet(element("binding-acknowledgement"));
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "fail");
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}, "mag1", "lma"), ""); // the tester may do as it likes
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}, "cn", "lma"), "");
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}, "lma", "mag1", "mag2"), ""); // only passed on
    one.receiver = "host";
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "");
    one.receiver = "mag";
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "fail");
}

TEST_F(Rules, DoNotBlameTheEndOfATunnelForWhatIsInIt) {
    rule("lma", packet(element("home-test-init"))).must_not = packet(element("home-test-init"));
    const auto of = [&](const char* speaker) {
        wire::Packet tunnelled;
        tunnelled.layers = {wire::Ipv6{topology.node("lma")->address(), topology.node("mag1")->address()},
                            wire::Ipv6{topology.node(speaker)->address(), topology.node("mag1")->address()},
                            wire::HomeTestInit{}};
        return tunnelled;
    };
    EXPECT_EQ(verdicts({of("cn")}), "");
    EXPECT_EQ(verdicts({of("lma")}), "fail");
}

TEST_F(Rules, HoldForPeersAtOurCost) {
    options.under_test = {"mag2"};
    rule("lma", packet(element("binding-acknowledgement"))).must_not =
        packet(element("binding-acknowledgement"));
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "error");
}

TEST_F(Rules, SeeFaultsOfTheirMessage) {
    auto& one = rule("lma", packet(element("any", {}, {element("home-network-prefix")})));
    one.faults = {"checksum"};
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "pass");
    spoil = 14 + 40 + 8; // the sequence number: the checksum no longer verifies
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "fail");
    one.in = "home-network-prefix";
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "pass");
    one.faults = {"reserved-set"};
    // Twelve octets of the message, 17 of the identifier, padding up to 8n+4: the third octet of the option.
    spoil = 14 + 40 + 36 + 2;
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "fail");
    EXPECT_EQ(last[0].differences.at(0).offset, spoil);
}

TEST_F(Rules, ApplyWhereTheirClaimIs) {
    auto& one = rule("lma", packet(element("binding-acknowledgement")));
    one.must_not = packet(element("binding-acknowledgement"));
    one.when = "rfc5213";
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "");
    options.dialect.profile = "rfc5213";
    EXPECT_EQ(verdicts({binding_acknowledgement(1)}), "fail");
}

TEST_F(Rules, ReferToThePacketItself) {
    auto& one = rule("lma", packet(element("binding-acknowledgement")));
    one.must = packet(element("binding-acknowledgement",
                              {field("lifetime", op(Op::greater, {reference("this.sequence")}))}));
    EXPECT_EQ(verdicts({binding_acknowledgement(899)}), "pass");
    EXPECT_EQ(verdicts({binding_acknowledgement(900)}), "fail");
}

TEST(RolesOfACapture, AreRecognisedByWhatIsSent) {
    const auto a = *base::parse_ip6("2001:db8::a"), b = *base::parse_ip6("2001:db8::b"),
               c = *base::parse_ip6("2001:db8::c");
    const auto seen = [](Roles& roles, base::Ip6 from, base::Ip6 to, wire::Layer layer) {
        wire::Packet packet;
        packet.layers = {wire::Ipv6{from, to}, std::move(layer)};
        roles.see(packet);
    };
    using Names = std::vector<std::string>;
    Roles roles;
    wire::BindingUpdate proxy;
    proxy.p = true;
    seen(roles, a, b, proxy);
    EXPECT_EQ(roles.party(a).roles, Names{"mag"});
    EXPECT_EQ(roles.party(b).roles, Names{"lma"});
    EXPECT_EQ(roles.party(c).roles, Names{});
    wire::BindingUpdate router;
    router.r = true;
    seen(roles, c, b, router);
    EXPECT_EQ(roles.party(c).roles, Names{"mr"});
    EXPECT_EQ(roles.party(b).roles, (Names{"ha", "lma"}));
    Roles given({{a, "lma"}});
    seen(given, a, b, proxy);
    EXPECT_EQ(given.party(a).roles, Names{"lma"});
    Roles hosts;
    seen(hosts, a, b, wire::BindingUpdate{});
    EXPECT_EQ(hosts.party(a).roles, Names{"mn"});
    seen(hosts, c, a, wire::RouterAdvertisement{});
    EXPECT_EQ(hosts.party(c).roles, Names{"router"});
    EXPECT_EQ(hosts.party(c).name, "2001:db8::c");
}

namespace {

wire::Packet assignment(const char* prefix) {
    wire::BindingAcknowledgement ack;
    ack.p = true;
    ack.options.push_back(
        wire::MobileNetworkPrefix{.prefix = base::parse_ip6(prefix).value(), .prefix_length = 64});
    return {{wire::Ipv6{}, ack}, {}, {}};
}

wire::Packet delegation(const char* prefix, std::uint32_t valid) {
    wire::IaPrefix given;
    given.prefix = base::parse_ip6(prefix).value();
    given.prefix_length = 64;
    given.valid_lifetime = valid;
    wire::IaPd association;
    association.options.emplace_back(given);
    wire::Dhcpv6Message reply;
    reply.type = wire::dhcpv6::reply;
    reply.options.emplace_back(association);
    const wire::Udp udp{
        .source_port = 547, .destination_port = 546, .length = {}, .checksum = {}, .trailer = {}};
    return {{wire::Ipv6{}, udp, reply}, {}, {}};
}

} // namespace

// pmip6-nemo-support, 3.2: only what an anchor has assigned, before it is given; lifetime zero gives nothing.
TEST_F(Rules, NobodyIsGivenWhatNoAnchorHasAssigned) {
    rule("lma", packet(element("dhcpv6-reply"))).faults = {"unassigned"};
    const auto given = delegation("2001:db8:300:1::", 900);
    EXPECT_EQ(verdicts({assignment("2001:db8:300:1::"), given}), "pass");
    EXPECT_EQ(verdicts({assignment("2001:db8:300:2::"), given}), "fail");
    EXPECT_EQ(verdicts({given, assignment("2001:db8:300:1::")}), "fail");
    EXPECT_EQ(verdicts({delegation("2001:db8:300:1::", 0)}), "pass");
}
