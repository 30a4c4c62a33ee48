#include "harness/wire/chain.h"
#include "harness/wire/golden_test.h"

#include <gtest/gtest.h>

#include <random>

namespace wire {

namespace {

std::string faults_of(const Packet& packet) {
    std::string all;
    for (const auto& fault : packet.faults)
        all += text(fault) + "\n";
    return all;
}

/// An element as a suite would hold it after reading: names and text only.
Element only_text(const Element& element) {
    Element plain;
    plain.name = element.name;
    for (const auto& attribute : element.attributes)
        plain.attributes.push_back({attribute.name, text(attribute.value, attribute.kind)});
    for (const auto& child : element.children)
        plain.children.push_back(only_text(child));
    return plain;
}

/// What may never fail, whatever the octets are.
void expect_total(base::View octets, const Profile& profile, bool frame = false) {
    Packet packet = frame ? decode_frame(octets, profile) : decode_ip(octets, profile);
    EXPECT_EQ(base::hex(encode(packet, profile)), base::hex(octets)) << faults_of(packet);
    std::vector<std::string> mistakes;
    Element described = describe(packet, profile);
    Packet built = build(only_text(described), mistakes, profile);
    EXPECT_TRUE(mistakes.empty()) << mistakes.front() << "\n" << text(described);
    EXPECT_EQ(base::hex(encode(built, profile)), base::hex(octets)) << text(described);
}

} // namespace

class GoldenVectors : public testing::TestWithParam<Golden> {};

TEST_P(GoldenVectors, DecodeWithoutFault) {
    const auto& golden = GetParam();
    Packet packet = decode_ip(golden.octets, golden.profile);
    EXPECT_EQ(faults_of(packet), "");
    EXPECT_EQ(packet.layers, golden.layers);
}

TEST_P(GoldenVectors, AreDescribedInTheWordsOfTheirSpecification) {
    const auto& golden = GetParam();
    Element packet = describe(decode_ip(golden.octets, golden.profile), golden.profile);
    EXPECT_EQ(text(packet.children.back()), golden.message);
}

TEST_P(GoldenVectors, AreWhatTheEncoderMakesOfTheValueWrittenByHand) {
    const auto& golden = GetParam();
    Packet packet;
    packet.layers = golden.layers;
    EXPECT_EQ(base::hex(encode(packet, golden.profile)), base::hex(golden.octets));
}

TEST_P(GoldenVectors, SurviveEveryTruncation) {
    const auto& golden = GetParam();
    for (std::size_t size = 0; size < golden.octets.size(); ++size) {
        base::View part = base::View(golden.octets).first(size);
        expect_total(part, golden.profile);
        Packet packet = decode_ip(part, golden.profile);
        ASSERT_FALSE(packet.faults.empty()) << size;
        EXPECT_EQ(packet.faults[0].kind, FaultKind::truncated) << size << faults_of(packet);
        EXPECT_EQ(packet.faults[0].offset, size);
    }
}

TEST_P(GoldenVectors, SurviveFlippedBits) {
    const auto& golden = GetParam();
    std::mt19937 random(20070904);
    for (int round = 0; round < 3000; ++round) {
        base::Bytes octets = golden.octets;
        for (auto flips = random() % 4 + 1; flips > 0; --flips)
            octets[random() % octets.size()] ^= static_cast<std::uint8_t>(1u << random() % 8);
        if (random() % 8 == 0)
            octets.resize(random() % (octets.size() + 8));
        expect_total(octets, golden.profile);
        if (HasFailure())
            return;
    }
}

TEST_P(GoldenVectors, NoticeEveryFlippedBitOfWhatTheirChecksumCovers) {
    const auto& golden = GetParam();
    const auto& layers = layer_shapes();
    Packet whole = decode_ip(golden.octets, golden.profile);
    std::vector<Placed> all = places(whole, golden.profile);
    std::string message(name(whole.layers.back()));
    bool summed = layers[whole.layers.back().index()].space != Space::application;
    for (const auto& place : all) {
        if (!summed || place.path.rfind(message + "/", 0) != 0 ||
            place.path.find("length") != std::string::npos || place.path.find("proto") != std::string::npos ||
            place.path.find("type") != std::string::npos)
            continue;
        base::Bytes octets = golden.octets;
        octets[place.offset] ^= 1;
        Packet packet = decode_ip(octets, golden.profile);
        EXPECT_NE(faults_of(packet).find("checksum at"), std::string::npos)
            << place.path << faults_of(packet);
    }
}

INSTANTIATE_TEST_SUITE_P(Digests, GoldenVectors, testing::ValuesIn(goldens()), [](const auto& parameter) {
    std::string name;
    for (char c : parameter.param.name)
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
});

void PrintTo(const Golden& golden, std::ostream* out) {
    *out << golden.name;
}

} // namespace wire
