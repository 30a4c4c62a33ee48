#include "harness/stage/lab/foreign.h"
#include "harness/stage/lab/lab.h"
#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stage::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// An implementation under test at the node "sut" on a link of its own, and what happens there.
class ForeignBench {
public:
    ForeignBench() {
        std::string pattern = (std::filesystem::temp_directory_path() / "mobiconform-XXXXXX").string();
        node_.directory = ::mkdtemp(pattern.data());
        node_.node = "sut";
        node_.sut.name = "daemon";
        node_.sut.role = "lma";
        topology_.links.push_back({"core", {}, 1500, "", ""});
        auto& node = topology_.nodes.emplace_back();
        node.name = "sut";
        node.role = "lma";
        node.player = model::Player::sut;
        auto& port = node.ports.emplace_back();
        port.name = "core";
        port.link = "core";
        port.mac = {{2, 0, 0, 0, 1, 1}};
        port.addresses.push_back(*base::parse_prefix("2001:db8::1/64"));
    }
    ~ForeignBench() {
        std::error_code ignored;
        std::filesystem::remove_all(node_.directory, ignored);
    }

    /// A shell script that prints "ready" when it is.
    model::Sut& script(const std::string& text) {
        node_.sut.command = "/bin/sh -c '" + text + "'";
        node_.sut.ready.by = model::Readiness::By::log;
        node_.sut.ready.text = "ready";
        return node_.sut;
    }
    void hook(const std::string& on, const std::string& text) {
        node_.sut.hooks.push_back({on, "/bin/sh -c '" + text + "'", 5s});
    }
    SutNode& node() { return node_; }
    void start() {
        lab_ = std::make_unique<Lab>(topology_, Lab::Options{}, nullptr, nullptr, std::vector{node_});
    }
    Lab& lab() { return *lab_; }

    /// The first event of that type that satisfies the predicate, within ten seconds.
    template <class T>
    std::optional<T> await(const std::function<bool(const T&)>& predicate = [](const T&) { return true; }) {
        const auto end = lab_->now().mono + 10s;
        while (const auto event = lab_->next(end))
            if (const auto* one = std::get_if<T>(&event->what); one && predicate(*one))
                return *one;
        return std::nullopt;
    }
    /// Trouble of an order; "no answer" if it was never answered.
    std::string perform(const model::Order& order, const std::string& name) {
        lab_->perform(order);
        const auto done = await<model::Done>([&](const model::Done& one) { return one.order == name; });
        return done ? done->trouble : "no answer";
    }
    std::string why_not_ready() {
        try {
            start();
        } catch (const NotReady& reason) {
            return reason.what();
        }
        return "it is ready";
    }

private:
    SutNode node_;
    model::Topology topology_;
    std::unique_ptr<Lab> lab_;
};

using Verb = model::ControlNode::Verb;

TEST(Foreign, IsReadyWithItsLine) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo getting; echo ready; exec tail -f /dev/null");
        bench.start();
        EXPECT_TRUE(bench.lab().kernel_node("sut"));
    });
}

TEST(Foreign, IsReadyWithItsPort) {
    in_sandbox([] {
        ForeignBench bench;
        auto& sut = bench.node().sut;
        sut.command =
            "python3 -c 'import socket, signal; s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); "
            "s.bind((\"::\", 5436)); signal.pause()'";
        sut.ready.by = model::Readiness::By::port;
        sut.ready.port = 5436;
        bench.start();
        const InNamespace inside(bench.lab().kernel_node("sut")->space.get());
        EXPECT_TRUE(somebody_listens("udp", 5436));
        EXPECT_FALSE(somebody_listens("udp", 5437));
    });
}

TEST(Foreign, ThatIsNeverReadyIsReportedWithItsLog) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo waiting for a licence; exec tail -f /dev/null").ready.boot = 100ms;
        EXPECT_THAT(bench.why_not_ready(),
                    testing::AllOf(HasSubstr("daemon at node sut was not ready within 100ms"),
                                   HasSubstr("waiting for a licence")));
    });
}

TEST(Foreign, ThatEndsAtOnceIsReportedWithItsLog) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo bad configuration; exit 4");
        EXPECT_THAT(bench.why_not_ready(), testing::AllOf(HasSubstr("ended (exit 4) before it was ready"),
                                                          HasSubstr("bad configuration")));
    });
}

TEST(Foreign, ThatStumblesIsNotReadyHoweverLittleIsAsked) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo usage; exit 2").ready.by = model::Readiness::By::started;
        EXPECT_THAT(bench.why_not_ready(), HasSubstr("ended (exit 2) before it was ready"));
    });
}

TEST(Foreign, ThatIsMissingIsNamed) {
    in_sandbox([] {
        ForeignBench bench;
        bench.node().sut.command = "no-such-daemon --foreground";
        EXPECT_THROW(
            try { bench.start(); } catch (const std::system_error& missing) {
                EXPECT_THAT(missing.what(), HasSubstr("no-such-daemon"));
                throw;
            },
            std::system_error);
    });
}

