#pragma once

#include "harness/model/machine.h"

#include <string>

namespace peers::nemo {

/// The argument of an event; empty if it has none of that name.
inline std::string argument(const model::Told& told, const char* name) {
    const auto found = told.arguments.find(name);
    return found == told.arguments.end() ? std::string() : found->second;
}

} // namespace peers::nemo
