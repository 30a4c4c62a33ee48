#include "peers/pmip6/lma_bench.h"

#include <gtest/gtest.h>

namespace {

using namespace peers::pmip6;
using base::operator""_hex;

// The golden vectors of the digest (2.5), each behind the IPv6 header that their checksum covers.
const base::Bytes g1 =
    "3b0a0500 89e30001 82000384 16120000 00000000 00000000 00000000 00000000 01040000 00001a10 00000000"
    "00000000 00000000 00000000 01001b08 000046dc a0008000 0810016d 6e314065 78616d70 6c652e6e 65740100"_hex;
const base::Bytes g2 =
    "3b070500 65120001 c2000384 16120000 00000000 00000000 00000000 00000000 01001b08 000046dc a0008000"
    "0810016d 6e314065 78616d70 6c652e6e 65740100"_hex;
const base::Bytes g3 =
    "3b0a0600 dd470020 00010384 16120040 20010db8 01000001 00000000 00000000 01040000 00001a10 fe800000"
    "00000000 00000000 00000001 01001b08 000046dc a0008000 0810016d 6e314065 78616d70 6c652e6e 65740100"_hex;
const base::Bytes g4 =
    "3b070600 8d769c20 00010000 16120000 00000000 00000000 00000000 00000000 01001b08 000046dc a0008000"
    "0810016d 6e314065 78616d70 6c652e6e 65740100"_hex;

/// The Mobility Header between gateway and anchor as the octets of an IPv6 packet.
wire::Packet received(const base::Bytes& mobility) {
    base::Bytes ip =
        "60000000 0000 87 40 20010db8000000010000000000000001 20010db8000000ff0000000000000001"_hex;
    base::write16(ip, 4, static_cast<std::uint16_t>(mobility.size()));
    ip.insert(ip.end(), mobility.begin(), mobility.end());
    wire::Packet packet = wire::decode_ip(ip);
    EXPECT_TRUE(packet.faults.empty());
    return packet;
}

/// The Mobility Header of what was sent last.
base::Bytes answered(const RoleBench& bench) {
    if (bench.sent.empty())
        return {};
    base::Bytes ip = wire::encode(bench.sent.back().packet);
    ip.erase(ip.begin(), ip.begin() + 40);
    return ip;
}

TEST(GoldenVectors, AnAcceptanceIsG3ToTheOctet) {
    LmaBench b;
    wire::Packet packet = received(g1);
    b.option<wire::HomeNetworkPrefix>(packet).prefix = b.ip("2001:db8:100:1::");
    b.option<wire::HomeNetworkPrefix>(packet).prefix_length = 64;
    b.option<wire::LinkLocalAddress>(packet).address = b.ip("fe80::1");
    b.bench.arrive(packet);
    EXPECT_EQ(base::hex(answered(b.bench)), base::hex(g3));
}

TEST(GoldenVectors, ATimestampMismatchIsG4ToTheOctet) {
    LmaBench b;
    wire::Packet packet = received(g2);
    b.option<wire::Timestamp>(packet).value -= 3600 * 65536;
    b.bench.arrive(packet);
    EXPECT_EQ(base::hex(answered(b.bench)), base::hex(g4));
}

TEST(GoldenVectors, BothUpdatesAreAccepted) {
    for (const auto* update : {&g1, &g2}) {
        LmaBench b;
        b.bench.arrive(received(*update));
        const auto* ack = b.bench.last<wire::BindingAcknowledgement>();
        ASSERT_NE(ack, nullptr);
        EXPECT_EQ(ack->status, 0);
        EXPECT_EQ(ack->lifetime, 900);
    }
}

} // namespace
