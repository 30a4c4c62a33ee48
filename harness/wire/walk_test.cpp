#include "harness/wire/golden_test.h"
#include "harness/wire/json.h"
#include "harness/wire/walk.h"

#include <gtest/gtest.h>

namespace wire {

namespace {

base::Bytes made(std::vector<Layer> layers) {
    Packet packet;
    packet.layers = std::move(layers);
    return encode(packet);
}

} // namespace

TEST(Walk, FindsEveryGoldenMessage) {
    for (const auto& golden : goldens()) {
        Walk walk = walk_ip(golden.octets);
        EXPECT_TRUE(walk.is_signalling()) << golden.name;
        EXPECT_EQ(walk.outer_ip, 0u);
        bool dhcp = golden.name[0] == 'D';
        EXPECT_EQ(walk.what, dhcp                    ? Walk::What::dhcp
                             : golden.name[0] == 'H' ? Walk::What::icmp6
                                                     : Walk::What::mobility)
            << golden.name;
    }
    EXPECT_EQ(walk_ip(goldens()[0].octets).type, 5);
    EXPECT_EQ(walk_ip(goldens()[0].octets).message, 40u);
}

TEST(Walk, PassesOverTunnelledDataAndKnowsBothHeaders) {
    auto octets = made({Ethernet{}, Ipv6{}, Ipv6{}, Udp{.source_port = 5000, .destination_port = 5001},
                        Payload{base::Bytes(100)}});
    Walk walk = walk_frame(octets);
    EXPECT_EQ(walk.what, Walk::What::data);
    EXPECT_FALSE(walk.is_signalling());
    EXPECT_EQ(walk.outer_ip, 14u);
    EXPECT_EQ(walk.inner_ip, 54u);
    EXPECT_EQ(walk.tunnels, 1);
    EXPECT_EQ(walk.message, 94u);
}

TEST(Walk, TellsDataEchoesFragmentsAndSignallingApart) {
    EXPECT_EQ(walk_ip(made({Ipv6{}, EchoRequest{}})).what, Walk::What::data);
    EXPECT_EQ(walk_ip(made({Ipv6{}, RouterSolicitation{}})).what, Walk::What::neighbor);
    EXPECT_EQ(walk_ip(made({Ipv6{}, HopByHop{.options = {RouterAlert{}}}, MldReport{}})).what,
              Walk::What::multicast);
    EXPECT_EQ(walk_ip(made({Ipv6{}, ParameterProblem{}})).what, Walk::What::icmp6_error);
    EXPECT_EQ(walk_ip(made({Ipv6{}, Fragment{.more = true}, Payload{base::Bytes(8)}})).what,
              Walk::What::fragment);
    EXPECT_EQ(walk_ip(made({Ipv6{}, EspHeader{}})).what, Walk::What::protected_);
    EXPECT_EQ(walk_frame(made({Ethernet{.type = 0x0806}, Payload{base::Bytes(28)}})).what, Walk::What::other);
    EXPECT_EQ(walk_frame(made({Ethernet{}, Vlan{.id = 7}, Ipv6{}, BindingError{}})).type, 7);
}

TEST(Walk, FindsTheSameBehindAnEthernetHeaderAndInATunnel) {
    std::vector<base::Bytes> packets;
    for (const auto& golden : goldens())
        packets.push_back(golden.octets);
    for (const auto port : std::initializer_list<std::uint16_t>{53, 67, 546, 547, 1812, 1813, 3799, 4191})
        packets.push_back(made({Ipv6{}, Udp{.source_port = 40000, .destination_port = port},
                                Payload{base::Bytes(60, std::uint8_t{7})}}));
    packets.push_back(made({Ipv6{}, EchoRequest{}, Payload{base::Bytes(60)}}));
    packets.push_back(made({Ipv6{.next_header = 6}, Payload{base::Bytes(60)}}));
    packets.push_back(made({Ipv6{.next_header = 59}, Payload{base::Bytes(60)}}));
    const base::Bytes ethernet = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd};
    base::Bytes outer(40);
    outer[0] = 0x60;
    outer[6] = 41;
    for (const auto& packet : packets)
        for (const bool is_tunnelled : {false, true}) {
            base::Bytes octets = is_tunnelled ? outer : base::Bytes{};
            octets.insert(octets.end(), packet.begin(), packet.end());
            base::Bytes frame = ethernet;
            frame.insert(frame.end(), octets.begin(), octets.end());
            for (std::size_t size = ethernet.size() + 1; size <= frame.size(); ++size) {
                const Walk alone = walk_ip(base::View(octets).first(size - ethernet.size())),
                           framed = walk_frame(base::View(frame).first(size));
                const auto behind = [&](std::size_t at) {
                    return at == Walk::none ? at : at + ethernet.size();
                };
                ASSERT_EQ(framed.what, alone.what) << size << " of " << frame.size();
                EXPECT_EQ(framed.type, alone.type);
                EXPECT_EQ(framed.tunnels, alone.tunnels);
                EXPECT_EQ(framed.outer_ip, behind(alone.outer_ip));
                EXPECT_EQ(framed.inner_ip, behind(alone.inner_ip));
                EXPECT_EQ(framed.message, behind(alone.message));
            }
        }
}

TEST(Walk, EndsOnEveryTruncation) {
    for (const auto& golden : goldens())
        for (std::size_t size = 0; size < golden.octets.size(); ++size)
            EXPECT_LE(walk_ip(base::View(golden.octets).first(size)).tunnels, 1);
}

TEST(Json, HasEveryFieldOfADecodedPacketOnOneLine) {
    const auto& golden = goldens()[0];
    std::string line =
        json(decode_ip(golden.octets, golden.profile), 7, base::Wall{1'500'000'000}, golden.profile);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    for (const char* part :
         {"{\"number\":7,\"time\":1.500000000,", "\"checksum\":35299", "\"offset\":52,\"size\":20",
          "\"nai\":\"mn1@example.net\"", "\"prefix-length\":0", "\"faults\":[]}"})
        EXPECT_NE(line.find(part), std::string::npos) << part << "\n" << line;
    EXPECT_EQ(json_string("a\"\\\n\xff"), "\"a\\\"\\\\\\u000a\\u00ff\"");
}

TEST(Places, GiveEveryFieldItsOctets) {
    const auto& golden = goldens()[0];
    auto all = places(decode_ip(golden.octets, golden.profile), golden.profile);
    auto of = [&](std::string_view path) {
        for (const auto& place : all)
            if (place.path == path)
                return std::pair(place.offset, place.size);
        return std::pair(std::size_t{0}, std::size_t{0});
    };
    EXPECT_EQ(of("binding-update/checksum"), std::pair(std::size_t{44}, std::size_t{2}));
    EXPECT_EQ(of("binding-update/home-network-prefix/prefix"), std::pair(std::size_t{56}, std::size_t{16}));
    EXPECT_EQ(of("binding-update/timestamp/option-length"), std::pair(std::size_t{99}, std::size_t{1}));
    EXPECT_EQ(of("ipv6/hop-limit"), std::pair(std::size_t{7}, std::size_t{1}));
}

} // namespace wire
