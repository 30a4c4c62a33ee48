#include "reports/comparison.h"
#include "reports/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reports {

std::string text(const RunComparison& comparison) {
    std::string out;
    for (const auto& line : comparison.context)
        out += line + "\n";
    for (const auto& one : comparison.cases) {
        out += fmt::format("{:<14} {}\n{:15}{} -> {}\n", name(one.change), one.id, "", one.before, one.after);
        if (!one.detail.empty())
            out += fmt::format("{:15}{}\n", "", one.detail);
    }
    for (const auto& one : comparison.timing)
        out += fmt::format("{:<14} {}  {}s -> {}s\n", one.after > one.before ? "slower" : "faster", one.id,
                           seconds(one.before), seconds(one.after));
    for (const auto& [change, count] : comparison.count)
        out += fmt::format("{} {}, ", count, name(change));
    return clean(out + fmt::format("{} as before\n", comparison.same));
}

std::string comparison_json(const RunComparison& comparison) {
    using nlohmann::ordered_json;
    auto cases = ordered_json::array(), timing = ordered_json::array();
    for (const auto& one : comparison.cases)
        cases.push_back({{"id", one.id},
                         {"change", name(one.change)},
                         {"before", one.before},
                         {"after", one.after},
                         {"detail", one.detail}});
    for (const auto& one : comparison.timing)
        timing.push_back(
            {{"id", one.id}, {"before_ns", one.before.count()}, {"after_ns", one.after.count()}});
    auto summary = ordered_json::object();
    for (const auto& [change, count] : comparison.count)
        summary[std::string(name(change))] = count;
    summary["same"] = comparison.same;
    summary["exit_code"] = comparison.exit_code;
    const ordered_json out{{"context", comparison.context},
                           {"cases", std::move(cases)},
                           {"timing", std::move(timing)},
                           {"summary", std::move(summary)}};
    return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace reports
