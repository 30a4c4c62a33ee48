#include "harness/stage/lab/bench.h"
#include "harness/stage/lab/lab.h"
#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>

namespace stage::lab {
namespace {

using namespace bench;
using testing::ElementsAre;
using testing::HasSubstr;

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

// A host's application starts when the host has an address; here both come with the first advertisement.
TEST(Lab, BeginsAFlowWhenItsHostHasAnAddress) {
    for (const char* protocol : {"echo", "udp"})
        in_sandbox([&] {
            Lab lab(two_access_links(), {}, make_router, is_of_a_flow);
            auto early = flow("mn1", "mag1", protocol, 5);
            early.source = base::text(base::slaac(ip("2001:db8:1::"), {{2, 0, 0, 0, 1, 16}}));
            early.destination = "2001:db8:1::fe";
            lab.perform(model::RunFlow{early, false});
            lab.perform(model::AttachNode{"mn1", "mag1", "event"});
            std::vector<std::string> got;
            until(lab, [&](const model::Event& event) {
                const auto* said = std::get_if<model::Said>(&event.what);
                if (said && said->note.text == "got")
                    got.push_back(said->note.arguments.at("number"));
                return got.size() == 5;
            });
            EXPECT_THAT(got, ElementsAre("0", "1", "2", "3", "4")) << protocol;
        });
}

// A kernel that is asked for an address before it has settled answers nothing.
TEST(Lab, BeginsAFlowToAHostWhenThatHasAnAddress) {
    in_sandbox([] {
        Lab lab(two_access_links(), {}, make_router, is_of_a_flow);
        auto early = flow("mag1", "mn1", "udp", 1);
        early.destination = base::text(base::slaac(ip("2001:db8:1::"), {{2, 0, 0, 0, 1, 16}}));
        lab.perform(model::AttachNode{"mn1", "mag1", "silent"});
        lab.perform(model::RunFlow{early, false});
        bool advertised = false;
        const auto events = until(lab, [&](const model::Event& event) {
            advertised = advertised || seen<wire::RouterAdvertisement>(event);
            const auto* said = std::get_if<model::Said>(&event.what);
            return said && said->note.text == "flow-start";
        });
        ASSERT_FALSE(events.empty());
        EXPECT_TRUE(advertised);
    });
}

TEST(Lab, ConnectsAStreamWhenItsHostHasAnAddress) {
    in_sandbox([] {
        auto topology = one_link();
        topology.nodes[0].ports[0].addresses.clear(); // it will learn one from the router
        topology.nodes[1].ports[0].addresses = {*base::parse_prefix("2001:db8:1::2/64")};
        Lab lab(topology, {}, make_router, is_of_a_flow);
        auto stream = flow("h1", "h2", "tcp", 3);
        stream.source = base::text(base::slaac(ip("2001:db8:1::"), {{2, 0, 0, 0, 1, 1}}));
        stream.destination = "2001:db8:1::2";
        lab.perform(model::RunFlow{stream, false});
        const auto events = until(lab, [](const model::Event& event) {
            return std::holds_alternative<model::FlowReport>(event.what);
        });
        ASSERT_FALSE(events.empty());
        EXPECT_EQ(std::get<model::FlowReport>(events.back().what).arguments.at("bytes"), "192");
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

/// A kernel that the lab did not make, with 2001:db8::1, behind interface eth1.
class Box {
public:
    Box() : space_(make_network_namespace()) {
        here_.add_veth({1500, "eth1", std::nullopt, 1500}, {20, "port", base::Mac{{2, 0, 0, 0, 9, 9}}, 1500},
                       space_.get());
        here_.set_up(1500, true);
        here_.add_address(1500, *base::parse_prefix("2001:db8:5::5/64"));
        here_.commit();
        {
            const InNamespace inside(space_.get());
            Netlink there;
            there.set_up(20, true);
            there.add_address(20, *base::parse_prefix("2001:db8::1/64"));
            there.commit();
        }
        NetlinkWatch watch;
        while (!here_.link(1500).running) {
            pollfd change{watch.descriptor(), POLLIN, 0};
            ::poll(&change, 1, 2000);
            watch.drain();
        }
        node.node = "h1";
        node.sut.name = "box";
        node.box = {open_box_link("eth1", "")};
    }
    bool is_as_it_was() {
        const auto addresses = here_.addresses();
        return here_.link(1500).up && std::ranges::any_of(addresses, [](const AddressState& one) {
                   return one.index == 1500 && base::text(one.address) == "2001:db8:5::5/64";
               });
    }
    SutNode node;

private:
    Netlink here_;
    Descriptor space_;
};

model::Topology with_box() {
    auto topology = one_link();
    topology.nodes[0].player = model::Player::sut;
    return topology;
}

TEST(Lab, ReachesABoxBehindAnInterfaceThatStaysAsItIs) {
    in_sandbox([] {
        Box box;
        {
            Lab lab(with_box(), {}, make_router, is_of_a_flow, {box.node});
            lab.perform(solicit_first());
            const auto events = until(
                lab, [](const model::Event& event) { return seen<wire::NeighborAdvertisement>(event); });
            ASSERT_FALSE(events.empty());
            EXPECT_EQ(std::get<model::Seen>(events.back().what).from, "h1");
            lab.perform(model::ControlNode{model::ControlNode::Verb::restart, "h1", "kill", false, {}});
            const auto answer =
                until(lab, [](const model::Event& event) { return is_done(event, "restart h1"); });
            ASSERT_FALSE(answer.empty());
            EXPECT_THAT(std::get<model::Done>(answer.back().what).trouble, HasSubstr("not-claimed"));
            EXPECT_TRUE(box.is_as_it_was());
        }
        EXPECT_TRUE(box.is_as_it_was());
    });
}

TEST(Lab, SendsAnImplementationNoMoreThanItCanTake) {
    in_sandbox([] {
        Box box;
        box.node.sut.rate = 20; // and what comes in the first 50 ms
        Lab lab(with_box(), {}, make_router, is_of_a_flow, {box.node});
        const auto begin = lab.now().mono;
        for (int i = 0; i < 8; ++i)
            lab.perform(solicit_first());
        std::size_t answers = 0;
        const auto events = until(lab, [&](const model::Event& event) {
            return seen<wire::NeighborAdvertisement>(event) && ++answers == 8;
        });
        ASSERT_FALSE(events.empty()) << answers << " answers";
        EXPECT_GE(events.back().at - begin, 6 * 50ms);
    });
}

TEST(Lab, TellsOfABoxThatFloodsAndHearsItNoMore) {
    in_sandbox([] {
        Box box;
        box.node.sut.flood = 3;
        Lab lab(with_box(), {}, make_router, is_of_a_flow, {box.node});
        for (int i = 0; i < 6; ++i)
            lab.perform(solicit_first());
        const auto events = until(
            lab, [](const model::Event& event) { return std::holds_alternative<model::Died>(event.what); });
        ASSERT_FALSE(events.empty());
        EXPECT_THAT(std::get<model::Died>(events.back().what).how,
                    HasSubstr("more than 3 frames in a second"));
        EXPECT_EQ(lab.trouble(), ""); // the box has been told of, nothing is ours
    });
}

TEST(Lab, NamesAnInterfaceThatIsNotThereOrDown) {
    in_sandbox([] {
        EXPECT_THROW(open_box_link("eth7", ""), NoInterface);
        const Descriptor there = make_network_namespace();
        Netlink here;
        here.add_veth({1500, "eth1", std::nullopt, 1500}, {1501, "eth2", std::nullopt, 1500}, there.get());
        here.commit();
        try {
            open_box_link("eth1", "");
            FAIL() << "it was opened";
        } catch (const std::runtime_error& trouble) {
            EXPECT_STREQ(trouble.what(), "interface eth1 is down: nothing can be played through it");
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
