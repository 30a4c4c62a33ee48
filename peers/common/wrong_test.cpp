#include "peers/common/addresses_test.h"
#include "peers/common/make.h"
#include "peers/common/scripted_role.h"
#include "peers/common/test_net.h"
#include "peers/common/wrong.h"

#include <gtest/gtest.h>

namespace peers::common {
namespace {

using namespace std::chrono_literals;

/// a pings b, whose machine is wrong.
struct WrongHost : testing::Test {
    WrongHost() {
        const auto a = NodeBuilder("a").port("link", {"2001:db8::a/64"}).config();
        const auto b = NodeBuilder("b").port("link", {"2001:db8::b/64"}).config();
        net.add(a, make_host(a));
        auto made = std::make_unique<Wrong>(make_host(b));
        wrong = made.get();
        net.add(b, std::move(made));
    }
    void ping(int count = 1) {
        for (int i = 0; i < count; ++i) {
            net.emit("a", {{wire::Ipv6{ip("2001:db8::a"), ip("2001:db8::b")},
                            wire::EchoRequest{1, ++sequence, {1, 2, 3, 4}, {}}},
                           {},
                           {}});
            net.run_for(10ms);
        }
    }
    std::vector<std::uint16_t> answered() const {
        std::vector<std::uint16_t> sequences;
        for (const auto* frame : net.all<wire::EchoReply>("b"))
            sequences.push_back(frame->packet.find<wire::EchoReply>()->sequence);
        return sequences;
    }
    using Sequences = std::vector<std::uint16_t>;
    TestNet net;
    Wrong* wrong = nullptr;
    std::uint16_t sequence = 0;
};

TEST_F(WrongHost, DropsTheSecondAnswerOnly) {
    wrong->outgoing(drop(kind("echo-reply")).only(2));
    ping(3);
    EXPECT_EQ(answered(), (Sequences{1, 3}));
}

TEST_F(WrongHost, AnswersLate) {
    wrong->outgoing(delay(is<wire::EchoReply>(), 500ms));
    ping();
    EXPECT_TRUE(answered().empty());
    net.run_for(500ms);
    EXPECT_EQ(answered(), (Sequences{1}));
}

TEST_F(WrongHost, AnswersTwice) {
    wrong->outgoing(duplicate(kind("echo-reply"), 100ms).from(2));
    ping(2);
    net.run_for(1s);
    EXPECT_EQ(answered(), (Sequences{1, 2, 2}));
}

TEST_F(WrongHost, LiesInAFieldUnderARightChecksum) {
    wrong->outgoing(edit<wire::EchoReply>([](wire::EchoReply& reply) { reply.sequence = 77; }));
    ping();
    EXPECT_EQ(answered(), (Sequences{77}));
    EXPECT_TRUE(net.last<wire::EchoReply>("b")->faults.empty());
}

TEST_F(WrongHost, SpoilsOctetsUnderAnOldChecksum) {
    wrong->outgoing(edit_octets(kind("echo-reply"),
                                [](base::Bytes& octets, const wire::Packet&) { octets.back() ^= 1; }));
    ping();
    const auto& faults = net.last<wire::EchoReply>("b")->faults;
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].kind, wire::FaultKind::checksum);
}

TEST_F(WrongHost, SwallowsWhatArrives) {
    wrong->incoming(drop(kind("echo-request")).until(2));
    ping(3);
    EXPECT_EQ(answered(), (Sequences{3}));
}

TEST_F(WrongHost, SeesOtherThanWhatArrived) {
    wrong->incoming(edit<wire::EchoRequest>([](wire::EchoRequest& request) { request.sequence += 10; }));
    ping();
    EXPECT_EQ(answered(), (Sequences{11}));
}

TEST_F(WrongHost, ComposesMisdeedsInTheOrderGiven) {
    wrong->outgoing(edit<wire::EchoReply>([](wire::EchoReply& reply) { reply.sequence = 5; }))
        .outgoing(drop(is<wire::EchoReply>([](const wire::EchoReply& reply) {
                      return reply.sequence == 5;
                  })).only(1));
    ping(2);
    EXPECT_EQ(answered(), (Sequences{5}));
}

TEST_F(WrongHost, IsDeafToAnEvent) {
    wrong->deaf_to("flow-start");
    net.tell("b", model::Told{"flow-start", {{"name", "f"}, {"to", "2001:db8::a"}, {"protocol", "udp"}}});
    net.run_for(100ms);
    EXPECT_TRUE(net.all<wire::Udp>().empty());
}

TEST(WrongClock, IsWhatTheMachineSees) {
    struct Shows : model::Machine {
        void on(const model::Stimulus&, base::Now now, model::Actions& actions) override {
            actions.push_back(model::Note{base::text_of(now.wall), {}});
        }
        void tick(base::Now, model::Actions&) override {}
        std::optional<base::Mono> deadline() const override { return std::nullopt; }
    };
    Wrong wrong(std::make_unique<Shows>());
    wrong.clock([](base::Now now) { return base::Now{now.mono, now.wall - 1h}; });
    model::Actions actions;
    wrong.on(model::Told{"x", {}}, {5s, 2h}, actions);
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(std::get<model::Note>(actions[0]).text, base::text_of(1h));
}

TEST(WrongRole, ForgetsCommandsAndDoesNotHear) {
    auto made = std::make_unique<ScriptedRole>([](Output& output) {
        output.note("first");
        output.add_route({}, PortTarget{0, {}});
        output.note("second");
    });
    ScriptedRole* inner = made.get();
    WrongRole role(
        std::move(made), [](Command& command) { return !std::holds_alternative<AddRoute>(command); },
        [](const Input& input) { return !std::holds_alternative<Probed>(input); });
    Output output;
    role.start({}, output);
    ASSERT_EQ(output.commands.size(), 2u);
    EXPECT_EQ(std::get<model::Note>(output.commands[1]).text, "second");
    role.on(Probed{}, {}, output);
    EXPECT_TRUE(inner->probed.empty());
}

TEST(Selects, CombineAndTurnAround) {
    const wire::Packet udp{{wire::Ipv6{}, wire::Udp{1, 2}, wire::Payload{}}, {}, {}};
    EXPECT_TRUE(both(is<wire::Ipv6>(), is<wire::Udp>())(udp));
    EXPECT_FALSE(both(is<wire::Ipv6>(), neither(any_packet()))(udp));
}

} // namespace
} // namespace peers::common
