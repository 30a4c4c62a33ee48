#include "harness/run/files.h"
#include "harness/run/verbs.h"
#include "reports/comparison.h"

#include <filesystem>

// The verb that sets two runs beside each other: compare.

namespace run {

namespace {

reports::Record record(const std::string& path) {
    std::error_code error;
    const bool is_directory = std::filesystem::is_directory(path, error);
    const std::string file = is_directory ? path + "/events.ndjson" : path;
    auto out = reports::record_of(read_file(file, 1u << 30));
    if (out.info.started.empty() && out.results.empty())
        throw Trouble(file + " holds no events of a run");
    return out;
}

} // namespace

int compare_verb(const Options& options) {
    const auto before = record(options.what.at(0)), after = record(options.what.at(1));
    const auto comparison = reports::compare(before, after);
    write_to_output()(options.json ? reports::comparison_json(comparison) : reports::text(comparison));
    return comparison.exit_code;
}

} // namespace run
