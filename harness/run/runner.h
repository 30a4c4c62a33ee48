#pragma once

#include "harness/model/scenario.h"
#include "harness/model/verdict.h"
#include "harness/run/baseline.h"
#include "harness/run/keep.h"
#include "harness/run/queue.h"
#include "harness/stage/host/workers.h"
#include "reports/listener.h"

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace run {

/// One case to be played once.
struct Job {
    const model::Case* scenario = nullptr;
    std::uint64_t seed = 0; ///< of the run: --seed plays the same again
    std::string directory;  ///< of this case's files, relative to the run's
    std::uint64_t serial =
        0; ///< how many games of this run came before it, attempts that do not count included
    Keep keep = Keep::nothing;
};

/// What the process of a case hands back.
struct Played {
    model::CaseResult result;
    /// The process was not scheduled for a while: whatever is red may be our own doing.
    bool stalled = false;
    /// Why more may have happened than was seen: not even green means anything then. One line; empty:
    /// nothing.
    std::string trouble;
    bool never_ready = false;   ///< the SUT did not become ready: no case will be different
    bool wrong_profile = false; ///< its command does not exist, …: the user has to act
    /// Node → descriptor of its namespace, where the process of the case goes on with `afterwards`.
    std::vector<std::pair<std::string, int>> spaces;
    std::function<void()> afterwards; ///< stays in the process of the case
};
std::string text(const Played&);
std::optional<Played> parse_played(const std::string&);

/// Plays one case; runs in the process of its own. `directory` exists.
using Play = std::function<Played(const Job&, const std::string& directory)>;

struct RunSettings {
    std::string directory; ///< of the results; empty: nothing is kept
    unsigned jobs = 1;     ///< at most so many cases at the same time
    /// So many of them whatever else the host does; one more only when a processor has nothing to do.
    unsigned eager = std::numeric_limits<unsigned>::max();
    /// Up to so many are played by one process, one after the other.
    unsigned together = 1;
    std::uint64_t seed = 1;
    unsigned repeat = 1, shard = 1, shards = 1;
    std::vector<unsigned> division; ///< for each case the shard that plays it; empty: all are played here
    std::optional<base::Duration> timeout;
    bool strict = false;
    std::set<std::string> require; ///< features that have to be played
    bool first_alone = false;      ///< an implementation that never becomes ready shall be seen once only
    unsigned alone = 0;            ///< how many red cases are played once more at the end, one at a time
    Keep keep = Keep::nothing;     ///< what stays up until this object goes
    std::string sut_version; ///< for entries of the baseline that speak of some versions; empty: unknown
    std::string today;       ///< "2027-01-31", for entries of the baseline that expire
    std::string stage;
    std::string again;                      ///< further words of the command that plays a case again
    std::vector<model::CaseResult> earlier; ///< what a run that was cut off had found already: it goes on
};

/// The whole run: which case when, in which process, and what that means for the exit code.
class Runner {
public:
    Runner(RunSettings, Play, stage::host::Spawn, const model::Baseline* = nullptr);
    /// Told as things happen.
    void listen(reports::Listener& listener) { at_once_.push_back(&listener); }
    /// Told in the order of the selection, whatever ends first: their output is the same every time.
    void listen_in_order(reports::Listener& listener) { in_order_.push_back(&listener); }
    /// Told as things happen, and not of what had been found earlier.
    void keep_journal(reports::Listener& listener) { journal_ = &listener; }

    /// The exit code (SUITES 4).
    int run(const std::vector<const model::Case*>&, const reports::RunInfo&);
    const std::vector<model::CaseResult>& results() const { return results_; }
    const std::vector<Kept>& kept() const { return kept_; }

private:
    struct Slot {
        Job job;
        unsigned attempts = 0;
        unsigned round = 1;
        bool started = false;
        std::optional<model::CaseResult> result;
        bool dropped = false;   ///< not played: the bootstrap of its role failed
        bool elsewhere = false; ///< a bootstrap that belongs to another shard: played, but told of there
    };
    void plan(const std::vector<const model::Case*>&);
    void play();
    void prepare(std::size_t slot);
    void start(std::vector<std::size_t> slots);
    stage::host::Workers::Outcome outcome_of(const std::vector<std::size_t>& slots) const;
    void take(const stage::host::Workers::Ended&);
    void take(std::size_t slot, const stage::host::Workers::Ended&);
    bool keep(const stage::host::Workers::Ended&, const std::optional<Played>&);
    void finish(std::size_t slot, model::CaseResult);
    void conclude_here(std::size_t slot, model::CaseResult);
    void conclude(std::size_t slot, model::CaseResult);
    void conclude_elsewhere(Slot&, model::CaseResult);
    void take_over_earlier();
    void set_aside(const Slot&) const;
    void flush(bool all);
    void forget_stories();
    void drop_without_bootstrap();
    void tell_of_dropped();
    void play_red_ones_alone();
    void play_alone(std::size_t slot);
    void tell_of_alone(const model::CaseResult&);
    void compare_rounds();
    base::Duration limit(const model::Case&) const;
    std::string log_of(const Job&) const;
    model::CaseResult blank(const Job&) const;
    model::CaseResult died(const Slot&, const stage::host::Workers::Ended&) const;
    void be_strict(model::CaseResult&) const;
    void judge(model::CaseResult&);
    int exit_code();

    RunSettings settings_;
    Play play_;
    stage::host::Workers workers_;
    const model::Baseline* baseline_;
    std::vector<reports::Listener*> at_once_, in_order_;
    reports::Listener* journal_ = nullptr;
    std::vector<Slot> slots_;
    Queue queue_;
    std::map<std::size_t, std::vector<std::size_t>> together_; ///< first slot of a process → all of them
    std::map<std::string, std::size_t> dropped_;               ///< role → cases that were not played
    std::uint64_t started_ = 0;
    std::size_t told_ = 0;      ///< slots that the listeners in order have heard of
    std::size_t forgotten_ = 0; ///< slots up to there have no stories any more
    std::vector<model::CaseResult> results_;
    std::vector<Kept> kept_;
    reports::RunEnd end_;
    reports::Tally news_; ///< what the baseline does not know
    std::set<std::string> played_features_;
    std::set<std::string> features_elsewhere_;        ///< that only cases of other shards need
    std::map<std::string, std::string> broken_roles_; ///< role → bootstrap case
    bool different_ = false, never_ready_ = false, wrong_profile_ = false;
};

/// Cases that were red at least once in a run of several rounds, by id.
std::vector<reports::Repeated> repeated_of(const std::vector<const model::CaseResult*>&);

/// A name for a file: what a shell or a file system could stumble over is replaced, and it is kept short.
std::string file_name(const std::string& id);

} // namespace run
