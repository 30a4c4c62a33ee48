#include "harness/stage/lab/process.h"
#include "harness/stage/lab/testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <unistd.h>

namespace stage::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A directory of its own for the logs of one test.
class Directory {
public:
    Directory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "mobiconform-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string file(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

std::string content(const std::string& file) {
    std::ifstream in(file);
    return (std::ostringstream() << in.rdbuf()).str();
}

ProcessSpec shell(const std::string& script) {
    ProcessSpec spec;
    spec.command = {"/bin/sh", "-c", script};
    return spec;
}

/// Waits for the end; nullopt if it does not come within ten seconds.
std::optional<std::string> end_of(Process& process) {
    pollfd ends[] = {{process.pidfd(), POLLIN, 0}, {process.output(), POLLIN, 0}};
    const auto last = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < last) {
        ends[1].fd = process.output();
        ::poll(ends, 2, 1000);
        process.drain();
        if (ends[0].revents)
            return process.ended();
    }
    return std::nullopt;
}

/// Waits until it has printed that.
bool prints(Process& process, const std::string& text) {
    const auto last = std::chrono::steady_clock::now() + 10s;
    while (process.printed().find(text) == std::string::npos && std::chrono::steady_clock::now() < last) {
        pollfd output{process.output(), POLLIN, 0};
        ::poll(&output, 1, 1000);
        process.drain();
    }
    return process.printed().find(text) != std::string::npos;
}

TEST(Process, TellsHowItEnded) {
    in_sandbox([] {
        Process exits(shell("exit 3"));
        EXPECT_EQ(end_of(exits), "exit 3");
        Process falls(shell("kill -SEGV $$"));
        EXPECT_EQ(end_of(falls), "signal 11");
        Process ends(shell("true"));
        EXPECT_EQ(end_of(ends), "exit 0");
    });
}

TEST(Process, TellsAMissingCommandFromAnExit) {
    in_sandbox([] {
        ProcessSpec spec;
        spec.command = {"no-such-daemon", "--foreground"};
        try {
            Process process(spec);
            FAIL() << "it started";
        } catch (const std::system_error& missing) {
            EXPECT_EQ(missing.code().value(), ENOENT);
            EXPECT_THAT(missing.what(), HasSubstr("start no-such-daemon"));
        }
        Process exits(shell("exit 127"));
        EXPECT_EQ(end_of(exits), "exit 127");
    });
}

TEST(Process, KeepsItsLog) {
    const Directory directory;
    in_sandbox([&] {
        auto spec = shell("echo to the log; echo and errors >&2");
        spec.log = directory.file("log");
        Process process(spec);
        EXPECT_EQ(end_of(process), "exit 0");
        EXPECT_EQ(content(spec.log), "to the log\nand errors\n");
    });
}

TEST(Process, AnnouncesItselfHoweverMuchItPrintsAfterwards) {
    in_sandbox([] {
        auto spec = shell("echo it is ready now; yes | head -c 300000");
        spec.awaited = "is ready";
        Process process(spec);
        EXPECT_FALSE(process.announced());
        EXPECT_EQ(end_of(process), "exit 0");
        EXPECT_TRUE(process.announced());
        EXPECT_EQ(process.printed().find("ready"), std::string::npos);
    });
}

