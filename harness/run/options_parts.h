#pragma once

#include "harness/run/command_line.h"
#include "harness/run/options.h"

namespace run {

// The command line is defined in parts: what is played (options.cpp), captures, and results.

/// decode, check, import and replay.
void capture_verbs(CLI::App&, Options&);
/// Everything about results that is no option of run.
void report_verbs(CLI::App&, Options&);
/// Where the results of run go, and what they are compared with.
void run_report_options(CLI::App& run, Options&);

void profile_option(CLI::App& verb, Options&);
void json_option(CLI::App& verb, Options&);

} // namespace run