TEST(Foreign, ThatDiesDuringACaseIsNews) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("trap \"exit 3\" USR1; echo ready; tail -f /dev/null & wait");
        bench.hook("crash", "kill -USR1 2"); // the first process of its namespace that is not ours
        bench.start();
        bench.lab().perform(model::TellNode{"sut", {"crash", {}}});
        const auto died = bench.await<model::Died>();
        ASSERT_TRUE(died);
        EXPECT_EQ(died->node, "sut");
        EXPECT_EQ(died->how, "exit 3");
    });
}

TEST(Foreign, ThatFloodsIsOverItsLimits) {
    in_sandbox([] {
        ForeignBench bench;
        auto& sut = bench.node().sut;
        sut.command = "python3 -c 'import socket; s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)\n"
                      "while True: s.sendto(b\"x\", (\"ff02::1%core\", 9))'";
        sut.flood = 500;
        bench.start();
        const auto died = bench.await<model::Died>();
        ASSERT_TRUE(died);
        EXPECT_THAT(died->how, HasSubstr("over its limits: more than 500 frames in a second"));
        EXPECT_EQ(bench.lab().next(bench.lab().now().mono), std::nullopt); // and it is silent
        EXPECT_EQ(bench.lab().trouble(), ""); // what its flood cost is no trouble of the host's
    });
}

TEST(Foreign, ThatLogsWithoutEndIsOverItsLimits) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo ready; exec yes");
        bench.start();
        const auto died = bench.await<model::Died>();
        ASSERT_TRUE(died);
        EXPECT_THAT(died->how, HasSubstr("over its limits: it printed too much"));
    });
}

TEST(Foreign, IsRestartedKilledOrInOrder) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("trap \"echo orderly; exit 0\" TERM; echo ready; tail -f /dev/null & wait");
        bench.start();
        const auto log = [&] {
            std::error_code none;
            return std::filesystem::file_size(bench.node().directory + "/sut.log", none);
        };
        EXPECT_EQ(bench.perform(model::ControlNode{Verb::restart, "sut", "kill", true, {}}, "restart sut"),
                  "");
        EXPECT_EQ(log(), std::string("ready\nready\n").size());
        EXPECT_EQ(bench.perform(model::ControlNode{Verb::restart, "sut", "orderly", true, {}}, "restart sut"),
                  "");
        EXPECT_EQ(log(), std::string("ready\nready\norderly\nready\n").size());
        EXPECT_EQ(bench.perform(model::ControlNode{Verb::stop, "sut", "kill", true, {}}, "stop sut"), "");
        EXPECT_EQ(bench.perform(model::ControlNode{Verb::start, "sut", "", true, {}}, "start sut"), "");
    });
}

TEST(Foreign, ThatIgnoresItsStopIsKilledInTheEnd) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("trap \"\" TERM; echo ready; exec tail -f /dev/null").stop_patience = 100ms;
        bench.start();
        EXPECT_EQ(bench.perform(model::ControlNode{Verb::stop, "sut", "orderly", true, {}}, "stop sut"), "");
    });
}

TEST(Foreign, KeepsOrLosesItsStateAsTold) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script(
            "ls $MOBICONFORM_STATE; touch $MOBICONFORM_STATE/bindings; echo ready; exec tail -f /dev/null");
        bench.hook("state", "echo count=$(ls $MOBICONFORM_STATE | wc -l); echo noise");
        bench.start();
        const auto count = [&] {
            bench.lab().perform(model::TellNode{"sut", {"state", {{"of", "entries"}}}});
            const auto said = bench.await<model::Said>();
            return said ? said->note.arguments : model::Arguments{};
        };
        EXPECT_EQ(count(), (model::Arguments{{"count", "1"}}));
        std::filesystem::rename(bench.node().directory + "/state/bindings",
                                bench.node().directory + "/state/old");
        EXPECT_EQ(bench.perform(model::ControlNode{Verb::restart, "sut", "kill", true, {}}, "restart sut"),
                  "");
        EXPECT_EQ(count(), (model::Arguments{{"count", "2"}}));
        EXPECT_EQ(bench.perform(model::ControlNode{Verb::restart, "sut", "kill", false, {}}, "restart sut"),
                  "");
        EXPECT_EQ(count(), (model::Arguments{{"count", "1"}}));
    });
}

TEST(Foreign, RunsOneHookAtATimeAndEndsWhenTheLastHasEnded) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo ready; exec tail -f /dev/null");
        const std::string log = bench.node().directory + "/told";
        // The first would end last if they ran side by side.
        bench.node().sut.hooks.push_back(
            {"attached", "/bin/sh -c 'sleep 0.2; echo attached >> " + log + "'", 5s});
        bench.node().sut.hooks.push_back({"detached", "/bin/sh -c 'echo detached >> " + log + "'", 5s});
        bench.start();
        bench.lab().perform(model::TellNode{"sut", {"attached", {}}});
        bench.lab().perform(model::TellNode{"sut", {"detached", {}}});
        EXPECT_EQ(bench.perform(model::ControlNode{Verb::restart, "sut", "kill", true, {}}, "restart sut"),
                  "");
        std::ifstream told(log);
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(told), {}), "attached\ndetached\n");
    });
}

