#include "harness/run/files.h"
#include "harness/run/journal.h"
#include "harness/run/merge.h"
#include "harness/run/verbs.h"
#include "harness/stage/host/host.h"
#include "reports/console.h"
#include "reports/junit.h"
#include "reports/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <set>

// The verb that makes one run of several: merge.

namespace run {

namespace {

namespace fs = std::filesystem;

// Requirements as the runs tell them, so that no suites are needed where runs are merged.
void read_ledger(const std::string& directory, model::Ledger& ledger, std::set<std::string>& drafts) {
    std::error_code error;
    const std::string journal = directory + "/journal.ndjson", events = directory + "/events.ndjson";
    const std::string text = read_file(fs::exists(journal, error) ? journal : events, std::size_t{4} << 30);
    // Whatever version wrote it: what is missing in a row is left out.
    const std::size_t named = text.find("\"event\":\"ledger\"");
    if (named == std::string::npos)
        return;
    const std::size_t begin = text.rfind('\n', named) + 1;
    const auto value =
        nlohmann::json::parse(text.substr(begin, text.find('\n', begin) - begin), nullptr, false);
    if (!value.is_object() || !value.contains("requirements") || !value["requirements"].is_array())
        return;
    for (const auto& row : value["requirements"]) {
        const auto at = [&](const char* key) {
            const auto found = row.is_object() ? row.find(key) : row.end();
            return found != row.end() && found->is_string() ? found->get<std::string>() : std::string{};
        };
        model::Requirement one;
        one.id = at("id");
        if (one.id.empty() || ledger.find(one.id))
            continue;
        using enum model::Level;
        for (const auto level : {must, must_not, base, should, should_not, expected, may})
            if (model::name(level) == at("level"))
                one.level = level;
        one.suite = at("suite");
        one.role = at("role");
        one.section = at("section");
        one.text = at("text");
        one.untestable = at("untestable");
        drafts.insert(one.suite);
        ledger.add(std::move(one));
    }
}

// A second name for each file where that can be, else a copy. Links and pipes are left behind: who wrote them
// may have been anybody.
void bring(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::create_directories(to, error);
    for (auto at = fs::directory_iterator(from, error); !error && at != fs::end(at); at.increment(error)) {
        std::error_code trouble;
        const fs::path target = to / at->path().filename();
        const auto kind = at->symlink_status(trouble).type();
        if (kind == fs::file_type::directory) {
            bring(at->path(), target);
        } else if (kind == fs::file_type::regular) {
            fs::create_hard_link(at->path(), target, trouble);
            if (trouble)
                fs::copy_file(at->path(), target, trouble);
            if (trouble)
                throw Trouble(target.string() + ": " + trouble.message());
        }
    }
}

class Collection {
public:
    explicit Collection(std::string directory) : directory_(std::move(directory)) {}
    /// The name that the directory has here; empty where there is none, or where it is none of the run's.
    std::string take(const std::string& run, const std::string& name) {
        std::error_code error;
        if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
            fs::symlink_status(run + "/" + name, error).type() != fs::file_type::directory)
            return {};
        std::string out = name;
        for (unsigned n = 2; !names_.insert(out).second; ++n)
            out = fmt::format("{}-{}", name, n);
        bring(fs::path(run) / name, fs::path(directory_) / out);
        return out;
    }

private:
    std::string directory_;
    std::set<std::string> names_{"events.ndjson", "junit.xml", "report.html"};
};

} // namespace

int merge_verb(const Options& options) {
    std::vector<Part> parts;
    model::Ledger ledger;
    std::set<std::string> drafts;
    for (const auto& path : options.what) {
        parts.push_back({path, record_of_run(path)});
        read_ledger(path, ledger, drafts);
    }
    Whole whole = merge(parts);
    whole.info.drafts = {drafts.begin(), drafts.end()};
    whole.info.command = options.command_line;
    whole.info.past = read_past(options.reports.history);
    const std::string directory = whole.info.directory = make_output_directory(options.out);
    const auto terminal = stage::host::terminal(1);
    std::vector<std::unique_ptr<reports::Listener>> listeners;
    reports::Console::Options look;
    look.width = terminal.width;
    look.verbose = options.verbose;
    listeners.push_back(std::make_unique<reports::Console>(write_to_output(), look, &ledger));
    listeners.push_back(std::make_unique<reports::Ndjson>(write_to(directory + "/events.ndjson"), &ledger));
    const auto junit = [&](const std::string& path, reports::Junit::Dialect dialect) {
        if (!path.empty())
            listeners.push_back(std::make_unique<reports::Junit>(write_to(path), dialect, &ledger));
    };
    junit(directory + "/junit.xml", reports::Junit::Dialect::jenkins);
    junit(options.junit, reports::Junit::Dialect::jenkins);
    junit(options.junit_rich, reports::Junit::Dialect::rich);
    Collection collection(directory);
    for (auto& [result, part] : whole.results) {
        result.directory = collection.take(parts[part].path, result.directory);
        if (result.alone)
            result.alone->directory = collection.take(parts[part].path, result.alone->directory);
    }
    for (auto& listener : listeners) {
        listener->run_started(whole.info);
        for (const auto& [result, part] : whole.results) {
            listener->case_started(result.id);
            listener->case_ended(result);
        }
        for (const auto& [result, part] : whole.results)
            if (result.alone)
                listener->case_played_alone(result);
        listener->run_ended(whole.end);
    }
    if (!options.reports.history.empty()) {
        reports::PastRun now = past_run(whole.info, {}, whole.end.exit_code);
        for (const auto& [result, part] : whole.results)
            now.add(result);
        add_to_history(options.reports.history, now);
    }
    write_page(directory);
    return whole.end.exit_code;
}

} // namespace run
