#include "harness/run/journal.h"

#include "harness/run/files.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

namespace run {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_octets = 4ull << 30;

std::string journal_of(const std::string& directory) {
    return directory + "/journal.ndjson";
}

std::string events_of(const std::string& directory) {
    return directory + "/events.ndjson";
}

} // namespace

reports::Write open_journal(const std::string& directory) {
    const std::string path = journal_of(directory);
    std::error_code error;
    const bool begun = fs::exists(path, error);
    auto file = std::make_shared<std::ofstream>(path, std::ios::binary | std::ios::app);
    if (!*file)
        throw Trouble(path + ": " + std::generic_category().message(errno));
    if (begun)
        *file << '\n'; // the last line may have been cut
    return [file](std::string_view text) {
        file->write(text.data(), static_cast<std::streamsize>(text.size()));
        file->flush();
    };
}

void drop_journal(const std::string& directory) {
    std::error_code ignored;
    fs::remove(journal_of(directory), ignored);
}

reports::Record record_of_run(const std::string& directory) {
    std::error_code error;
    const bool cut = fs::exists(journal_of(directory), error);
    if (!cut && !fs::exists(events_of(directory), error))
        throw Trouble(directory + ": there is no run");
    const std::string path = cut ? journal_of(directory) : events_of(directory);
    auto out = reports::record_of(read_file(path, most_octets));
    if (out.info.started.empty())
        throw Trouble(path + " holds no events of a run");
    if (cut)
        out.end.reset();
    return out;
}

reports::Record reopen(const std::string& directory) {
    std::error_code error;
    if (!fs::exists(journal_of(directory), error)) {
        fs::rename(events_of(directory), journal_of(directory), error);
        if (error)
            throw Trouble(
                fmt::format("{}: there is no run that could go on: {}", directory, error.message()));
    }
    return record_of_run(directory);
}

std::vector<std::string> words_of(std::string_view command) {
    std::vector<std::string> out;
    bool quoted = false, inside = false;
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        if (!quoted && (c == ' ' || c == '\n' || c == '\t')) {
            inside = false;
            continue;
        }
        if (!inside)
            out.emplace_back();
        inside = true;
        if (c == '\'')
            quoted = !quoted;
        else if (c == '\\' && !quoted && i + 1 < command.size())
            out.back() += command[++i];
        else
            out.back() += c;
    }
    return out;
}

} // namespace run
