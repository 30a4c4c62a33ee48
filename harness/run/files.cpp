#include "harness/run/files.h"

#include "harness/stage/host/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

namespace run {

namespace fs = std::filesystem;

std::string read_file(const std::string& path, std::size_t most) {
    std::error_code error;
    if (fs::is_directory(path, error))
        throw Trouble(path + ": this is a directory");
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Trouble(path + ": " + std::generic_category().message(errno));
    // A file at once; what has no size that could be asked for, in pieces.
    const std::uintmax_t size = fs::file_size(path, error);
    std::size_t piece = error || size == 0 ? 1u << 16 : std::min<std::uintmax_t>(size, most) + 1;
    std::string text;
    for (std::size_t end = 0;; piece = std::max<std::size_t>(end, 1u << 16)) {
        text.resize(end + piece);
        file.read(text.data() + end, static_cast<std::streamsize>(piece));
        end += static_cast<std::size_t>(file.gcount());
        text.resize(end);
        if (end > most)
            throw Trouble(fmt::format("{}: more than {} octets", path, most));
        if (!file)
            return text;
    }
}

std::string data_directory() {
    const auto holds_suites = [](const fs::path& path) {
        std::error_code error;
        return fs::exists(path / "suites" / "topologies.xml", error);
    };
    if (const char* named = std::getenv("MOBICONFORM_DATA")) {
        if (!holds_suites(named))
            throw Trouble(fmt::format("MOBICONFORM_DATA is {}, where no suites/topologies.xml is", named));
        return named;
    }
    fs::path above = fs::path(stage::host::executable()).parent_path();
    if (const fs::path installed = above.parent_path() / "share" / "mobiconform"; holds_suites(installed))
        return installed;
    for (; above.has_relative_path(); above = above.parent_path())
        if (holds_suites(above))
            return above;
    throw Trouble(
        "the suites are neither beside the program nor above it: name their directory in MOBICONFORM_DATA");
}

std::vector<std::string> files_below(const std::string& directory, const std::string& ending) {
    std::vector<std::string> out;
    std::error_code error;
    for (auto at = fs::recursive_directory_iterator(directory, error); !error && at != fs::end(at);
         at.increment(error))
        if (at->is_regular_file(error) && at->path().extension() == ending)
            out.push_back(at->path().lexically_normal().string());
    std::sort(out.begin(), out.end());
    return out;
}

void make_directory(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
        throw Trouble(path + ": " + error.message());
}

std::string make_output_directory(const std::string& wanted) {
    std::error_code error;
    if (!wanted.empty()) {
        make_directory(wanted);
        if (!fs::is_empty(wanted, error) || error)
            throw Trouble(wanted +
                          ": results of another run are there, or something else; name a new directory");
        return wanted;
    }
    make_directory("out");
    std::string time = stage::host::utc(stage::host::now().wall);
    std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
    for (unsigned n = 1; n < 10000; ++n) {
        std::string path = fmt::format("out/{}-{}", time, n);
        // Whoever makes it owns it: two runs that begin in the same second do not share one.
        if (fs::create_directory(path, error))
            return path;
        if (error)
            throw Trouble(path + ": " + error.message());
    }
    throw Trouble("out/" + time + "-*: too many runs in one second");
}

std::function<void(std::string_view)> write_to(const std::string& path) {
    auto file = std::make_shared<std::ofstream>(path, std::ios::binary | std::ios::trunc);
    if (!*file)
        throw Trouble(path + ": " + std::generic_category().message(errno));
    return [file, path, told = false](std::string_view text) mutable {
        file->write(text.data(), static_cast<std::streamsize>(text.size()));
        file->flush();
        if (!*file && !std::exchange(told, true))
            fmt::print(stderr, "mobiconform: {}: {}\n", path, std::generic_category().message(errno));
    };
}

std::function<void(std::string_view)> write_to_output() {
    return [](std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    };
}

std::function<void(std::string_view)> write_to_error() {
    return [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
}

} // namespace run
