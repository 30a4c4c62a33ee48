#include "harness/script/draft.h"
#include "harness/script/test_support.h"

#include <gmock/gmock.h>

#include <random>

using namespace script;
using namespace script::test;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

namespace {

constexpr base::Wall began = 1'700'000'000s;
const base::Ip6 anchor = *base::parse_ip6("2001:db8:0:ff::1");
const base::Ip6 gateway = *base::parse_ip6("2001:db8:0:1::1");

/// The bench of an anchor, with the forms of its templates.
Bench anchor_bench() {
    const auto loaded = with_steps("<send from=\"mag1\" to=\"lma\"><pbu/></send>\n<send from=\"mag1\" "
                                   "to=\"lma\"><de-registration/></send>\n"
                                   "<expect from=\"lma\" to=\"mag1\"><pba/></expect>\n");
    EXPECT_THAT(loaded.lines(), IsEmpty());
    const auto& one = loaded.only();
    Bench bench{"lma", "pmip6", "pmip6.xml", "one-mag", one.topology, {}};
    bench.forms["pbu"] = std::get<model::Send>(one.body[0].what).packet;
    bench.forms["de-registration"] = std::get<model::Send>(one.body[1].what).packet;
    bench.forms["pba"] = std::get<model::Expect>(one.body[2].what).packet;
    return bench;
}

/// A conversation that somebody recorded.
class Talk {
public:
    base::Ip6 from = gateway, to = anchor;
    std::string nai = "mn1@example.net";

    void ask(base::Duration at, std::uint16_t sequence, std::uint16_t lifetime, base::Duration stamp_off = {},
             const std::string& prefix = "::/0") {
        wire::BindingUpdate update;
        update.a = update.p = true;
        update.sequence = sequence;
        update.lifetime = lifetime;
        add(update, from, to, at, began + at + stamp_off, prefix);
    }
    void answer(base::Duration at, std::uint16_t sequence, std::uint16_t lifetime, std::uint8_t status,
                const std::string& prefix, base::Duration stamp_off = {}) {
        wire::BindingAcknowledgement answer;
        answer.p = true;
        answer.status = status;
        answer.sequence = sequence;
        answer.lifetime = lifetime;
        add(answer, to, from, at, began + at + stamp_off, prefix);
    }
    const std::vector<Recorded>& packets() const { return packets_; }

private:
    template <class Message>
    void add(Message message, const base::Ip6& source, const base::Ip6& destination, base::Duration at,
             base::Wall stamp, const std::string& prefix) {
        const auto network = base::parse_prefix(prefix).value();
        wire::HomeNetworkPrefix home;
        home.prefix = network.address;
        home.prefix_length = static_cast<std::uint8_t>(network.length);
        wire::Timestamp time;
        time.value = base::timestamp_48_16(stamp);
        wire::MobileNodeIdentifier name;
        name.nai = nai;
        message.options = {home, time, name};
        wire::Ipv6 ip;
        ip.source = source;
        ip.destination = destination;
        wire::Packet packet;
        packet.layers = {ip, message};
        Recorded one;
        one.number = packets_.size() + 1;
        one.at = at;
        one.wall = began + at;
        one.packet = wire::decode_ip(wire::encode(packet));
        one.element = wire::describe(one.packet);
        packets_.push_back(std::move(one));
    }
    std::vector<Recorded> packets_;
};

DraftOptions plain() {
    DraftOptions options;
    options.suite = "imported/talk";
    options.source = "talk.pcap";
    options.profile = "draft02";
    return options;
}

} // namespace

TEST(Draft, WritesARegistrationInTemplatesAndReferences) {
    Talk talk;
    talk.ask(0ms, 4711, 900);
    talk.answer(2ms, 4711, 900, 0, "2001:db8:100::/64", -2ms);
    const auto out = draft(talk.packets(), anchor_bench(), plain());
    EXPECT_THAT(out.text, HasSubstr("<send from=\"mag1\" to=\"lma\" as=\"registration\"><pbu/></send>"));
    EXPECT_THAT(out.text, HasSubstr("<expect from=\"lma\" to=\"mag1\" within=\"1s\" for=\"mn1\" "
                                    "answers=\"registration\"><pba status=\"accepted\" "
                                    "lifetime=\"${registration.lifetime}\">"));
    EXPECT_THAT(out.text, Not(HasSubstr("4711")));
    EXPECT_EQ(out.sent, 1u);
    EXPECT_THAT(out.expected, SizeIs(1));
    EXPECT_THAT(out.remarks, IsEmpty());
}

