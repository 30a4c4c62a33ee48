#include "harness/run/tar.h"

#include <fmt/format.h>

#include <algorithm>

namespace run {

namespace {
constexpr std::size_t tar_block = 512;
}

bool Tar::add(const std::string& name, std::string_view content) {
    std::string directory, file = name;
    if (name.size() > 100) {
        const auto stroke = name.rfind('/');
        if (stroke == std::string::npos)
            return false;
        directory = name.substr(0, stroke);
        file = name.substr(stroke + 1);
    }
    if (directory.size() > 155 || file.size() > 100 || content.size() >= (1ull << 33))
        return false;
    std::string header(tar_block, '\0');
    const auto put = [&](std::size_t at, const std::string& text) {
        std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
    };
    put(0, file);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, fmt::format("{:011o}", content.size()));
    put(136, "00000000000");
    put(148, "        "); // the checksum counts itself as blanks
    put(156, "0");
    put(257, std::string("ustar\0"
                         "00",
                         8));
    put(345, directory);
    unsigned sum = 0;
    for (const char c : header)
        sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    write_(header);
    write_(content);
    if (const std::size_t rest = content.size() % tar_block; rest != 0)
        write_(std::string(tar_block - rest, '\0'));
    return true;
}

void Tar::finish() {
    write_(std::string(2 * tar_block, '\0'));
}

} // namespace run
