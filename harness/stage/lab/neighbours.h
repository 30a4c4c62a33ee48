#pragma once

#include <cstdint>
#include <optional>

namespace stage::lab {

/// The IPv6 neighbour table, which all namespaces of a host share: when it is full, packets of any of them
/// are lost.
struct NeighbourTable {
    std::uint64_t entries = 0;
    std::uint64_t overflows = 0; ///< since the host started
};

/// Only the host's first network namespace shows it: the first call opens the file and later calls, also of
/// forked children in other namespaces, read that. nullopt where it could not be opened.
std::optional<NeighbourTable> neighbour_table();

} // namespace stage::lab
