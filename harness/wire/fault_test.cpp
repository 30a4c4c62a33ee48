// One packet for every kind of fault, made by hand: what is wrong, where, and that it stays as it was.
#include "harness/wire/packet.h"

#include <gtest/gtest.h>

namespace wire {

namespace {

using base::operator""_hex;
using base::Bytes;

/// IPv6 from 2001:db8::1 to 2001:db8::2 around that payload.
Bytes ip(std::uint8_t next, const Bytes& payload) {
    Bytes octets{0x60,
                 0,
                 0,
                 0,
                 static_cast<std::uint8_t>(payload.size() >> 8),
                 static_cast<std::uint8_t>(payload.size()),
                 next,
                 64};
    for (std::uint8_t last = 1; last <= 2; ++last) {
        Bytes address = "20010db8000000000000000000000000"_hex;
        address[15] = last;
        octets.insert(octets.end(), address.begin(), address.end());
    }
    octets.insert(octets.end(), payload.begin(), payload.end());
    return octets;
}

/// The checksum made right, by plain summing, so that only the fault in question is left.
Bytes summed(std::uint8_t next, Bytes payload, std::size_t field, std::size_t covered = 0) {
    if (covered == 0)
        covered = payload.size();
    Bytes whole = ip(next, payload);
    std::uint32_t sum = next + static_cast<std::uint32_t>(covered);
    for (std::size_t i = 8; i < 40 + covered; i += 2)
        sum += base::read16(whole, i);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    base::write16(payload, field, static_cast<std::uint16_t>(~sum));
    return ip(next, payload);
}

std::string faults_of(const Bytes& octets, const Profile& profile = {}) {
    Packet packet = decode_ip(octets, profile);
    EXPECT_EQ(base::hex(encode(packet, profile)), base::hex(octets));
    std::string all;
    for (const auto& fault : packet.faults)
        all += (all.empty() ? "" : "; ") + text(fault);
    return all;
}

std::string mobility(const Bytes& message) {
    return faults_of(summed(135, message, 4));
}

} // namespace

TEST(Faults, NameAMisalignedOption) {
    // Timestamp at 12 instead of 8n+2, then its ten octets, PadN 2
    EXPECT_EQ(mobility("3b020500 00000001 80000001 1b080000 46dca000 80000100"_hex),
              "misaligned at 52 in binding-update/timestamp");
}

TEST(Faults, NameAWrongOptionLengthAndKeepTheOctets) {
    // Home Network Prefix of 17 octets
    Bytes octets =
        summed(135, "3b030500 00000001 80000001 16110040 20010db8 00000000 00000000 00000000"_hex, 4);
    EXPECT_EQ(faults_of(octets), "wrong-length at 53 in binding-update/home-network-prefix");
    Packet packet = decode_ip(octets);
    const auto& update = *packet.find<BindingUpdate>();
    EXPECT_EQ(find<HomeNetworkPrefix>(update.options), nullptr);
    EXPECT_EQ(find<UnknownMobilityOption>(update.options)->type, 22);
}

TEST(Faults, NameReservedBitsOfMessagesAndOptions) {
    EXPECT_EQ(mobility("3b010500 00000001 81000001 01020000"_hex),
              "reserved-set at 48 in binding-update/reserved");
    EXPECT_EQ(mobility("3b010501 00000001 80000001 01020000"_hex).substr(0, 12), "reserved-set");
    EXPECT_EQ(mobility("3b030500 00000001 80000001 16120140 20010db8 00000000 00000000 00000000"_hex),
              "reserved-set at 54 in binding-update/home-network-prefix/reserved");
}

TEST(Faults, NameTheSecondOptionOfAKind) {
    EXPECT_EQ(mobility("3b020500 00000001 80000001 17020004 17020104 01020000"_hex),
              "reserved-set at 58 in binding-update/handoff-indicator#2/reserved");
}

TEST(Faults, NamePaddingThatIsNotZero) {
    EXPECT_EQ(mobility("3b010500 00000001 80000001 01020007"_hex),
              "padding-set at 55 in binding-update/padn");
}

TEST(Faults, NameAWrongPayloadProtocol) {
    EXPECT_EQ(mobility("3a010500 00000001 80000001 01020000"_hex),
              "wrong-value at 40 in binding-update/payload-proto");
}

TEST(Faults, NameWhatIsBehindAMessage) {
    Bytes octets = summed(135, "3b010500 00000001 80000001 01020000 00000000 00000000"_hex, 4, 16);
    EXPECT_EQ(faults_of(octets), "trailing at 56 in binding-update");
}

TEST(Faults, NameAMobilityHeaderThatIsNotFilledUp) {
    Bytes octets = summed(135, "3b000000 00000000 01000000"_hex, 4, 8);
    EXPECT_EQ(faults_of(octets), "not-padded at 48 in binding-refresh-request");
}

TEST(Faults, NameAHeaderLengthThatIsTooSmallForTheMessage) {
    Bytes octets = summed(135, "3b000500 00000001 80000001 01020000"_hex, 4, 8);
    EXPECT_EQ(faults_of(octets), "wrong-length at 41 in binding-update; trailing at 48 in mobility-message");
    Packet packet = decode_ip(octets);
    EXPECT_EQ(packet.find<UnknownMobility>()->type, 5);
}

TEST(Faults, NameAnOptionThatRunsPastTheEnd) {
    EXPECT_EQ(mobility("3b010500 00000001 80000001 080a016d"_hex), "truncated at 56 in binding-update");
}

TEST(Faults, NameAWrongChecksumOnly) {
    EXPECT_EQ(faults_of(ip(135, "3b010500 00000001 80000001 01020000"_hex)),
              "checksum at 44 in binding-update/checksum");
    EXPECT_EQ(faults_of(ip(17, "00010002 00080000"_hex)), "checksum at 46 in udp/checksum")
        << "zero is wrong over IPv6";
}

TEST(Faults, AllowUdpWithoutChecksumOverIpv4EvenInATunnel) {
    Packet packet;
    packet.layers = {Ipv6{}, Ipv4{}, Udp{.source_port = 1, .destination_port = 2, .checksum = 0}};
    EXPECT_EQ(faults_of(encode(packet)), "");
    packet.layers = {Ipv4{}, Ipv6{}, Udp{.source_port = 1, .destination_port = 2, .checksum = 0}};
    EXPECT_EQ(faults_of(encode(packet)), "checksum at 66 in udp/checksum");
}

TEST(Faults, AreSilentAboutChecksumsOfFragments) {
    // fragment header, more fragments, then the beginning of a Binding Update
    EXPECT_EQ(faults_of(ip(44, "87000001 00000001 3b010500 00000001"_hex)), "");
    auto packet = decode_ip(ip(44, "87000001 00000001 3b010500 00000001"_hex));
    EXPECT_EQ(packet.find<Fragment>()->next_header, 135u);
    EXPECT_EQ(base::hex(packet.find<Payload>()->data), "3b01050000000001");
}

TEST(Faults, NameAZeroLengthNeighbourOption) {
    EXPECT_EQ(faults_of(summed(58, "85000000 00000000 01000200 00000001"_hex, 2)),
              "wrong-length at 49 in router-solicitation/option-length");
}

TEST(Faults, NameACodeThatANeighbourMessageMayNotHave) {
    EXPECT_EQ(faults_of(summed(58, "85010000 00000000"_hex, 2)),
              "wrong-value at 41 in router-solicitation/code");
}

TEST(Faults, NameAnAnnouncedHeaderOfWhichNothingIsThere) {
    EXPECT_EQ(faults_of(ip(135, {})), "truncated at 40 in ipv6");
}

TEST(Faults, NameBothSurplusAndLackOfTheIpLength) {
    Bytes octets = ip(59, "0102"_hex);
    octets.push_back(3);
    EXPECT_EQ(faults_of(octets), "trailing at 42 in ipv6");
    octets.resize(41);
    EXPECT_EQ(faults_of(octets), "truncated at 41 in ipv6");
}

TEST(Faults, AcceptThePaddingOfAShortEthernetFrameAndNoMore) {
    Bytes frame = "020000000001020000000002 86dd"_hex;
    Bytes packet = ip(59, {});
    frame.insert(frame.end(), packet.begin(), packet.end());
    frame.resize(60);
    Packet padded = decode_frame(frame);
    EXPECT_TRUE(padded.faults.empty());
    EXPECT_EQ(padded.find<Ethernet>()->trailer.size(), 6u);
    EXPECT_EQ(encode(padded), frame);
    frame.resize(61);
    Packet surplus = decode_frame(frame);
    ASSERT_EQ(surplus.faults.size(), 1u);
    EXPECT_EQ(text(surplus.faults[0]), "trailing at 54 in ipv6");
    EXPECT_EQ(encode(surplus), frame);
}

TEST(Faults, OfTheInnerPacketCountFromTheOuterOne) {
    Bytes inner = ip(135, "3b010500 00000001 80000001 01020000"_hex);
    EXPECT_EQ(faults_of(ip(41, inner)), "checksum at 84 in binding-update/checksum");
    Packet packet = decode_ip(ip(41, inner));
    EXPECT_EQ(outer_ip(packet)->payload_length, std::nullopt);
    EXPECT_NE(outer_ip(packet), inner_ip(packet));
    EXPECT_EQ(kind(packet), "binding-update");
}

TEST(Faults, OfDeepNestingAreBounded) {
    Bytes octets = ip(59, {});
    for (int i = 0; i < 40; ++i)
        octets = ip(41, octets);
    Packet packet = decode_ip(octets);
    EXPECT_LE(packet.layers.size(), 17u);
    EXPECT_EQ(encode(packet), octets);
    // relay messages in relay messages
    Bytes message = "01000001"_hex;
    for (int i = 0; i < 30; ++i) {
        Bytes relay(34, 0);
        relay[0] = 12;
        Bytes head{0, 9, static_cast<std::uint8_t>(message.size() >> 8),
                   static_cast<std::uint8_t>(message.size())};
        relay.insert(relay.end(), head.begin(), head.end());
        relay.insert(relay.end(), message.begin(), message.end());
        message = relay;
    }
    Bytes udp{2,
              0x23,
              2,
              0x23,
              static_cast<std::uint8_t>((message.size() + 8) >> 8),
              static_cast<std::uint8_t>(message.size() + 8),
              0,
              0};
    udp.insert(udp.end(), message.begin(), message.end());
    Bytes whole = summed(17, udp, 6);
    EXPECT_EQ(encode(decode_ip(whole)), whole);
}

TEST(Faults, SurviveWhatAFuzzerFound) {
    // a UDP length of six; an inner IPv4 total length of four behind which the frame goes on
    for (const auto& octets :
         {"6000000000551140 20010db8000d0000eaeaeaeaeaeaeaea ea00660000503c402001000001000000"
          "0000000000060005000db8cafe00"_hex}) {
        Packet packet = decode_ip(octets);
        EXPECT_EQ(encode(packet), octets);
    }
    Bytes frame = "ffffffffffff00000000000086dd600000000010044001f800872004000702e081fff7fe52ffff200104f809e3"
                  "00018200ec06"
                  "01325d0100000500000001000400000001000001000000020000"_hex;
    EXPECT_EQ(encode(decode_frame(frame)), frame);
}

} // namespace wire
