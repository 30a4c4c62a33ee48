#include "harness/model/flow.h"
#include "harness/stage/lab/lab.h"
#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace stage::lab {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

base::Ip6 ip(const char* text) {
    return *base::parse_ip6(text);
}

/// A router of the tester: answers for its addresses, advertises a prefix to who asks, answers echo requests,
/// and notes the sequence number of each packet of a flow in the order in which they come.
class Router : public model::Machine {
public:
    explicit Router(const model::NodeConfig& config) : self_(config.self) {}

    void on(const model::Stimulus& stimulus, base::Now, model::Actions& actions) override {
        if (const auto* in = std::get_if<model::FrameIn>(&stimulus))
            frame(*in, actions);
        else if (const auto* told = std::get_if<model::Told>(&stimulus))
            actions.push_back(model::Note{told->event, told->arguments});
        else if (const auto* emit = std::get_if<model::Emit>(&stimulus))
            actions.push_back(model::FrameOut{0, wire::encode(emit->packet)});
    }
    void tick(base::Now, model::Actions&) override {}
    std::optional<base::Mono> deadline() const override { return std::nullopt; }

private:
    void answer(const model::FrameIn& in, const base::Ip6& from, const base::Ip6& to, wire::Layer layer,
                model::Actions& actions) const {
        wire::Ethernet ethernet;
        ethernet.source = self_.ports[in.port].mac;
        ethernet.destination =
            to.is_multicast() ? base::multicast_mac(to) : in.packet->find<wire::Ethernet>()->source;
        wire::Ipv6 header;
        header.source = from;
        header.destination = to;
        header.hop_limit = 255;
        actions.push_back(
            model::FrameOut{in.port, wire::encode({{ethernet, header, std::move(layer)}, {}, {}})});
    }

    void frame(const model::FrameIn& in, model::Actions& actions) const {
        const auto& port = self_.ports[in.port];
        const auto* outer = in.packet->find<wire::Ipv6>();
        if (!outer)
            return;
        const base::Ip6 own = base::link_local(port.mac);
        if (const auto* solicitation = in.packet->find<wire::NeighborSolicitation>()) {
            const bool mine = solicitation->target == own ||
                              std::ranges::any_of(port.addresses, [&](const base::Prefix& address) {
                                  return address.address == solicitation->target;
                              });
            if (mine && !outer->source.is_unspecified())
                answer(in, solicitation->target, outer->source,
                       wire::NeighborAdvertisement{solicitation->target,
                                                   true,
                                                   true,
                                                   true,
                                                   0,
                                                   {wire::TargetLinkLayerAddress{port.mac, {}}}},
                       actions);
        } else if (in.packet->find<wire::RouterSolicitation>()) {
            wire::RouterAdvertisement advertisement;
            advertisement.router_lifetime = 1800;
            advertisement.options = {
                wire::SourceLinkLayerAddress{port.mac, {}},
                wire::PrefixInformation{ip("2001:db8:1::"), 64, true, true, false, 3600, 3600}};
            answer(in, own, ip("ff02::1"), advertisement, actions);
        } else if (const auto* echo = in.packet->find<wire::EchoRequest>()) {
            answer(in, outer->destination, outer->source,
                   wire::EchoReply{echo->identifier, echo->sequence, echo->data}, actions);
        }
        if (const auto marked = model::flow_mark(*in.packet))
            actions.push_back(model::Note{"got", {{"number", std::to_string(marked->mark.sequence)}}});
    }

    model::Node self_;
};

std::unique_ptr<model::Machine> make_router(const model::NodeConfig& config) {
    return std::make_unique<Router>(config);
}

bool is_of_a_flow(const model::PacketSpec&, const wire::Packet& packet) {
    return model::flow_mark(packet).has_value();
}

model::Node node(const std::string& name, const std::string& role, model::Player player) {
    model::Node made;
    made.name = name;
    made.role = role;
    made.player = player;
    return made;
}

