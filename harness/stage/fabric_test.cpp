#include "harness/stage/fabric.h"

#include <gtest/gtest.h>

namespace stage {
namespace {

using namespace std::chrono_literals;

model::Node node(const std::string& name, std::vector<model::Port> ports) {
    model::Node result;
    result.name = name;
    result.ports = std::move(ports);
    return result;
}

/// a and b on a link of 1 ms; a mobile node that can attach to either.
model::Topology small() {
    const auto port = [](const char* name, const char* link, std::uint8_t last) {
        model::Port result;
        result.name = name;
        result.link = link;
        result.mac = base::Mac{{2, 0, 0, 0, 0, last}};
        return result;
    };
    model::Topology topology;
    topology.links = {
        {"core", 1ms, 1500, "", ""}, {"a-mn1", {}, 1500, "a", "mn1"}, {"b-mn1", {}, 1500, "b", "mn1"}};
    topology.nodes = {node("a", {port("core", "core", 1), port("mn1", "a-mn1", 2)}),
                      node("b", {port("core", "core", 3), port("mn1", "b-mn1", 4)}),
                      node("mn1", {port("access", "", 5)})};
    topology.nodes[0].ports[0].addresses = {*base::parse_prefix("2001:db8::a/64")};
    topology.nodes[1].ports[0].addresses = {*base::parse_prefix("2001:db8::b/64")};
    return topology;
}

constexpr Place a_core{0, 0}, a_access{0, 1}, b_core{1, 0}, mn_access{2, 0};

base::Bytes frame(std::uint8_t to_last, std::uint8_t number) {
    wire::Packet packet;
    wire::Ethernet ethernet;
    ethernet.source = base::Mac{{2, 0, 0, 0, 0, 1}};
    ethernet.destination =
        to_last == 0xff ? base::Mac{{0x33, 0x33, 0, 0, 0, 1}} : base::Mac{{2, 0, 0, 0, 0, to_last}};
    wire::Ipv6 ip;
    ip.source = *base::parse_ip6("2001:db8::a");
    ip.destination = *base::parse_ip6("2001:db8::b");
    wire::EchoRequest echo;
    echo.sequence = number;
    packet.layers = {ethernet, ip, echo};
    return wire::encode(packet);
}

unsigned number_of(const wire::Packet& packet) {
    const auto* echo = packet.find<wire::EchoRequest>();
    return echo ? echo->sequence : 999;
}

base::Now at(base::Mono mono) {
    return {mono, mono};
}

struct Wire : testing::Test {
    Fabric fabric{small(), {}, 1, [](const model::PacketSpec&, const wire::Packet&) { return true; }};

