#pragma once

#include "harness/model/scenario.h"
#include "harness/model/sut.h"

#include <cstdint>
#include <string>

namespace run {

/// The `index`-th of the sixteen static prefixes that mobile nodes of that number have: the
/// (16 × number + index)-th /64 of the pool, from its beginning again where it is not as large.
base::Prefix fresh_prefix(const base::Prefix& pool, std::uint64_t number, std::size_t index);

/// The case as it is around a box at that node: the box's own addresses and settings, neighbours in its
/// prefix or behind its gateway, and mobile nodes with that number, which it has not met before. Addresses
/// that steps write out, in hexadecimal digits too, follow.
model::Case around_box(model::Case, const std::string& node, const model::Box&, std::uint64_t number);

/// Why a case cannot be played with that implementation, which is a box; empty if it can.
std::string unfit_for_box(const model::Case&, const model::Sut&);

} // namespace run
