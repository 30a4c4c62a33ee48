#pragma once

#include "reports/events.h"

#include <string>
#include <string_view>
#include <vector>

namespace run {

// events.ndjson tells a run in the order of its selection, so a case that ended early may wait there for its
// turn. journal.ndjson tells the same as it happens, and is gone when the run is over: with it a run that was
// killed goes on where it stopped.

/// Adds to the journal of that directory, each piece at once. Throws Trouble.
reports::Write open_journal(const std::string& directory);
/// Everything is in events.ndjson now.
void drop_journal(const std::string& directory);

/// What a run knew when it ended, or when it was cut off. Throws Trouble where there was none.
reports::Record record_of_run(const std::string& directory);

/// Before a run goes on: what it has told so far becomes its journal. Throws Trouble.
reports::Record reopen(const std::string& directory);

/// The words of a command line as a POSIX shell would split it: plain words and '…'.
std::vector<std::string> words_of(std::string_view command);

} // namespace run