void add_port(model::Node& to, const std::string& name, const std::string& link, std::uint8_t number,
              const char* address = nullptr) {
    model::Port port;
    port.name = name;
    port.link = link;
    port.mac = {{0x02, 0, 0, 0, 1, number}};
    if (address)
        port.addresses.push_back(*base::parse_prefix(address));
    to.ports.push_back(port);
}

/// Two kernels and a router of the tester on one link.
model::Topology one_link() {
    model::Topology topology;
    topology.name = "one-link";
    topology.links.push_back({"core", 1ms, 1500, "", ""});
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
        auto host = node("h" + std::to_string(number), "host", model::Player::kernel);
        add_port(host, "core", "core", number, number == 1 ? "2001:db8::1/64" : "2001:db8::2/64");
        topology.nodes.push_back(host);
    }
    auto router = node("r", "router", model::Player::tester);
    add_port(router, "core", "core", 9, "2001:db8::9/64");
    topology.nodes.push_back(router);
    return topology;
}

/// A mobile node of the kernel and two access routers of the tester.
model::Topology two_access_links() {
    model::Topology topology;
    topology.name = "two-access-links";
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
        const std::string name = "mag" + std::to_string(number);
        topology.links.push_back({name + "-mn1", {}, 1500, name, "mn1"});
        auto mag = node(name, "mag", model::Player::peer);
        add_port(mag, "mn1", name + "-mn1", number, "2001:db8:1::fe/64");
        topology.nodes.push_back(mag);
    }
    auto mobile = node("mn1", "mn", model::Player::kernel);
    add_port(mobile, "access", "", 16);
    topology.nodes.push_back(mobile);
    topology.identities.push_back({"mn1", "mn1@example.net", {{2, 0, 0, 0, 1, 16}}});
    return topology;
}

/// Everything that happens until something has happened that satisfies the predicate, within five seconds;
/// empty if that never comes.
std::vector<model::Event> until(Lab& lab, const std::function<bool(const model::Event&)>& predicate) {
    std::vector<model::Event> events;
    const auto end = lab.now().mono + 5s;
    while (auto event = lab.next(end)) {
        events.push_back(std::move(*event));
        if (predicate(events.back()))
            return events;
    }
    return {};
}

template <class T>
bool seen(const model::Event& event, const std::string& link = {}) {
    const auto* one = std::get_if<model::Seen>(&event.what);
    return one && one->packet.find<T>() && (link.empty() || one->link == link);
}

bool is_done(const model::Event& event, const std::string& order) {
    const auto* one = std::get_if<model::Done>(&event.what);
    return one && one->order == order;
}

model::Flow flow(const std::string& from, const std::string& to, const std::string& protocol,
                 std::uint64_t packets) {
    model::Flow made;
    made.name = "stream";
    made.from = from;
    made.to = to;
    made.protocol = protocol;
    made.rate = 500;
    made.packets = packets;
    made.port = 40001;
    return made;
}

TEST(Lab, CarriesAPingBetweenTwoKernels) {
    in_sandbox([] {
        Lab lab(one_link(), {}, make_router, is_of_a_flow);
        lab.perform(model::RunFlow{flow("h1", "h2", "echo", 5), false});
        std::size_t replies = 0;
        const auto events = until(
            lab, [&](const model::Event& event) { return seen<wire::EchoReply>(event) && ++replies == 5; });
        ASSERT_FALSE(events.empty()) << replies << " replies";
        const auto& last = std::get<model::Seen>(events.back().what);
        EXPECT_EQ(last.from, "h2");
        EXPECT_EQ(last.link, "core");
        EXPECT_EQ(last.source, "h2");
        EXPECT_EQ(last.destination, "h1");
        EXPECT_TRUE(last.packet.faults.empty());
        EXPECT_EQ(lab.trouble(), "");
        base::Mono before{};
        std::uint64_t number = 0;
        for (const auto& event : events) {
            EXPECT_GE(event.at, before);
            before = event.at;
            if (std::holds_alternative<model::Seen>(event.what)) {
                EXPECT_EQ(event.number, ++number);
            }
        }
    });
}

