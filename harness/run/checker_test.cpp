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
        one = load_rules(options);
    }
    return *one;
}

/// The report on a capture of which at most `piece` octets are read at once.
std::string judged(const base::Bytes& capture, const std::string& profile, bool precedents,
                   unsigned threads = 1, std::size_t piece = ~std::size_t{0}) {
    Checker::Options options;
    options.profile = profile_named(profile);
    options.profile_name = profile;
    options.precedents = precedents;
    options.threads = threads;
    Checker checker(suites(profile).library, options);
    const auto read = stage::replay::read_from(capture);
    stage::replay::Capture reader(
        [&](std::uint8_t* into, std::size_t size) { return read(into, std::min(size, piece)); }, "capture");
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

TEST(Checker, FindsTheSameWithAnyNumberOfThreadsAndInAnyPieces) {
    for (const auto& path : files_below(SOURCE_DIR "/captures/others", ".pcap")) {
        const auto capture = varied(path, profile_named("rfc5213"));
        const auto expected = judged(capture, "rfc5213", true);
        for (const unsigned threads : {1u, 2u, 5u})
            for (const std::size_t piece : {7u, 1000u, 65536u})
                EXPECT_EQ(judged(capture, "rfc5213", true, threads, piece), expected)
                    << path << " " << threads << " threads, " << piece << " octets at once";
    }
}

TEST(Checker, JudgesEveryCaptureUpToWhateverCut) {
    for (const auto* folder : {"others", "malformed"})
        for (const auto& path : files_below(std::string(SOURCE_DIR "/captures/") + folder, ".pcap")) {
            const std::string text = read_file(path, 1u << 20);
            const base::Bytes whole(text.begin(), text.end());
            std::mt19937 random(1);
            for (unsigned i = 0; i < 1000; ++i) {
                // every octet where there are no more than a thousand, else anywhere
                const std::size_t size = whole.size() <= 1000 ? i % whole.size() : random() % whole.size();
                Checker::Options options;
                options.profile = profile_named("rfc5213");
                options.profile_name = "rfc5213";
                Checker checker(suites("rfc5213").library, options);
                stage::replay::Capture reader(
                    stage::replay::read_from(
                        base::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))),
                    "capture");
                checker.read(reader);
                const auto report = checker.report();
                EXPECT_LE(report.troubles.size(), 100u);
                // a cut where a record ends is none
                EXPECT_EQ(report.whole, reader.is_whole());
                EXPECT_TRUE(report.whole || !report.troubles.empty()) << path << " " << size;
            }
        }
}

TEST(Checker, FindsTheSameByPrecedentsAsByDecodingEverything) {
    for (const auto* folder : {"others", "malformed"})
        for (const auto& path : files_below(std::string(SOURCE_DIR "/captures/") + folder, ".pcap"))
            for (const auto* profile : {"draft02", "rfc5213", "nemo-pd", "netmip6"}) {
                const auto capture = varied(path, profile_named(profile));
                EXPECT_EQ(judged(capture, profile, true), judged(capture, profile, false))
                    << path << " " << profile;
            }
}

} // namespace run
