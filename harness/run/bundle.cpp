#include "harness/run/anonymiser.h"
#include "harness/run/files.h"
#include "harness/run/profiles.h"
#include "harness/run/tar.h"
#include "harness/run/verbs.h"
#include "harness/stage/pcapng.h"
#include "harness/stage/replay/capture.h"
#include "reports/events.h"
#include "reports/failure.h"
#include "reports/page.h"
#include "reports/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

// The verb that packs the evidence of a run for those who are to mend it: bundle.

namespace run {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

base::Bytes new_secret() {
    std::ifstream source("/dev/urandom", std::ios::binary);
    base::Bytes out(32);
    if (!source.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size())))
        throw Trouble("this host gives no random numbers");
    return out;
}

/// A file that goes when this does.
class Scratch {
public:
    explicit Scratch(std::string path) : path_(std::move(path)) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

class Bundle {
public:
    Bundle(const Options& options, std::string directory, const std::string& archive)
        : options_(options), directory_(std::move(directory)), scratch_(archive + ".part"),
          anonymiser_(new_secret()), tar_(write_to(archive)) {}

    void write();
    std::size_t cases() const { return cases_; }
    std::size_t left_out() const { return left_out_; }

private:
    std::string plain_or_not(const std::string& text) {
        return options_.reports.plain ? text : anonymiser_.text(text);
    }
    std::string events(const std::string& text);
    void meet(const model::CaseResult&);
    void add_case(const model::CaseResult&);
    void add_file(const model::CaseResult&, const fs::path&);
    std::string capture(const model::CaseResult&, const std::string& path);
    void add(const std::string& name, const std::string& content);

    const Options& options_;
    std::string directory_;
    Scratch scratch_;
    Anonymiser anonymiser_;
    Tar tar_;
    wire::Profile profile_;
    std::uint64_t room_ = 0;
    std::size_t cases_ = 0, left_out_ = 0;
};

void Bundle::add(const std::string& name, const std::string& content) {
    if (!tar_.add("evidence/" + name, content))
        ++left_out_;
}

// The octets in stories are frames; everything else is text.
std::string Bundle::events(const std::string& text) {
    if (options_.reports.plain)
        return text;
    std::string out;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        auto event = ordered_json::parse(rest.substr(0, end), nullptr, false);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!event.is_object())
            continue;
        std::vector<std::string> frames;
        const auto story = ordered_json::json_pointer("/result/story/octets");
        if (event.contains(story) && event[story].is_array())
            for (auto& one : event[story])
                if (one.is_object() && one.contains("hex") && one["hex"].is_string()) {
                    const auto octets = base::parse_hex(one["hex"].get<std::string>());
                    frames.push_back(octets ? base::hex(anonymiser_.frame(*octets, profile_))
                                            : std::string{});
                    one["hex"] = "frame";
                }
        const std::string line =
            anonymiser_.text(event.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
        event = ordered_json::parse(line, nullptr, false);
        if (!event.is_object())
            continue;
        for (std::size_t i = 0; i < frames.size(); ++i)
            event[story][i]["hex"] = frames[i];
        out += event.dump() + "\n";
    }
    return out;
}

std::string Bundle::capture(const model::CaseResult& result, const std::string& path) {
    if (options_.reports.plain)
        return read_file(path, options_.reports.most);
    auto from = stage::replay::Capture::open(path);
    from.prepare();
    stage::PcapngWriter to(scratch_.path(), "mobiconform " + version(), anonymiser_.text(from.comment()));
    while (const auto* record = from.next()) {
        const auto& on = from.interfaces().at(record->interface);
        to.add(on.name.empty() ? "link" : on.name, record->at, anonymiser_.frame(record->bytes, profile_),
               on.description);
    }
    for (const auto& finding : result.findings)
        if (finding.packet != 0)
            to.comment(finding.packet,
                       reports::clean(plain_or_not(fmt::format("{} {}: {}", reports::word(finding.verdict),
                                                               finding.requirement, finding.sentence))));
    to.close();
    return read_file(scratch_.path(), options_.reports.most + (1u << 20));
}

