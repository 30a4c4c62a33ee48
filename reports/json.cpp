#include "reports/json.h"

#include "reports/text.h"

#include <nlohmann/json.hpp>

#include <set>

namespace reports {

using nlohmann::ordered_json;

namespace {

std::string dump(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string cost_name(model::Cost cost) {
    return cost == model::Cost::brief ? "short" : cost == model::Cost::medium ? "medium" : "long";
}

ordered_json nullable(const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

} // namespace

std::string list_json(const std::vector<const model::Case*>& cases) {
    auto out = ordered_json::array();
    for (const model::Case* one : cases)
        out.push_back({{"id", one->id},
                       {"suite", one->suite},
                       {"file", one->where.file ? *one->where.file : ""},
                       {"line", one->where.line},
                       {"title", one->title},
                       {"role", one->under_test.empty() ? "" : one->under_test.front()},
                       {"roles", one->under_test},
                       {"proves", one->proves()},
                       {"needs", one->needs},
                       {"stages", one->stages},
                       {"cost", cost_name(one->cost)}});
    return dump({{"cases", std::move(out)}}) + "\n";
}

namespace {

ordered_json count_of(const Coverage::Count& count, bool played) {
    ordered_json out{{"requirements", count.all},
                     {"testable", count.testable()},
                     {"untestable", count.untestable},
                     {"named", count.named}};
    out["proven"] = played ? ordered_json(count.proven) : ordered_json(nullptr);
    return out;
}

ordered_json proof_of_row(const Coverage::Row& row, bool played) {
    if (!played)
        return nullptr;
    auto out = ordered_json::array();
    std::set<std::string> told;
    for (const auto& conviction : row.convictions)
        for (const auto& one : conviction.cases)
            if (told.insert(one).second)
                out.push_back(one);
    return out;
}

} // namespace

std::string coverage_json(const Coverage& coverage) {
    auto rows = ordered_json::array();
    for (const auto& row : coverage.rows) {
        const auto& requirement = *row.requirement;
        auto mutants = ordered_json::array();
        for (const auto& conviction : row.convictions)
            mutants.push_back(conviction.mutant);
        rows.push_back({{"id", requirement.id},
                        {"level", model::name(requirement.level)},
                        {"role", requirement.role},
                        {"section", requirement.section},
                        {"clause", row.clause},
                        {"text", requirement.text},
                        {"how", requirement.how},
                        {"untestable_because", nullable(requirement.untestable)},
                        {"named_by", row.named_by},
                        {"proven_by", proof_of_row(row, coverage.played)},
                        {"mutants", std::move(mutants)},
                        {"verdict", row.verdict}});
    }
    ordered_json summary = count_of(coverage.total, coverage.played);
    summary["binding"] = count_of(coverage.binding, coverage.played);
    auto sections = ordered_json::array();
    for (const auto& section : coverage.sections) {
        ordered_json one{{"suite", section.suite}, {"clause", section.clause}};
        one.update(count_of(section.count, coverage.played));
        sections.push_back(std::move(one));
    }
    for (const auto& [verdict, count] : coverage.by_verdict)
        summary["verdicts"][verdict] = count;
    return dump({{"requirements", std::move(rows)},
                 {"sections", std::move(sections)},
                 {"summary", std::move(summary)}}) +
           "\n";
}

std::string mutants_json(const KillMatrix& matrix) {
    auto mutants = ordered_json::array();
    for (const auto& mutant : matrix.mutants)
        mutants.push_back({{"id", mutant.id},
                           {"role", mutant.role},
                           {"violates", mutant.violates},
                           {"killed_by", mutant.killed_by},
                           {"convicted", ordered_json(mutant.convicted)},
                           {"survivor_because", nullable(mutant.killed()             ? ""
                                                         : mutant.equivalent.empty() ? mutant.survivor_because
                                                                                     : mutant.equivalent)},
                           {"equivalent", !mutant.equivalent.empty()},
                           {"played", mutant.played},
                           {"noticed_by", mutant.noticed_by}});
    auto cases = ordered_json::array();
    for (const auto& one : matrix.cases)
        cases.push_back({{"id", one.id}, {"kills", one.kills}});
    return dump({{"mutants", std::move(mutants)}, {"cases", std::move(cases)}}) + "\n";
}

std::string check_json(const std::vector<CheckReport>& reports) {
    std::uint64_t packets = 0, messages = 0, total = 0;
    auto sessions = ordered_json::array(), findings = ordered_json::array(),
         requirements = ordered_json::array();
    auto captures = ordered_json::array();
    for (const auto& report : reports) {
        packets += report.packets;
        messages += report.messages;
        total += report.findings_total;
        for (const auto& one : report.sessions)
            sessions.push_back({{"about", one.about},
                                {"from", one.from},
                                {"to", one.to},
                                {"first", one.first},
                                {"last", one.last},
                                {"messages", one.messages},
                                {"state", one.state},
                                {"prefix", one.prefix},
                                {"handovers", one.handovers},
                                {"refusals", one.refusals},
                                {"repetitions", one.repetitions}});
        for (const auto& finding : report.findings) {
            const bool shown = !finding.differences.empty();
            findings.push_back({{"requirement", finding.requirement},
                                {"level", model::name(finding.level)},
                                {"verdict", model::name(finding.verdict)},
                                {"packet", finding.packet},
                                {"message", finding.sentence},
                                {"expected", shown ? finding.differences.front().expected : ""},
                                {"actual", shown ? finding.differences.front().actual : ""},
                                {"field", shown ? finding.differences.front().path : ""},
                                {"culprit", finding.culprit},
                                {"rule", finding.step.starts_with("rule ") ? finding.step.substr(5) : ""},
                                {"text", finding.packet_text},
                                {"capture", report.capture}});
            if (finding.name == "consequence-of")
                findings.back()["consequence_of"] = std::stoull(finding.value);
        }
        for (const auto& one : report.requirements)
            requirements.push_back({{"requirement", one.requirement},
                                    {"level", model::name(one.level)},
                                    {"verdict", model::name(one.verdict)},
                                    {"checked", one.checked},
                                    {"broken", one.broken}});
        captures.push_back({{"capture", report.capture},
                            {"packets", report.packets},
                            {"whole", report.whole},
                            {"sessions", report.sessions_total},
                            {"troubles", report.troubles}});
    }
    return dump({{"packets", packets},
                 {"messages", messages},
                 {"sessions", std::move(sessions)},
                 {"findings", std::move(findings)},
                 {"findings_total", total},
                 {"requirements", std::move(requirements)},
                 {"captures", std::move(captures)}}) +
           "\n";
}

} // namespace reports
