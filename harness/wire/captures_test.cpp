// Every capture of others decodes to what was read from its octets by hand (captures/expected).
#include "harness/wire/golden_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace wire {

namespace {

namespace fs = std::filesystem;

struct Recorded {
    std::uint32_t link_type = 0;
    std::vector<base::Bytes> packets;
};

/// Classic pcap of this machine's byte order or the other one.
Recorded read_pcap(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    base::Bytes all{std::istreambuf_iterator<char>(file), {}};
    Recorded recorded;
    bool big = all.size() > 4 && all[0] == 0xa1;
    auto word = [&](std::size_t at) {
        std::uint32_t value = base::read32(all, at);
        return big ? value : __builtin_bswap32(value);
    };
    if (all.size() < 24)
        return recorded;
    recorded.link_type = word(20) & 0xffff;
    for (std::size_t at = 24; at + 16 <= all.size();) {
        std::size_t size = std::min<std::size_t>(word(at + 8), all.size() - at - 16);
        auto from = all.begin() + static_cast<std::ptrdiff_t>(at + 16);
        recorded.packets.emplace_back(from, from + static_cast<std::ptrdiff_t>(size));
        at += 16 + size;
    }
    return recorded;
}

Packet decode(const Recorded& recorded, std::size_t number) {
    const auto& octets = recorded.packets[number];
    if (recorded.link_type == 1)
        return decode_frame(octets);
    std::size_t header = recorded.link_type == 276 ? 20 : 0; // Linux cooked, version 2
    return decode_ip(base::View(octets).subspan(std::min(header, octets.size())));
}

std::string line(const Packet& packet, std::size_t number) {
    Faults faults = packet.faults;
    std::sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
        return std::pair(a.offset, name(a.kind)) < std::pair(b.offset, name(b.kind));
    });
    std::string text = std::to_string(number) + ' ' + std::string(kind(packet));
    for (const auto& fault : faults)
        text += ' ' + std::string(name(fault.kind)) + '@' + std::to_string(fault.offset);
    return text + '\n';
}

std::string contents(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::vector<fs::path> captures() {
    std::vector<fs::path> found;
    for (const char* folder : {"others", "malformed"})
        for (const auto& entry : fs::directory_iterator(fs::path(SOURCE_DIR) / "captures" / folder))
            found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

class Captures : public testing::TestWithParam<fs::path> {};

TEST_P(Captures, HoldTheMessagesAndFaultsThatTheirOctetsShow) {
    Recorded recorded = read_pcap(GetParam());
    std::string lines;
    for (std::size_t i = 0; i < recorded.packets.size(); ++i)
        lines += line(decode(recorded, i), i + 1);
    fs::path expected =
        fs::path(SOURCE_DIR) / "captures" / "expected" / (GetParam().stem().string() + ".txt");
    EXPECT_EQ(lines, contents(expected));
}

TEST_P(Captures, AreEncodedAsTheyWere) {
    Recorded recorded = read_pcap(GetParam());
    for (std::size_t i = 0; i < recorded.packets.size(); ++i) {
        Packet packet = decode(recorded, i);
        EXPECT_EQ(base::hex(encode(packet)), base::hex(packet.raw)) << i + 1;
    }
}

TEST(GoldenCaptures, HoldTheVectorsOfTheirProfile) {
    using D = Profile::Dialect;
    const std::pair<const char*, D> files[] = {{"draft02", D::draft02},
                                               {"rfc5213", D::rfc5213},
                                               {"nemo-pd", D::nemo_pd},
                                               {"pmip6-nemo", D::pmip6_nemo},
                                               {"netmip6", D::netmip6}};
    std::size_t total = 0;
    for (const auto& [file, dialect] : files) {
        Recorded recorded =
            read_pcap(fs::path(SOURCE_DIR) / "captures" / "golden" / (std::string(file) + ".pcap"));
        std::vector<base::Bytes> vectors;
        for (const auto& golden : goldens())
            if (golden.profile.dialect == dialect)
                vectors.push_back(golden.octets);
        EXPECT_EQ(recorded.packets, vectors) << file;
        total += vectors.size();
    }
    EXPECT_EQ(total, goldens().size());
}

INSTANTIATE_TEST_SUITE_P(Others, Captures, testing::ValuesIn(captures()), [](const auto& parameter) {
    std::string name = parameter.param.stem().string();
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
});

} // namespace wire
