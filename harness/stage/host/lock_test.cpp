#include "harness/stage/host/lock.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>

namespace stage::host {
namespace {

class Locks : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "lockXXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(directory); }

    /// Whether another process finds it taken.
    bool is_taken_for_others() const {
        const pid_t child = ::fork();
        if (child == 0) {
            auto lock = std::make_unique<DirectoryLock>(directory);
            const bool taken = lock->is_taken();
            lock.reset();
            ::_exit(taken ? 1 : 0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 1;
    }

    std::string directory;
};

TEST_F(Locks, KeepOthersOutUntilTheyGo) {
    std::optional<DirectoryLock> own(directory);
    EXPECT_FALSE(own->is_taken());
    EXPECT_TRUE(is_taken_for_others());
    own.reset();
    EXPECT_FALSE(is_taken_for_others());
    EXPECT_TRUE(std::filesystem::is_empty(directory));
}

TEST_F(Locks, EndWithTheProcessThatWasKilled) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t holder = ::fork();
    if (holder == 0) {
        const DirectoryLock lock(directory);
        const char byte = 'x';
        if (::write(ready[1], &byte, 1) == 1)
            for (;;)
                ::pause();
        ::_exit(1);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_TRUE(is_taken_for_others());
    ::kill(holder, SIGKILL);
    int status = 0;
    ::waitpid(holder, &status, 0);
    EXPECT_FALSE(is_taken_for_others());
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_F(Locks, AreNotHeldByWhatIsForked) {
    std::optional<DirectoryLock> own(directory);
    int go[2];
    ASSERT_EQ(::pipe(go), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        char byte = 0;
        const auto got = ::read(go[0], &byte, 1);
        ::_exit(got == 1 ? 0 : 1);
    }
    own.reset();
    EXPECT_FALSE(is_taken_for_others()); // although the child lives
    ASSERT_EQ(::write(go[1], "x", 1), 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(go[0]);
    ::close(go[1]);
}

TEST_F(Locks, AreNoObstacleWhereNothingCanBeWritten) {
    EXPECT_FALSE(DirectoryLock(directory + "/there-is-none").is_taken());
}

} // namespace
} // namespace stage::host
