#include "reports/page.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace reports {

using nlohmann::ordered_json;

namespace {

// Of what passed the page names the requirement only: that is most of a run, and nobody reads more of it.
void shorten(ordered_json& event) {
    const auto result = event.find("result");
    if (result == event.end() || !result->is_object())
        return;
    const auto findings = result->find("findings");
    if (findings == result->end() || !findings->is_array())
        return;
    for (auto& finding : *findings)
        if (finding.is_object() && finding.value("verdict", ordered_json()) == "pass")
            finding = {{"verdict", "pass"}, {"requirement", finding.value("requirement", ordered_json())}};
}

// JSON in which no HTML parser finds anything, whatever stands in its texts.
std::string inert(const ordered_json& value) {
    std::string out;
    for (const char c : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace))
        switch (c) {
        case '<':
            out += "\\u003c";
            break;
        case '>':
            out += "\\u003e";
            break;
        case '&':
            out += "\\u0026";
            break;
        default:
            out += c;
        }
    return out;
}

} // namespace

std::string page(std::string_view events) {
    constexpr std::string_view mark = "@EVENTS@";
    const std::string_view whole = page_template();
    const auto at = whole.find(mark);
    if (at == std::string_view::npos)
        throw std::logic_error("the template of the report has no place for events");
    std::string out(whole.substr(0, at));
    out += '[';
    bool first = true;
    while (!events.empty()) {
        const std::size_t end = std::min(events.find('\n'), events.size());
        auto event = ordered_json::parse(events.substr(0, end), nullptr, false);
        events.remove_prefix(std::min(end + 1, events.size()));
        if (!event.is_object() || event.value("event", ordered_json()) == "case-started")
            continue;
        shorten(event);
        out += (first ? "\n" : ",\n") + inert(event);
        first = false;
    }
    out += "\n]";
    out += whole.substr(at + mark.size());
    return out;
}

} // namespace reports