    /// Numbers of the frames that have come out of the wire by that time, in order.
    std::vector<unsigned> delivered(base::Mono by) {
        std::vector<unsigned> result;
        while (const auto delivery = fabric.deliver(by))
            result.push_back(number_of(*delivery->packet));
        return result;
    }
    model::Impairment on_core(model::Impairment::Effect effect, std::vector<std::uint64_t> ordinals) {
        model::Impairment impairment;
        impairment.name = "test";
        impairment.link = "core";
        impairment.effect = effect;
        impairment.ordinals = std::move(ordinals);
        return impairment;
    }
    void send(unsigned count) {
        for (unsigned i = 1; i <= count; ++i)
            fabric.transmit(a_core, frame(3, static_cast<std::uint8_t>(i)), at(0ms));
    }
};

using Numbers = std::vector<unsigned>;
using Effect = model::Impairment::Effect;

TEST_F(Wire, DeliversAfterTheLatencyAndNotBefore) {
    send(1);
    EXPECT_EQ(fabric.due(), base::Mono(1ms));
    EXPECT_EQ(delivered(999us), Numbers{});
    EXPECT_EQ(delivered(1ms), Numbers{1});
}

TEST_F(Wire, RecordsTheSenderAndTheOwnersOfTheAddresses) {
    send(1);
    const auto event = fabric.next_event();
    ASSERT_TRUE(event);
    const auto& seen = std::get<model::Seen>(event->what);
    EXPECT_EQ(event->number, 1u);
    EXPECT_EQ(seen.from, "a");
    EXPECT_EQ(seen.source, "a");
    EXPECT_EQ(seen.destination, "b");
    EXPECT_EQ(seen.link, "core");
    EXPECT_EQ(seen.fate, model::Fate::delivered);
}

TEST_F(Wire, DropsOnlyTheNamedOrdinals) {
    fabric.impair(on_core(Effect::drop, {2}));
    send(3);
    EXPECT_EQ(delivered(1s), (Numbers{1, 3}));
    fabric.next_event();
    EXPECT_EQ(std::get<model::Seen>(fabric.next_event()->what).fate, model::Fate::dropped);
}

TEST_F(Wire, DuplicatesDelaysAndSwaps) {
    fabric.impair(on_core(Effect::duplicate, {2}));
    send(3);
    EXPECT_EQ(delivered(1s), (Numbers{1, 2, 2, 3}));
    auto late = on_core(Effect::delay, {1});
    late.delay = 50ms;
    fabric.impair(late);
    send(2);
    EXPECT_EQ(delivered(50ms), Numbers{2});
    EXPECT_EQ(delivered(51ms), Numbers{1});
    fabric.impair(on_core(Effect::swap, {2, 3}));
    send(4);
    EXPECT_EQ(delivered(1s), (Numbers{1, 3, 2, 4}));
}

TEST_F(Wire, AFrameHeldForASwapGoesOutWhenTheImpairmentEnds) {
    fabric.impair(on_core(Effect::swap, {1}));
    send(1);
    EXPECT_EQ(delivered(1s), Numbers{});
    fabric.end_impairment("test", 2s);
    EXPECT_EQ(delivered(2s), Numbers{1});
}

TEST_F(Wire, ACorruptedFrameArrivesWithABadChecksum) {
    fabric.impair(on_core(Effect::corrupt, {}));
    send(1);
    const auto delivery = fabric.deliver(1s);
    ASSERT_TRUE(delivery);
    ASSERT_FALSE(delivery->packet->faults.empty());
    EXPECT_EQ(delivery->packet->faults[0].kind, wire::FaultKind::checksum);
    // What the sender put on the wire is recorded as it was.
    EXPECT_TRUE(std::get<model::Seen>(fabric.next_event()->what).packet.faults.empty());
}

TEST_F(Wire, ADetachedNodeIsOnNoWireAndAMovedOneOnlyOnTheNew) {
    fabric.transmit(a_access, frame(5, 1), at(0ms));
    EXPECT_EQ(std::get<model::Seen>(fabric.next_event()->what).fate, model::Fate::undeliverable);
    std::vector<Fabric::CarrierChange> changes;
    ASSERT_TRUE(fabric.attach("mn1", "a", changes));
    fabric.transmit(a_access, frame(5, 2), at(0ms));
    EXPECT_EQ(delivered(0ms), Numbers{2});
    fabric.transmit(a_access, frame(5, 3), at(0ms));
    ASSERT_TRUE(fabric.attach("mn1", "b", changes));
    EXPECT_EQ(delivered(1s), Numbers{}) << "it left the link while the frame was on its way";
    EXPECT_FALSE(fabric.attach("mn1", "nowhere", changes));
}

TEST_F(Wire, CarrierChangesAtBothEndsOfAnAccessLink) {
    std::vector<Fabric::CarrierChange> changes;
    ASSERT_TRUE(fabric.attach("mn1", "a", changes));
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_EQ(changes[0].at, a_access);
    EXPECT_EQ(changes[1].at, mn_access);
    EXPECT_TRUE(changes[0].up && changes[1].up);
}

TEST_F(Wire, AnAddressFormedFromAPortsEthernetAddressIsThatNodes) {
    EXPECT_EQ(fabric.owner(base::slaac(*base::parse_ip6("2001:db8:100:7::"), base::Mac{{2, 0, 0, 0, 0, 5}})),
              "mn1");
    EXPECT_EQ(fabric.owner(*base::parse_ip6("2001:db8::b")), "b");
    EXPECT_EQ(fabric.owner(*base::parse_ip6("2001:db8::77")), "");
}

} // namespace
} // namespace stage
