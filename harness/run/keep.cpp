#include "harness/run/keep.h"

#include <fmt/format.h>

namespace run {

std::string how_to_enter(const Kept& kept) {
    std::string out = fmt::format("{} is still up:\n", kept.id);
    // The descriptors belong to the process; their names are in no file system.
    for (const auto& [node, descriptor] : kept.spaces)
        out += fmt::format(
            "  nsenter --target {0} --all --preserve-credentials --net=/proc/{0}/fd/{1} sh   # {2}\n",
            kept.pid, descriptor, node);
    return out;
}

} // namespace run
