#pragma once

#include "harness/run/command_line.h"
#include "harness/run/options.h"

#include <span>

namespace run {

/// A verb of the command line, and what defines its options.
struct Verb {
    const char *name, *says, *footer;
    void (*options)(CLI::App& verb, Options&);
};

// The command line is defined in parts: what is played (options.cpp), captures, and results.

/// decode, check, import and replay.
std::span<const Verb> capture_verbs();
/// Everything about results that is no option of run.
std::span<const Verb> report_verbs();
/// Where the results of run go, and what they are compared with.
void run_report_options(CLI::App& run, Options&);

void profile_option(CLI::App& verb, Options&);
void json_option(CLI::App& verb, Options&);

} // namespace run