TEST(Lab, TakesItsOneWayLatency) {
    in_sandbox([] {
        Lab lab(one_link(), {}, make_router, is_of_a_flow);
        lab.perform(model::RunFlow{flow("h1", "r", "echo", 1), false});
        const auto events =
            until(lab, [](const model::Event& event) { return seen<wire::EchoReply>(event); });
        const auto asked = std::ranges::find_if(
            events, [](const model::Event& event) { return seen<wire::EchoRequest>(event); });
        ASSERT_NE(asked, events.end());
        EXPECT_GE(events.back().at - asked->at, 1ms);
    });
}

model::Impairment impairment(model::Impairment::Effect effect, std::vector<std::uint64_t> ordinals) {
    model::Impairment made;
    made.effect = effect;
    made.name = "impairment " + std::to_string(static_cast<int>(effect));
    made.link = "core";
    made.from = "h1";
    made.ordinals = std::move(ordinals);
    made.delay = 100ms;
    made.what.layers.emplace_back(); // what it says is up to is_of_a_flow
    return made;
}

// Of 0 to 12: 2 is dropped, 4 delayed, 6 doubled, 8 and 9 change places.
TEST(Lab, DropsDelaysDuplicatesAndSwapsExactlyTheFramesThatItIsTold) {
    in_sandbox([] {
        using Effect = model::Impairment::Effect;
        Lab lab(one_link(), {}, make_router, is_of_a_flow);
        lab.perform(model::ImpairLink{impairment(Effect::drop, {3}), false});
        lab.perform(model::ImpairLink{impairment(Effect::delay, {5}), false});
        lab.perform(model::ImpairLink{impairment(Effect::duplicate, {7}), false});
        lab.perform(model::ImpairLink{impairment(Effect::swap, {9, 10}), false});
        lab.perform(model::RunFlow{flow("h1", "r", "udp", 13), false});
        std::vector<std::string> order;
        until(lab, [&](const model::Event& event) {
            const auto* said = std::get_if<model::Said>(&event.what);
            if (said && said->note.text == "got")
                order.push_back(said->note.arguments.at("number"));
            return order.size() == 13;
        });
        EXPECT_THAT(order, ElementsAre("0", "1", "3", "5", "6", "6", "7", "9", "8", "10", "11", "12", "4"));
    });
}

TEST(Lab, LetsAKernelMoveAndAskForRoutersAfresh) {
    in_sandbox([] {
        Lab lab(two_access_links(), {}, make_router, is_of_a_flow);
        lab.perform(model::AttachNode{"mn1", "mag1", "event"});
        bool asked = false, answered = false, done = false;
        const auto first = until(lab, [&](const model::Event& event) {
            asked = asked || seen<wire::RouterSolicitation>(event, "mag1-mn1");
            answered = answered || seen<wire::RouterAdvertisement>(event, "mag1-mn1");
            done = done || is_done(event, "attach mn1 mag1");
            return asked && answered && done;
        });
        ASSERT_FALSE(first.empty());

        lab.perform(model::AttachNode{"mn1", "mag2", "event"});
        bool moved = false;
        asked = false;
        std::vector<std::string> told;
        const auto second = until(lab, [&](const model::Event& event) {
            asked = asked || seen<wire::RouterSolicitation>(event, "mag2-mn1");
            moved = moved || is_done(event, "attach mn1 mag2");
            if (const auto* said = std::get_if<model::Said>(&event.what))
                told.push_back(said->node + " " + said->note.text + " " + said->note.arguments.at("nai"));
            return asked && moved;
        });
        ASSERT_FALSE(second.empty());
        EXPECT_THAT(told, ElementsAre("mag1 detached mn1@example.net", "mag2 attached mn1@example.net"));

        auto echo = flow("mn1", "mag2", "echo", 1);
        echo.source = base::text(base::slaac(ip("2001:db8:1::"), {{2, 0, 0, 0, 1, 16}}));
        echo.destination = "2001:db8:1::fe";
        lab.perform(model::RunFlow{echo, false});
        EXPECT_FALSE(until(lab, [](const model::Event& event) {
                         return seen<wire::EchoReply>(event, "mag2-mn1");
                     }).empty());
    });
}

