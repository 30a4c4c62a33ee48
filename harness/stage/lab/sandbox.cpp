#include "harness/stage/lab/sandbox.h"

#include "harness/stage/lab/neighbours.h"

#include <fmt/format.h>
#include <linux/sched.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace stage::lab {
namespace {

constexpr unsigned long long own_namespaces = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS;

/// What the child reports on its way in; a sandbox that could enter sends nothing and closes the pipe.
struct Obstacle {
    int error = 0;
    std::array<char, 100> attempted{};
};

/// fork() into new namespaces, with a pidfd. The raw call, since glibc offers no fork with flags; the process
/// is single-threaded, so nothing of what fork() would do besides is missed.
pid_t fork_into(unsigned long long flags, int& pidfd) {
    return static_cast<pid_t>(
        ::syscall(SYS_clone, flags | CLONE_PIDFD | SIGCHLD, nullptr, &pidfd, nullptr, nullptr));
}

class Entrance {
public:
    Entrance(int report, int parent, uid_t user, gid_t group, bool mapped)
        : report_(report), parent_(parent), user_(user), group_(group), mapped_(mapped) {}

    void enter() const {
        if (mapped_) {
            write_file("/proc/self/setgroups", "deny"); // absent before Linux 3.19
            require(write_file("/proc/self/uid_map", fmt::format("0 {} 1", user_)), "map the user");
            require(write_file("/proc/self/gid_map", fmt::format("0 {} 1", group_)), "map the group");
        }
        // Only now: a change of credentials would clear it.
        require(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "follow the parent into death");
        pollfd parent{parent_, POLLIN, 0};
        if (::poll(&parent, 1, 0) == 1)
            ::_exit(0); // it died before we asked to be told
        require(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "make mounts private");
        // In a container with a masked /proc this is refused; the inherited one serves.
        ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
        // For who enters it; the seccomp profile of a container may refuse it.
        constexpr char name[] = "mobiconform";
        [[maybe_unused]] const int named = ::sethostname(name, sizeof name - 1);
    }

private:
    void require(bool done, const char* attempted) const {
        if (done)
            return;
        Obstacle obstacle;
        obstacle.error = errno;
        std::strncpy(obstacle.attempted.data(), attempted, obstacle.attempted.size() - 1);
        [[maybe_unused]] const auto written = ::write(report_, &obstacle, sizeof obstacle);
        ::_exit(71);
    }

    int report_, parent_;
    uid_t user_;
    gid_t group_;
    bool mapped_;
};

[[noreturn]] void run(const std::function<int()>& body) {
    int status = 70;
    try {
        status = body();
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "sandbox: %s\n", trouble.what());
    }
    std::fflush(nullptr);
    ::_exit(status);
}

} // namespace

Sandbox::Sandbox(const std::function<int()>& body) {
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0)
        fail("open a pipe");
    const Descriptor reads(pipe[0]);
    Descriptor reports(pipe[1]);
    const Descriptor self =
        checked(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)), "open a pidfd of this process");
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    std::fflush(nullptr); // or both processes would print what is buffered

    neighbour_table(); // its file cannot be opened from inside

    int pidfd = -1;
    bool mapped = true;
    pid_ = fork_into(own_namespaces | CLONE_NEWUSER, pidfd);
    if (pid_ < 0 && errno == EPERM && user == 0) {
        mapped = false;
        pid_ = fork_into(own_namespaces, pidfd);
    }
    if (pid_ < 0)
        fail("create user and network namespaces (a host may forbid them by user.max_user_namespaces, "
             "kernel.unprivileged_userns_clone, AppArmor or a container's seccomp profile)");
    if (pid_ == 0) {
        Entrance(reports.get(), self.get(), user, group, mapped).enter();
        reports.reset();
        run(body);
    }
    pidfd_ = Descriptor(pidfd);
    reports.reset();
    Obstacle obstacle;
    if (::read(reads.get(), &obstacle, sizeof obstacle) == static_cast<ssize_t>(sizeof obstacle)) {
        wait();
        throw std::system_error(obstacle.error, std::generic_category(),
                                fmt::format("enter the sandbox: {}", obstacle.attempted.data()));
    }
}

Sandbox::~Sandbox() {
    if (status_ < 0) {
        kill();
        wait();
    }
}

void Sandbox::kill() {
    if (status_ < 0)
        ::kill(pid_, SIGKILL);
}

int Sandbox::wait() {
    if (status_ >= 0)
        return status_;
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0)
        if (errno != EINTR)
            fail("wait for the sandbox");
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return status_;
}

int run_in_sandbox(const std::function<int()>& body) {
    return Sandbox(body).wait();
}

} // namespace stage::lab