TEST(Process, IsOverItsLimitsWithAnEndlessLog) {
    const Directory directory;
    in_sandbox([&] {
        auto spec = shell("while :; do echo more and more and more and more and more; done");
        spec.log = directory.file("log");
        spec.most_logged = 100'000;
        Process process(spec);
        bool within = true;
        const auto last = std::chrono::steady_clock::now() + 20s;
        while (within && std::chrono::steady_clock::now() < last) {
            pollfd output{process.output(), POLLIN, 0};
            ::poll(&output, 1, 1000);
            within = process.drain();
        }
        EXPECT_FALSE(within);
        process.kill();
        EXPECT_EQ(std::filesystem::file_size(spec.log), 100'000U);
    });
}

TEST(Process, CannotFillTheDisk) {
    const Directory directory;
    in_sandbox([&] {
        auto spec =
            shell("exec dd if=/dev/zero of=" + directory.file("big") + " bs=4096 count=100000 2>/dev/null");
        spec.largest_file = 1U << 20;
        Process process(spec);
        EXPECT_THAT(end_of(process).value_or("nothing"), HasSubstr("over its limits"));
        EXPECT_LE(std::filesystem::file_size(directory.file("big")), 1U << 20);
    });
}

TEST(Process, HasNoMoreMemoryThanItMay) {
    in_sandbox([] {
        auto spec = shell("x=0123456789; while :; do x=$x$x; done");
        spec.memory = 64U << 20;
        Process process(spec);
        const auto how = end_of(process);
        ASSERT_TRUE(how);
        EXPECT_NE(*how, "exit 0");
    });
}

TEST(Process, TakesGrandchildrenThatHideWithIt) {
    in_sandbox([] {
        // Twice forked, a session of its own, deaf to SIGTERM.
        Process process(shell("trap '' TERM HUP; (setsid sh -c 'echo hidden; exec tail -f /dev/null' &); "
                              "echo shown; exec tail -f /dev/null"));
        ASSERT_TRUE(prints(process, "hidden"));
        ASSERT_TRUE(prints(process, "shown"));
        process.signal(SIGTERM);
        EXPECT_FALSE(process.ended());
        process.kill();
        EXPECT_EQ(process.ended(), "signal 9");
        // Whoever could still print would keep the pipe open.
        EXPECT_LT(process.output(), 0);
    });
}

TEST(Process, PassesSignalsOn) {
    in_sandbox([] {
        Process process(shell("trap 'echo bye; exit 5' TERM; echo ready; tail -f /dev/null & wait"));
        ASSERT_TRUE(prints(process, "ready"));
        process.signal(SIGTERM);
        EXPECT_EQ(end_of(process), "exit 5");
        EXPECT_THAT(process.printed(), HasSubstr("bye"));
    });
}

TEST(Process, LivesAsLongAsTheDaemonThatItLeftInTheBackground) {
    in_sandbox([] {
        Process process(shell("(echo daemon; seq 200000 >/dev/null; echo done) & exit 0"));
        ASSERT_TRUE(prints(process, "daemon"));
        EXPECT_EQ(end_of(process), "exit 0");
        EXPECT_THAT(process.printed(), HasSubstr("done"));
    });
}

TEST(Process, CanStandBesideAnotherAndSignalIt) {
    in_sandbox([] {
        Process daemon(shell("echo $$ > /run/daemon.pid; echo ready; exec tail -f /dev/null"));
        ASSERT_TRUE(prints(daemon, "ready"));
        auto hook = shell("kill -KILL $(cat /run/daemon.pid)");
        hook.beside = daemon.pidfd();
        Process beside(hook);
        EXPECT_EQ(end_of(daemon), "signal 9");
        EXPECT_TRUE(end_of(beside)); // its own end may overtake it
    });
}

TEST(Process, LeavesTheOneBesideWhichItStoodAbleToEnd) {
    in_sandbox([] {
        Process daemon(shell("echo ready; exec tail -f /dev/null"));
        ASSERT_TRUE(prints(daemon, "ready"));
        {
            auto hook = shell("echo hooked; exec tail -f /dev/null");
            hook.beside = daemon.pidfd();
            Process beside(hook);
            ASSERT_TRUE(prints(beside, "hooked"));
            EXPECT_FALSE(daemon.ended());
        }
        daemon.kill(); // would wait for ever for one that nobody reaps
        EXPECT_EQ(daemon.ended(), "signal 9");
    });
}

TEST(Process, SeesTheClockThatItIsGiven) {
    const Directory directory;
    ASSERT_FALSE(faketime_library().empty()) << "libfaketime is not installed";
    in_sandbox([&] {
        auto spec = shell("trap 'date +later%s' USR1; (trap '' USR1; exec tail -f /dev/null) & "
                          "date +first%s; while :; do wait; done");
        spec.clock_file = directory.file("clock");
        ASSERT_TRUE(set_clock(spec.clock_file, 7200s));
        Process process(spec);
        const auto told = [&](const std::string& which) {
            if (!prints(process, which))
                return 0LL;
            EXPECT_TRUE(prints(process, "\n"));
            return std::stoll(process.printed().substr(process.printed().find(which) + which.size()));
        };
        const auto real = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
        EXPECT_NEAR(static_cast<double>(told("first") - real), 7200, 3);
        ASSERT_TRUE(set_clock(spec.clock_file, -3600s)); // and while it runs
        process.signal(SIGUSR1);
        EXPECT_NEAR(static_cast<double>(told("later") - real), -3600, 15);
    });
}

TEST(Words, GroupByQuotesAndBackslash) {
    EXPECT_EQ(words("lmad --config 'a b' --say \"it's\" c\\ d ''"),
              (std::vector<std::string>{"lmad", "--config", "a b", "--say", "it's", "c d", ""}));
    EXPECT_EQ(words("never 'closed"), std::nullopt);
    EXPECT_EQ(words("  "), std::vector<std::string>{});
}

} // namespace
} // namespace stage::lab
