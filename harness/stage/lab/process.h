#pragma once

#include "harness/base/now.h"
#include "harness/stage/lab/descriptor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace stage::lab {

struct ProcessSpec {
    std::vector<std::string> command;      ///< found on PATH
    int network = -1;                      ///< descriptor of its network namespace; negative: the caller's
    std::string directory;                 ///< where it starts; empty: the caller's
    std::string log;                       ///< file for standard output and error, appended to
    std::vector<std::string> environment;  ///< NAME=value, besides the caller's
    std::uint64_t memory = 0;              ///< octets of address space of each of its processes; 0: no limit
    std::uint64_t most_logged = 16U << 20; ///< octets; more is over its limits
    std::uint64_t largest_file = 256U << 20;
    std::uint64_t most_processes = 512;
    std::string awaited; ///< text that makes announced() true once it was printed
    /// Runs among the processes of that pidfd, sees what they see, and can signal them; negative: alone.
    int beside = -1;
    /// With libfaketime: the file that holds its clock's offset; empty: real time.
    std::string clock_file;
};

/// A foreign program with all that it starts: in a PID namespace of its own, whose PID 1 is a few lines of
/// ours, so that nothing escapes by daemonising, by a new session or by ignoring signals. Plain clone and
/// exec rather than Boost.Process: a PID namespace, a pidfd and an exec error that is told apart from an exit
/// status are what matters here, and that library offers none of them (TOOLBOX lists what it does instead).
class Process {
public:
    /// Throws std::system_error "start NAME: No such file or directory" if it cannot be executed. To be
    /// called from a single-threaded process that may make PID namespaces (a sandbox).
    explicit Process(const ProcessSpec&);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// Kills it with all that it started.
    ~Process();

    /// Becomes readable when it has ended.
    int pidfd() const { return pidfd_.get(); }
    /// Readable when it has printed something; -1 once nobody can print any more.
    int output() const { return output_.get(); }
    /// Moves what it has printed to the log. False once it has printed more than it may.
    bool drain();
    /// The end of what it has printed, at most 64 KiB.
    const std::string& printed() const { return printed_; }
    /// The awaited text has been printed.
    bool announced() const { return announced_; }

    /// How it ended: "exit 1", "signal 11"; nullopt while it runs.
    std::optional<std::string> ended();
    /// Sends a signal to each of its processes.
    void signal(int number);
    /// Kills all of them at once; they are gone when it returns.
    void kill();
    pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    Descriptor pidfd_, output_, status_, log_;
    std::uint64_t logged_ = 0, most_logged_ = 0;
    std::string printed_, awaited_;
    bool announced_ = false, is_guest_ = false;
    std::optional<std::string> ended_;
};

/// Words of a command line: quotes ' and " group, a backslash takes the next character as it is; nothing else
/// is special. nullopt if a quote is not closed.
std::optional<std::vector<std::string>> words(const std::string& command_line);

/// Where libfaketime lies; empty if it is not installed.
std::string faketime_library();
/// Sets the clock of processes whose spec named this file, at once and while they run. False, with errno, if
/// it cannot be written.
bool set_clock(const std::string& clock_file, base::Duration offset);

} // namespace stage::lab