TEST(Draft, GivesForeignAddressesAndNamesAPlaceOnTheBench) {
    Talk talk;
    talk.from = *base::parse_ip6("2001:db8:77::2");
    talk.to = *base::parse_ip6("2001:db8:77::1");
    talk.nai = "somebody@else.example";
    talk.ask(0ms, 7, 15);
    const auto out = draft(talk.packets(), anchor_bench(), plain());
    EXPECT_THAT(out.text, HasSubstr("<send from=\"mag1\" to=\"lma\">"));
    EXPECT_THAT(out.text, AllOf(Not(HasSubstr("2001:db8:77")), Not(HasSubstr("somebody"))));
}

TEST(Draft, WritesAnOlderStampAsWhatItIsToTheLastOne) {
    Talk talk;
    talk.ask(0ms, 7, 900);
    talk.ask(10ms, 8, 900, -260ms); // a quarter of a second before the first
    const auto out = draft(talk.packets(), anchor_bench(), plain());
    EXPECT_THAT(out.text, HasSubstr("<timestamp value=\"${registration.timestamp.value} - 16384\"/>"));
}

TEST(Draft, WritesAClockThatIsWrongAsSoMuchFromNow) {
    Talk talk;
    talk.ask(0ms, 7, 900);
    talk.ask(1s, 8, 900);
    talk.ask(2s, 9, 900, 1h);
    const auto out = draft(talk.packets(), anchor_bench(), plain());
    EXPECT_THAT(out.text, HasSubstr("<timestamp value=\"${now} + 1h\"/>"));
    EXPECT_THAT(out.text, HasSubstr("<wait for=\"1s\"/>"));
}

TEST(Draft, CallsARepeatedNumberByItsFirstUse) {
    Talk talk;
    talk.ask(0ms, 7, 900);
    talk.ask(100ms, 7, 900);
    const auto out = draft(talk.packets(), anchor_bench(), plain());
    EXPECT_THAT(out.text, HasSubstr("sequence=\"${registration.sequence}\""));
}

TEST(Draft, KnowsAPrefixByItsOwnerOnceItIsGranted) {
    Talk talk;
    talk.nai = "mn2@example.net";
    talk.ask(0ms, 7, 900);
    talk.answer(2ms, 7, 900, 0, "2001:db8:100:5::/64", -2ms);
    talk.ask(10ms, 8, 0, {}, "2001:db8:100:5::/64");
    const auto out = draft(talk.packets(), anchor_bench(), plain());
    EXPECT_THAT(out.text, HasSubstr("<home-network-prefix prefix=\"in ${lma.pool}\" prefix-length=\"64\"/>"));
    EXPECT_THAT(out.text, HasSubstr("<de-registration for=\"mn2\"><home-network-prefix "
                                    "prefix=\"${mn2.prefix}\"/></de-registration>"));
}

TEST(Draft, SaysOfARefusalOnlyWhatWasAskedFor) {
    Talk talk;
    talk.nai = "mn2@example.net";
    talk.ask(0ms, 7, 900, {}, "2001:db8:dead::/64");
    talk.answer(2ms, 7, 900, 155, "2001:db8:dead::/64", -2ms);
    const auto out = draft(talk.packets(), anchor_bench(), plain());
    EXPECT_THAT(out.text, HasSubstr("<home-network-prefix prefix=\"2001:db8:dead::/64\"/></pbu>"));
    EXPECT_THAT(out.text, Not(HasSubstr("pool")));
}

