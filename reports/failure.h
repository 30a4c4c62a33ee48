#pragma once

#include "harness/model/requirement.h"
#include "harness/model/verdict.h"

#include <string>
#include <string_view>

namespace reports {

/// What a report says about a verdict: "PASS", "FAIL", "not claimed", …
std::string_view word(model::Verdict);

/// True for what a person has to read about: everything but pass, observed and what was not played.
bool is_notable(const model::Finding&);

/// True for what is as the baseline has it: no news, whatever it is.
bool is_known(const model::CaseResult&);

/// One finding with all its evidence (DESIGN 2.2), over several lines, each ending in a newline: place, case,
/// requirement with level, clause and text; what happened; every difference; the packet. The ledger may be
/// null.
std::string text(const model::Finding&, const model::CaseResult&, const model::Ledger*);

/// All notable findings of a case, then how to play it again and where its capture is. Empty if there is
/// nothing to tell. `directory` is that of the run.
std::string failure(const model::CaseResult&, const model::Ledger*, std::string_view directory);

/// How late this host was; empty if it was not.
std::string text(const model::HostStall&);
/// What came of playing it alone: "again fail: …", "pass: load or chance may be the cause".
std::string text(const model::Alone&);
/// Lines about what else mattered: what the baseline says, how late the host was. Often empty.
std::string circumstances(const model::CaseResult&);

/// One sentence for a JUnit message attribute or a summary line.
std::string headline(const model::CaseResult&);

} // namespace reports
