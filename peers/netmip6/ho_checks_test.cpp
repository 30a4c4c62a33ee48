// The order in which a HO Request is checked (netmip6 digest, 3, PC-5): every combination of what can be
// wrong, through the whole node, from the frame to the judgement.
#include "harness/crypto/gate.h"
#include "peers/common/octets.h"
#include "peers/common/router_node.h"
#include "peers/netmip6/ho_checks.h"

#include <gtest/gtest.h>

namespace {

using namespace base;
using namespace peers;
using namespace peers::netmip6;

const wire::Profile profile{.dialect = wire::Profile::Dialect::netmip6};
constexpr const char* keys = "sa ah 2001:db8:b::12 2001:db8:b::11 spi 4114 integrity hmac-sha1-96 "
                             "101112131415161718191a1b1c1d1e1f20212223; "
                             "policy protect 2001:db8:b::12 2001:db8:b::11 with ah upper 58 type 200";
const Mac here = *parse_mac("02:00:00:00:00:11"), there = *parse_mac("02:00:00:00:00:12");

enum class Ah { right, wrong, none };

/// What is wrong with a request; the rest of it is right.
struct Combination {
    Ah ah = Ah::right;
    bool hops = false, checksum = false, code = false, zero = false, format = false, permission = false,
         location = false;
};

/// Notes how the requests are judged that reach it.
class Listener : public common::Role {
public:
    explicit Listener(const Combination& combination, std::vector<HoJudgement>& heard)
        : combination_(combination), heard_(heard) {}
    common::Wants wants() const override { return {.icmp_types = {200}}; }
    void on(const common::Input& input, Now, common::Output&) override {
        const auto* packet = std::get_if<common::Arrived>(&input);
        if (!packet)
            return;
        HoFacts facts;
        facts.was_protected = packet->was_protected;
        facts.is_permitted = [this](const Ip6&, const std::string&) { return !combination_.permission; };
        facts.is_located = [this](const Ip6&, const std::string&) { return !combination_.location; };
        heard_.push_back(judge_request(*packet->packet, {}, facts));
    }
    void tick(Now, common::Output&) override {}
    std::optional<Mono> deadline() const override { return std::nullopt; }

private:
    const Combination& combination_;
    std::vector<HoJudgement>& heard_;
};

Bytes frame_of(const Combination& what) {
    wire::HoRequest request;
    request.identifier = 0x1234;
    request.c = request.h = true;
    if (what.code)
        request.header.code = 7;
    if (what.checksum)
        request.header.checksum = 0x5a5a;
    if (!what.format)
        request.options.push_back(wire::ContextIdentity{.nai = "mn1@example.net"});
    if (what.zero)
        request.options.push_back(wire::RawOption{.data = Bytes{0xfd, 0, 0, 0, 0, 0, 0, 0}});
    wire::Packet packet;
    packet.layers.push_back(
        wire::Ipv6{.source = *parse_ip6(what.ah == Ah::none ? "2001:db8:b::66" : "2001:db8:b::12"),
                   .destination = *parse_ip6("2001:db8:b::11"),
                   .hop_limit = static_cast<std::uint8_t>(what.hops ? 64 : 255)});
    packet.layers.push_back(std::move(request));
    Bytes ip = wire::encode(packet, profile);
    if (what.ah != Ah::none) {
        std::vector<std::string> mistakes;
        crypto::Gate gate(crypto::parse(keys, mistakes), 1);
        ip = gate.send(ip).ip;
        if (what.ah == Ah::wrong)
            ip.at(common::ip6_size + 12) ^= 1; // of the ICV
    }
    Bytes frame(common::ethernet_size);
    std::ranges::copy(here.octets, frame.begin());
    std::ranges::copy(there.octets, frame.begin() + 6);
    write16(frame, 12, common::ethertype_ip6);
    frame.insert(frame.end(), ip.begin(), ip.end());
    return frame;
}

/// The order of the digest; nullopt is silence.
std::optional<unsigned> expected(const Combination& what) {
    if (what.ah == Ah::wrong)
        return std::nullopt; // 1
    if (what.hops || what.checksum || what.code)
        return std::nullopt; // 2
    if (what.zero)
        return std::nullopt; // 3
    if (what.ah == Ah::none)
        return 2; // 4
    if (what.format)
        return 1; // 5
    if (what.permission)
        return 4; // 6
    if (what.location)
        return 3; // 7
    return 0;     // 8
}

std::optional<unsigned> judged(const Combination& what) {
    model::NodeConfig config;
    config.profile = "netmip6";
    config.self.name = "sar";
    model::Port port{
        .name = "core", .link = "core", .mac = here, .addresses = {*parse_prefix("2001:db8:b::11/64")}};
    config.self.ports.push_back(port);
    config.self.settings["security"] = keys;
    config.topology.links.push_back({.name = "core"});
    config.topology.nodes.push_back(config.self);
    std::vector<HoJudgement> heard;
    common::RouterNode node(config, std::make_unique<Listener>(what, heard));
    const wire::Packet frame = wire::decode_frame(frame_of(what), profile);
    model::Actions actions;
    node.on(model::FrameIn{0, &frame}, {std::chrono::seconds(1), std::chrono::seconds(1)}, actions);
    EXPECT_LE(heard.size(), 1u);
    if (heard.empty() || heard.front().discarded)
        return std::nullopt;
    return heard.front().status;
}

TEST(HoChecks, AreMadeInTheOrderOfTheDigestInEveryCombination) {
    unsigned walked = 0;
    for (const Ah ah : {Ah::right, Ah::wrong, Ah::none})
        for (unsigned bits = 0; bits < 128; ++bits) {
            const auto bit = [bits](unsigned n) { return (bits >> n & 1) != 0; };
            const Combination what{ah, bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6)};
            EXPECT_EQ(judged(what), expected(what))
                << "ah " << static_cast<int>(ah) << " hops " << what.hops << " checksum " << what.checksum
                << " code " << what.code << " zero " << what.zero << " format " << what.format
                << " permission " << what.permission << " location " << what.location;
            ++walked;
        }
    EXPECT_EQ(walked, 384u);
}

TEST(HoChecks, CompareNamesAsTheDigestSays) {
    EXPECT_TRUE(is_same_nai("mn1@example.net", "mn1@EXAMPLE.net"));
    EXPECT_FALSE(is_same_nai("mn1@example.net", "MN1@example.net"));
    EXPECT_FALSE(is_same_nai("mn1@example.net", "mn1@example.ne"));
    EXPECT_TRUE(is_same_nai("mn1", "mn1"));
}

TEST(HoChecks, AResponseMayEndBehindItsStatus) {
    wire::HoResponse response;
    response.status = 3;
    response.short_form = true;
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = *parse_ip6("2001:db8:b::11"),
                                       .destination = *parse_ip6("2001:db8:b::12"),
                                       .hop_limit = 255});
    packet.layers.push_back(response);
    const auto read = wire::decode_ip(wire::encode(packet, profile), profile);
    const auto judgement = judge_response(read, {}, true);
    EXPECT_FALSE(judgement.discarded);
    EXPECT_EQ(judgement.status, 3);
}

} // namespace