TEST(Draft, ComparesEveryFieldWhereItIsAskedTo) {
    Talk talk;
    talk.ask(0ms, 7, 900);
    talk.answer(2ms, 7, 900, 0, "2001:db8:100::/64", -2ms);
    auto options = plain();
    options.proves = "PMIP6-LMA-106";
    const auto out = draft(talk.packets(), anchor_bench(), options);
    EXPECT_THAT(out.text, HasSubstr("K=\"0\""));
    EXPECT_THAT(out.text, HasSubstr("exactly=\"1\" proves=\"PMIP6-LMA-106\""));
    EXPECT_THAT(out.text, HasSubstr("<timestamp value=\"${registration.timestamp.value}\"/>"));
}

TEST(Draft, ForgetsWhatIsSeenAgainOnItsWay) {
    Talk talk;
    talk.ask(0ms, 7, 900);
    auto packets = talk.packets();
    packets.push_back(packets.front());
    packets.back().link = "outside";
    packets.back().at += 1ms;
    EXPECT_EQ(draft(packets, anchor_bench(), plain()).sent, 1u);
}

TEST(Draft, TakesSilenceForAnAnswerWhereTheOtherSideGoesOn) {
    Talk talk;
    talk.ask(0ms, 7, 900);
    talk.ask(1s, 8, 900);
    talk.answer(1002ms, 8, 900, 0, "2001:db8:100::/64", -2ms);
    const auto out = draft(talk.packets(), anchor_bench(), plain());
    EXPECT_THAT(out.text, HasSubstr("<never from=\"lma\" to=\"mag1\" for=\"quiet\" about=\"mn1\" "
                                    "answers=\"registration\"><pba/></never>"));
}

TEST(Draft, CanBeLoadedAgain) {
    Talk talk;
    talk.ask(0ms, 7, 900);
    talk.answer(2ms, 7, 450, 0, "2001:db8:200:1::/64", -2ms);
    talk.ask(1s, 8, 0);
    talk.answer(1002ms, 8, 0, 0, "2001:db8:200:1::/64", -2ms);
    const auto out = draft(talk.packets(), anchor_bench(), plain());
    std::vector<model::Mistake> mistakes;
    const auto library = load(
        {{"talk.xml", out.text}, {"pmip6.xml", templates}, {"topologies.xml", topologies}}, {}, mistakes);
    EXPECT_THAT(lines(mistakes), IsEmpty());
    ASSERT_THAT(library.cases, SizeIs(1));
    EXPECT_THAT(library.cases.front().body, SizeIs(5)); // a pause is a step
}

TEST(Draft, OfWhateverIsInARecordingCanBeLoaded) {
    Talk talk;
    talk.ask(0ms, 7, 900);
    talk.answer(2ms, 7, 450, 0, "2001:db8:200:1::/64", -2ms);
    talk.ask(1s, 8, 0);
    talk.answer(1002ms, 8, 0, 155, "2001:db8:200:1::/64", -2ms);
    std::mt19937 random(1);
    const auto bench = anchor_bench();
    const std::string delay = "<set delay=\"1s\"/>", pool = "<set delay=\"1s\" pool=\"2001:db8:100::/48\"/>";
    std::string with_pool = topologies;
    with_pool.replace(with_pool.find(delay), delay.size(), pool);
    for (unsigned round = 0; round < 300; ++round) {
        auto packets = talk.packets();
        for (auto& one : packets) {
            base::Bytes octets = one.packet.raw;
            for (auto i = random() % 6; i != 0; --i)
                octets[random() % octets.size()] = static_cast<std::uint8_t>(random());
            if (random() % 8 == 0)
                octets.resize(random() % octets.size());
            one.packet = wire::decode_ip(octets);
            one.element = wire::describe(one.packet);
        }
        for (const char* proves : {"", "PMIP6-LMA-106"}) {
            auto options = plain();
            options.proves = proves;
            const auto out = draft(packets, bench, options);
            if (out.sent == 0)
                continue; // nothing is said to the anchor any more
            std::vector<model::Mistake> mistakes;
            load({{"talk.xml", out.text},
                  {"pmip6.xml", templates},
                  {"topologies.xml", with_pool},
                  {"ledger.xml", requirements}},
                 {}, mistakes);
            ASSERT_THAT(lines(mistakes), IsEmpty()) << "round " << round << "\n" << out.text;
        }
    }
}
