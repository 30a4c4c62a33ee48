// The updates of the digest (netmip6 digest, 12), octet for octet.
#include "harness/crypto/mobility_authentication.h"
#include "peers/common/octets.h"
#include "peers/netmip6/message.h"
#include "peers/netmip6/registration.h"

#include <gtest/gtest.h>

namespace {

using namespace base;
using namespace peers::netmip6;

const wire::Profile dialect{.dialect = wire::Profile::Dialect::netmip6};

Parties parties(const char* care_of, const char* home) {
    Parties out;
    out.anchor = *parse_ip6("2001:db8:b::100");
    out.care_of = *parse_ip6(care_of);
    out.home = *parse_ip6(home);
    out.nai = "mn1@example.net";
    out.key = {256, "000102030405060708090a0b0c0d0e0f"_hex};
    return out;
}

Now at(std::uint64_t ntp) {
    return {std::chrono::seconds(1), crypto::wall_of_ntp(ntp)};
}

Bytes mobility_header(const wire::Packet& packet) {
    const Bytes octets = wire::encode(packet, dialect);
    const auto upper = peers::common::upper_of(octets);
    return Bytes(octets.begin() + static_cast<std::ptrdiff_t>(upper.offset), octets.end());
}

TEST(Registration, TheWildcardUpdateIsThatOfTheDigest) {
    Registration registration(parties("2001:db8:b::11", "::"), {});
    registration.request(at(0xc92c0a8000000000));
    const auto packet = registration.due(at(0xc92c0a8000000000), dialect, [](wire::BindingUpdate& update) {
        update.options.push_back(wire::Ipv4HomeAddress{});
    });
    ASSERT_TRUE(packet);
    EXPECT_EQ(hex(mobility_header(*packet)),
              hex("3b08050065570001c00000960810016d6e31406578616d706c652e6e65740100"
                  "1d0600000000000001000a08c92c0a80000000000009110100000100838811be30194e91c9a7dfe9"_hex));
}

TEST(Registration, TheHandoverUpdateIsThatOfTheDigest) {
    Registration registration(parties("2001:db8:b::12", "2001:db8:4000:1::5"), {});
    registration.take_over(7, 0xc92c0a8000000000, at(0xc92c0aa000000000));
    const auto packet = registration.due(at(0xc92c0aa000000000), dialect);
    ASSERT_TRUE(packet);
    EXPECT_EQ(hex(mobility_header(*packet)),
              hex("3b0705008a060008c00000960810016d6e31406578616d706c652e6e65740102"
                  "00000a08c92c0aa00000000000091101000001000fe2b795f5852216d667937e"_hex));
}

TEST(Registration, TakesTheAcknowledgementOfTheDigest) {
    Registration registration(parties("2001:db8:b::11", "::"), {});
    registration.request(at(0xc92c0a8000000000));
    ASSERT_TRUE(registration.due(at(0xc92c0a8000000000), dialect));
    wire::BindingAcknowledgement ack;
    ack.sequence = 1;
    ack.lifetime = 150;
    ack.options.push_back(wire::MobileNodeIdentifier{.nai = "mn1@example.net"});
    ack.options.push_back(wire::Ipv4HomeAddress{.address = *parse_ip4("10.64.0.5"), .prefix_length = 32});
    ack.options.push_back(
        wire::Ipv4AddressAcknowledgement{.address = *parse_ip4("10.64.0.5"), .prefix_length = 32});
    ack.options.push_back(wire::ReplayProtection{.timestamp = 0xc92c0a8000000000});
    ack.options.push_back(wire::Authentication{.spi = 256, .authenticator = "6f45c0b5a3925db0792ec52e"_hex});
    wire::Packet packet;
    packet.layers.push_back(
        wire::Ipv6{.source = *parse_ip6("2001:db8:b::100"), .destination = *parse_ip6("2001:db8:b::11")});
    packet.layers.push_back(wire::RoutingType2{.home_address = *parse_ip6("2001:db8:4000:1::5")});
    packet.layers.push_back(ack);
    const wire::Packet received = wire::decode_ip(wire::encode(packet, dialect), dialect);
    EXPECT_EQ(registration.hear(received, at(0xc92c0a8100000000), dialect), Registration::Outcome::accepted);
    EXPECT_EQ(text(registration.parties().home), "2001:db8:4000:1::5");
    EXPECT_EQ(registration.granted(), 150);
}

TEST(Registration, BacksOffAsRfc3775Says) {
    Registration registration(parties("2001:db8:b::11", "::"), {});
    Now now = at(0xc92c0a8000000000);
    registration.request(now);
    std::vector<Duration> waits;
    Mono last = now.mono;
    for (int i = 0; i < 8; ++i) {
        ASSERT_TRUE(registration.due(now, dialect));
        waits.push_back(now.mono - last);
        last = now.mono;
        now.mono = *registration.deadline();
    }
    using namespace std::chrono_literals;
    EXPECT_EQ(waits, (std::vector<Duration>{0s, 1500ms, 3s, 6s, 12s, 24s, 32s, 32s}));
}

} // namespace
