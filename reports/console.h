#pragma once

#include "harness/model/requirement.h"
#include "reports/listener.h"

#include <set>

namespace reports {

/// What a person sees while a run goes on: on a terminal one line that is rewritten, with failures above it;
/// in a pipe one line for each case that is not green, and nothing that moves.
class Console : public Listener {
public:
    struct Options {
        bool terminal = false;
        bool colour = false;
        bool verbose = false; ///< a line for green cases as well
        unsigned width = 80;  ///< of the terminal
    };
    /// The ledger may be null; it is not owned.
    Console(Write, Options, const model::Ledger*);

    void run_started(const RunInfo&) override;
    void case_started(const std::string& id) override;
    void case_ended(const model::CaseResult&) override;
    void case_played_alone(const model::CaseResult&) override;
    void run_ended(const RunEnd&) override;

private:
    void say(std::string_view text);
    void status();
    void tell_rounds(const RunEnd&);
    std::string against_the_baseline(const RunEnd&) const;
    std::string paint(model::Verdict, std::string text) const;

    Write write_;
    Options options_;
    const model::Ledger* ledger_;
    RunInfo info_;
    Tally tally_;
    std::uint64_t ended_ = 0, stalled_ = 0;
    std::pair<base::Duration, std::string> worst_; ///< how late this host was, and in which case
    std::set<std::string> running_;
    bool line_shown_ = false;
};

/// "12 passed, 1 failed, 2 skipped", then what else there was.
std::string text(const Tally&);

} // namespace reports
