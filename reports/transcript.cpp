#include "reports/transcript.h"

#include "reports/text.h"

#include <fmt/format.h>

namespace reports {

namespace {

std::string arguments(const model::Arguments& values) {
    std::string out;
    for (const auto& [name, value] : values)
        out += fmt::format(" {}={}", name, value);
    return out;
}

std::string end_name(const std::string& node, const base::Ip6& address) {
    return node.empty() ? base::text(address) : node;
}

std::string told(const model::Seen& seen, const model::Event& event, const wire::Profile& profile) {
    std::string ends = seen.from;
    if (const wire::Ipv6* ip = wire::outer_ip(seen.packet))
        ends = end_name(seen.source, ip->source) + " > " + end_name(seen.destination, ip->destination);
    std::string out =
        fmt::format("{}  {}  {}", seen.link, ends, wire::text(wire::describe(seen.packet, profile)));
    for (const auto& fault : seen.packet.faults)
        out += fmt::format("  [{}]", wire::text(fault));
    if (seen.fate != model::Fate::delivered)
        out +=
            fmt::format("  ({}{})", model::name(seen.fate),
                        seen.fate == model::Fate::delayed ? " by " + base::text_of(seen.delivered - event.at)
                                                          : std::string{});
    return out;
}

} // namespace

std::string line(const model::Event& event, base::Mono start, const wire::Profile& profile) {
    struct Tell {
        const model::Event& event;
        const wire::Profile& profile;
        std::string operator()(const model::Seen& seen) const { return told(seen, event, profile); }
        std::string operator()(const model::Said& said) const {
            return fmt::format("{} says: {}{}", said.node, said.note.text, arguments(said.note.arguments));
        }
        std::string operator()(const model::Died& died) const {
            return fmt::format("{} ended: {}", died.node, died.how);
        }
        std::string operator()(const model::Done& done) const {
            return done.trouble.empty() ? done.order : fmt::format("{}: {}", done.order, done.trouble);
        }
        std::string operator()(const model::FlowReport& report) const {
            return fmt::format("flow {}:{}", report.flow, arguments(report.arguments));
        }
    };
    const bool packet = std::holds_alternative<model::Seen>(event.what);
    std::string text = std::visit(Tell{event, profile}, event.what);
    for (char& c : text)
        if (c == '\n')
            c = ' ';
    return clean(fmt::format("{:>6}  {}  {}", packet ? fmt::format("#{}", event.number) : "-",
                             since_start(event.at - start), text)) +
           "\n";
}

} // namespace reports
