#include "harness/script/draft.h"
#include "harness/script/test_support.h"

#include <gmock/gmock.h>

using namespace script;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// netmip6-01, 5: a recording of somebody's MAP, played again where the MAP has another network.

namespace {

base::Ip6 ip(const char* text) {
    return *base::parse_ip6(text);
}

model::Node node(const std::string& name, const std::string& role, const std::string& address) {
    model::Node out;
    out.name = name;
    out.role = role;
    out.player = role == "map" ? model::Player::peer : model::Player::tester;
    model::Port port;
    port.name = port.link = "core";
    port.addresses = {base::Prefix{*base::parse_ip6(address), 64}};
    out.ports = {port};
    return out;
}

Bench map_bench() {
    Bench bench{"map", "netmip6", "netmip6.xml hierarchy.xml", "nm-map", {}, {}, {}};
    bench.topology.links = {{"core", 1ms, 1500, {}, {}}};
    bench.topology.nodes = {node("map", "map", "2001:db8:b::a1"), node("ar1", "ar", "2001:db8:b::11"),
                            node("ar2", "ar", "2001:db8:b::12"), node("ha", "ha", "2001:db8:b::100")};
    bench.topology.nodes[0].settings["map-prefix"] = "2001:db8:a1::/48";
    for (const auto* name : {"mn1", "mn2"}) {
        model::Identity one;
        one.name = name;
        one.nai = std::string(name) + "@example.net";
        one.lma = "ha";
        bench.topology.identities.push_back(one);
    }
    return bench;
}

class RegionalTalk {
public:
    void ask(const char* router, const char* nai, const char* regional, std::uint16_t sequence) {
        wire::BindingUpdate update;
        update.a = update.m = true;
        update.sequence = sequence;
        update.lifetime = 150;
        wire::MobileNodeIdentifier name;
        name.nai = nai;
        update.options = {name};
        wire::HomeAddressOption home;
        home.address = ip(regional);
        wire::DestinationOptions options;
        options.options = {home};
        add({addressed(router, map), options, update});
    }
    void answer(const char* router, const char* nai, const char* regional, std::uint16_t sequence,
                std::uint8_t status) {
        wire::BindingAcknowledgement answer;
        answer.status = status;
        answer.sequence = sequence;
        answer.lifetime = status < 128 ? 150 : 0;
        wire::MobileNodeIdentifier name;
        name.nai = nai;
        answer.options = {name};
        wire::RoutingType2 routing;
        routing.home_address = ip(regional);
        add({addressed(map, router), routing, answer});
    }
    void data(const char* from, const char* regional) {
        wire::Udp udp;
        udp.source_port = 4000;
        udp.destination_port = 4001;
        add({addressed(from, regional), udp});
    }
    std::string drafted() const {
        DraftOptions options;
        options.suite = "imported/talk";
        options.source = "talk.pcap";
        options.profile = "netmip6";
        return draft(packets_, map_bench(), options).text;
    }

private:
    static constexpr const char* map = "2001:db8:7::1";
    static wire::Ipv6 addressed(const char* source, const char* destination) {
        wire::Ipv6 out;
        out.source = ip(source);
        out.destination = ip(destination);
        return out;
    }
    void add(std::vector<wire::Layer> layers) {
        wire::Profile profile;
        profile.dialect = wire::Profile::Dialect::netmip6;
        Recorded one;
        one.number = packets_.size() + 1;
        one.at = 10ms * packets_.size();
        one.wall = 1'700'000'000s + one.at;
        wire::Packet packet;
        packet.layers = std::move(layers);
        one.packet = wire::decode_ip(wire::encode(packet), profile);
        one.element = wire::describe(one.packet, profile);
        packets_.push_back(std::move(one));
    }
    std::vector<Recorded> packets_;
};

constexpr const char *first = "2001:db8:7::11", *second = "2001:db8:7::12";

} // namespace

TEST(DraftOfMap, FormsRegionalAddressesInTheNetworkOfTheBench) {
    RegionalTalk talk;
    talk.ask(first, "somebody@else.example", "2001:db8:77:1::5", 40);
    talk.answer(first, "somebody@else.example", "2001:db8:77:1::5", 40, 0);
    const auto text = talk.drafted();
    EXPECT_THAT(text, HasSubstr("sut=\"map\""));
    EXPECT_THAT(text, HasSubstr("<send from=\"ar1\" to=\"map\""));
    EXPECT_THAT(text, HasSubstr("<home-address-option address=\"2001:db8:a1:1::5\"/>"));
    EXPECT_THAT(text, HasSubstr("home-address=\"2001:db8:a1:1::5\""));
    EXPECT_THAT(text, Not(HasSubstr("2001:db8:7")));
    EXPECT_THAT(text, Not(HasSubstr("somebody")));
}

TEST(DraftOfMap, KeepsAnAddressThatWasRefused) {
    RegionalTalk talk;
    talk.ask(first, "mn1@example.net", "2001:db8:99::5", 40);
    talk.answer(first, "mn1@example.net", "2001:db8:99::5", 40, 132);
    EXPECT_THAT(talk.drafted(), HasSubstr("<home-address-option address=\"2001:db8:99::5\"/>"));
}

TEST(DraftOfMap, CountsForEachAddressWhosesoeverItIs) {
    RegionalTalk talk;
    talk.ask(first, "mn1@example.net", "2001:db8:77:1::5", 40);
    talk.answer(first, "mn1@example.net", "2001:db8:77:1::5", 40, 0);
    talk.ask(second, "mn2@example.net", "2001:db8:77:1::5", 43);
    talk.answer(second, "mn2@example.net", "2001:db8:77:1::5", 43, 134);
    EXPECT_THAT(talk.drafted(), HasSubstr("sequence=\"${registration.sequence} + 3\""));
}

TEST(DraftOfMap, LetsTheHomeAgentSayWhatTheCorrespondentSaid) {
    RegionalTalk talk;
    talk.ask(first, "mn1@example.net", "2001:db8:77:1::5", 40);
    talk.answer(first, "mn1@example.net", "2001:db8:77:1::5", 40, 0);
    talk.data("2001:db8:cc::c", "2001:db8:77:1::5");
    EXPECT_THAT(talk.drafted(), HasSubstr("<send from=\"ha\" to=\"map\"><ipv6 source=\"${ha.address}\" "
                                          "destination=\"2001:db8:a1:1::5\"/>"));
}
