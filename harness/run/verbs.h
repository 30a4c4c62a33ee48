#pragma once

#include "harness/run/options.h"

namespace run {

// One function for each verb; the result is the exit code (SUITES 4). They print to standard output and
// error, and throw Trouble for what the user got wrong.

int play_verb(const Options&);
int check_verb(const Options&);
int decode_verb(const Options&);
int list_verb(const Options&);
int coverage_verb(const Options&);
int compare_verb(const Options&);
int explain_verb(const Options&);
int mutants_verb(const Options&);
int lint_verb(const Options&);
int profile_verb(const Options&);
int peer_verb(const Options&);
int doctor_verb(const Options&);
int report_verb(const Options&);
int import_verb(const Options&);
int replay_verb(const Options&);
int merge_verb(const Options&);
int manual_verb(const Options&);

/// Writes report.html beside the events.ndjson of a run.
void write_page(const std::string& directory);

} // namespace run
