#include "reports/host_report.h"

#include "harness/base/text.h"
#include "reports/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reports {

std::string text(const HostReport& report) {
    std::string out = fmt::format("{}, {} processors\n", report.host, report.processors);
    for (const auto& feature : report.features) {
        out +=
            fmt::format("{:<16} {:<4} {}\n", feature.name, feature.available ? "yes" : "no", feature.found);
        if (!feature.available && !feature.cost.empty())
            out += fmt::format("{:<21} without it: {}\n", "", feature.cost);
    }
    out += fmt::format("reference peers: {}\n", base::join(report.roles, " "));
    if (!report.needs.empty())
        out += "\nwhat suites name as their needs, in the lab\n";
    for (const auto& need : report.needs)
        out += fmt::format("{:<16} {:<4} {} case{}{}\n", need.name, need.because.empty() ? "yes" : "no",
                           need.cases, need.cases == 1 ? "" : "s",
                           need.because.empty() ? "" : ": " + need.because);
    out += "\nwhat can be played\n";
    for (const auto& [suite, stages] : report.suites)
        for (const auto& [stage, one] : stages) {
            out += fmt::format("{:<16} {:<4} {} of {} cases\n", suite, stage, one.playable, one.cases);
            for (const auto& [reason, count] : one.obstacles)
                out += fmt::format("{:<21} {} not: {}\n", "", count, reason);
        }
    return clean(out);
}

std::string host_json(const HostReport& report) {
    using nlohmann::ordered_json;
    auto features = ordered_json::array(), needs = ordered_json::array();
    for (const auto& one : report.features)
        features.push_back(
            {{"name", one.name}, {"available", one.available}, {"found", one.found}, {"cost", one.cost}});
    for (const auto& one : report.needs)
        needs.push_back({{"name", one.name},
                         {"available", one.because.empty()},
                         {"because", one.because},
                         {"cases", one.cases}});
    auto suites = ordered_json::object();
    for (const auto& [suite, stages] : report.suites)
        for (const auto& [stage, one] : stages)
            suites[suite][stage] = {
                {"cases", one.cases}, {"playable", one.playable}, {"obstacles", ordered_json(one.obstacles)}};
    const ordered_json out{
        {"host", report.host},   {"processors", report.processors}, {"features", std::move(features)},
        {"roles", report.roles}, {"needs", std::move(needs)},       {"suites", std::move(suites)}};
    return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace reports
