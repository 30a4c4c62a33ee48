#include "harness/stage/lab/machine_daemon.h"

#include "harness/base/text.h"
#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/netlink.h"
#include "harness/stage/lab/port.h"
#include "harness/stage/lab/process.h"
#include "harness/stage/stores.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace stage::lab {
namespace {

constexpr std::size_t frames_at_once = 256; ///< frames of a port in one turn

base::Now time_now() {
    const auto read = [](clockid_t clock) {
        timespec time{};
        ::clock_gettime(clock, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    };
    return {read(CLOCK_MONOTONIC), read(CLOCK_REALTIME)};
}

/// Keeps the kernel's IPv6 off an interface for as long as it lives.
class WithoutKernel {
public:
    explicit WithoutKernel(const std::string& interface)
        : name_("ipv6/conf/" + interface + "/disable_ipv6"), before_(variable(name_)) {
        if (before_ == "0")
            is_off_ = write_file("/proc/sys/net/" + name_, "1");
        else
            is_off_ = true; // it was off, or the kernel has no IPv6
    }
    WithoutKernel(WithoutKernel&& other) noexcept
        : name_(std::move(other.name_)), before_(std::exchange(other.before_, {})), is_off_(other.is_off_) {}
    WithoutKernel& operator=(WithoutKernel&&) = delete;
    ~WithoutKernel() {
        if (before_ == "0" && is_off_)
            write_file("/proc/sys/net/" + name_, before_);
    }
    bool is_off() const { return is_off_; }

private:
    std::string name_, before_;
    bool is_off_ = false;
};

class Daemon {
public:
    Daemon(model::NodeConfig config, const model::MakeMachine& make, const DaemonOptions& options)
        : options_(options), config_(std::move(config)),
          stores_(options.stores.empty() ? stores_in_memory() : stores_on_disk(options.stores), 1),
          delay_(store_delay(config_.self.settings)) {
        for (auto& port : config_.self.ports)
            take_interface(port);
        if (auto* self = config_.topology.node(config_.self.name))
            *self = config_.self;
        machine_ = make(config_);
        if (!machine_)
            throw std::runtime_error("nobody here can play the role " + config_.self.role);
        if (!options_.control.empty()) {
            if (::mkfifo(options_.control.c_str(), 0600) != 0 && errno != EEXIST)
                fail("make the FIFO " + options_.control);
            // Also for writing, so that it does not end with its first writer.
            control_ = checked(::open(options_.control.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC),
                               "open the FIFO " + options_.control);
        }
        sigset_t ends;
        ::sigemptyset(&ends);
        ::sigaddset(&ends, SIGTERM);
        ::sigaddset(&ends, SIGINT);
        ::sigprocmask(SIG_BLOCK, &ends, nullptr);
        signals_ = checked(::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK), "watch for signals");
    }

    int run() {
        look_at_carriers();
        options_.say(fmt::format("ready {} {}", config_.self.role, config_.self.name));
        for (;;) {
            wait();
            signalfd_siginfo signal{};
            if (::read(signals_.get(), &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal))
                return 0;
            if (watch_.drain())
                look_at_carriers();
            hear_control();
            hear_frames();
            work_stores();
            if (const auto deadline = machine_->deadline(); deadline && *deadline <= time_now().mono) {
                model::Actions actions;
                machine_->tick(time_now(), actions);
                carry_out(actions);
            }
        }
    }

private:
    struct Interface {
        std::string name;
        int index = 0;
        base::Mac mac;
        bool running = false;
        std::unique_ptr<FramePort> frames;
        std::optional<WithoutKernel> alone;
    };

    void take_interface(model::Port& port) {
        const auto wanted =
            std::ranges::find(options_.interfaces, port.name, &std::pair<std::string, std::string>::first);
        if (wanted == options_.interfaces.end())
            throw std::runtime_error(fmt::format("no interface is given for port {}", port.name));
        const auto links = netlink_.links();
        const auto link = std::ranges::find(links, wanted->second, &LinkState::name);
        if (link == links.end())
            throw std::runtime_error(
                fmt::format("there is no interface {} for port {}", wanted->second, port.name));
        port.mac = link->mac;
        port.mtu = link->mtu;
        if (port.link.empty())
            port.link = port.name;
        Interface& made = interfaces_.emplace_back();
        made.name = link->name;
        made.index = link->index;
        made.mac = link->mac;
        made.alone.emplace(link->name);
        if (!made.alone->is_off())
            options_.say(fmt::format("the kernel's IPv6 stays on at {}: it may answer, too", link->name));
        made.frames = std::make_unique<FramePort>(link->index, link->mtu);
        made.frames->hear_all_groups(link->index);
    }

    void tell(const model::Stimulus& stimulus) {
        for (const auto& news : stores_.news(0)) // what other daemons have stored meanwhile
            hear(news.told);
        hear(stimulus);
    }

    void hear(const model::Stimulus& stimulus) {
        model::Actions actions;
        machine_->on(stimulus, time_now(), actions);
        carry_out(actions);
    }

    void work_stores() {
        while (const auto told = stores_.work(time_now().mono))
            for (const auto& one : *told)
                hear(one.told);
    }

    void carry_out(const model::Actions& actions) {
        for (const auto& action : actions)
            if (const auto* frame = std::get_if<model::FrameOut>(&action)) {
                if (frame->port < interfaces_.size())
                    interfaces_[frame->port].frames->write(interfaces_[frame->port].index, frame->bytes);
            } else {
                const auto& note = std::get<model::Note>(action);
                if (stores_.take(0, note, time_now().mono, delay_))
                    continue;
                std::string line = base::printable(note.text);
                for (const auto& [name, value] : note.arguments)
                    line += fmt::format(" {}={}", base::printable(name), base::printable(value));
                options_.say(line);
            }
    }

    void look_at_carriers() {
        const auto links = netlink_.links();
        for (std::size_t port = 0; port < interfaces_.size(); ++port) {
            auto& one = interfaces_[port];
            const auto link = std::ranges::find(links, one.index, &LinkState::index);
            const bool running = link != links.end() && link->running;
            if (running != std::exchange(one.running, running))
                tell(model::Carrier{port, running});
        }
    }

    void hear_frames() {
        for (std::size_t port = 0; port < interfaces_.size(); ++port) {
            auto& one = interfaces_[port];
            std::vector<FramePort::Frame> frames;
            one.frames->read(frames, frames_at_once);
            for (const auto& frame : frames) {
                // Of a promiscuous card come frames for others.
                if (frame.bytes.size() < 14 ||
                    (!(frame.bytes[0] & 1) &&
                     !std::equal(one.mac.octets.begin(), one.mac.octets.end(), frame.bytes.begin())))
                    continue;
                const auto packet = wire::decode_frame(frame.bytes, options_.profile);
                tell(model::FrameIn{port, &packet});
            }
        }
    }

    void hear_control() {
        if (!control_)
            return;
        std::array<char, 4096> piece{};
        for (ssize_t size = 0; (size = ::read(control_.get(), piece.data(), piece.size())) > 0;)
            line_.append(piece.data(), static_cast<std::size_t>(size));
        for (std::size_t end = 0; (end = line_.find('\n')) != std::string::npos; line_.erase(0, end + 1)) {
            const auto parts = words(line_.substr(0, end));
            if (!parts || parts->empty())
                continue;
            model::Told told{parts->front(), {}};
            for (const auto& word : *parts)
                if (const auto equals = word.find('=');
                    equals != std::string::npos && equals + 1 < word.size())
                    told.arguments[word.substr(0, equals)] = word.substr(equals + 1);
            tell(told);
        }
        if (line_.size() > piece.size())
            line_.clear(); // nobody's event is that long
    }

    void wait() {
        std::vector<pollfd> watched = {{signals_.get(), POLLIN, 0}, {watch_.descriptor(), POLLIN, 0}};
        for (const auto& one : interfaces_)
            watched.push_back({one.frames->descriptor(), POLLIN, 0});
        if (control_)
            watched.push_back({control_.get(), POLLIN, 0});
        timespec time{};
        auto deadline = machine_->deadline();
        if (const auto stored = stores_.due(); stored && (!deadline || *stored < *deadline))
            deadline = stored;
        if (deadline) {
            const auto left = std::max(*deadline - time_now().mono, base::Duration{});
            time.tv_sec = std::chrono::floor<std::chrono::seconds>(left).count();
            time.tv_nsec = (left % std::chrono::seconds(1)).count();
        }
        if (::ppoll(watched.data(), watched.size(), deadline ? &time : nullptr, nullptr) < 0 &&
            errno != EINTR)
            fail("wait for frames");
        for (std::size_t i = 0; i < interfaces_.size(); ++i)
            if (watched[i + 2].revents & (POLLERR | POLLHUP))
                interfaces_[i].frames->clear_error();
    }

    const DaemonOptions& options_;
    model::NodeConfig config_;
    Netlink netlink_;
    NetlinkWatch watch_;
    std::vector<Interface> interfaces_; ///< in the order of the node's ports
    std::unique_ptr<model::Machine> machine_;
    Stores stores_;
    base::Duration delay_; ///< of the stores
    Descriptor signals_, control_;
    std::string line_;
};

} // namespace

int run_machine(model::NodeConfig config, const model::MakeMachine& make, const DaemonOptions& options) {
    return Daemon(std::move(config), make, options).run();
}

} // namespace stage::lab
