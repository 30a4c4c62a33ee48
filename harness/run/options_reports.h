#pragma once

#include "harness/run/options.h"

namespace CLI {
class App;
}

namespace run {

void run_report_options(CLI::App&, Options&);
void coverage_report_options(CLI::App&, Options&);
void report_verbs(CLI::App&, Options&);

} // namespace run
