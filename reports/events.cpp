#include "reports/events.h"

#include "reports/coverage.h"
#include "reports/story.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace reports {

using model::Verdict;
using nlohmann::ordered_json;

namespace {

std::string line_of(const ordered_json& value) {
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
    if (finding.missing)
        out["missing"] = {
            {"from", finding.missing->from}, {"to", finding.missing->to}, {"kind", finding.missing->kind}};
    return out;
}

ordered_json to_json(const model::HostStall& stall) {
    return {{"worst_ns", stall.worst.count()},
            {"total_ns", stall.total.count()},
            {"count", stall.count},
            {"replays", stall.replays}};
}

ordered_json to_json(const model::Alone& alone) {
    return {{"verdict", model::name(alone.verdict)},
            {"reason", alone.reason},
            {"took_ns", alone.took.count()},
            {"stall", to_json(alone.stall)},
            {"directory", alone.directory}};
}

ordered_json to_json(const model::CaseResult& result) {
    auto findings = ordered_json::array();
    for (const auto& finding : result.findings)
        findings.push_back(to_json(finding));
    ordered_json out{{"id", result.id},
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
                     {"round", result.round},
                     {"packets", result.packets},
                     {"directory", result.directory},
                     {"again", result.again},
                     {"stage", result.stage},
                     {"stall", to_json(result.stall)},
                     {"findings", std::move(findings)}};
    if (result.standing != model::Standing::unlisted)
        out["standing"] = model::name(result.standing);
    if (!result.standing_because.empty())
        out["standing_because"] = result.standing_because;
    if (result.story)
        out["story"] = story_json(*result.story);
    return out;
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

ordered_json standings_of(const RunEnd& end) {
    auto out = ordered_json::object();
    for (const auto& [standing, count] : end.standings)
        if (standing != model::Standing::unlisted)
            out[std::string(model::name(standing))] = count;
    return out;
}

ordered_json repeated_of(const RunEnd& end) {
    auto out = ordered_json::array();
    for (const auto& one : end.repeated)
        out.push_back({{"id", one.id},
                       {"rounds", one.rounds},
                       {"red", one.red},
                       {"flaky", one.is_flaky()},
                       {"gravest", model::name(one.gravest)},
                       {"first_red_seed", one.first_red_seed}});
    return out;
}

ordered_json event(const char* name) {
    return {{"v", Ndjson::version}, {"event", name}};
}

ordered_json implementations_of(const RunInfo& info) {
    auto out = ordered_json::array();
    for (const auto& one : info.implementations)
        out.push_back(
            {{"name", one.name}, {"role", one.role}, {"version", one.version}, {"profile", one.profile}});
    return out;
}

ordered_json history_of(const RunInfo& info) {
    ordered_json out = event("history");
    out["runs"] = ordered_json::array();
    std::set<std::string> ids;
    for (const auto& run : info.past) {
        out["runs"].push_back({{"started", run.started}, {"suts", run.suts}, {"exit_code", run.exit_code}});
        for (const auto& [id, mark] : run.cases)
            ids.insert(id);
    }
    out["cases"] = ordered_json::object();
    for (const auto& id : ids)
        out["cases"][id] = marks(info.past, id);
    return out;
}

} // namespace

std::string json(const model::CaseResult& result) {
    return line_of(to_json(result));
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
                {"implementations", implementations_of(info)},
                {"host", info.host},
                {"baseline", info.baseline},
                {"seed", info.seed},
                {"cases", info.cases},
                {"jobs", info.jobs},
                {"rounds", info.rounds}});
    if (!info.shard.empty())
        out.update({{"shard", info.shard}, {"division", info.division}});
    write_(line_of(out) + "\n");
    if (!info.past.empty())
        write_(line_of(history_of(info)) + "\n");
    if (!ledger_ || info.drafts.empty())
        return;
    ordered_json ledger = event("ledger");
    ledger["requirements"] = ordered_json::array();
    for (const auto& one : ledger_->all())
        if (std::find(info.drafts.begin(), info.drafts.end(), one.suite) != info.drafts.end())
            ledger["requirements"].push_back({{"id", one.id},
                                              {"suite", one.suite},
                                              {"level", model::name(one.level)},
                                              {"role", one.role},
                                              {"section", one.section},
                                              {"clause", clause_of(one.section)},
                                              {"text", one.text},
                                              {"untestable", one.untestable}});
    write_(line_of(ledger) + "\n");
}

void Ndjson::case_started(const std::string& id) {
    ordered_json out = event("case-started");
    out["id"] = id;
    write_(line_of(out) + "\n");
}

void Ndjson::case_ended(const model::CaseResult& result) {
    ordered_json out = event("case-ended");
    out["result"] = to_json(result);
    write_(line_of(out) + "\n");
}

void Ndjson::case_played_alone(const model::CaseResult& result) {
    ordered_json out = event("case-played-alone");
    out["id"] = result.id;
    out["seed"] = result.seed;
    out["alone"] = to_json(*result.alone);
    write_(line_of(out) + "\n");
}

void Ndjson::run_ended(const RunEnd& end) {
    ordered_json out = event("run-ended");
    out.update({{"took_ns", end.took.count()},
                {"exit_code", end.exit_code},
                {"interrupted", end.interrupted},
                {"tally", tally_of(end.tally)},
                {"standings", standings_of(end)},
                {"repeated", repeated_of(end)},
                {"remarks", end.remarks}});
    write_(line_of(out) + "\n");
}

} // namespace reports