TEST(Foreign, FillsTheArgumentsOfAnEventIntoItsHook) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo ready; exec tail -f /dev/null");
        bench.node().sut.hooks.push_back({"attached", "/bin/sh -c 'test $0 = mn1@example.net' {nai}", 5s});
        bench.start();
        const auto tell = [&](const std::string& nai) {
            return bench.perform(model::TellNode{"sut", {"attached", {{"nai", nai}}}}, "tell sut attached");
        };
        EXPECT_EQ(tell("mn1@example.net"), "");
        EXPECT_THAT(tell("mn2@example.net"), HasSubstr("its hook failed: exit 1"));
        // Not a shell: what an argument holds stays one word.
        EXPECT_THAT(tell("mn1@example.net; true"), HasSubstr("its hook failed"));
    });
}

TEST(Foreign, ItsHooksNeverSeeAPlaceholder) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo ready; exec tail -f /dev/null");
        bench.node().sut.hooks.push_back(
            {"attached", "/bin/sh -c 'x=1; test $0${x} = mn1--1' {mobile-node}-{identity}-", 5s});
        bench.start();
        EXPECT_EQ(bench.perform(model::TellNode{"sut", {"attached", {{"mobile-node", "mn1"}}}},
                                "tell sut attached"),
                  "");
        EXPECT_THAT(
            bench.perform(
                model::TellNode{"sut", {"attached", {{"mobile-node", "mn1"}, {"authenticated", "no"}}}},
                "tell sut attached"),
            HasSubstr("not-claimed: the hook of daemon for attached has no place for {authenticated}"));
    });
}

TEST(Foreign, ClaimsNothingThatItsProfileHasNoHookFor) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo ready; exec tail -f /dev/null");
        bench.start();
        EXPECT_THAT(bench.perform(model::TellNode{"sut", {"renumber", {}}}, "tell sut renumber"),
                    HasSubstr("not-claimed: the profile of daemon has no hook for renumber"));
        EXPECT_THAT(bench.perform(model::ControlNode{Verb::clock, "sut", "", false, 1h}, "clock sut"),
                    HasSubstr("not-claimed"));
    });
}

TEST(Foreign, HasTheClockThatTheCaseSets) {
    in_sandbox([] {
        ForeignBench bench;
        bench.script("echo ready; exec tail -f /dev/null");
        bench.node().sets_clock = true;
        bench.start();
        EXPECT_EQ(bench.perform(model::ControlNode{Verb::clock, "sut", "", false, 1h}, "clock sut"), "");
    });
}

/// Descriptors of the processes with that word on their command line.
std::vector<Descriptor> processes_with(const std::string& word) {
    std::vector<Descriptor> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::ifstream file(entry.path() / "cmdline");
        const std::string line((std::istreambuf_iterator<char>(file)), {});
        if (line.find(word) != std::string::npos)
            found.emplace_back(static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(name), 0)));
    }
    return found;
}

// What a run leaves behind when it is killed with everything at work.
TEST(Foreign, IsGoneWithinASecondAfterTheTopIsKilled) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const Descriptor reads(ends[0]);
    Descriptor writes(ends[1]);
    const std::string mark = "marked-" + std::to_string(::getpid());
    const pid_t top = ::fork();
    if (top == 0) {
        Sandbox sandbox([&] {
            ForeignBench bench;
            bench.script("trap \"\" TERM HUP; setsid sh -c \"tail -f /dev/null; :\" $0 & echo ready; wait");
            bench.node().sut.command += " " + mark;
            bench.start();
            [[maybe_unused]] const auto written = ::write(writes.get(), "x", 1);
            bench.lab().next(std::nullopt);
            for (;;)
                bench.lab().next(std::nullopt);
            return 0;
        });
        sandbox.wait();
        ::_exit(0);
    }
    writes.reset();
    char one = 0;
    ASSERT_EQ(::read(reads.get(), &one, 1), 1);
    const auto marked = processes_with(mark);
    ASSERT_GE(marked.size(), 2U); // the daemon, and what it hid
    const auto killed = std::chrono::steady_clock::now();
    ASSERT_EQ(::kill(top, SIGKILL), 0);
    ASSERT_EQ(::waitpid(top, nullptr, 0), top);
    for (const auto& process : marked) {
        pollfd end{process.get(), POLLIN, 0};
        EXPECT_EQ(::poll(&end, 1, 1000), 1) << "a process is still there a second later";
    }
    EXPECT_LT(std::chrono::steady_clock::now() - killed, 1s);
}

} // namespace
} // namespace stage::lab
