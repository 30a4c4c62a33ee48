#include "harness/judge/dialogue_rules.h"

#include <algorithm>

namespace judge {

namespace {

struct Rule {
    const char* name = nullptr;
    const char *pmip6 = nullptr, *netmip6 = nullptr,
               *nemo = nullptr;       ///< requirement; null: it says nothing of it
    const char* pmip6_nemo = nullptr; ///< null: as pmip6, on which it stands
    const char* when = "";            ///< profiles of pmip6 that have it; empty: all
};

// In the order of DialogueRule.
constexpr std::array<Rule, dialogue_rules> rules{{
    {"answer-repeats-sequence", "PMIP6-LMA-083", "NETMIP6-HA-058", "NEMOPD-HA-036"},
    {"refusal-tells-sequence", "PMIP6-LMA-117", "NETMIP6-HA-044", "NEMOPD-HA-036"},
    {"grant-within-request", "PMIP6-LMA-150", "NETMIP6-HA-059", "NEMOPD-HA-036"},
    {"leaving-ends-lifetime", "PMIP6-LMA-066", "NETMIP6-HA-068", "NEMOPD-HA-036"},
    {"leaving-answered-at-once", "PMIP6-LMA-064"},
    {"stamp-is-answered", "PMIP6-LMA-105"},
    {"stamp-comes-back", "PMIP6-LMA-111"},
    {"no-stamp-unasked", "PMIP6-LMA-116", nullptr, nullptr, nullptr, "draft02"},
    {"stamps-advance", "PMIP6-LMA-108"},
    {"sequences-advance", "PMIP6-LMA-115", "NETMIP6-HA-044"},
    {"first-timeout", "PMIP6-MAG-121", "NETMIP6-AR-093", nullptr, "PNEMO-MAG-202"},
    {"first-timeout-of-bound", "PMIP6-MAG-122", "NETMIP6-AR-094", nullptr, "PNEMO-MAG-202"},
    {"back-off-doubles", "PMIP6-MAG-120", "NETMIP6-AR-093", nullptr, "PNEMO-MAG-202"},
    {"back-off-of-bound-doubles", "PMIP6-MAG-120", "NETMIP6-AR-094", nullptr, "PNEMO-MAG-202"},
    {"back-off-is-capped", "PMIP6-MAG-123", "NETMIP6-AR-095", nullptr, "PNEMO-MAG-202"},
    {"repetition-counts-up", "PMIP6-MAG-124", "NETMIP6-AR-096", nullptr, "PNEMO-MAG-202"},
    {"refresh-before-end", "PMIP6-MAG-091", "NETMIP6-AR-077"},
    {"uplink-while-bound", "PMIP6-MAG-154", "NETMIP6-AR-027"},
    {"uplink-until-end", "PMIP6-MAG-101", "NETMIP6-AR-077"},
    {"downlink-to-bound", "PMIP6-LMA-192", "NETMIP6-HA-007", "NEMOPD-HA-215"},
    {"downlink-until-end", "PMIP6-LMA-152", "NETMIP6-HA-070", "NEMOPD-HA-019"},
    {"downlink-after-leaving", nullptr, "NETMIP6-HA-074", "NEMOPD-HA-219"},
}};

const char* requirement(const Rule& rule, std::string_view spec) {
    if (spec == "netmip6")
        return rule.netmip6;
    if (spec == "nemo")
        return rule.nemo;
    return spec == "pmip6-nemo" && rule.pmip6_nemo ? rule.pmip6_nemo : rule.pmip6;
}

} // namespace

const char* name(DialogueRule rule) {
    return rules[static_cast<std::size_t>(rule)].name;
}

std::array<const char*, dialogue_rules> requirements_of(std::string_view spec, const Dialect& dialect) {
    std::array<const char*, dialogue_rules> out{};
    std::ranges::transform(rules, out.begin(), [&](const Rule& rule) {
        return dialect.applies(rule.when) ? requirement(rule, spec) : nullptr;
    });
    return out;
}

std::vector<std::string> dialogue_requirements(std::string_view spec) {
    std::vector<std::string> out;
    for (const Rule& rule : rules)
        if (const char* id = requirement(rule, spec))
            out.emplace_back(id);
    return out;
}

} // namespace judge
