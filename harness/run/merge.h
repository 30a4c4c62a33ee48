#pragma once

#include "reports/events.h"

#include <string>
#include <vector>

namespace run {

/// A run that is to be merged with others.
struct Part {
    std::string path;
    reports::Record record;
};

/// What several parts are together. Where their results are no whole, remarks say so and the exit code is not
/// 0.
struct Whole {
    reports::RunInfo info;
    /// A result and the part that played it, in the order in which one run would have told them.
    struct Result {
        model::CaseResult result;
        std::size_t part = 0;
    };
    std::vector<Result> results;
    reports::RunEnd end;
};

Whole merge(const std::vector<Part>&);

} // namespace run
