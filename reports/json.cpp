#include "reports/json.h"

#include "reports/text.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <set>

namespace reports {

using model::Verdict;
using nlohmann::ordered_json;

namespace {

std::string dump(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json place(const model::Where& where) {
    return {{"file", where.file ? *where.file : ""}, {"line", where.line}, {"column", where.column}};
}

ordered_json to_json(const model::Finding& finding) {
    ordered_json out{{"requirement", finding.requirement},
                     {"level", model::name(finding.level)},
                     {"verdict", model::name(finding.verdict)},
                     {"sentence", finding.sentence},
                     {"where", place(finding.where)},
                     {"step", finding.step},
                     {"culprit", finding.culprit},
                     {"packet", finding.packet},
                     {"at_ns", finding.at.count()}};
    auto differences = ordered_json::array();
    for (const auto& one : finding.differences)
        differences.push_back({{"path", one.path},
                               {"expected", one.expected},
                               {"actual", one.actual},
                               {"offset", one.offset},
                               {"size", one.size}});
    out["differences"] = std::move(differences);
    out["packet_text"] = finding.packet_text;
    if (finding.verdict == Verdict::observed) {
        out["name"] = finding.name;
        out["value"] = finding.value;
    }
    return out;
}

ordered_json to_json(const model::CaseResult& result) {
    auto findings = ordered_json::array();
    for (const auto& finding : result.findings)
        findings.push_back(to_json(finding));
    return {{"id", result.id},
            {"suite", result.suite},
            {"name", result.name},
            {"title", result.title},
            {"verdict", model::name(result.verdict)},
            {"reason", result.reason},
            {"proves", result.proves},
            {"roles", result.roles},
            {"where", place(result.where)},
            {"took_ns", result.took.count()},
            {"seed", result.seed},
            {"packets", result.packets},
            {"directory", result.directory},
            {"again", result.again},
            {"stage", result.stage},
            {"findings", std::move(findings)}};
}

// Reading back: every value may be missing or of another type.

std::string text_at(const ordered_json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

template <class T>
T number_at(const ordered_json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<T>() : T{};
}

std::vector<std::string> texts_at(const ordered_json& object, const char* key) {
    std::vector<std::string> out;
    const auto found = object.find(key);
    if (found != object.end() && found->is_array())
        for (const auto& one : *found)
            if (one.is_string())
                out.push_back(one.get<std::string>());
    return out;
}

model::Where where_at(const ordered_json& object) {
    const auto found = object.find("where");
    if (found == object.end() || !found->is_object())
        return {};
    return {std::make_shared<const std::string>(text_at(*found, "file")), number_at<unsigned>(*found, "line"),
            number_at<unsigned>(*found, "column")};
}

std::optional<Verdict> verdict_of(const std::string& text) {
    for (const auto verdict : {Verdict::pass, Verdict::observed, Verdict::deviation, Verdict::inconclusive,
                               Verdict::error, Verdict::fail, Verdict::not_claimed, Verdict::unsupported})
        if (model::name(verdict) == text)
            return verdict;
    return std::nullopt;
}

model::Level level_of(const std::string& text) {
    for (const auto level :
         {model::Level::must, model::Level::must_not, model::Level::base, model::Level::should,
          model::Level::should_not, model::Level::expected, model::Level::may})
        if (model::name(level) == text)
            return level;
    return {};
}

std::optional<model::Finding> finding_of(const ordered_json& object) {
    const auto verdict = object.is_object() ? verdict_of(text_at(object, "verdict")) : std::nullopt;
    if (!verdict)
        return std::nullopt;
    model::Finding out;
    out.requirement = text_at(object, "requirement");
    out.level = level_of(text_at(object, "level"));
    out.verdict = *verdict;
    out.sentence = text_at(object, "sentence");
    out.where = where_at(object);
    out.step = text_at(object, "step");
    out.culprit = text_at(object, "culprit");
    out.packet = number_at<std::uint64_t>(object, "packet");
    out.at = base::Mono{number_at<std::int64_t>(object, "at_ns")};
    if (const auto found = object.find("differences"); found != object.end() && found->is_array())
        for (const auto& one : *found)
            if (one.is_object())
                out.differences.push_back({text_at(one, "path"), text_at(one, "expected"),
                                           text_at(one, "actual"), number_at<std::size_t>(one, "offset"),
                                           number_at<std::size_t>(one, "size")});
    out.packet_text = text_at(object, "packet_text");
    out.name = text_at(object, "name");
    out.value = text_at(object, "value");
    return out;
}

std::optional<model::CaseResult> result_of(const ordered_json& object) {
    const auto verdict = object.is_object() ? verdict_of(text_at(object, "verdict")) : std::nullopt;
    if (!verdict || text_at(object, "id").empty())
        return std::nullopt;
    model::CaseResult out;
    out.id = text_at(object, "id");
    out.suite = text_at(object, "suite");
    out.name = text_at(object, "name");
    out.title = text_at(object, "title");
    out.verdict = *verdict;
    out.reason = text_at(object, "reason");
    out.proves = texts_at(object, "proves");
    out.roles = texts_at(object, "roles");
    out.where = where_at(object);
    out.took = base::Duration{number_at<std::int64_t>(object, "took_ns")};
    out.seed = number_at<std::uint64_t>(object, "seed");
    out.packets = number_at<std::uint64_t>(object, "packets");
    out.directory = text_at(object, "directory");
    out.again = text_at(object, "again");
    out.stage = text_at(object, "stage");
    if (const auto found = object.find("findings"); found != object.end() && found->is_array())
        for (const auto& one : *found)
            if (auto finding = finding_of(one))
                out.findings.push_back(std::move(*finding));
    return out;
}

std::string cost_name(model::Cost cost) {
    return cost == model::Cost::brief ? "short" : cost == model::Cost::medium ? "medium" : "long";
}

ordered_json nullable(const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json tally_of(const Tally& tally) {
    return {{"passed", tally.passed},
            {"deviations", tally.deviations},
            {"inconclusive", tally.inconclusive},
            {"errors", tally.errors},
            {"failed", tally.failed},
            {"unsupported", tally.unsupported},
            {"not_claimed", tally.not_claimed}};
}

ordered_json event(const char* name) {
    return {{"v", Ndjson::version}, {"event", name}};
}

} // namespace

std::string json(const model::CaseResult& result) {
    return dump(to_json(result));
}

std::optional<model::CaseResult> parse_case_result(std::string_view text) {
    return result_of(ordered_json::parse(text, nullptr, false));
}

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
                                {"messages", one.messages}});
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
                                {"text", finding.packet_text},
                                {"capture", report.capture}});
        }
        for (const auto& one : report.requirements)
            requirements.push_back({{"requirement", one.requirement},
                                    {"level", model::name(one.level)},
                                    {"verdict", model::name(one.verdict)},
                                    {"checked", one.checked},
                                    {"broken", one.broken}});
        captures.push_back({{"capture", report.capture},
                            {"packets", report.packets},
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

void Ndjson::run_started(const RunInfo& info) {
    ordered_json out = event("run-started");
    out.update({{"harness", info.harness},
                {"suites", info.suites},
                {"specs", info.specs},
                {"started", info.started},
                {"stage", info.stage},
                {"profile", info.profile},
                {"command", info.command},
                {"suts", info.suts},
                {"seed", info.seed},
                {"cases", info.cases},
                {"jobs", info.jobs}});
    write_(dump(out) + "\n");
}

void Ndjson::case_started(const std::string& id) {
    ordered_json out = event("case-started");
    out["id"] = id;
    write_(dump(out) + "\n");
}

void Ndjson::case_ended(const model::CaseResult& result) {
    ordered_json out = event("case-ended");
    out["result"] = to_json(result);
    write_(dump(out) + "\n");
}

void Ndjson::run_ended(const RunEnd& end) {
    ordered_json out = event("run-ended");
    out.update({{"took_ns", end.took.count()},
                {"exit_code", end.exit_code},
                {"interrupted", end.interrupted},
                {"tally", tally_of(end.tally)},
                {"remarks", end.remarks}});
    write_(dump(out) + "\n");
}

std::vector<model::CaseResult> results_of(std::string_view events) {
    std::vector<model::CaseResult> out;
    while (!events.empty()) {
        const std::size_t end = std::min(events.find('\n'), events.size());
        const auto value = ordered_json::parse(events.substr(0, end), nullptr, false);
        events.remove_prefix(std::min(end + 1, events.size()));
        if (!value.is_object() || text_at(value, "event") != "case-ended" || !value.contains("result"))
            continue;
        if (auto result = result_of(value["result"]))
            out.push_back(std::move(*result));
    }
    return out;
}

} // namespace reports
