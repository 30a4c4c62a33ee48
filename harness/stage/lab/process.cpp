#include "harness/stage/lab/process.h"

#include "harness/base/text.h"

#include <fmt/format.h>
#include <linux/sched.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stage::lab {
namespace {

constexpr std::size_t most_remembered = 1U << 16;

struct Pipe {
    Descriptor reads, writes;
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            fail("open a pipe");
        reads = Descriptor(ends[0]);
        writes = Descriptor(ends[1]);
    }
};

/// Descriptors that the child keeps, at fixed places so that all others can be closed in one call.
enum : int { kept_exec_report = 3, kept_status = 4, kept_network = 5, kept_beside = 6, first_unwanted = 7 };

[[noreturn]] void give_up() {
    const int reason = errno;
    [[maybe_unused]] const auto written = ::write(kept_exec_report, &reason, sizeof reason);
    ::_exit(127);
}

void place(int from, int to) {
    if (from != to && ::dup2(from, to) < 0)
        ::_exit(126);
}

/// Standard output and error go to the pipe, the rest of the harness's descriptors go away.
void arrange_descriptors(int output, int exec_report, int status, const ProcessSpec& spec) {
    // First out of the way of the places that they are moved to. A descriptor that is not wanted is a second
    // of /dev/null.
    constexpr int out_of_the_way = 64;
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const auto away = [&](int from) {
        return ::fcntl(from < 0 ? nothing : from, F_DUPFD_CLOEXEC, out_of_the_way);
    };
    output = away(output);
    exec_report = away(exec_report);
    status = away(status);
    const int network = away(spec.network), beside = away(spec.beside);
    place(away(nothing), STDIN_FILENO);
    place(output, STDOUT_FILENO);
    place(output, STDERR_FILENO);
    place(exec_report, kept_exec_report);
    place(status, kept_status);
    place(network, kept_network);
    place(beside, kept_beside);
    for (int kept = kept_exec_report; kept < first_unwanted; ++kept)
        ::fcntl(kept, F_SETFD, FD_CLOEXEC);
    ::syscall(SYS_close_range, first_unwanted, ~0U, 0);
}

void limit(__rlimit_resource which, std::uint64_t most) {
    const rlimit both{most, most};
    if (::setrlimit(which, &both) != 0 && which == RLIMIT_AS)
        give_up();
}

/// execvp() would report a directory of PATH that may not be entered rather than that the program is missing.
void execute_from_path(char* const* arguments) {
    const std::string name = arguments[0];
    if (name.find('/') != std::string::npos) {
        ::execv(arguments[0], arguments);
        return;
    }
    const char* path = std::getenv("PATH");
    for (const auto& directory : base::split(path ? path : "/usr/bin:/bin", ":")) {
        const auto candidate = fmt::format("{}/{}", directory, name);
        if (::access(candidate.c_str(), X_OK) == 0) {
            ::execv(candidate.c_str(), arguments);
            return;
        }
    }
    errno = ENOENT;
}

[[noreturn]] void execute(const ProcessSpec& spec, char* const* arguments) {
    ::setpgid(0, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        ::signal(number, SIG_DFL);
    if (!spec.directory.empty() && ::chdir(spec.directory.c_str()) != 0)
        give_up();
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, spec.largest_file);
    limit(RLIMIT_NPROC, spec.most_processes);
    if (spec.memory > 0)
        limit(RLIMIT_AS, spec.memory);
    execute_from_path(arguments);
    give_up();
}

/// PID 1 of the process's namespace: passes signals on, buries the dead, and ends with the program; with a
/// program that went into the background successfully, it ends with the last of its children.
[[noreturn]] void watch_over(pid_t program) {
    sigset_t awaited;
    ::sigfillset(&awaited);
    int result = 0;
    bool running = true, told_to_stop = false;
    for (;;) {
        int status = 0;
        pid_t dead = 0;
        while ((dead = ::waitpid(-1, &status, WNOHANG)) > 0)
            if (dead == program) {
                running = false;
                result = status;
            }
        const bool childless = dead < 0 && errno == ECHILD;
        if (childless || (!running && (result != 0 || told_to_stop))) {
            [[maybe_unused]] const auto written = ::write(kept_status, &result, sizeof result);
            ::_exit(0); // the kernel kills whatever is left
        }
        const int number = ::sigwaitinfo(&awaited, nullptr);
        if (number <= 0 || number == SIGCHLD)
            continue;
        told_to_stop = told_to_stop || number == SIGTERM || number == SIGINT || number == SIGQUIT;
        ::kill(-1, number);
    }
}

