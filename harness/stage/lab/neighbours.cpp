#include "harness/stage/lab/neighbours.h"

#include "harness/base/text.h"
#include "harness/stage/lab/descriptor.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace stage::lab {

std::optional<NeighbourTable> neighbour_table() {
    static const Descriptor file(::open("/proc/net/stat/ndisc_cache", O_RDONLY | O_CLOEXEC));
    std::string text;
    std::array<char, 4096> piece{};
    if (!file || ::lseek(file.get(), 0, SEEK_SET) != 0)
        return std::nullopt;
    for (ssize_t size = 0; (size = ::read(file.get(), piece.data(), piece.size())) > 0;)
        text.append(piece.data(), static_cast<std::size_t>(size));
    const auto lines = base::split(text, "\n");
    if (lines.size() < 2)
        return std::nullopt;
    // Which column counts the overflows differs between kernels; there is a line for each processor.
    const auto head = base::split(lines.front());
    const auto full = static_cast<std::size_t>(std::ranges::find(head, "table_fulls") - head.begin());
    NeighbourTable result;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto columns = base::split(lines[i]);
        result.entries = std::strtoull(columns.front().c_str(), nullptr, 16);
        if (full < columns.size())
            result.overflows += std::strtoull(columns[full].c_str(), nullptr, 16);
    }
    return result;
}

} // namespace stage::lab
