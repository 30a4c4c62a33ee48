#include "harness/stage/host/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fstream>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace stage::host {

namespace {

volatile std::sig_atomic_t interrupts = 0, stops = 0;

void on_interrupt(int) {
    if (interrupts)
        ::_exit(130);
    interrupts = 1;
}

void on_continue(int) {
    stops = 1;
}

void handle(int number, void (*handler)(int), int flags) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    ::sigaction(number, &action, nullptr);
}

base::Duration clock(clockid_t which) {
    timespec time{};
    ::clock_gettime(which, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

} // namespace

base::Now now() {
    return {clock(CLOCK_MONOTONIC), clock(CLOCK_REALTIME)};
}

std::string utc(base::Wall wall) {
    const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(wall).count();
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

unsigned processors() {
    return std::max(1u, std::thread::hardware_concurrency());
}

bool busy() {
    std::ifstream statistics("/proc/stat");
    std::string word;
    unsigned runnable = 0;
    while (statistics >> word)
        if (word == "procs_running" && statistics >> runnable)
            return runnable > processors();
    return false;
}

Terminal terminal(int descriptor) {
    Terminal out;
    out.is_one = ::isatty(descriptor) == 1;
    winsize size{};
    if (out.is_one && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
        out.width = size.ws_col;
    return out;
}

std::string executable() {
    std::array<char, 4096> path{};
    const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
    return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : std::string{};
}

std::string kernel() {
    utsname name{};
    if (::uname(&name) != 0)
        return {};
    return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

void catch_interrupts() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        handle(number, on_interrupt, 0); // no SA_RESTART: whoever waits shall notice
    handle(SIGPIPE, SIG_IGN, 0);
}

bool interrupted() {
    return interrupts != 0;
}

void wait_for_user() {
    constexpr int look_again = 200; // ms; a signal may come just before poll() waits
    pollfd input{0, POLLIN, 0};
    while (!interrupted() && ::poll(&input, 1, look_again) <= 0) {
    }
}

void remember_stops() {
    handle(SIGCONT, on_continue, SA_RESTART);
}

bool was_stopped() {
    const bool was = stops != 0;
    stops = 0;
    return was;
}

} // namespace stage::host
