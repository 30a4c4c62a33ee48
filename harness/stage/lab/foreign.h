#pragma once

#include "harness/model/machine.h"
#include "harness/model/order.h"
#include "harness/model/sut.h"
#include "harness/model/transcript.h"
#include "harness/stage/lab/box.h"
#include "harness/stage/lab/guest.h"
#include "harness/stage/lab/process.h"

#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

struct pollfd;

namespace stage::lab {

/// An implementation that was not ready in its boot time, or ended before: with the end of its log.
class NotReady : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Which implementation stands at a node of the case.
struct SutNode {
    std::string node;
    model::Sut sut;           ///< command and hooks with the names of the rendered files
    std::string directory;    ///< where it starts, with its files; its log becomes NODE.log there
    bool sets_clock = false;  ///< the case sets its clock: it runs under libfaketime
    bool waits = false;       ///< it is not started before a step of the case says so
    std::vector<BoxLink> box; ///< it is a box, and these are the ways to it
    GuestPlan guest{};        ///< of one that runs in a guest: the lab fills it in
};

/// A foreign implementation at work: its process, its log, its hooks and its limits. Nothing here blocks but
/// kill().
class Foreign {
public:
    using News = std::variant<model::Died, model::Done, model::Said>;

    /// Starts it in the namespace. Throws std::system_error naming the command if it cannot be executed.
    Foreign(SutNode, int space, base::Mono now);

    const SutNode& node() const { return node_; }
    /// Ready by its log, its port or its mere start; a probe is up to the caller.
    bool ready() const { return state_ == State::running || (node_.waits && !process_); }
    /// Throws NotReady if it ended or ran out of its boot time.
    void require_on_its_way(base::Mono now) const;

    void control(const model::ControlNode&, const std::string& order, base::Mono now);
    /// Runs the hook of the event. False if the profile has none; not-claimed if it has no place for an
    /// argument of the event. `known`: further words that the hook may use.
    bool tell(const model::Told&, const std::string& order, base::Mono now,
              const model::Arguments& known = {});
    /// Counts frames that it sent at that time; false once it is over its limits, and then it is killed.
    bool sends(base::Mono at, std::uint64_t frames);
    std::uint64_t frames_in_this_second() const { return in_window_; }
    bool has_flooded() const { return has_flooded_; }

    void descriptors(std::vector<pollfd>&) const;
    std::optional<base::Mono> due() const;
    void work(base::Mono now);
    /// What has happened since the last call.
    std::vector<News> news();

private:
    enum class State { starting, running, stopping, stopped };
    /// One hook runs at a time, in the order of the events.
    struct RunningHook {
        std::string order, event;
        ProcessSpec spec;
        base::Duration within{};
        base::Mono deadline{};
        std::unique_ptr<Process> process; ///< null: those before it have not ended
    };

    ProcessSpec spec(const std::string& command_line, const model::Arguments&) const;
    /// What went wrong, if anything did.
    std::optional<std::string> start_hook(RunningHook&, base::Mono now);
    /// nullopt while it runs; empty when all is well.
    std::optional<std::string> ended_hook(RunningHook&, base::Mono now);
    void start(base::Mono now);
    void stop(bool kill, base::Mono now);
    void ended(const std::string& how, base::Mono now);
    void over_limits(const std::string& which);
    void done(std::string trouble);
    bool looks_ready(base::Mono now) const;
    void work_hooks(base::Mono now);
    void forget_state() const;
    std::string end_of_log() const;

    SutNode node_;
    int space_;
    bool in_guest_;
    State state_ = State::stopped;
    std::unique_ptr<Process> process_;
    base::Mono started_{}, deadline_{}, next_look_{};
    std::string order_; ///< that is answered when the state is reached
    bool starts_again_ = false, keeps_state_ = true;
    std::string last_end_; ///< how it ended, while starting
    std::deque<RunningHook> hooks_;
    struct Postponed {
        model::ControlNode control;
        std::string order;
    };
    std::optional<Postponed> postponed_; ///< until no hook runs
    std::vector<News> news_;
    base::Mono window_{}; ///< start of the second in which frames are counted
    std::uint64_t in_window_ = 0;
    bool has_flooded_ = false;
};

/// A socket is bound to that port, or a raw socket open for that protocol, in the calling thread's namespace.
bool somebody_listens(const std::string& protocol, std::uint16_t port);

} // namespace stage::lab
