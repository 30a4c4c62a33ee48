#include "harness/stage/host/workers.h"

#include "harness/stage/host/host.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace stage::host {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t largest_result = 64u << 20;
// The last octet of what a worker writes says what becomes of it.
constexpr char goes_on = '+', ends = '.';
// Longer between two looks at the clock than any scheduler would make us wait: we were stopped.
constexpr base::Duration pause = 250ms;

[[noreturn]] void fail(const char* attempted) {
    throw std::system_error(errno, std::generic_category(), attempted);
}

class Forked : public Child {
public:
    Forked(pid_t pid, int pidfd) : pid_(pid), pidfd_(pidfd) {}
    ~Forked() override {
        if (status_ < 0) {
            kill();
            wait();
        }
        ::close(pidfd_);
    }
    int pidfd() const override { return pidfd_; }
    int pid() const override { return pid_; }
    void kill() override {
        if (status_ < 0)
            ::kill(pid_, SIGKILL);
    }
    int wait() override {
        int status = 0;
        while (status_ < 0) {
            if (::waitpid(pid_, &status, 0) == pid_)
                status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            else if (errno != EINTR)
                fail("wait for a worker");
        }
        return status_;
    }

private:
    pid_t pid_;
    int pidfd_, status_ = -1;
};

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t put = ::write(descriptor, text.data(), text.size());
        if (put < 0 && errno != EINTR)
            return false;
        text.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
    }
    return true;
}

// In the worker: ^C is the runner's to handle, what is printed goes to the log.
int work(const std::function<Workers::Outcome()>& body, const std::string& log, int result) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        ::signal(number, SIG_IGN);
    remember_stops();
    was_stopped(); // what the runner itself went through before is none of ours
    const int sink =
        ::open(log.empty() ? "/dev/null" : log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (sink >= 0) {
        ::dup2(sink, 1);
        ::dup2(sink, 2);
    }
    try {
        const Workers::Outcome outcome = body();
        if (!write_all(result, outcome.text + (outcome.afterwards ? goes_on : ends)))
            return 73;
        ::close(result);
        if (outcome.afterwards)
            outcome.afterwards();
        return 0;
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "%s\n", trouble.what());
        return 70;
    }
}

} // namespace

std::unique_ptr<Child> fork_child(const std::function<int()>& body) {
    std::fflush(nullptr); // or both processes would print what is buffered
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0)
        fail("start a worker");
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(0); // it died before we asked to be told
        int status = 70;
        try {
            status = body();
        } catch (const std::exception& trouble) {
            std::fprintf(stderr, "%s\n", trouble.what());
        }
        std::fflush(nullptr);
        ::_exit(status);
    }
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (pidfd < 0) {
        const int error = errno;
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        errno = error;
        fail("watch a worker");
    }
    return std::make_unique<Forked>(pid, pidfd);
}

struct Workers::Running {
    std::unique_ptr<Child> child;
    int pipe = -1;
    std::string result;
    base::Mono started{};
    base::Duration limit{}, paused{};
    bool out_of_time = false, whole = false;
    /// The result is complete, and its process does something else now.
    bool is_kept() const { return whole && result.ends_with(goes_on); }
    /// The result without its last octet; empty where that never came.
    std::string taken() {
        if (!result.ends_with(goes_on) && !result.ends_with(ends))
            return {};
        result.pop_back();
        return std::move(result);
    }
    ~Running() {
        child.reset();
        if (pipe >= 0)
            ::close(pipe);
    }
};

Workers::Workers(Spawn spawn) : spawn_(std::move(spawn)), looked_(now().mono) {}

Workers::~Workers() {
    kill_all();
}

void Workers::start(std::size_t job, const std::function<Outcome()>& body, base::Duration limit,
                    const std::string& log) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        fail("open a pipe");
    auto running = std::make_unique<Running>();
    running->pipe = ends[0];
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    running->limit = limit;
    running->started = now().mono;
    try {
        running->child = spawn_([&] { return work(body, log, ends[1]); });
    } catch (...) {
        ::close(ends[1]);
        throw;
    }
    ::close(ends[1]);
    running_[job] = std::move(running);
}

void Workers::read(Running& one) {
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t got = ::read(one.pipe, buffer.data(), buffer.size());
        one.whole = one.whole || got == 0;
        if (got <= 0)
            return;
        if (one.result.size() < largest_result)
            one.result.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

std::vector<Workers::Ended> Workers::wait(base::Duration at_most) {
    std::vector<Ended> out;
    const base::Mono until = now().mono + at_most;
    do {
        std::vector<pollfd> watched;
        for (const auto& [job, one] : running_) {
            watched.push_back({one->child->pidfd(), POLLIN, 0});
            watched.push_back({one->pipe, POLLIN, 0});
        }
        const base::Mono before = now().mono;
        // A stop between two calls counts like one within.
        base::Duration away = before - looked_ > pause ? before - looked_ : base::Duration{};
        const auto slice = std::chrono::ceil<std::chrono::milliseconds>(
            std::max<base::Duration>(0ms, std::min<base::Duration>(until - before, 100ms)));
        const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(slice.count()));
        looked_ = now().mono;
        if (looked_ - before > slice + pause)
            away += looked_ - before;
        for (auto next = running_.begin(); next != running_.end();) {
            const auto current = next++;
            Running& one = *current->second;
            one.paused += away;
            read(one);
            if (one.limit != base::Duration{} && looked_ - one.started - one.paused > one.limit &&
                !one.out_of_time) {
                one.out_of_time = true;
                one.child->kill();
            }
            pollfd gone{one.child->pidfd(), POLLIN, 0};
            const bool is_gone = ::poll(&gone, 1, 0) == 1;
            if (!is_gone && !one.is_kept())
                continue;
            Ended ended;
            ended.job = current->first;
            if (is_gone)
                ended.status = one.child->wait();
            else
                ended.still_runs = one.child->pid();
            read(one);
            ended.result = one.taken();
            ended.out_of_time = one.out_of_time;
            ended.took = looked_ - one.started;
            out.push_back(std::move(ended));
            if (!is_gone)
                kept_[current->first] = std::move(current->second);
            running_.erase(current);
        }
        if (ready < 0 && errno == EINTR)
            break;
    } while (out.empty() && now().mono < until);
    return out;
}

void Workers::let_go(std::size_t job) {
    kept_.erase(job);
}

void Workers::kill_all() {
    running_.clear();
}

} // namespace stage::host
