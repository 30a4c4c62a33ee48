// Whatever a message comes in, it is judged as it is without that; and what is missing is not guessed.
#include "harness/run/checker.h"
#include "harness/run/profiles.h"
#include "harness/run/suites.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace run {
namespace {

using base::Bytes;
using testing::Contains;
using testing::HasSubstr;

const Suites& rules() {
    static const auto loaded = [] {
        Options options;
        options.profile = "rfc5213";
        options.profile_given = true;
        return load_rules(options);
    }();
    return *loaded;
}

Bytes operator+(Bytes left, base::View right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Bytes u16(std::size_t number) {
    return {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

Bytes u32(std::size_t number) {
    return u16(number >> 16 & 0xffff) + u16(number & 0xffff);
}

/// A pcap file, big-endian, of packets one after another; of each at most `snap` octets.
struct File {
    std::uint32_t link_type = 1;
    std::size_t snap = 65535;

    Bytes operator()(const std::vector<Bytes>& packets) const {
        Bytes out = u32(0xa1b2c3d4) + u16(2) + u16(4) + u32(0) + u32(0) + u32(snap) + u32(link_type);
        std::size_t at = 0;
        for (const auto& packet : packets) {
            const std::size_t size = std::min(packet.size(), snap);
            out = out + u32(1'700'000'000) + u32(100 * ++at) + u32(size) + u32(packet.size()) +
                  base::View(packet).first(size);
        }
        return out;
    }
};

reports::CheckReport report_on(const Bytes& file) {
    Checker::Options options;
    options.profile = profile_named("rfc5213");
    options.profile_name = "rfc5213";
    Checker checker(rules().library, options);
    stage::replay::Capture capture(stage::replay::read_from(file), "capture");
    checker.read(capture);
    return checker.report();
}

/// "ID verdict packet" of each finding.
std::vector<std::string> told(const reports::CheckReport& report) {
    std::vector<std::string> out;
    for (const auto& finding : report.findings)
        out.push_back(finding.requirement + " " + std::string(model::name(finding.verdict)) + " " +
                      std::to_string(finding.packet));
    return out;
}

/// An exchange of a foreign gateway and anchor, with faults in it, as IPv6 packets.
const std::vector<Bytes>& exchange() {
    static const auto packets = [] {
        std::vector<Bytes> out;
        auto capture = stage::replay::Capture::open(SOURCE_DIR "/captures/others/foreign-lma-mag-core.pcap");
        while (const auto* record = capture.next())
            out.emplace_back(record->bytes.begin() + 14, record->bytes.end());
        return out;
    }();
    return packets;
}

template <class Wrap>
std::vector<Bytes> each(const std::vector<Bytes>& packets, Wrap wrap) {
    std::vector<Bytes> out;
    for (const auto& packet : packets)
        out.push_back(wrap(packet));
    return out;
}

const Bytes addresses(12, 2); // of Ethernet

Bytes ethernet(const Bytes& ip) {
    return addresses + u16(0x86dd) + ip;
}

/// An IPv6 header between two that are nobody else.
Bytes ipv6(std::uint8_t next, const Bytes& payload) {
    Bytes header = u32(0x60000000) + u16(payload.size()) + Bytes{next, 64};
    for (const std::uint8_t end : Bytes{1, 2}) {
        Bytes address(16, 0);
        address[0] = 0x20, address[1] = 0x01, address[2] = 0x0d, address[3] = 0xb8, address[4] = 0xee;
        address[15] = end;
        header = header + address;
    }
    return header + payload;
}

Bytes udp(std::uint16_t port, const Bytes& payload) {
    return u16(port) + u16(port) + u16(8 + payload.size()) + u16(0x1234) + payload;
}

} // namespace

TEST(CheckerInput, IsTheSameBehindEveryLinkHeader) {
    const auto& packets = exchange();
    const auto expected = told(report_on(File{}(each(packets, ethernet))));
    ASSERT_THAT(expected, Contains("PMIP6-LMA-083 pass 2"));
    ASSERT_GT(expected.size(), 5u);
    const auto vlan = [](const Bytes& ip) { return addresses + u32(0x81000005) + u16(0x86dd) + ip; };
    const auto service = [](const Bytes& ip) {
        return addresses + u32(0x88a80007) + u32(0x81000005) + u16(0x86dd) + ip;
    };
    const auto two_tags = [](const Bytes& ip) {
        return addresses + u32(0x81000007) + u32(0x81000005) + u16(0x86dd) + ip;
    };
    EXPECT_EQ(told(report_on(File{}(each(packets, vlan)))), expected);
    EXPECT_EQ(told(report_on(File{}(each(packets, service)))), expected);
    EXPECT_EQ(told(report_on(File{}(each(packets, two_tags)))), expected);
    EXPECT_EQ(told(report_on(File{101}(packets))), expected);
    EXPECT_EQ(told(report_on(File{0}(each(packets, [](const Bytes& ip) { return u32(30) + ip; })))),
              expected);
    EXPECT_EQ(told(report_on(
                  File{113}(each(packets, [](const Bytes& ip) { return Bytes(14, 0) + u16(0x86dd) + ip; })))),
              expected);
    EXPECT_EQ(told(report_on(
                  File{276}(each(packets, [](const Bytes& ip) { return u16(0x86dd) + Bytes(18, 0) + ip; })))),
              expected);
}

TEST(CheckerInput, IsTheSameInsideEveryTunnel) {
    const auto& packets = exchange();
    const auto expected = told(report_on(File{101}(packets)));
    const auto inside = [&](auto wrap) { return told(report_on(File{101}(each(packets, wrap)))); };
    EXPECT_EQ(inside([](const Bytes& ip) { return ipv6(41, ip); }), expected);
    EXPECT_EQ(inside([](const Bytes& ip) { return ipv6(47, u32(0x000086dd) + ip); }), expected);
    // with a checksum, which nobody looks at, a key and a number
    EXPECT_EQ(
        inside([](const Bytes& ip) { return ipv6(47, u32(0xb00086dd) + u32(0) + u32(77) + u32(1) + ip); }),
        expected);
    EXPECT_EQ(inside([](const Bytes& ip) { return ipv6(17, udp(4191, ip)); }), expected);
    EXPECT_EQ(inside([](const Bytes& ip) { return ipv6(41, ipv6(47, u32(0x000086dd) + ip)); }), expected);
}

TEST(CheckerInput, IsNotSoughtWhereNoTunnelIs) {
    const auto none = [&](auto wrap) {
        const auto report = report_on(File{101}(each(exchange(), wrap)));
        EXPECT_EQ(report.packets, exchange().size());
        return report.messages;
    };
    EXPECT_EQ(none([](const Bytes& ip) { return ipv6(17, udp(5000, ip)); }), 0u);
    EXPECT_EQ(none([](const Bytes& ip) { return ipv6(47, u32(0x00016558) + ip); }), 0u); // Ethernet in GRE
    EXPECT_EQ(none([](const Bytes& ip) { return ipv6(47, u32(0x000186dd) + ip); }), 0u); // of version 1
}

TEST(CheckerInput, IsPutTogetherOfFragments) {
    const auto& packets = exchange();
    const auto expected = told(report_on(File{101}(packets)));
    std::vector<Bytes> pieces;
    for (std::size_t at = 0; at < packets.size(); ++at) {
        const auto piece = [&](std::size_t from, std::size_t size, bool more) {
            const base::View whole(packets[at]);
            Bytes header(whole.begin(), whole.begin() + 40);
            const std::uint8_t next = std::exchange(header[6], std::uint8_t{44});
            header[5] = static_cast<std::uint8_t>(size + 8);
            return header + Bytes{next, 0} + u16(from | (more ? 1 : 0)) + u32(at) +
                   whole.subspan(40 + from, size);
        };
        const std::size_t size = packets[at].size() - 40;
        pieces.push_back(piece(16, size - 16, false));
        pieces.push_back(piece(0, 16, true));
    }
    const auto report = report_on(File{101}(pieces));
    EXPECT_EQ(report.messages, 6u);
    // told of the packet that completes the message
    std::vector<std::string> got;
    for (const auto& finding : report.findings)
        got.push_back(finding.requirement + " " + std::string(model::name(finding.verdict)) + " " +
                      std::to_string(finding.packet / 2));
    EXPECT_EQ(got, expected);
}

TEST(CheckerInput, ThatIsCutIsInconclusiveAndSaysWhy) {
    const auto report = report_on(File{101, 60}(exchange()));
    EXPECT_EQ(report.packets, 6u);
    ASSERT_EQ(report.findings.size(), 1u);
    EXPECT_EQ(report.findings[0].verdict, model::Verdict::inconclusive);
    EXPECT_EQ(report.findings[0].packet, 1u);
    EXPECT_THAT(report.findings[0].sentence,
                HasSubstr("6 messages are cut by the length that was captured of each packet"));
    EXPECT_TRUE(report.requirements.empty());
}

TEST(CheckerInput, OfOneDirectionLeavesTheOtherOpen) {
    const auto& packets = exchange();
    const auto answers = report_on(File{101}({packets[1]}));
    EXPECT_THAT(told(answers), Contains("PMIP6-LMA-083 inconclusive 1"));
    EXPECT_THAT(told(answers), testing::Not(Contains(HasSubstr("PMIP6-LMA-083 fail"))));
    bool says_why = false;
    for (const auto& finding : answers.findings)
        says_why |= finding.sentence.find("is in the capture") != std::string::npos;
    EXPECT_TRUE(says_why);
    const auto updates = report_on(File{101}({packets[0]}));
    EXPECT_THAT(told(updates), testing::Not(Contains(HasSubstr("PMIP6-LMA-083"))));
    ASSERT_EQ(updates.sessions.size(), 1u);
    EXPECT_EQ(updates.sessions[0].state, "unbound");
}

} // namespace run
