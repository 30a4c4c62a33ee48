#include "harness/wire/checksum.h"
#include "peers/common/make.h"
#include "peers/common/mobility_checks.h"
#include "peers/common/octets.h"
#include "peers/common/router_node.h"
#include "peers/common/scripted_role.h"
#include "peers/common/test_net.h"
#include "peers/common/wrong.h"

#include <gtest/gtest.h>

namespace peers::common {
namespace {

using namespace std::chrono_literals;
using base::operator""_hex;

/// A Proxy Binding Update of 64 octets from 2001:db8:0:1::1 to 2001:db8:0:ff::1, as the specification's
/// digest has it.
const base::Bytes update =
    "3b070500 65120001 c2000384 16120000 00000000 00000000 00000000 00000000 01001b08 000046dc a0008000"
    "0810016d 6e314065 78616d70 6c652e6e 65740100"_hex;

const base::Ip6 gateway = base::parse_ip6("2001:db8:0:1::1").value();
const base::Ip6 anchor = base::parse_ip6("2001:db8:0:ff::1").value();
constexpr std::uint8_t known[] = {0, 5, 6, 7};

/// The Mobility Header in an IPv6 packet; its checksum is made right if wanted.
base::Bytes packet_of(base::Bytes message, bool right_checksum = true, const base::Ip6& source = gateway) {
    if (right_checksum) {
        base::write16(message, 4, 0);
        wire::InternetSum sum;
        sum.add_pseudo_header(source, anchor, message.size(), 135);
        sum.add(message);
        base::write16(message, 4, sum.fold());
    }
    base::Bytes octets = ip6_header(source, anchor, 135, message.size(), 64);
    octets.insert(octets.end(), message.begin(), message.end());
    return octets;
}
MobilityCheck check(const base::Bytes& octets) {
    return check_mobility(wire::decode_ip(octets), octets, known);
}
base::Bytes changed(std::size_t at, std::uint8_t octet) {
    base::Bytes message = update;
    message[at] = octet;
    return message;
}

TEST(MobilityChecks, AcceptTheGoldenUpdateWithItsOwnChecksum) {
    EXPECT_TRUE(std::holds_alternative<MobilityAccepted>(check(packet_of(update, false))));
}

TEST(MobilityChecks, IgnoreAWrongChecksum) {
    EXPECT_TRUE(std::holds_alternative<MobilityIgnored>(check(packet_of(changed(5, 0x13), false))));
}

TEST(MobilityChecks, ReportAWrongPayloadProtoAtItsOctet) {
    const auto result = check(packet_of(changed(0, 58)));
    ASSERT_TRUE(std::holds_alternative<MobilityProblem>(result));
    EXPECT_EQ(std::get<MobilityProblem>(result).pointer, 40u);
}

TEST(MobilityChecks, ReportAHeaderLengthThatIsTooShortForTheType) {
    const auto result = check(packet_of(base::Bytes{59, 0, 5, 0, 0, 0, 0, 1}));
    ASSERT_TRUE(std::holds_alternative<MobilityProblem>(result));
    EXPECT_EQ(std::get<MobilityProblem>(result).pointer, 41u);
}

TEST(MobilityChecks, CountTheFixedPartOfEachType) {
    constexpr std::uint8_t all[] = {0, 1, 2, 3, 4, 5, 6, 7};
    // RFC 3775, 6.1: shortest Header Len of BRR, HoTI, CoTI, HoT, CoT, BU, BA and BE
    constexpr std::uint8_t shortest[] = {0, 1, 1, 2, 2, 1, 1, 2};
    for (std::uint8_t type = 0; type < 8; ++type)
        for (std::uint8_t length = 0; length < 4; ++length) {
            base::Bytes message((std::size_t{length} + 1) * 8);
            message[0] = 59;
            message[1] = length;
            message[2] = type;
            const base::Bytes octets = packet_of(message);
            const auto result = check_mobility(wire::decode_ip(octets), octets, all);
            EXPECT_EQ(std::holds_alternative<MobilityAccepted>(result), length >= shortest[type])
                << "type " << int{type} << " length " << int{length};
        }
}

TEST(MobilityChecks, NameAnUnknownTypeBeforeLookingAtTheRest) {
    const auto result = check(packet_of(base::Bytes{58, 0, 77, 0, 0, 0, 0, 0}));
    ASSERT_TRUE(std::holds_alternative<MobilityUnknownType>(result));
    EXPECT_TRUE(std::get<MobilityUnknownType>(result).home_address.is_unspecified());
}

TEST(MobilityChecks, TakeTheHomeAddressFromTheHomeAddressOption) {
    const base::Ip6 home = base::parse_ip6("2001:db8:9::9").value();
    wire::DestinationOptions options;
    options.options.emplace_back(wire::HomeAddressOption{home, {}});
    wire::UnknownMobility message;
    message.type = 77;
    message.data = {0, 0};
    const base::Bytes octets = wire::encode({{wire::Ipv6{gateway, anchor}, options, message}, {}, {}});
    const auto result = check(octets);
    ASSERT_TRUE(std::holds_alternative<MobilityUnknownType>(result));
    EXPECT_EQ(std::get<MobilityUnknownType>(result).home_address, home);
}

TEST(MobilityChecks, IgnoreWhatIsCutOff) {
    base::Bytes octets = packet_of(update);
    octets.resize(octets.size() - 8);
    base::write16(octets, 4, 56);
    EXPECT_TRUE(std::holds_alternative<MobilityIgnored>(check(octets)));
}

TEST(MobilityChecks, IgnoreSourcesThatAreNotRoutable) {
    for (const char* source : {"::", "fe80::1", "ff02::1", "::1"})
        EXPECT_TRUE(std::holds_alternative<MobilityIgnored>(
            check(packet_of(update, true, base::parse_ip6(source).value()))))
            << source;
}

/// The same checks as they show on the wire.
struct Anchor : testing::Test {
    Anchor() {
        const auto config = NodeBuilder("lma").port("core", {"2001:db8:0:ff::1/48"}).config();
        auto made = std::make_unique<ScriptedRole>(nullptr, Wants{{5, 6, 7}, {}, {}});
        role = made.get();
        net.add(config, std::make_unique<RouterNode>(config, std::move(made)));
        const auto other = NodeBuilder("mag").port("core", {"2001:db8:0:1::1/48"}).config();
        net.add(other, make_puppet(other));
    }
    void send(const base::Bytes& ip6) {
        net.emit("mag", wire::decode_ip(ip6));
        net.run_for(10ms);
    }
    std::ptrdiff_t messages() const {
        return std::ranges::count_if(role->packets, is<wire::BindingUpdate>());
    }
    TestNet net;
    ScriptedRole* role = nullptr;
};

TEST_F(Anchor, HandsAGoodMessageToTheRole) {
    send(packet_of(update));
    EXPECT_EQ(messages(), 1);
}

TEST_F(Anchor, AnswersAnUnknownTypeWithABindingError) {
    send(packet_of(base::Bytes{59, 0, 77, 0, 0, 0, 0, 0}));
    const auto* answer = net.last<wire::BindingError>("lma");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->find<wire::BindingError>()->status, 2);
    EXPECT_TRUE(answer->find<wire::BindingError>()->home_address.is_unspecified());
    EXPECT_EQ(answer->find<wire::Ipv6>()->source, anchor);
    EXPECT_EQ(answer->find<wire::Ipv6>()->destination, gateway);
    EXPECT_TRUE(answer->faults.empty());
    EXPECT_EQ(messages(), 0);
}

TEST_F(Anchor, AnswersAWrongPayloadProtoWithAParameterProblem) {
    send(packet_of(changed(0, 58)));
    const auto* answer = net.last<wire::ParameterProblem>("lma");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->find<wire::ParameterProblem>()->code, 0);
    EXPECT_EQ(answer->find<wire::ParameterProblem>()->pointer, 40u);
}

TEST_F(Anchor, LimitsTheRateOfBindingErrors) {
    for (int i = 0; i < 50; ++i)
        net.emit("mag", wire::decode_ip(packet_of(base::Bytes{59, 0, 77, 0, 0, 0, 0, 0})));
    net.run_for(50ms);
    const auto count = net.all<wire::BindingError>("lma").size();
    EXPECT_GE(count, 1u);
    EXPECT_LE(count, 11u);
}

} // namespace
} // namespace peers::common
