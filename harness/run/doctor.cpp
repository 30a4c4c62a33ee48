#include "harness/base/text.h"
#include "harness/run/cast.h"
#include "harness/run/files.h"
#include "harness/run/needs.h"
#include "harness/run/suites.h"
#include "harness/run/verbs.h"
#include "harness/run/world.h"
#include "harness/stage/host/host.h"
#include "reports/host_report.h"

#include <algorithm>

// The verb that says what can be played here: doctor.

namespace run {

namespace {

// What the suites name, each with whether it is there.
std::vector<reports::HostReport::Need> needs(const std::vector<const model::Case*>& cases,
                                             const std::map<std::string, std::string>& unmet) {
    std::map<std::string, reports::HostReport::Need> out;
    for (const auto* one : cases)
        for (const auto& name : one->needs) {
            auto& need = out[name];
            need.name = name;
            ++need.cases;
            if (const auto found = unmet.find(name); found != unmet.end())
                need.because = found->second;
        }
    std::vector<reports::HostReport::Need> list;
    for (auto& [name, need] : out)
        list.push_back(std::move(need));
    return list;
}

// Asks for each case just what a run would ask.
void ask(reports::HostReport& report, const std::string& stage, const Suites& suites,
         const std::vector<const model::Case*>& cases, std::map<std::string, std::string> unmet) {
    WorldOptions options;
    options.stage = stage;
    options.make = play_role;
    options.missing = std::move(unmet);
    const World world(suites, std::move(options));
    for (const auto* one : cases) {
        auto& suite = report.suites[one->suite.substr(0, one->suite.find('/'))][stage];
        std::string reason;
        ++suite.cases;
        if (world.obstacle(*one, reason) == model::Verdict::pass)
            ++suite.playable;
        else
            ++suite.obstacles[reason];
    }
}

} // namespace

int doctor_verb(const Options& options) {
    const auto suites = load_suites(options);
    std::vector<const model::Case*> cases;
    for (const auto& one : suites->library.cases)
        cases.push_back(&one);
    reports::HostReport report;
    report.host = stage::host::kernel();
    report.processors = stage::host::processors();
    report.roles = base::split(known_roles());
    const auto features = stage::lab::features();
    for (const auto& one : features)
        report.features.push_back({one.name, one.available, one.found, one.cost});
    const auto unmet = unmet_needs(cases, "lab", features);
    report.needs = needs(cases, unmet);
    ask(report, "lab", *suites, cases, unmet);
    ask(report, "sim", *suites, cases, unmet_needs(cases, "sim", features));
    write_to_output()(options.json ? reports::host_json(report) : reports::text(report));
    return 0;
}

} // namespace run