void block_signals() {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
}

void enter_network(const ProcessSpec& spec) {
    if (spec.network >= 0 && ::setns(kept_network, CLONE_NEWNET) != 0)
        give_up();
}

[[noreturn]] void be_init(const ProcessSpec& spec, char* const* arguments) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NAME, "sut-init");
    ::setsid();
    block_signals();
    enter_network(spec);
    // Its own view of its processes, and a /run of its own where two of a kind keep their PID files. Refused
    // in containers with a masked /proc: then it sees the sandbox's.
    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
    ::mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "size=16m,mode=755");
    const pid_t program = ::fork();
    if (program < 0)
        give_up();
    if (program == 0)
        execute(spec, arguments);
    ::close(kept_exec_report);
    watch_over(program);
}

/// A guest in the namespaces of another process, which it cannot outlive. It is killed by SIGRTMIN: if this
/// process died first, nobody would reap the program, and the namespaces could never end.
[[noreturn]] void be_guest(const ProcessSpec& spec, char* const* arguments) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setsid();
    block_signals();
    enter_network(spec);
    if (::setns(kept_beside, CLONE_NEWPID | CLONE_NEWNS) != 0)
        give_up();
    const pid_t program = ::fork(); // only a child gets into the PID namespace
    if (program < 0)
        give_up();
    if (program == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        execute(spec, arguments);
    }
    ::close(kept_exec_report);
    sigset_t awaited;
    ::sigfillset(&awaited);
    for (int status = 0;;) {
        if (::waitpid(program, &status, WNOHANG) == program) {
            [[maybe_unused]] const auto written = ::write(kept_status, &status, sizeof status);
            ::_exit(0);
        }
        const int number = ::sigwaitinfo(&awaited, nullptr);
        if (number > 0 && number != SIGCHLD)
            ::kill(program, number == SIGRTMIN ? SIGKILL : number);
    }
}

std::string how(int status) {
    if (WIFEXITED(status))
        return fmt::format("exit {}", WEXITSTATUS(status));
    if (WTERMSIG(status) == SIGXFSZ)
        return "over its limits: a file larger than it may write";
    return fmt::format("signal {}", WTERMSIG(status));
}

std::vector<std::string> environment_of(const ProcessSpec& spec) {
    std::vector<std::string> result = spec.environment;
    if (spec.clock_file.empty())
        return result;
    result.push_back("LD_PRELOAD=" + faketime_library());
    result.push_back("FAKETIME_TIMESTAMP_FILE=" + spec.clock_file);
    result.push_back("FAKETIME_NO_CACHE=1");
    // Timers and lifetimes must go on at the pace of the tester's.
    result.push_back("FAKETIME_DONT_FAKE_MONOTONIC=1");
    result.push_back("ASAN_OPTIONS=verify_asan_link_order=0");
    return result;
}

} // namespace

Process::Process(const ProcessSpec& spec)
    : most_logged_(spec.most_logged), awaited_(spec.awaited), is_guest_(spec.beside >= 0) {
    if (spec.command.empty()) {
        errno = EINVAL;
        fail("start an empty command");
    }
    if (!spec.log.empty())
        log_ = checked(::open(spec.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644),
                       "open the log " + spec.log);
    Pipe output, exec_report, status;
    ::fcntl(output.reads.get(), F_SETFL, O_NONBLOCK);
    const auto environment = environment_of(spec);
    std::vector<char*> arguments;
    for (const auto& word : spec.command)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::fflush(nullptr);

    int pidfd = -1;
    const auto flags = (spec.beside < 0 ? CLONE_NEWPID | CLONE_NEWNS : 0) | CLONE_PIDFD | SIGCHLD;
    pid_ = static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, &pidfd, nullptr, nullptr));
    if (pid_ < 0)
        fail("make a PID namespace for " + spec.command.front());
    if (pid_ == 0) {
        arrange_descriptors(output.writes.get(), exec_report.writes.get(), status.writes.get(), spec);
        for (const auto& variable : environment)
            ::putenv(const_cast<char*>(variable.c_str()));
        if (spec.beside < 0)
            be_init(spec, arguments.data());
        be_guest(spec, arguments.data());
    }
    pidfd_ = Descriptor(pidfd);
    for (Descriptor* ours : {&exec_report.writes, &output.writes, &status.writes})
        ours->reset();
    int reason = 0;
    ssize_t size = 0;
    while ((size = ::read(exec_report.reads.get(), &reason, sizeof reason)) < 0 && errno == EINTR) {
    }
    output_ = std::move(output.reads);
    status_ = std::move(status.reads);
    if (size == static_cast<ssize_t>(sizeof reason)) {
        kill();
        errno = reason;
        fail("start " + spec.command.front());
    }
}

