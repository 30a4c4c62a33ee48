#include "peers/common/addresses_test.h"
#include "peers/common/guard.h"
#include "peers/common/make.h"
#include "peers/common/node.h"
#include "peers/common/scripted_role.h"
#include "peers/common/test_net.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace peers::common {
namespace {

using namespace std::chrono_literals;

constexpr const char* security =
    "sa esp 2001:db8:a::1 2001:db8:a::2 spi 0x1001 cipher aes-cbc 000102030405060708090a0b0c0d0e0f "
    "integrity hmac-sha1-96 000102030405060708090a0b0c0d0e0f10111213;"
    "sa esp 2001:db8:a::2 2001:db8:a::1 spi 0x1002 integrity hmac-sha1-96 "
    "101112131415161718191a1b1c1d1e1f20212223;"
    "policy protect ::/0 2001:db8:a::2 upper 135 type 5;"
    "policy protect 2001:db8:a::2 ::/0 upper 135 type 6";

/// Answers each update with an acknowledgement of the same number.
class Answering : public Role {
public:
    Wants wants() const override { return {{1, 5}, {}, {}}; }
    void on(const Input& input, base::Now, Output& output) override {
        const auto* arrived = std::get_if<Arrived>(&input);
        const auto* update = arrived ? arrived->packet->find<wire::BindingUpdate>() : nullptr;
        if (arrived && arrived->packet->find<wire::HomeTestInit>())
            ++others;
        if (!update)
            return;
        updates.push_back(update->sequence);
        const auto* header = arrived->packet->find<wire::Ipv6>();
        wire::BindingAcknowledgement answer;
        answer.sequence = update->sequence;
        output.send({{wire::Ipv6{header->destination, header->source}, answer}, {}, {}});
    }
    void tick(base::Now, Output&) override {}
    std::optional<base::Mono> deadline() const override { return std::nullopt; }
    std::vector<unsigned> updates;
    int others = 0;
};

/// A tester at a::1 and a node at a::2.
struct Guarded : testing::Test {
    explicit Guarded(const std::string& lapses = {}) {
        const auto tester = NodeBuilder("t").port("link", {"2001:db8:a::1/64"}).set("security", security);
        net.add(tester.config(), make_puppet(tester.config()));
        const auto node = NodeBuilder("n")
                              .port("link", {"2001:db8:a::2/64"})
                              .set("security", security)
                              .set("lapses", lapses);
        auto made = std::make_unique<Answering>();
        role = made.get();
        net.add(node.config(), std::make_unique<Node>(node.config(), Stack::Options{}, std::move(made)));
    }
    void send(unsigned sequence, std::vector<wire::Layer> protection = {},
              std::vector<model::Edit> edits = {}) {
        wire::BindingUpdate update;
        update.sequence = static_cast<std::uint16_t>(sequence);
        model::Emit emit;
        emit.packet.layers = {wire::Ipv6{ip("2001:db8:a::1"), ip("2001:db8:a::2")}};
        for (auto& layer : protection)
            emit.packet.layers.push_back(std::move(layer));
        emit.packet.layers.push_back(update);
        emit.edits = std::move(edits);
        net.tell("t", emit);
        net.run_for(100ms);
    }
    std::string because() const {
        for (auto note = net.notes.rbegin(); note != net.notes.rend(); ++note)
            if (note->node == "n" && note->note.text == "discarded")
                return note->note.arguments.at("because");
        return {};
    }
    TestNet net;
    Answering* role = nullptr;
};

TEST_F(Guarded, NothingOfAnExchangeIsInTheClear) {
    send(7);
    EXPECT_EQ(role->updates, std::vector{7u});
    EXPECT_TRUE(net.all<wire::BindingUpdate>().empty());
    EXPECT_TRUE(net.all<wire::BindingAcknowledgement>().empty());
    ASSERT_EQ(net.all<wire::EspHeader>("t").size(), 1u);
    ASSERT_EQ(net.all<wire::EspHeader>("n").size(), 1u);
    EXPECT_EQ(net.last<wire::EspHeader>("t")->find<wire::EspHeader>()->spi, 0x1001u);
    EXPECT_EQ(net.last<wire::EspHeader>("n")->find<wire::EspHeader>()->spi, 0x1002u);
}

TEST_F(Guarded, MessagesThatThePolicyDoesNotNameAreInTheClear) {
    net.emit("t", {{wire::Ipv6{ip("2001:db8:a::1"), ip("2001:db8:a::2")}, wire::HomeTestInit{}}, {}, {}});
    net.run_for(100ms);
    EXPECT_EQ(role->others, 1);
    EXPECT_TRUE(net.all<wire::EspHeader>().empty());
}

TEST_F(Guarded, AnUpdateInTheClearIsDroppedWithoutAWord) {
    wire::BindingUpdate update;
    const std::size_t before = net.frames.size();
    net.emit("t", {{wire::Ipv6{ip("2001:db8:a::99"), ip("2001:db8:a::2")}, update}, {}, {}});
    net.run_for(10ms);
    EXPECT_TRUE(role->updates.empty());
    EXPECT_EQ(because(), "against the policy");
    EXPECT_TRUE(std::none_of(
        net.frames.begin() + static_cast<std::ptrdiff_t>(before), net.frames.end(), [](const auto& frame) {
            return frame.from == "n" && (frame.packet.template find<wire::ParameterProblem>() ||
                                         frame.packet.template find<wire::BindingError>());
        }));
}

TEST_F(Guarded, LiesAboutTheProtectionAreNoticed) {
    send(1);
    send(2, {wire::EspHeader{0x4242, 0, {}}});
    EXPECT_EQ(because(), "no association for its SPI");
    send(3, {wire::EspHeader{0, 1, {}}});
    EXPECT_EQ(because(), "replayed");
    using enum model::Edit::Kind;
    send(4, {}, {{exclusive_or, "integrity-key", 0, {1}}});
    EXPECT_EQ(because(), "not authentic");
    send(5, {}, {{exclusive_or, "esp-icv", 11, {1}}});
    EXPECT_EQ(because(), "not authentic");
    send(6, {}, {{exclusive_or, "esp", 30, {1}}});
    EXPECT_EQ(because(), "not authentic");
    send(7, {}, {{truncate, "esp-icv", 8, {}}});
    EXPECT_EQ(because(), "not authentic");
    send(8, {}, {{exclusive_or, "esp-trailer", 0, {0x40}}});
    EXPECT_EQ(because(), "wrong padding");
    send(9, {}, {{replace, "esp-sequence", 0, {0, 0, 0, 0}}});
    EXPECT_EQ(because(), "replayed");
    send(10);
    EXPECT_EQ(role->updates, (std::vector{1u, 10u}));
}

struct Careless : Guarded {
    Careless() : Guarded("skips-icv accepts-clear") {}
};
TEST_F(Careless, NodesTakeWhatOthersWouldNot) {
    send(4, {}, {{model::Edit::Kind::exclusive_or, "integrity-key", 0, {1}}});
    EXPECT_EQ(role->updates, std::vector{4u});
}

TEST(Guard, WithoutSettingsIsNone) {
    EXPECT_TRUE(guard_of(NodeBuilder("n").config()).empty());
    EXPECT_FALSE(guard_of(NodeBuilder("n").set("security", security).config()).empty());
}

} // namespace
} // namespace peers::common
