#pragma once

#include "harness/base/now.h"
#include "harness/model/verdict.h"
#include "reports/history.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace reports {

/// Where a report puts its text; files are opened by whoever owns the report.
using Write = std::function<void(std::string_view)>;

/// A third-party implementation that takes part.
struct Implementation {
    std::string name, role, version, profile;
};

/// What a run is, known before its first case.
struct RunInfo {
    std::string harness, suites, specs; ///< versions
    std::string started;                ///< ISO 8601, UTC
    std::string stage, profile;
    std::string command;           ///< as the user wrote it
    std::string directory;         ///< of the results
    std::vector<std::string> suts; ///< "acme-lma 1.2 (lma)"
    std::vector<Implementation> implementations;
    std::string host;                ///< "Linux 6.18.0 x86_64, 2 processors"
    std::string baseline;            ///< file; empty: none
    std::vector<PastRun> past;       ///< runs before this one, oldest first
    std::vector<std::string> drafts; ///< ledgers that the cases speak of: "pmip6"
    std::uint64_t seed = 0, cases = 0;
    unsigned jobs = 1, rounds = 1; ///< rounds: of --repeat
    std::string shard;             ///< "2/4"; empty: the whole selection
    std::string division;          ///< of shards: those that agree in it are parts of one selection
};

/// How many cases ended how.
struct Tally {
    std::uint64_t passed = 0, deviations = 0, inconclusive = 0, errors = 0, failed = 0;
    std::uint64_t unsupported = 0, not_claimed = 0;
    void add(model::Verdict);
    std::uint64_t played() const { return passed + deviations + inconclusive + errors + failed; }
};

/// A case that was red at least once in a run that plays everything several times.
struct Repeated {
    std::string id;
    unsigned rounds = 0, red = 0;
    std::uint64_t first_red_seed = 0;
    model::Verdict gravest{};
    bool is_flaky() const { return red < rounds; }
};

struct RunEnd {
    base::Duration took{};
    int exit_code = 0;
    bool interrupted = false;
    Tally tally;
    std::map<model::Standing, std::uint64_t> standings; ///< of cases, where there is a baseline
    std::vector<Repeated> repeated;                     ///< by id
    std::vector<std::string> remarks; ///< baseline differences, features that were required and not played, …
};

/// What a report hears; always in this order, and case_ended exactly once for each case that was selected and
/// not cut off by an interruption.
class Listener {
public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;
    virtual void run_started(const RunInfo&) = 0;
    virtual void case_started(const std::string& id) = 0;
    virtual void case_ended(const model::CaseResult&) = 0;
    /// A red case was played once more, alone: CaseResult::alone is there now. After all case_ended.
    virtual void case_played_alone(const model::CaseResult&) {}
    virtual void run_ended(const RunEnd&) = 0;
};

} // namespace reports