void Bundle::add_file(const model::CaseResult& result, const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error || size > room_) {
        ++left_out_;
        return;
    }
    const std::string name = fs::relative(path, directory_, error).string();
    if (path.extension() == ".pcapng") {
        if (options_.reports.captures == "red" && !model::is_red(result.verdict))
            return;
        add(name, capture(result, path.string()));
    } else {
        const std::string text = read_file(path.string(), room_);
        if (text.find('\0') != std::string::npos) {
            ++left_out_; // a database: nobody knows what is in it
            return;
        }
        add(name, plain_or_not(text));
    }
    room_ -= size;
}

void Bundle::add_case(const model::CaseResult& result) {
    const fs::path place = fs::path(directory_) / result.directory;
    std::error_code error;
    if (result.directory.empty() || result.directory.find("..") != std::string::npos ||
        !fs::is_directory(place, error))
        return;
    ++cases_;
    std::vector<fs::path> files;
    for (auto at = fs::recursive_directory_iterator(place, error); !error && at != fs::end(at);
         at.increment(error))
        if (fs::is_regular_file(at->symlink_status(error)))
            files.push_back(at->path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files)
        add_file(result, file);
}

// What stands in fields is learned before it is looked for where no field is.
void Bundle::meet(const model::CaseResult& result) {
    const std::string path = directory_ + "/" + result.directory + "/capture.pcapng";
    std::error_code error;
    if (options_.reports.plain || result.directory.empty() || !fs::is_regular_file(path, error))
        return;
    auto from = stage::replay::Capture::open(path);
    while (const auto* record = from.next())
        anonymiser_.frame(record->bytes, profile_);
}

void Bundle::write() {
    const std::string text = read_file(directory_ + "/events.ndjson", 1u << 30);
    auto record = reports::record_of(text);
    if (record.info.started.empty() && record.results.empty())
        throw Trouble(directory_ + "/events.ndjson holds no events of a run");
    profile_ = profile_named(record.info.profile);
    std::stable_sort(record.results.begin(), record.results.end(), [](const auto& left, const auto& right) {
        return left.verdict <= model::Verdict::fail &&
               (right.verdict > model::Verdict::fail || left.verdict > right.verdict);
    });
    for (const auto& result : record.results)
        meet(result);
    const std::string told = events(text);
    add("README.txt",
        fmt::format(
            "Evidence of a run of mobiconform {} of {}.\n\n"
            "report.html is the place to begin; events.ndjson is what it was made from; each case has a\n"
            "directory with its capture, transcript and logs, the gravest cases first.\n\n{}\n",
            record.info.harness, record.info.started,
            options_.reports.plain
                ? "Nothing was replaced."
                : "Identifiers, addresses and keys were replaced, the same by the same everywhere: in\n"
                  "reports, logs and captures. Global IPv6 addresses lie in 3fff::/20, IPv4 addresses in\n"
                  "10.0.0.0/8. Checksums are as right or wrong as they were; authenticators over replaced\n"
                  "octets (AH, RFC 4285) are not right any more."));
    add("events.ndjson", told);
    add("report.html", reports::page(told));
    room_ = options_.reports.most;
    for (const auto& result : record.results)
        add_case(result);
    tar_.finish();
}

} // namespace

int bundle_verb(const Options& options) {
    std::string directory = options.what.at(0);
    while (directory.size() > 1 && directory.back() == '/')
        directory.pop_back();
    const std::string archive = options.out.empty() ? directory + ".evidence.tar" : options.out;
    std::error_code error;
    if (fs::exists(archive, error))
        throw Trouble(archive + " is there already; name another with --out");
    Bundle bundle(options, directory, archive);
    bundle.write();
    fmt::print("{}: {} cases{}{}\n", archive, bundle.cases(),
               bundle.left_out() == 0 ? std::string{} : fmt::format(", {} files left out", bundle.left_out()),
               options.reports.plain ? ", nothing replaced" : "");
    return 0;
}

void keep_captures(const std::string& directory, const std::vector<model::CaseResult>& results,
                   const std::string& which) {
    std::error_code ignored;
    for (const auto& result : results)
        if (which == "red" && !result.directory.empty() && !model::is_red(result.verdict))
            fs::remove(fs::path(directory) / result.directory / "capture.pcapng", ignored);
}

} // namespace run