TEST(Lab, TellsTheNetworkNothingOfASilentAttachment) {
    in_sandbox([] {
        Lab lab(two_access_links(), {}, make_router, is_of_a_flow);
        lab.perform(model::AttachNode{"mn1", "mag1", "silent"});
        const auto events =
            until(lab, [](const model::Event& event) { return is_done(event, "attach mn1 mag1"); });
        ASSERT_FALSE(events.empty());
        EXPECT_EQ(std::get<model::Done>(events.back().what).trouble, "");
        for (const auto& event : events)
            EXPECT_FALSE(std::holds_alternative<model::Said>(event.what));
    });
}

TEST(Lab, SaysWhatCannotBeDone) {
    in_sandbox([] {
        Lab lab(one_link(), {}, make_router, is_of_a_flow);
        const auto trouble = [&](const model::Order& order, const std::string& name) {
            lab.perform(order);
            const auto events = until(lab, [&](const model::Event& event) { return is_done(event, name); });
            return events.empty() ? "no answer" : std::get<model::Done>(events.back().what).trouble;
        };
        EXPECT_THAT(trouble(model::AttachNode{"h1", "r", "event"}, "attach h1 r"),
                    HasSubstr("no access link"));
        EXPECT_THAT(trouble(model::TellNode{"h1", {"renumber", {}}}, "tell h1 renumber"),
                    HasSubstr("not-claimed"));
        EXPECT_THAT(trouble(model::TellNode{"x", {"renumber", {}}}, "tell x renumber"),
                    HasSubstr("no such node"));
        EXPECT_EQ(trouble(model::TellNode{"r", {"renumber", {}}}, "tell r renumber"), "");
        EXPECT_THAT(
            trouble(model::ControlNode{model::ControlNode::Verb::clock, "h1", "", false, 1h}, "clock h1"),
            HasSubstr("not-claimed"));
        auto aimless = flow("h1", "r", "udp", 1);
        aimless.destination = "::";
        EXPECT_THAT(trouble(model::RunFlow{aimless, false}, "flow stream"), HasSubstr("send flow stream"));
        EXPECT_THAT(trouble(model::RunFlow{flow("h1", "r", "tcp", 1), false}, "flow stream"),
                    HasSubstr("unsupported"));
    });
}

TEST(Lab, KeepsATcpStreamInOrderOverALossyLink) {
    in_sandbox([] {
        Lab lab(one_link(), {}, make_router,
                [](const model::PacketSpec&, const wire::Packet&) { return true; });
        lab.perform(model::ImpairLink{impairment(model::Impairment::Effect::drop, {5, 9, 10, 17}), false});
        auto stream = flow("h1", "h2", "tcp", 50);
        stream.size = 100;
        lab.perform(model::RunFlow{stream, false});
        const auto events = until(lab, [](const model::Event& event) {
            return std::holds_alternative<model::FlowReport>(event.what);
        });
        ASSERT_FALSE(events.empty());
        const auto& report = std::get<model::FlowReport>(events.back().what).arguments;
        EXPECT_EQ(report.at("bytes"), "5000");
        EXPECT_EQ(report.at("resets"), "0");
        EXPECT_EQ(report.at("disordered"), "no");
    });
}

