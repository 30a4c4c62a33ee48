#include "harness/run/files.h"
#include "harness/run/profiles.h"
#include "harness/run/verbs.h"
#include "harness/stage/host/host.h"
#include "harness/stage/replay/replay.h"
#include "harness/wire/json.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <cstdio>
#include <system_error>

namespace run {

namespace {

std::string as_text(const stage::replay::Record& record, const std::string& interface, base::Wall start,
                    const wire::Packet& packet, const wire::Profile& profile) {
    std::string head =
        fmt::format("#{}  {}  {}{}{} octets", record.number, reports::since_start(record.at - start),
                    interface, interface.empty() ? "" : "  ", record.wire_length);
    if (record.bytes.size() < record.wire_length)
        head += fmt::format(", {} of them captured", record.bytes.size());
    for (const auto& fault : packet.faults)
        head += "; " + wire::text(fault);
    // Two hyphens would end the comment for an XML reader.
    for (std::size_t at = head.find("--"); at != std::string::npos; at = head.find("--"))
        head.replace(at, 2, "- ");
    return fmt::format("<!-- {} -->\n{}\n", reports::clean(head),
                       reports::clean(wire::text(wire::describe(packet, profile))));
}

} // namespace

int decode_verb(const Options& options) {
    const wire::Profile profile = profile_named(options.profile);
    std::uint64_t packets = 0;
    std::string buffer;
    const auto flush = [&buffer](std::size_t above) {
        if (buffer.size() <= above)
            return true;
        const bool written = std::fwrite(buffer.data(), 1, buffer.size(), stdout) == buffer.size();
        buffer.clear();
        return written && std::fflush(stdout) == 0;
    };
    if (options.json)
        buffer += "[";
    for (const auto& path : options.what) {
        auto capture = stage::replay::Capture::open(path);
        std::optional<base::Wall> start;
        while (const stage::replay::Record* record = capture.next()) {
            const wire::Packet packet = stage::replay::decode(*record, profile);
            const std::string interface = reports::clean(capture.interfaces()[record->interface].name);
            if (!start)
                start = record->at;
            if (options.json) {
                buffer += packets == 0 ? "\n" : ",\n";
                buffer += wire::json(packet, record->number, record->at, profile);
            } else {
                buffer += as_text(*record, interface, *start, packet, profile);
            }
            ++packets;
            if (!flush(1u << 16) || stage::host::interrupted())
                return stage::host::interrupted() ? 130 : 0; // whoever reads has read enough
        }
        for (const auto& trouble : capture.troubles())
            fmt::print(stderr, "{}\n", reports::clean(trouble));
    }
    if (options.json)
        buffer += "\n]\n";
    if (packets == 0)
        fmt::print(stderr, "mobiconform: not one packet could be read\n");
    return !flush(0) ? 3 : packets == 0 ? 2 : 0;
}

} // namespace run
