#include "peers/netmip6/aaa_profile.h"
#include "peers/netmip6/aaa_server.h"
#include "peers/netmip6/radius_aaa.h"

#include <gmock/gmock.h>

#include <functional>

namespace peers::netmip6 {

namespace {

using namespace std::chrono_literals;
using Result = AaaAnswer::Result;

base::Ip6 ip6(const char* text) {
    return base::parse_ip6(text).value();
}

/// A router, two servers with one memory, and a mobile node. Time stands unless it is moved.
struct Bench {
    model::NodeConfig config;
    RadiusPolicy policy;
    std::unique_ptr<RadiusAaa> client;
    std::vector<std::unique_ptr<AaaServer>> servers;
    std::vector<bool> dead{false, false}; ///< servers that hear nothing
    base::Now now{1h, 1h};
    std::vector<std::pair<base::Mono, wire::Packet>> asked; ///< what the router has sent
    std::vector<AaaNews> news;

    explicit Bench(std::function<void(Bench&)> prepare = {}) {
        model::Node router, first, second;
        router.name = "sar";
        router.role = "sar";
        router.ports = {{"core", "core", {}, {*base::parse_prefix("2001:db8:0:1::1/48")}, 1500}};
        first.name = "aaa";
        second.name = "aaa2";
        first.role = second.role = "aaa";
        first.ports = {{"core", "core", {}, {*base::parse_prefix("2001:db8:0:a::1/48")}, 1500}};
        second.ports = {{"core", "core", {}, {*base::parse_prefix("2001:db8:0:a::2/48")}, 1500}};
        model::Identity mn1;
        mn1.name = "mn1";
        mn1.nai = "mn1@example.net";
        mn1.policy = {{"home-agent", "2001:db8:0:ff::1"}, {"class", "gold"}};
        config.topology.nodes = {router, first, second};
        config.topology.identities = {mn1};
        config.self = router;
        config.seed = 42;
        if (prepare)
            prepare(*this);
        policy.servers = radius_policy(config).servers;
        client = std::make_unique<RadiusAaa>(config, policy);
        for (std::size_t i = 1; i < config.topology.nodes.size(); ++i) {
            model::NodeConfig of_server = config;
            of_server.self = config.topology.nodes[i];
            servers.push_back(std::make_unique<AaaServer>(of_server));
        }
    }
    model::Settings& subscriber() { return config.topology.identities[0].policy; }