TEST(Lab, SaysThatItsCaptureLostFrames) {
    in_sandbox([] {
        Lab::Options options;
        options.ring = 1U << 16; // 32 frames
        Lab lab(one_link(), options, make_router, is_of_a_flow);
        auto burst = flow("h1", "h2", "udp", 64);
        burst.rate = 100'000;
        lab.perform(model::RunFlow{burst, false});
        std::size_t count = 0;
        until(lab, [&](const model::Event& event) {
            if (const auto* one = std::get_if<model::Seen>(&event.what))
                count += model::flow_mark(one->packet).has_value();
            return !lab.trouble().empty();
        });
        EXPECT_LT(count, 64U);
        EXPECT_THAT(lab.trouble(), HasSubstr("the capture lost"));
    });
}

/// A neighbour solicitation for ::1, from the router.
model::SendPacket solicit_first() {
    wire::Ethernet ethernet;
    ethernet.source = {{2, 0, 0, 0, 1, 9}};
    wire::Ipv6 header;
    header.source = ip("2001:db8::9");
    header.destination = ip("2001:db8::1").solicited_node();
    header.hop_limit = 255;
    ethernet.destination = base::multicast_mac(header.destination);
    const wire::NeighborSolicitation question{
        ip("2001:db8::1"), 0, {wire::SourceLinkLayerAddress{ethernet.source, {}}}};
    return {"r", {{{ethernet, header, question}, {}, {}}, {}, {}}};
}

TEST(Lab, ReachesABoxBehindAnInterfaceThatItIsHanded) {
    in_sandbox([] {
        // The box: a kernel that the lab did not make.
        const Descriptor box = make_network_namespace();
        Netlink here;
        here.add_veth({1500, "eth1", std::nullopt, 1500}, {20, "port", base::Mac{{2, 0, 0, 0, 9, 9}}, 1500},
                      box.get());
        here.commit();
        {
            const InNamespace inside(box.get());
            Netlink there;
            there.set_up(20, true);
            there.add_address(20, *base::parse_prefix("2001:db8::1/64"));
            there.commit();
        }
        auto topology = one_link();
        topology.nodes[0].player = model::Player::sut;
        SutNode sut;
        sut.node = "h1";
        sut.sut.name = "box";
        sut.sut.interface = "eth1";
        Lab lab(topology, {}, make_router, is_of_a_flow, {sut});
        lab.perform(solicit_first());
        const auto events =
            until(lab, [](const model::Event& event) { return seen<wire::NeighborAdvertisement>(event); });
        ASSERT_FALSE(events.empty());
        EXPECT_EQ(std::get<model::Seen>(events.back().what).from, "h1");
        lab.perform(model::ControlNode{model::ControlNode::Verb::restart, "h1", "kill", false, {}});
        const auto answer =
            until(lab, [](const model::Event& event) { return is_done(event, "restart h1"); });
        ASSERT_FALSE(answer.empty());
        EXPECT_THAT(std::get<model::Done>(answer.back().what).trouble, HasSubstr("not-claimed"));
    });
}

TEST(Lab, NamesTheInterfaceThatItIsNotHanded) {
    in_sandbox([] {
        auto topology = one_link();
        topology.nodes[0].player = model::Player::sut;
        SutNode sut;
        sut.node = "h1";
        sut.sut.interface = "eth7";
        Lab::Options options;
        options.patience = 50ms;
        try {
            Lab lab(topology, options, make_router, is_of_a_flow, {sut});
            FAIL() << "it was built";
        } catch (const std::runtime_error& trouble) {
            EXPECT_STREQ(trouble.what(), "interface eth7 was not handed over");
        }
    });
}

TEST(Lab, NamesTheRoleThatNobodyPlays) {
    in_sandbox([] {
        const model::MakeMachine nobody = [](const model::NodeConfig&) { return nullptr; };
        try {
            Lab lab(one_link(), {}, nobody, is_of_a_flow);
            FAIL() << "it was built";
        } catch (const std::runtime_error& trouble) {
            EXPECT_THAT(trouble.what(), HasSubstr("nobody can play the role router of node r"));
        }
    });
}

} // namespace
} // namespace stage::lab
