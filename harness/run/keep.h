#pragma once

#include <string>
#include <utility>
#include <vector>

namespace run {

/// Which topologies stay up when their case is over.
enum class Keep {
    nothing,
    red, ///< of cases that are not green
    any
};

/// A topology that stays up until the runner ends: the process that plays it goes on.
struct Kept {
    std::string id; ///< of the case
    int pid = 0;
    std::vector<std::pair<std::string, int>> spaces; ///< node → descriptor of its namespace in that process
};

/// How to enter each node, one command a line.
std::string how_to_enter(const Kept&);

} // namespace run
