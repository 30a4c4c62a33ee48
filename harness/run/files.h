#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace run {

/// Something that the user has to put right: printed as it is, exit code 2.
struct Trouble : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The whole file. Throws Trouble that names it, also for one of more than `most` octets.
std::string read_file(const std::string& path, std::size_t most = 64u << 20);

/// Where suites, requirements and topologies are: MOBICONFORM_DATA, beside the installed program, or the
/// source tree above it. Throws Trouble if nowhere.
std::string data_directory();

/// Files of that ending below a directory, sorted.
std::vector<std::string> files_below(const std::string& directory, const std::string& ending);

/// Makes a new directory of its own for one run: `wanted`, which must not exist or be empty, or
/// out/<time>-<n>.
std::string make_output_directory(const std::string& wanted);
void make_directory(const std::string& path);

/// A file that is written from the start; text goes to it as it comes, flushed with each piece. Throws
/// Trouble if it cannot be opened; a full disk is reported once on standard error.
std::function<void(std::string_view)> write_to(const std::string& path);
/// Standard output or error as it is.
std::function<void(std::string_view)> write_to_output();
std::function<void(std::string_view)> write_to_error();

} // namespace run
