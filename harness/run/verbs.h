#pragma once

#include "harness/run/options.h"
#include "reports/listener.h"

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
int history_verb(const Options&);
int bundle_verb(const Options&);

/// Writes report.html beside the events.ndjson of a run.
void write_page(const std::string& directory);

/// A run as its successors remember it.
reports::PastRun past_run(const reports::RunInfo&, const std::vector<model::CaseResult>&, int exit_code);
/// Runs of a history file; none where there is no such file yet.
std::vector<reports::PastRun> read_past(const std::string& path);
void add_to_history(const std::string& path, const reports::PastRun&);

/// After a run: captures of cases whose verdict the pattern "red" does not mean are removed; "all": nothing.
void keep_captures(const std::string& directory, const std::vector<model::CaseResult>&,
                   const std::string& which);

} // namespace run
