#pragma once

#include "harness/base/now.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace run {

/// Where results go and what is made of them.
struct ReportOptions {
    std::string tap, annotations;        ///< files; "-" for standard output
    std::string history;                 ///< file of earlier runs
    std::string sut_version;             ///< instead of that of the profile
    std::string captures = "all";        ///< whose are kept: "all" or "red"
    std::vector<std::string> statements; ///< files, .html or .xml
    std::string pattern;                 ///< of history: cases
    bool plain = false;                  ///< of bundle: nothing is replaced
    std::uint64_t most = 512u << 20;     ///< of bundle: octets
};

/// What the user asked for; one structure for all verbs, each reads what its --help names.
struct Options {
    std::string verb;
    std::vector<std::string> what;   ///< cases, suites, captures, ids, files
    std::vector<std::string> suites; ///< directories besides our own
    std::vector<std::string> suts;   ///< profile files
    std::string profile = "draft02";
    bool profile_given = false;
    std::string also; ///< of check: a second dialect in the same captures
    std::string protect = "none";
    std::string stage = "lab";
    std::string cost = "medium";
    unsigned jobs = 0; ///< 0: as many as suit the stage
    unsigned shard = 1, shards = 1;
    std::vector<std::string> durations; ///< earlier runs that tell how long cases take
    std::string resume;                 ///< directory of a run that was cut off
    std::uint64_t seed = 1;
    unsigned repeat = 1;
    unsigned alone = 20; ///< red cases that are played once more, alone
    std::optional<base::Duration> timeout;
    bool strict = false, json = false, verbose = false;
    bool keep = false;                ///< topologies of red cases stay up at the end
    std::vector<std::string> require; ///< features
    std::vector<std::string> needs;   ///< selects cases that need this
    std::string out, junit, junit_rich, baseline;
    std::string failed_from, from;   ///< directories of earlier runs
    std::string suite;               ///< of coverage: one draft
    bool prove = false;              ///< of coverage: play the mutants
    bool rows = false;               ///< of coverage: a line for each requirement
    std::vector<std::string> proofs; ///< files of `mutants --json`
    std::vector<std::string> roles, requirements, sections;
    std::vector<std::pair<std::string, std::string>> addresses; ///< of check: address → role
    std::string security;                                       ///< of check: file of associations
    std::string config;                                         ///< of peer
    std::string as;                                             ///< of replay: the role that the tester plays
    double pace = 1;                                            ///< of replay: pauses are multiplied by it
    std::string mutant;                                         ///< the reference peer is that one
    std::string new_role;                                       ///< of profile
    ReportOptions reports;
    std::string command_line; ///< as it could be typed again
};

/// The exit code that ends the program at once, after its text has been written: help, version or a mistake.
struct Finish {
    int code = 0;
};

/// What --version and every report say.
std::string version();

std::string specs();

/// Throws Finish.
Options parse(int argc, const char* const* argv);
/// The words of such a command line, "mobiconform" first. Throws Finish.
Options parse(const std::vector<std::string>& words);

} // namespace run
