#include "reports/page.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <utility>

namespace reports {

using nlohmann::ordered_json;

namespace {

// Of what passed the page names requirement and step only: that is most of a run, and nobody reads more of
// it.
void shorten(ordered_json& result) {
    const auto findings = result.find("findings");
    if (findings == result.end() || !findings->is_array())
        return;
    for (auto& finding : *findings) {
        if (!finding.is_object() || finding.value("verdict", ordered_json()) != "pass")
            continue;
        ordered_json kept{{"verdict", "pass"}, {"requirement", finding.value("requirement", ordered_json())}};
        if (const auto where = finding.find("where"); where != finding.end() && where->is_object())
            kept["line"] = where->value("line", ordered_json());
        finding = std::move(kept);
    }
}

// What is read only when somebody opens the case.
ordered_json take_story(ordered_json& event) {
    const auto result = event.find("result");
    if (result == event.end() || !result->is_object())
        return {};
    shorten(*result);
    ordered_json story = result->value("story", ordered_json());
    result->erase("story");
    return story;
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

// The template with a text for each mark, in the order in which they stand in it.
std::string filled(std::string_view page,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> parts) {
    std::string out;
    for (const auto& [mark, text] : parts) {
        const auto at = page.find(mark);
        if (at == std::string_view::npos)
            throw std::logic_error("the template of the page has no " + std::string(mark));
        out += page.substr(0, at);
        out += text;
        page.remove_prefix(at + mark.size());
    }
    return out.append(page);
}

} // namespace

std::string page(std::string_view events) {
    std::string data = "[", stories;
    bool first = true;
    while (!events.empty()) {
        const std::size_t end = std::min(events.find('\n'), events.size());
        auto event = ordered_json::parse(events.substr(0, end), nullptr, false);
        events.remove_prefix(std::min(end + 1, events.size()));
        const auto kind = event.is_object() ? event.value("event", ordered_json()) : ordered_json();
        if (!event.is_object() || kind == "case-started")
            continue;
        if (kind == "case-ended")
            stories += "\n" + inert(take_story(event));
        data += (first ? "\n" : ",\n") + inert(event);
        first = false;
    }
    data += "\n]";
    return filled(page_template(), {{"/*STYLE*/", page_style()},
                                    {"@EVENTS@", data},
                                    {"@STORIES@", stories},
                                    {"/*SCRIPT*/", page_script()}});
}

} // namespace reports
