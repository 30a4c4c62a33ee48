// Suite vocabulary into packets: conveniences, lies, and sentences about what cannot be built.
#include "harness/wire/packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wire {

namespace {

using testing::ElementsAre;

Element element(std::string name, std::vector<std::pair<std::string, std::string>> attributes,
                std::vector<Element> children = {}) {
    Element made;
    made.name = std::move(name);
    for (auto& [key, value] : attributes)
        made.attributes.push_back({key, value});
    made.children = std::move(children);
    return made;
}

Element packet(Element message) {
    return element(
        "packet", {},
        {element("ipv6", {{"source", "2001:db8::1"}, {"destination", "2001:db8::2"}}), std::move(message)});
}

std::vector<std::string> mistakes_of(const Element& message, const Profile& profile = {}) {
    std::vector<std::string> mistakes;
    build(packet(message), mistakes, profile);
    return mistakes;
}

/// The octets of the message, without the forty of the IPv6 header.
std::string octets(const Element& message, const Profile& profile = {}) {
    std::vector<std::string> mistakes;
    auto all = encode(build(packet(message), mistakes, profile), profile);
    EXPECT_THAT(mistakes, ElementsAre());
    return base::hex(base::View(all).subspan(40));
}

} // namespace

TEST(Build, TakesAPrefixWithItsLengthInOneAttribute) {
    std::vector<std::string> mistakes;
    Packet built = build(packet(element("binding-update", {},
                                        {element("home-network-prefix", {{"prefix", "2001:db8:1::/64"}})})),
                         mistakes);
    const auto* prefix = find<HomeNetworkPrefix>(built.find<BindingUpdate>()->options);
    ASSERT_NE(prefix, nullptr);
    EXPECT_EQ(prefix->prefix_length, 64);
    EXPECT_EQ(base::text(prefix->prefix), "2001:db8:1::");
}

TEST(Build, TakesNamesOfRegistriesAndLengthsOfTime) {
    std::vector<std::string> mistakes;
    Packet built = build(packet(element("binding-acknowledgement",
                                        {{"status", "insufficient-resources"}, {"lifetime", "1h"}})),
                         mistakes);
    EXPECT_EQ(built.find<BindingAcknowledgement>()->status, 130);
    EXPECT_EQ(built.find<BindingAcknowledgement>()->lifetime, 900);
}

TEST(Build, LeavesPaddingToAnAuthorWhoPads) {
    EXPECT_EQ(octets(element("binding-update", {{"checksum", "0"}},
                             {element("padn", {{"data", "00 00"}}),
                              element("handoff-indicator", {{"value", "4"}}), element("pad1", {})})),
              "3b02050000000000000000000102000017020004"
              "00");
}

TEST(Build, TellsLiesBeforeTheChecksumIsComputed) {
    auto honest = octets(element("binding-update", {{"sequence", "1"}}));
    auto lying = octets(
        element("binding-update", {{"sequence", "1"}, {"mh-reserved", "255"}, {"payload-proto", "58"}}));
    EXPECT_EQ(honest.substr(0, 8), "3b010500");
    EXPECT_EQ(lying.substr(0, 8), "3a0105ff");
    // the sum of the two messages differs by the lies, and the checksum by as much: ~(s + 0x..) as RFC 1071
    // adds
    auto sum = [](const std::string& hex) {
        auto bytes = *base::parse_hex(hex);
        std::uint32_t total = 0;
        for (std::size_t i = 0; i < bytes.size(); i += 2)
            total += base::read16(bytes, i);
        while (total >> 16)
            total = (total & 0xffff) + (total >> 16);
        return total;
    };
    EXPECT_EQ(sum(honest), sum(lying));
}

TEST(Build, LiesAboutTypeAndLengthOfAnOption) {
    auto text = octets(
        element("binding-update", {{"checksum", "0"}},
                {element("handoff-indicator", {{"type", "99"}, {"option-length", "9"}, {"value", "1"}})}));
    EXPECT_EQ(text, "3b0105000000000000000000"
                    "63090001");
}

TEST(Build, SendsUnpaddedListsAndRawOctetsAsTheyAreWritten) {
    EXPECT_EQ(octets(element("binding-update", {{"checksum", "0"}, {"unpadded", "1"}},
                             {element("timestamp", {{"value", "1"}}), element("raw", {{"data", "16"}})})),
              "3b02050000000000000000001b080000000000000001"
              "16");
}

TEST(Build, CollectsEveryMistakeInASentence) {
    EXPECT_THAT(
        mistakes_of(element("binding-acknowledgement",
                            {{"status", "timestamp-mismach"},
                             {"sequence", "65536"},
                             {"S", "1"},
                             {"lifetme", "1"},
                             {"K", "2"},
                             {"P", "1"},
                             {"P", "0"}},
                            {element("home-network-prefix", {{"prefix", "2001:db8::/300"}}),
                             element("mtu", {}), element("timestmp", {})})),
        ElementsAre("binding-acknowledgement: status=\"timestamp-mismach\" is not a number of 8 bits or a "
                    "name of its "
                    "registry",
                    "binding-acknowledgement: K=\"2\" is not 0 or 1",
                    "binding-acknowledgement: sequence=\"65536\" is not a number of 16 bits",
                    "home-network-prefix: prefix-length=\"300\" is not a number of 8 bits",
                    "mtu does not stand in binding-acknowledgement",
                    "there is no element \"timestmp\"; did you mean \"timestamp\"?",
                    "binding-acknowledgement: S has no meaning under this profile",
                    "binding-acknowledgement has no attribute \"lifetme\"; did you mean \"lifetime\"?",
                    "binding-acknowledgement: P is written twice"));
}

