#include "harness/run/annotate.h"

#include "harness/stage/pcapng.h"
#include "harness/stage/replay/capture.h"
#include "reports/failure.h"

#include <fmt/format.h>

#include <map>

namespace run {

namespace {

base::Bytes framed(const stage::replay::Record& record) {
    const auto inside = stage::replay::carried(record);
    if (record.framing == stage::replay::Framing::ethernet ||
        inside.what == stage::replay::Carried::What::nothing)
        return {record.bytes.begin(), record.bytes.end()};
    base::Bytes out(12, 0);
    const bool is_v6 = inside.bytes[0] >> 4 == 6;
    out.insert(out.end(), {static_cast<std::uint8_t>(is_v6 ? 0x86 : 0x08),
                           static_cast<std::uint8_t>(is_v6 ? 0xdd : 0x00)});
    out.insert(out.end(), inside.bytes.begin(), inside.bytes.end());
    return out;
}

} // namespace

void annotate(const std::string& capture, const reports::CheckReport& report, const std::string& to) {
    std::multimap<std::uint64_t, std::string> comments;
    for (const auto& finding : report.findings)
        if (finding.packet != 0 && finding.verdict != model::Verdict::pass)
            comments.emplace(finding.packet, fmt::format("{} {}: {}", reports::word(finding.verdict),
                                                         finding.requirement, finding.sentence));
    auto from = stage::replay::Capture::open(capture);
    stage::PcapngWriter writer(to);
    while (const auto* record = from.next()) {
        const auto& link = from.interfaces()[record->interface].name;
        const auto number = writer.add(link.empty() ? fmt::format("link{}", record->interface) : link,
                                       record->at, framed(*record));
        const auto [begin, end] = comments.equal_range(record->number);
        for (auto comment = begin; comment != end; ++comment)
            writer.comment(number, comment->second);
    }
    writer.close();
}

} // namespace run
