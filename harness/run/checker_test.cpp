#include "harness/run/checker.h"
#include "harness/run/files.h"
#include "harness/run/profiles.h"
#include "harness/run/suites.h"
#include "harness/stage/replay/replay.h"

#include <gtest/gtest.h>

#include <random>

namespace run {
namespace {

const Suites& suites(const std::string& profile) {
    static std::map<std::string, std::unique_ptr<Suites>> loaded;
    auto& one = loaded[profile];
    if (!one) {
        Options options;
        options.profile = profile;
        options.profile_given = true;
        one = load_suites(options);
    }
    return *one;
}

std::string judged(const base::Bytes& capture, const std::string& profile, bool precedents) {
    Checker::Options options;
    options.profile = profile_named(profile);
    options.profile_name = profile;
    options.precedents = precedents;
    Checker checker(suites(profile).library, options);
    stage::replay::Capture reader(stage::replay::read_from(capture), "capture");
    checker.read(reader);
    return reports::check_json({checker.report()});
}

void append32(base::Bytes& to, std::size_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        to.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// The packet with the lengths and checksums that belong to it.
base::Bytes repaired(base::View octets, const wire::Profile& profile) {
    wire::Packet packet = wire::decode_frame(octets, profile);
    for (auto& layer : packet.layers)
        std::visit(
            [](auto& one) {
                if constexpr (requires { one.header.checksum; })
                    one.header.checksum.reset();
            },
            layer);
    return wire::encode(packet, profile);
}

/// Every packet of the capture many times: as it was, with other values, with something broken in it.
base::Bytes varied(const std::string& path, const wire::Profile& profile) {
    base::Bytes out{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0};
    append32(out, 0);
    append32(out, 0);
    append32(out, 0xffff);
    append32(out, 1);
    std::mt19937 random(20070415);
    std::vector<base::Bytes> packets;
    auto capture = stage::replay::Capture::open(path);
    while (const auto* record = capture.next())
        packets.emplace_back(record->bytes.begin(), record->bytes.end());
    for (unsigned round = 0; round < 40; ++round)
        for (const auto& packet : packets) {
            base::Bytes octets = packet;
            for (unsigned changes = octets.empty() ? 0 : round % 4; changes > 0; --changes) {
                const std::size_t at = random() % octets.size();
                octets[at] = static_cast<std::uint8_t>(random());
            }
            if (round % 3 != 0)
                octets = repaired(octets, profile);
            append32(out, 1'188'864'000 + round);
            append32(out, round);
            append32(out, octets.size());
            append32(out, octets.size());
            out.insert(out.end(), octets.begin(), octets.end());
        }
    return out;
}

} // namespace

TEST(Checker, FindsTheSameByPrecedentsAsByDecodingEverything) {
    for (const auto* folder : {"others", "malformed"})
        for (const auto& path : files_below(std::string(SOURCE_DIR "/captures/") + folder, ".pcap"))
            for (const auto* profile : {"draft02", "rfc5213"}) {
                const auto capture = varied(path, profile_named(profile));
                EXPECT_EQ(judged(capture, profile, true), judged(capture, profile, false))
                    << path << " " << profile;
            }
}

TEST(Conversations, CountMessagesByNodeAndEnds) {
    Conversations all;
    const base::Ip6 mag = *base::parse_ip6("2001:db8::1"), lma = *base::parse_ip6("2001:db8::2");
    for (std::uint64_t packet = 1; packet <= 5000; ++packet) {
        const std::string node = "mn" + std::to_string(packet % 1000);
        const base::Bytes about(node.begin(), node.end());
        all.add(about, packet % 2 ? mag : lma, packet % 2 ? lma : mag, packet);
    }
    ASSERT_EQ(all.all().size(), 1000u);
    EXPECT_EQ(all.all()[0].about, "mn1");
    EXPECT_EQ(all.all()[0].from, mag);
    EXPECT_EQ(all.all()[0].to, lma);
    EXPECT_EQ(all.all()[0].first, 1u);
    EXPECT_EQ(all.all()[0].last, 4001u);
    EXPECT_EQ(all.all()[0].messages, 5u);
    EXPECT_FALSE(all.is_full());
}

} // namespace run