Process::~Process() {
    kill();
    drain();
}

bool Process::drain() {
    std::array<char, 16384> piece{};
    // A bounded number of pieces, so that an endless log cannot keep us here.
    for (int i = 0; i < 64 && output_; ++i) {
        const auto size = ::read(output_.get(), piece.data(), piece.size());
        if (size < 0)
            break;
        if (size == 0) {
            output_.reset();
            break;
        }
        const auto count = static_cast<std::size_t>(size);
        if (log_ && logged_ < most_logged_) {
            const auto kept = std::min<std::uint64_t>(count, most_logged_ - logged_);
            [[maybe_unused]] const auto written = ::write(log_.get(), piece.data(), kept);
        }
        logged_ += count;
        const std::size_t before = printed_.size() - std::min(printed_.size(), awaited_.size());
        printed_.append(piece.data(), count);
        announced_ =
            announced_ || (!awaited_.empty() && printed_.find(awaited_, before) != std::string::npos);
        if (printed_.size() > most_remembered)
            printed_.erase(0, printed_.size() - most_remembered);
    }
    return logged_ <= most_logged_;
}

std::optional<std::string> Process::ended() {
    if (ended_)
        return ended_;
    int status = 0;
    const pid_t dead = ::waitpid(pid_, &status, WNOHANG);
    if (dead == 0)
        return std::nullopt;
    int program = 0;
    if (dead == pid_ &&
        ::read(status_.get(), &program, sizeof program) == static_cast<ssize_t>(sizeof program))
        status = program;
    drain();
    return ended_ = how(status);
}

void Process::signal(int number) {
    if (!ended_)
        ::kill(pid_, number);
}

void Process::kill() {
    if (ended_)
        return;
    ::kill(pid_, is_guest_ ? SIGRTMIN : SIGKILL);
    pollfd dead{pidfd_.get(), POLLIN, 0};
    while (::poll(&dead, 1, -1) < 0 && errno == EINTR) {
    }
    ended();
}

std::optional<std::vector<std::string>> words(const std::string& command_line) {
    std::vector<std::string> result;
    std::string word;
    char quote = 0;
    bool inside = false;
    for (std::size_t i = 0; i < command_line.size(); ++i) {
        const char c = command_line[i];
        if (c == '\\' && quote != '\'' && i + 1 < command_line.size()) {
            word += command_line[++i];
            inside = true;
        } else if (quote) {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '\'' || c == '"') {
            quote = c;
            inside = true;
        } else if (c == ' ' || c == '\t' || c == '\n') {
            if (inside)
                result.push_back(std::exchange(word, {}));
            inside = false;
        } else {
            word += c;
            inside = true;
        }
    }
    if (quote)
        return std::nullopt;
    if (inside)
        result.push_back(word);
    return result;
}

std::string faketime_library() {
    for (const char* where : {"/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
                              "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
                              "/usr/lib/faketime/libfaketime.so.1", "/usr/lib64/faketime/libfaketime.so.1"})
        if (::access(where, R_OK) == 0)
            return where;
    return {};
}

bool set_clock(const std::string& clock_file, base::Duration offset) {
    const std::string next = clock_file + ".next";
    const double seconds = std::chrono::duration<double>(offset).count();
    // By renaming, so that nobody reads half a number.
    return write_file(next, fmt::format("{:+.6f}\n", seconds)) &&
           ::rename(next.c_str(), clock_file.c_str()) == 0;
}

} // namespace stage::lab
