#pragma once

#include "harness/run/options.h"

namespace CLI {
class App;
}

namespace run {

constexpr const char* about =
    "mobiconform proves implementations of network mobility protocols against their specifications";

/// Every verb with its options; what is parsed is written to the options, which have to outlive the App.
void define(CLI::App&, Options&);

} // namespace run