TEST(Build, KnowsWhichBitsADialectHas) {
    Profile nemo{.dialect = Profile::Dialect::nemo_pd};
    EXPECT_THAT(mistakes_of(element("binding-update", {{"S", "1"}}), nemo), ElementsAre());
    EXPECT_EQ(octets(element("binding-update", {{"S", "1"}, {"checksum", "0"}}), nemo).substr(16, 4), "0200");
    nemo.nemo_alternative_s_bits = true;
    EXPECT_EQ(octets(element("binding-update", {{"S", "1"}, {"checksum", "0"}}), nemo).substr(16, 4), "0008");
    EXPECT_EQ(octets(element("binding-acknowledgement", {{"S", "1"}, {"checksum", "0"}}), nemo).substr(12, 4),
              "0001");
}

TEST(Build, UsesTheCodePointsOfTheProfile) {
    Profile nemo{.dialect = Profile::Dialect::nemo_pd, .mnp_request_option = 200};
    auto hex = octets(element("binding-update", {{"checksum", "0"}}, {element("mnp-request", {})}), nemo);
    EXPECT_EQ(hex.substr(24, 4), "c806");
    Profile handover{.dialect = Profile::Dialect::netmip6, .ho_request_type = 100};
    EXPECT_EQ(octets(element("ho-request", {{"checksum", "0"}}), handover).substr(0, 2), "64");
}

TEST(Vocabulary, KnowsEveryElementWithItsFieldsAndChildren) {
    const auto* update = find_kind("binding-update");
    ASSERT_NE(update, nullptr);
    EXPECT_TRUE(update->is_layer);
    EXPECT_EQ(update->field("sequence")->bits, 16u);
    EXPECT_EQ(update->field("P")->type, FieldType::bit);
    EXPECT_EQ(update->field("S")->type, FieldType::bit);
    EXPECT_TRUE(update->field("checksum")->derived);
    EXPECT_EQ(update->field("lifetime")->unit, "4s");
    EXPECT_THAT(update->children,
                testing::IsSupersetOf({"timestamp", "mnp-request", "pad1", "mobility-option"}));
    EXPECT_EQ(find_kind("timestamp")->field("value")->bits, 64u);
    EXPECT_NE(find_kind("dhcpv6-relay-forward")->field("peer-address"), nullptr);
    EXPECT_THAT(find_kind("ia-pd")->children, testing::Contains("ia-prefix"));
    EXPECT_EQ(find_kind("binding-updat"), nullptr);
    for (std::size_t i = 1; i < vocabulary().size(); ++i)
        EXPECT_LT(vocabulary()[i - 1].name, vocabulary()[i].name);
}

TEST(Scalars, AreReadStrictly) {
    const auto* status = find_kind("binding-acknowledgement")->field("status");
    EXPECT_EQ(parse_scalar(*status, "156"), Scalar(std::uint64_t{156}));
    EXPECT_EQ(parse_scalar(*status, "0x9c"), Scalar(std::uint64_t{156}));
    EXPECT_EQ(parse_scalar(*status, "timestamp-mismatch"), Scalar(std::uint64_t{156}));
    for (const char* wrong : {"256", "-1", "1 ", "", "0x", "accepted!"})
        EXPECT_EQ(parse_scalar(*status, wrong), std::nullopt) << wrong;
    const auto* lifetime = find_kind("binding-update")->field("lifetime");
    EXPECT_EQ(parse_scalar(*lifetime, "10m"), Scalar(std::uint64_t{150}));
    EXPECT_EQ(parse_scalar(*lifetime, "10s"), std::nullopt) << "no multiple of four seconds";
    EXPECT_EQ(parse_scalar(*lifetime, "100h"), std::nullopt) << "more than sixteen bits";
    EXPECT_EQ(text(Scalar(std::uint64_t{156}), status), "timestamp-mismatch");
    EXPECT_EQ(text(Scalar(std::uint64_t{199}), status), "199");
}

TEST(Scalars, CarryHostileTextThroughXml) {
    std::string hostile("a\0\"<&\\\xff\n", 8);
    Packet packet_;
    packet_.layers = {BindingUpdate{.options = {MobileNodeIdentifier{.nai = hostile}}}};
    std::string line = text(describe(packet_));
    EXPECT_NE(line.find("nai=\"a\\x00&quot;&lt;&amp;\\x5c\\xff\\x0a\""), std::string::npos) << line;
    EXPECT_EQ(parse_scalar(*find_kind("mobile-node-identifier")->field("nai"), "a\\x00\"<&\\x5c\\xff\\x0a"),
              Scalar(hostile));
}

TEST(Names, AreUniqueAndSorted) {
    for (const auto& kind : vocabulary())
        for (const auto& field : kind.fields) {
            if (!field.names)
                continue;
            const auto& entries = field.names->entries;
            for (std::size_t i = 0; i < entries.size(); ++i) {
                EXPECT_TRUE(i == 0 || entries[i - 1].number < entries[i].number) << entries[i].name;
                EXPECT_EQ(field.names->number_of(entries[i].name), entries[i].number) << entries[i].name;
            }
        }
}

} // namespace wire
