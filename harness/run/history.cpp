#include "reports/history.h"

#include "harness/run/files.h"
#include "harness/run/verbs.h"
#include "reports/events.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

// What became of cases from run to run: the verb history, and the file that run --history keeps.

namespace run {

namespace {

std::vector<reports::PastRun> runs_in(const std::string& path) {
    std::error_code error;
    const bool is_directory = std::filesystem::is_directory(path, error);
    const std::string file = is_directory ? path + "/events.ndjson" : path;
    const std::string text = read_file(file, 1u << 30);
    auto out = reports::parse_history(text);
    if (!out.empty())
        return out;
    const auto record = reports::record_of(text);
    if (record.info.started.empty() && record.results.empty())
        throw Trouble(file + " holds neither events of a run nor a history");
    return {past_run(record.info, record.results, record.end ? record.end->exit_code : 0)};
}

} // namespace

reports::PastRun past_run(const reports::RunInfo& info, const std::vector<model::CaseResult>& results,
                          int exit_code) {
    reports::PastRun out;
    out.started = info.started;
    out.suts = info.suts;
    out.exit_code = exit_code;
    for (const auto& result : results)
        out.add(result);
    return out;
}

std::vector<reports::PastRun> read_past(const std::string& path) {
    std::error_code error;
    if (path.empty() || !std::filesystem::exists(path, error))
        return {};
    return reports::parse_history(read_file(path, 256u << 20));
}

void add_to_history(const std::string& path, const reports::PastRun& run) {
    std::ofstream file(path, std::ios::binary | std::ios::app);
    file << reports::history_line(run);
    if (!file.flush())
        throw Trouble(path + ": the history could not be written");
}

int history_verb(const Options& options) {
    std::vector<reports::PastRun> all;
    for (const auto& path : options.what) {
        auto more = runs_in(path);
        all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& left, const auto& right) { return left.started < right.started; });
    write_to_output()(options.json ? reports::history_json(all, options.reports.pattern)
                                   : reports::text(all, options.reports.pattern));
    return 0;
}

} // namespace run
