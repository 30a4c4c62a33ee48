#pragma once

#include "harness/run/options.h"
#include "harness/run/suites.h"
#include "harness/script/draft.h"

#include <memory>
#include <string>
#include <vector>

namespace run {

/// The signalling of a capture, and enough of the traffic to see where it goes.
struct Recording {
    std::string path, profile; ///< the dialect that is spoken in it
    std::string protection;    ///< of what is signalled: "esp", "ah"; empty: none
    std::vector<script::Recorded> packets;
    std::vector<std::string> troubles; ///< of the file, and what was too much
};

/// Reads a capture; the dialect is the user's or, where he names none, recognised; with Options::security
/// what is protected is opened. Throws Trouble where there is not one packet or no signalling in it.
Recording read_recording(const std::string& path, const Options&);

/// The role that is tested by playing the recording: the counterpart of the one that the tester is to play
/// (--as), else who answers.
std::string role_under_test(const Recording&, const Options&);

/// The bench for that role, with the forms that its templates have in the dialect.
script::Bench bench_for(const std::string& role, const std::string& profile);

/// A name for a suite, from a file's.
std::string suite_name(const std::string& path);

} // namespace run
