#pragma once

#include "harness/model/verdict.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace reports {

/// One run as its successors remember it: a letter for each case, P F E I D or S (not played).
struct PastRun {
    std::string started;
    std::vector<std::string> suts; ///< "acme-lma 1.2 (lma)"
    int exit_code = 0;
    std::map<std::string, char> cases; ///< by id; of several rounds the gravest
    void add(const model::CaseResult&);
};

char letter(model::Verdict);

/// Runs from a history file, one JSON object a line, oldest first: the last `most`. Lines that are none are
/// passed over.
std::vector<PastRun> parse_history(std::string_view text, std::size_t most = 50);
/// A line of that file, with its newline.
std::string history_line(const PastRun&);

/// "PPF-P": the verdicts of a case in those runs, oldest first; "-" where it was not there. Empty if it never
/// was.
std::string marks(const std::vector<PastRun>&, const std::string& id);
/// True if it went from green to red and back, or the other way round: chance may be the cause.
bool is_flapping(std::string_view marks);
/// "red in 3 of the last 8 runs: PPFPFFPP" with what it may mean; empty for a case without a past.
std::string text_of_marks(std::string_view marks);

/// A line for each case that was ever red, or that `pattern` names; runs are columns, oldest first.
std::string text(const std::vector<PastRun>&, const std::string& pattern);
/// {"runs","cases"} of `history --json`.
std::string history_json(const std::vector<PastRun>&, const std::string& pattern);

} // namespace reports
