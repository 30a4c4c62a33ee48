#include "reports/events.h"
#include "reports/story.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>

namespace reports {

using model::Verdict;
using nlohmann::ordered_json;

namespace {

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
    if (const auto missing = object.find("missing"); missing != object.end() && missing->is_object())
        out.missing =
            model::Missing{text_at(*missing, "from"), text_at(*missing, "to"), text_at(*missing, "kind")};
    return out;
}

model::HostStall stall_at(const ordered_json& object) {
    const auto found = object.find("stall");
    if (found == object.end() || !found->is_object())
        return {};
    return {base::Duration{number_at<std::int64_t>(*found, "worst_ns")},
            base::Duration{number_at<std::int64_t>(*found, "total_ns")},
            number_at<std::uint64_t>(*found, "count"), number_at<unsigned>(*found, "replays")};
}

model::Standing standing_of(const std::string& text) {
    using enum model::Standing;
    for (const auto standing : {fresh, still_failing, flaky, fixed, different, expired, stale})
        if (model::name(standing) == text)
            return standing;
    return unlisted;
}

std::optional<model::Alone> alone_of(const ordered_json& object) {
    const auto verdict = object.is_object() ? verdict_of(text_at(object, "verdict")) : std::nullopt;
    if (!verdict)
        return std::nullopt;
    return model::Alone{*verdict, text_at(object, "reason"),
                        base::Duration{number_at<std::int64_t>(object, "took_ns")}, stall_at(object),
                        text_at(object, "directory")};
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
    out.round = std::max(1u, number_at<unsigned>(object, "round"));
    out.stall = stall_at(object);
    out.standing = standing_of(text_at(object, "standing"));
    out.standing_because = text_at(object, "standing_because");
    out.packets = number_at<std::uint64_t>(object, "packets");
    out.directory = text_at(object, "directory");
    out.again = text_at(object, "again");
    out.stage = text_at(object, "stage");
    if (const auto found = object.find("findings"); found != object.end() && found->is_array())
        for (const auto& one : *found)
            if (auto finding = finding_of(one))
                out.findings.push_back(std::move(*finding));
    if (const auto story = object.find("story"); story != object.end())
        out.story = parse_story(*story);
    return out;
}

} // namespace

std::optional<model::CaseResult> parse_case_result(std::string_view text) {
    return result_of(ordered_json::parse(text, nullptr, false));
}

namespace {

RunInfo info_of(const ordered_json& event) {
    RunInfo out;
    out.harness = text_at(event, "harness");
    out.suites = text_at(event, "suites");
    out.specs = text_at(event, "specs");
    out.started = text_at(event, "started");
    out.stage = text_at(event, "stage");
    out.profile = text_at(event, "profile");
    out.command = text_at(event, "command");
    out.suts = texts_at(event, "suts");
    if (const auto all = event.find("implementations"); all != event.end() && all->is_array())
        for (const auto& one : *all)
            if (one.is_object())
                out.implementations.push_back({text_at(one, "name"), text_at(one, "role"),
                                               text_at(one, "version"), text_at(one, "profile")});
    out.host = text_at(event, "host");
    out.baseline = text_at(event, "baseline");
    out.seed = number_at<std::uint64_t>(event, "seed");
    out.cases = number_at<std::uint64_t>(event, "cases");
    out.jobs = number_at<unsigned>(event, "jobs");
    out.rounds = std::max(1u, number_at<unsigned>(event, "rounds"));
    out.shard = text_at(event, "shard");
    out.division = text_at(event, "division");
    return out;
}

RunEnd end_of(const ordered_json& event) {
    RunEnd out;
    out.took = base::Duration{number_at<std::int64_t>(event, "took_ns")};
    out.exit_code = number_at<int>(event, "exit_code");
    const auto interrupted = event.find("interrupted");
    out.interrupted = interrupted != event.end() && interrupted->is_boolean() && interrupted->get<bool>();
    out.remarks = texts_at(event, "remarks");
    return out;
}

// Marks of cases over runs, as runs with their cases.
std::vector<PastRun> past_of(const ordered_json& event) {
    std::vector<PastRun> out;
    const auto runs = event.find("runs"), cases = event.find("cases");
    if (runs == event.end() || !runs->is_array() || cases == event.end() || !cases->is_object())
        return out;
    for (const auto& one : *runs) {
        PastRun run;
        if (one.is_object()) {
            run.started = text_at(one, "started");
            run.suts = texts_at(one, "suts");
            run.exit_code = number_at<int>(one, "exit_code");
        }
        out.push_back(std::move(run));
    }
    for (const auto& [id, value] : cases->items()) {
        const std::string line = value.is_string() ? value.get<std::string>() : std::string{};
        for (std::size_t i = 0; i < std::min(line.size(), out.size()); ++i)
            if (line[i] != '-')
                out[i].cases[id] = line[i];
    }
    return out;
}

} // namespace

Record record_of(std::string_view events) {
    Record out;
    std::map<std::pair<std::string, std::uint64_t>, std::size_t> places;
    while (!events.empty()) {
        const std::size_t end = std::min(events.find('\n'), events.size());
        const auto value = ordered_json::parse(events.substr(0, end), nullptr, false);
        events.remove_prefix(std::min(end + 1, events.size()));
        if (!value.is_object())
            continue;
        const std::string kind = text_at(value, "event");
        if (kind == "run-started") {
            out.info = info_of(value);
        } else if (kind == "history") {
            out.info.past = past_of(value);
        } else if (kind == "case-ended" && value.contains("result")) {
            if (auto result = result_of(value["result"])) {
                places[{result->id, result->seed}] = out.results.size();
                out.results.push_back(std::move(*result));
            }
        } else if (kind == "case-played-alone" && value.contains("alone")) {
            const auto place = places.find({text_at(value, "id"), number_at<std::uint64_t>(value, "seed")});
            if (place != places.end())
                out.results[place->second].alone = alone_of(value["alone"]);
        } else if (kind == "run-ended") {
            out.end = end_of(value);
        }
    }
    if (out.end)
        for (const auto& result : out.results)
            out.end->tally.add(result.verdict);
    return out;
}

std::vector<model::CaseResult> results_of(std::string_view events) {
    return record_of(events).results;
}

} // namespace reports