    /// Carries datagrams to and fro until nobody has anything to say.
    void carry(const common::Output& out) {
        for (const common::Command& command : out.commands) {
            const auto* sent = std::get_if<common::SendPacket>(&command);
            if (!sent)
                continue;
            const wire::Packet packet = wire::decode_ip(wire::encode(sent->packet));
            const base::Ip6 to = wire::outer_ip(packet)->destination;
            const common::Arrived arrived{0, {}, {}, true, &packet};
            common::Output more;
            if (to == config.self.address()) {
                client->on(arrived, now, more);
                collect();
            } else {
                asked.emplace_back(now.mono - base::Mono(1h), packet);
                for (std::size_t i = 0; i < servers.size(); ++i)
                    if (!dead[i] && config.topology.nodes[i + 1].address() == to)
                        servers[i]->on(arrived, now, more);
            }
            carry(more);
        }
    }
    void tell_server(const char* event, model::Arguments arguments) {
        common::Output out;
        servers[0]->on(model::Told{event, std::move(arguments)}, now, out);
        carry(out);
    }
    void ask(AaaRequest::Kind kind = AaaRequest::Kind::access, std::string nai = "mn1@example.net") {
        AaaRequest request;
        request.kind = kind;
        request.id = 5;
        request.nai = std::move(nai);
        request.nas = config.self.address();
        request.session = "s1";
        request.attributes = attributes;
        common::Output out;
        client->ask(request, now, out);
        collect();
        carry(out);
    }
    void collect() {
        for (AaaNews& one : client->take())
            news.push_back(std::move(one));
    }
    /// Lets time pass up to the given moment after the start.
    void until(base::Duration end) {
        while (client->deadline() && *client->deadline() <= base::Mono(1h) + end) {
            now.mono = std::max(now.mono, *client->deadline());
            common::Output out;
            client->tick(now, out);
            collect();
            carry(out);
        }
        now.mono = base::Mono(1h) + end;
    }
    const AaaAnswer* answer() const { return news.empty() ? nullptr : std::get_if<AaaAnswer>(&news.back()); }
    base::Bytes attributes;
};

const wire::Radius& message(const wire::Packet& packet) {
    return *packet.find<wire::Radius>();
}

std::vector<base::Duration> times(const Bench& bench) {
    std::vector<base::Duration> out;
    for (const auto& [at, packet] : bench.asked)
        out.push_back(at);
    return out;
}

} // namespace

TEST(RadiusAaa, GetsTheProfileOfANode) {
    Bench bench([](Bench& b) {
        b.subscriber()["session-timeout"] = "100s";
        b.subscriber()["home-prefix"] = "2001:db8:4000:7::/64";
        b.subscriber()["interface-id"] = "9";
        b.subscriber()["ipv4-address"] = "10.64.0.5";
        b.subscriber()["key"] = "300 000102030405060708090a0b0c0d0e0f";
        b.subscriber()["map"] = "2001:db8:a1::1";
    });
    bench.ask();
    ASSERT_TRUE(bench.answer());
    EXPECT_EQ(bench.answer()->id, 5u);
    ASSERT_EQ(bench.answer()->result, Result::accepted);
    const ServiceProfile& profile = bench.answer()->profile;
    EXPECT_EQ(profile.home_agent, ip6("2001:db8:0:ff::1"));
    EXPECT_EQ(profile.prefix, base::parse_prefix("2001:db8:4000:7::/64"));
    EXPECT_EQ(profile.interface_id, 9u);
    EXPECT_EQ(profile.session_timeout, base::Duration(100s));
    EXPECT_EQ(profile.ipv4_address, base::parse_ip4("10.64.0.5"));
    EXPECT_EQ(profile.map, ip6("2001:db8:a1::1"));
    ASSERT_TRUE(profile.key);
    EXPECT_EQ(profile.key->spi, 300u);
    EXPECT_EQ(base::hex(profile.key->octets), "000102030405060708090a0b0c0d0e0f");
}

TEST(RadiusAaa, SaysWhoAsksAndForWhom) {
    Bench bench;
    bench.ask();
    ASSERT_EQ(bench.asked.size(), 1u);
    const wire::Radius& request = message(bench.asked[0].second);
    EXPECT_EQ(request.code, 1);
    EXPECT_EQ(wire::find<wire::RadiusUserName>(request.options)->value, "mn1@example.net");
    EXPECT_EQ(wire::find<wire::RadiusNasIpv6Address>(request.options)->address, ip6("2001:db8:0:1::1"));
    EXPECT_TRUE(wire::find<wire::RadiusUserPassword>(request.options));
    EXPECT_TRUE(wire::find<wire::RadiusMessageAuthenticator>(request.options));
    EXPECT_EQ(bench.asked[0].second.find<wire::Udp>()->destination_port, 1812);
}

TEST(RadiusAaa, IsRejectedWithAWrongPasswordAndForAStranger) {
    Bench bench;
    bench.ask(AaaRequest::Kind::access, "nobody@example.net");
    ASSERT_TRUE(bench.answer());
    EXPECT_EQ(bench.answer()->result, Result::rejected);
    Bench refused([](Bench& b) { b.subscriber()["access"] = "reject"; });
    refused.ask();
    ASSERT_TRUE(refused.answer());
    EXPECT_EQ(refused.answer()->result, Result::rejected);
}

// RFC 5080, 2.2.1 with IRT 2 s, MRT 16 s, MRC 5, MRD 30 s and one server.
TEST(RadiusAaa, RepeatsTheSameRequestAndGivesUp) {
    Bench bench([](Bench& b) { b.config.topology.nodes.pop_back(); });
    bench.dead = {true};
    bench.ask();
    bench.until(29s);
    EXPECT_TRUE(bench.news.empty());
    EXPECT_THAT(times(bench), testing::ElementsAre(0s, 2s, 6s, 14s));
    for (const auto& [at, packet] : bench.asked) {
        EXPECT_EQ(message(packet).identifier, message(bench.asked[0].second).identifier);
        EXPECT_EQ(message(packet).authenticator, message(bench.asked[0].second).authenticator);
    }
    bench.until(31s);
    ASSERT_TRUE(bench.answer());
    EXPECT_EQ(bench.answer()->result, Result::silent);
}

TEST(RadiusAaa, AsksTheNextServer) {
    Bench bench;
    bench.dead = {true, false};
    bench.ask();
    bench.until(10s);
    ASSERT_TRUE(bench.answer());
    EXPECT_EQ(bench.answer()->result, Result::accepted);
    EXPECT_THAT(times(bench), testing::ElementsAre(0s, 2s, 6s));
    EXPECT_NE(message(bench.asked[2].second).authenticator, message(bench.asked[0].second).authenticator);
}

TEST(RadiusAaa, DoesNotBelieveAWrongAuthenticator) {
    Bench bench([](Bench& b) { b.config.topology.nodes[1].settings["wrong-replies"] = "1"; });
    bench.ask();
    EXPECT_TRUE(bench.news.empty());
    bench.until(3s);
    ASSERT_TRUE(bench.answer());
    EXPECT_EQ(bench.answer()->result, Result::accepted);
    Bench other([](Bench& b) { b.policy.secret = "another"; });
    other.ask();
    other.until(31s);
    EXPECT_EQ(other.answer()->result, Result::silent);
}

TEST(RadiusAaa, HasNoUseForContradictionsAndMalformedAttributes) {
    for (const char* extra : {"Attr-147+=0x20010db80000000000000000000000ee", // another home agent
                              "Attr-151+=0x0040",                             // a prefix without its address
                              "Attr-27+=0x00ff"}) {                           // a timeout of two octets
        Bench bench([&](Bench& b) { b.subscriber()["aaa-attributes"] = extra; });
        bench.ask();
        ASSERT_TRUE(bench.answer()) << extra;
        EXPECT_EQ(bench.answer()->result, Result::rejected) << extra;
    }
}

TEST(RadiusAaa, AccountsWithWhatTheAcceptSaidOfTheSession) {
    Bench bench;
    bench.ask();
    bench.attributes = bench.answer()->profile.attributes;
    bench.ask(AaaRequest::Kind::start);
    const wire::Radius& start = message(bench.asked.back().second);
    EXPECT_EQ(start.code, 4);
    EXPECT_EQ(wire::find<wire::RadiusAcctStatusType>(start.options)->value, 1u);
    EXPECT_EQ(wire::find<wire::RadiusClass>(start.options)->data, (base::Bytes{'g', 'o', 'l', 'd'}));
    EXPECT_TRUE(wire::find<wire::RadiusAcctMultiSessionId>(start.options));
    EXPECT_EQ(bench.asked.back().second.find<wire::Udp>()->destination_port, 1813);
    EXPECT_FALSE(bench.client->deadline()) << "it was answered";
}

TEST(RadiusAaa, KeepsAccountingForAServerThatComesBack) {
    Bench bench;
    bench.dead = {true, true};
    bench.ask(AaaRequest::Kind::start);
    bench.until(60s);
    EXPECT_TRUE(bench.client->deadline());
    bench.dead = {false, false};
    bench.until(100s);
    EXPECT_FALSE(bench.client->deadline());
}

TEST(RadiusAaa, EndsTheSessionsThatAServerEnds) {
    Bench bench;
    bench.ask();
    bench.news.clear();
    bench.tell_server("disconnect", {{"mobile-node", "mn1"}, {"nas", "sar"}, {"secret", "another"}});
    EXPECT_TRUE(bench.news.empty());
    bench.tell_server("disconnect", {{"mobile-node", "mn1"}, {"nas", "sar"}});
    ASSERT_EQ(bench.news.size(), 1u);
    EXPECT_EQ(std::get<AaaDisconnect>(bench.news[0]).nai, "mn1@example.net");
    bench.news.clear();
    bench.tell_server("disconnect", {{"nai", "nobody@example.net"}, {"nas", "sar"}});
    EXPECT_TRUE(bench.news.empty());
}

} // namespace peers::netmip6
