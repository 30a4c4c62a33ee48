#pragma once

#include "harness/base/now.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stage::host {

/// A process that was started to do one thing.
class Child {
public:
    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    virtual ~Child() = default; ///< kills what still runs
    virtual int pidfd() const = 0;
    virtual int pid() const = 0;
    virtual void kill() = 0;
    /// Exit status; 128 and the signal for one that was killed.
    virtual int wait() = 0;
};
/// Starts a process that runs the body and exits with its result.
using Spawn = std::function<std::unique_ptr<Child>(const std::function<int()>& body)>;

/// A fork of this process that dies with it. Throws std::system_error.
std::unique_ptr<Child> fork_child(const std::function<int()>& body);

/// Jobs, each in a process of its own, whose results come back as text. To be used from a single-threaded
/// process.
class Workers {
public:
    /// What a job hands back, and what its process goes on doing afterwards; nothing: it ends.
    struct Outcome {
        std::string text;
        std::function<void()> afterwards;
        Outcome(std::string result, std::function<void()> then = {})
            : text(std::move(result)), afterwards(std::move(then)) {}
    };
    struct Ended {
        std::size_t job = 0;
        int still_runs = 0; ///< pid of the process that goes on after its result; 0: it has ended
        std::string result; ///< what the body returned; empty if the process died first
        int status = 0;
        bool out_of_time = false;
        base::Duration took{};
    };
    explicit Workers(Spawn = fork_child);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers();

    /// Runs the body there. Its standard output and error go to the end of `log` ("" for nowhere). It is
    /// killed when it runs longer than `limit` (zero: never); time during which this process itself was
    /// stopped does not count. Throws std::system_error if no process can be made.
    void start(std::size_t job, const std::function<Outcome()>& body, base::Duration limit,
               const std::string& log);
    /// Ends the process of a job that went on after its result, and returns when it is gone.
    void let_go(std::size_t job);
    std::size_t running() const { return running_.size(); }
    /// Waits until at least one has ended, a signal has come or the time is over.
    std::vector<Ended> wait(base::Duration at_most);
    /// But for those that went on after their results.
    void kill_all();

private:
    struct Running;
    void read(Running&);

    Spawn spawn_;
    std::map<std::size_t, std::unique_ptr<Running>> running_, kept_;
    base::Mono looked_{};
};

} // namespace stage::host
