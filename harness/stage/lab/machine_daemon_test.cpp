#include "harness/stage/lab/machine_daemon.h"
#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/netlink.h"
#include "harness/stage/lab/port.h"
#include "harness/stage/lab/testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace stage::lab {
namespace {

using testing::HasSubstr;

/// Sends each frame back with the Ethernet addresses exchanged, and says what it is told.
class Mirror : public model::Machine {
public:
    explicit Mirror(base::Mac own) : own_(own) {}
    void on(const model::Stimulus& stimulus, base::Now, model::Actions& actions) override {
        if (const auto* in = std::get_if<model::FrameIn>(&stimulus)) {
            base::Bytes back = in->packet->raw;
            std::copy_n(back.begin() + 6, 6, back.begin());
            std::ranges::copy(own_.octets, back.begin() + 6);
            actions.push_back(model::FrameOut{in->port, back});
        } else if (const auto* carrier = std::get_if<model::Carrier>(&stimulus)) {
            actions.push_back(model::Note{carrier->up ? "carrier up" : "carrier down", {}});
        } else if (const auto* told = std::get_if<model::Told>(&stimulus)) {
            actions.push_back(model::Note{"told " + told->event, told->arguments});
        }
    }
    void tick(base::Now, model::Actions&) override {}
    std::optional<base::Mono> deadline() const override { return std::nullopt; }

private:
    base::Mac own_;
};

model::NodeConfig config() {
    model::NodeConfig made;
    made.self.name = "mag1";
    made.self.role = "mag";
    made.self.ports.resize(1);
    made.self.ports[0].name = "core";
    return made;
}

/// A daemon in a child, on one end of a veth pair whose other end is the test's.
class Bench {
public:
    Bench() : space_(make_network_namespace()) {
        std::string pattern = (std::filesystem::temp_directory_path() / "mobiconform-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        set_variable("ipv6/conf/default/disable_ipv6", "1"); // the far end says nothing by itself
        netlink_.add_veth({1000, "far", std::nullopt, 1500},
                          {10, "near", base::Mac{{2, 0, 0, 0, 0, 1}}, 1500}, space_.get());
        netlink_.set_up(1000, true);
        netlink_.commit();
        far_ = std::make_unique<FramePort>(1000, 1500, 1U << 16);
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        said_ = Descriptor(ends[0]);
        child_ = ::fork();
        if (child_ == 0)
            ::_exit(play(ends[1]));
        ::close(ends[1]);
    }
    ~Bench() {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            ::waitpid(child_, nullptr, 0);
        }
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    std::string control() const { return directory_ / "control"; }
    /// Everything that it has said once that is among it.
    std::string until_said(const std::string& text) {
        std::array<char, 512> piece{};
        while (heard_.find(text) == std::string::npos) {
            pollfd more{said_.get(), POLLIN, 0};
            if (::poll(&more, 1, 5000) != 1)
                return "nothing more was said";
            const auto size = ::read(said_.get(), piece.data(), piece.size());
            if (size <= 0)
                return "it ended";
            heard_.append(piece.data(), static_cast<std::size_t>(size));
        }
        return heard_;
    }
    /// What comes back; the near kernel may have said something before it was switched off.
    base::Bytes exchange(const base::Bytes& frame) {
        far_->write(1000, frame);
        std::vector<FramePort::Frame> frames;
        pollfd back{far_->descriptor(), POLLIN, 0};
        while (::poll(&back, 1, 5000) == 1 && far_->read(frames, 1) == 1)
            if (frames.back().bytes.size() == frame.size())
                return frames.back().bytes;
        return {};
    }
    int end(int signal) {
        ::kill(child_, signal);
        int status = -1;
        ::waitpid(std::exchange(child_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    }
    std::string kernel_is_off() {
        const InNamespace inside(space_.get());
        return variable("ipv6/conf/near/disable_ipv6");
    }

private:
    int play(int to) const {
        const InNamespace inside(space_.get());
        Netlink netlink;
        netlink.set_up(10, true);
        netlink.commit();
        DaemonOptions options;
        options.interfaces = {{"core", "near"}};
        options.control = control();
        options.say = [to](const std::string& line) {
            const std::string whole = line + "\n";
            [[maybe_unused]] const auto written = ::write(to, whole.data(), whole.size());
        };
        return run_machine(
            config(),
            [](const model::NodeConfig& given) {
                return std::make_unique<Mirror>(given.self.ports.at(0).mac);
            },
            options);
    }

    std::filesystem::path directory_;
    Descriptor space_, said_;
    Netlink netlink_;
    std::unique_ptr<FramePort> far_;
    pid_t child_ = -1;
    std::string heard_;
};

TEST(MachineDaemon, PlaysItsRoleOnAnInterfaceUntilItIsToldToEnd) {
    in_sandbox([] {
        Bench bench;
        EXPECT_THAT(bench.until_said("ready mag mag1"), HasSubstr("carrier up"));
        EXPECT_EQ(bench.kernel_is_off(), "1");
        base::Bytes frame(60, 0x55);
        std::ranges::copy(std::array<std::uint8_t, 12>{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9}, frame.begin());
        const auto back = bench.exchange(frame);
        ASSERT_EQ(back.size(), frame.size());
        EXPECT_EQ(back[5], 9); // back to whom it came from
        EXPECT_EQ(back[11], 1);
        EXPECT_EQ(bench.end(SIGTERM), 0);
        EXPECT_EQ(bench.kernel_is_off(), "0"); // as it was
    });
}

TEST(MachineDaemon, HearsEventsByItsFifo) {
    in_sandbox([] {
        Bench bench;
        ASSERT_THAT(bench.until_said("ready"), HasSubstr("ready"));
        std::ofstream(bench.control()) << "attached nai=mn1@example.net 'text=two words'\n";
        EXPECT_THAT(bench.until_said("told"), HasSubstr("told attached nai=mn1@example.net text=two words"));
        EXPECT_EQ(bench.end(SIGINT), 0);
    });
}

TEST(MachineDaemon, NamesTheInterfaceThatIsNotThere) {
    in_sandbox([] {
        DaemonOptions options;
        options.interfaces = {{"core", "eth7"}};
        options.say = [](const std::string&) {};
        try {
            run_machine(
                config(), [](const model::NodeConfig&) { return nullptr; }, options);
            FAIL() << "it ran";
        } catch (const std::runtime_error& reason) {
            EXPECT_STREQ(reason.what(), "there is no interface eth7 for port core");
        }
    });
}

} // namespace
} // namespace stage::lab
