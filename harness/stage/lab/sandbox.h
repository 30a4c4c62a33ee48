#pragma once

#include "harness/stage/lab/descriptor.h"

#include <functional>
#include <string>
#include <sys/types.h>

namespace stage::lab {

/// A process in user, network, mount, PID and UTS namespaces of its own, as their PID 1: when it ends, all
/// that it started ends, and when its parent is killed, so is it. Needs no privilege; where a privileged
/// caller may not make a user namespace (chroot), it goes without one.
class Sandbox {
public:
    /// Runs `body` there; its result is the exit status. To be called from a single-threaded process and from
    /// the thread that outlives the sandbox, because the kernel ties the parent's death to that thread. What
    /// the body has to tell goes through pipes of the caller, opened before. An exception of the body ends in
    /// status 70 and a line on standard error. Throws std::system_error with what was attempted if the host
    /// refuses.
    explicit Sandbox(const std::function<int()>& body);
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;
    /// Kills what still runs and waits until it is gone.
    ~Sandbox();

    pid_t pid() const { return pid_; }
    /// Becomes readable when the sandbox has ended.
    int pidfd() const { return pidfd_.get(); }
    void kill();
    /// Exit status; 128 and the signal for one that was killed.
    int wait();

private:
    pid_t pid_ = -1;
    Descriptor pidfd_;
    int status_ = -1;
};

/// Runs the body in a sandbox to its end.
int run_in_sandbox(const std::function<int()>& body);

} // namespace stage::lab
