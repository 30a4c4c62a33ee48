#pragma once

#include "harness/base/now.h"

#include <string>

namespace stage::host {

/// Both clocks of this host.
base::Now now();
/// "2026-03-01T10:00:00Z".
std::string utc(base::Wall);

unsigned processors();
/// Whether more processes want to run right now than there are processors. False where the host does not
/// tell.
bool busy();

struct Terminal {
    bool is_one = false;
    unsigned width = 80; ///< columns
};
/// What a file descriptor of this process is connected to.
Terminal terminal(int descriptor);

/// The running program's own file; empty if the host does not tell.
std::string executable();
/// "Linux 6.18.0 x86_64".
std::string kernel();

/// From now on SIGINT, SIGTERM and SIGHUP only set a mark the first time; the second ends the process at once
/// with status 130. SIGPIPE is ignored: a reader that went away is seen when writing.
void catch_interrupts();
bool interrupted();
/// Returns when standard input has something to say or is at its end, or at an interrupt.
void wait_for_user();

/// From now on the process remembers that it was stopped (SIGSTOP, ^Z) and continued.
void remember_stops();
/// Whether it was since the last call. While it was, it could not see the time of anything.
bool was_stopped();

} // namespace stage::host
