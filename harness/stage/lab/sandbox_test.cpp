#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/sandbox.h"
#include "harness/stage/lab/testing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stage::lab {
namespace {

/// Inode of the network namespace of a process, as /proc shows it: "net:[4026531840]".
std::string network_of(const std::string& process) {
    std::error_code gone;
    return std::filesystem::read_symlink("/proc/" + process + "/ns/net", gone).string();
}

/// Processes of this host that live in that network namespace.
std::set<std::string> inhabitants(const std::string& network) {
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") == std::string::npos && network_of(name) == network)
            found.insert(name);
    }
    return found;
}

TEST(Sandbox, MakesItsBodyProcessOneOfItsOwnNamespaces) {
    in_sandbox([] {
        EXPECT_EQ(::getpid(), 1);
        EXPECT_EQ(::geteuid(), 0U);
        EXPECT_EQ(variable("ipv6/conf/all/forwarding"), "0");
        set_variable("ipv6/conf/all/forwarding", "1");
        EXPECT_EQ(variable("ipv6/conf/all/forwarding"), "1");
    });
}

TEST(Sandbox, HandsOnTheExitStatus) {
    EXPECT_EQ(run_in_sandbox([] { return 42; }), 42);
}

TEST(Sandbox, ReportsAnExceptionAsStatusSeventy) {
    EXPECT_EQ(run_in_sandbox([]() -> int { throw std::runtime_error("on purpose"); }), 70);
}

TEST(Sandbox, IsKilledWhenItsOwnerGoes) {
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const Descriptor reads(pipe[0]);
    {
        const Descriptor writes(pipe[1]);
        const Sandbox sandbox([] { return ::pause(); });
        pollfd alive{sandbox.pidfd(), POLLIN, 0};
        EXPECT_EQ(::poll(&alive, 1, 0), 0);
    }
    char nothing = 0;
    EXPECT_EQ(::read(reads.get(), &nothing, 1), 0); // nobody holds the other end any more
}

// A harness is a top process with a sandbox in which daemons have hidden as well as they can.
TEST(Sandbox, LeavesNothingWithinASecondAfterItsTopIsKilled) {
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const Descriptor reads(pipe[0]);
    Descriptor writes(pipe[1]);
    const pid_t top = ::fork();
    if (top == 0) {
        Sandbox sandbox([&] {
            for (int i = 0; i < 6; ++i)
                if (::fork() == 0) {
                    if (::fork() != 0)
                        ::_exit(0);
                    ::setsid();
                    ::signal(SIGTERM, SIG_IGN);
                    ::prctl(PR_SET_NAME, "hidden");
                    const std::string network = network_of("self");
                    [[maybe_unused]] const auto written = ::write(writes.get(), "x", 1);
                    for (;;)
                        ::pause();
                }
            for (;;)
                ::pause();
            return 0;
        });
        const std::string network = network_of(std::to_string(sandbox.pid()));
        [[maybe_unused]] const auto written = ::write(writes.get(), network.data(), network.size());
        sandbox.wait();
        ::_exit(0);
    }
    writes.reset();
    std::string told;
    char piece[64];
    std::size_t hidden = 0;
    while (hidden < 6 || told.find(']') == std::string::npos) { // all six and the namespace's name
        const auto size = ::read(reads.get(), piece, sizeof piece);
        ASSERT_GT(size, 0);
        told.append(piece, static_cast<std::size_t>(size));
        hidden = static_cast<std::size_t>(std::ranges::count(told, 'x'));
    }
    std::erase(told, 'x');
    ASSERT_GE(inhabitants(told).size(),
              7U); // those that forked the hidden ones may still be on their way out

    const auto killed = std::chrono::steady_clock::now();
    ASSERT_EQ(::kill(top, SIGKILL), 0);
    ASSERT_EQ(::waitpid(top, nullptr, 0), top);
    // They all hold the pipe: its end is the news that the last of them is gone.
    pollfd end{reads.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&end, 1, 1000), 1) << "a process is still there a second later";
    EXPECT_EQ(::read(reads.get(), piece, sizeof piece), 0);
    EXPECT_TRUE(inhabitants(told).empty());
    EXPECT_LT(std::chrono::steady_clock::now() - killed, std::chrono::seconds(1));
}

} // namespace
} // namespace stage::lab
