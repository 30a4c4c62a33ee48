#include "harness/stage/lab/foreign.h"

#include "harness/base/text.h"
#include "harness/stage/lab/namespace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <poll.h>
#include <system_error>
#include <utility>

namespace stage::lab {
namespace {

using namespace std::chrono_literals;

/// A port that gets bound is no event for anybody outside: one has to look.
constexpr auto between_looks = 10ms;
/// Who lives that long did not stumble over its command line or its configuration file.
constexpr auto at_least_alive = 50ms;
constexpr std::size_t shown_of_log = 2000;

int signal_number(const std::string& name) {
    constexpr std::array<std::pair<const char*, int>, 6> known = {{{"SIGTERM", SIGTERM},
                                                                   {"SIGINT", SIGINT},
                                                                   {"SIGHUP", SIGHUP},
                                                                   {"SIGQUIT", SIGQUIT},
                                                                   {"SIGUSR1", SIGUSR1},
                                                                   {"SIGKILL", SIGKILL}}};
    for (const auto& [text, number] : known)
        if (name == text)
            return number;
    return SIGTERM;
}

/// Is that a placeholder, {name}, at this place? ${name} is a shell's.
std::optional<std::string> placeholder_at(const std::string& word, std::size_t at) {
    const auto end = word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at + 1);
    const bool whole = word[at] == '{' && end != std::string::npos && word[end] == '}' && end > at + 1;
    if (!whole || (at > 0 && word[at - 1] == '$'))
        return std::nullopt;
    return word.substr(at + 1, end - at - 1);
}

/// {name} becomes the argument of that name, and nothing where the event has no such argument: what an event
/// may say and did not say this time.
std::string filled(std::string word, const model::Arguments& arguments) {
    for (std::size_t at = 0; (at = word.find('{', at)) != std::string::npos;) {
        const auto name = placeholder_at(word, at);
        if (!name) {
            ++at;
            continue;
        }
        const auto argument = arguments.find(*name);
        const std::string value = argument == arguments.end() ? std::string{} : argument->second;
        word.replace(at, name->size() + 2, value);
        at += value.size();
    }
    return word;
}

/// Lines NAME=VALUE.
model::Arguments answer_in(const std::string& printed) {
    model::Arguments result;
    for (const auto& line : base::split(printed, "\r\n"))
        if (const auto equals = line.find('='); equals != std::string::npos && equals > 0)
            result[std::string(base::trim(line.substr(0, equals)))] = base::trim(line.substr(equals + 1));
    return result;
}

} // namespace

bool somebody_listens(const std::string& protocol, std::uint16_t port) {
    for (const char* family : {"6", ""}) {
        const std::string path = "/proc/thread-self/net/" + protocol + family;
        std::FILE* file = std::fopen(path.c_str(), "re");
        if (!file)
            continue;
        bool found = false;
        std::array<char, 512> line{};
        while (!found && std::fgets(line.data(), line.size(), file)) {
            const auto words = base::split(line.data());
            if (words.size() < 4)
                continue;
            const auto colon = words[1].rfind(':');
            if (colon == std::string::npos)
                continue; // the heading
            const bool listens = protocol != "tcp" || words[3] == "0A";
            found = listens && std::strtoul(words[1].c_str() + colon + 1, nullptr, 16) == port;
        }
        std::fclose(file);
        if (found)
            return true;
    }
    return false;
}

Foreign::Foreign(SutNode node, int space, base::Mono now)
    : node_(std::move(node)), space_(space), in_guest_(node_.sut.in == "guest") {
    if (in_guest_)
        node_.sut.skewed_clock = false; // another kernel's clock
    if (!node_.waits)
        start(now);
}

ProcessSpec Foreign::spec(const std::string& command_line, const model::Arguments& arguments) const {
    ProcessSpec result;
    const auto parts = words(command_line);
    if (!parts || parts->empty())
        throw std::runtime_error(fmt::format("the command line \"{}\" of {} is empty or has an open quote",
                                             command_line, node_.sut.name));
    for (const auto& word : *parts)
        result.command.push_back(filled(word, arguments));
    result.network = space_;
    result.directory = node_.directory;
    result.log = node_.directory.empty() ? "" : node_.directory + "/" + node_.node + ".log";
    result.memory = node_.sut.memory;
    result.most_logged = node_.sut.output;
    result.environment = {"MOBICONFORM_NODE=" + node_.node, "MOBICONFORM_ROLE=" + node_.sut.role,
                          "MOBICONFORM_STATE=" + node_.directory + "/state"};
    for (const auto& [name, value] : node_.sut.environment)
        result.environment.push_back(fmt::format("{}={}", name, value));
    if (node_.sets_clock && node_.sut.skewed_clock && !faketime_library().empty())
        result.clock_file = node_.directory + "/clock";
    return result;
}

void Foreign::start(base::Mono now) {
    if (!node_.directory.empty())
        std::filesystem::create_directories(node_.directory + "/state");
    auto what = spec(node_.sut.command, {{"node", node_.node}});
    what.awaited = node_.sut.ready.text;
    if (in_guest_) {
        if (node_.sut.ready.by != model::Readiness::By::log)
            what.awaited = guest_is_up;
        what = in_guest(std::move(what), node_.guest);
    }
    if (!what.clock_file.empty() && !std::filesystem::exists(what.clock_file) &&
        !set_clock(what.clock_file, {}))
        fail("write " + what.clock_file);
    process_ = std::make_unique<Process>(what);
    state_ = State::starting;
    started_ = now;
    deadline_ = now + node_.sut.ready.boot;
    next_look_ = now;
    last_end_.clear();
}

std::string Foreign::end_of_log() const {
    const std::string printed = process_ ? process_->printed() : "";
    return printed.size() > shown_of_log ? printed.substr(printed.size() - shown_of_log) : printed;
}

void Foreign::require_on_its_way(base::Mono now) const {
    const auto text = [&](const std::string& what) {
        const std::string log = end_of_log();
        return fmt::format("{} at node {} {}; it {}", node_.sut.name, node_.node, what,
                           log.empty() ? "printed nothing" : "printed:\n" + log);
    };
    if (!last_end_.empty())
        throw NotReady(text(fmt::format("ended ({}) before it was ready", last_end_)));
    if (state_ == State::starting && now >= deadline_)
        throw NotReady(text(fmt::format("was not ready within {}", base::text_of(node_.sut.ready.boot))));
}

bool Foreign::looks_ready(base::Mono now) const {
    const auto& ready = node_.sut.ready;
    switch (ready.by) {
    case model::Readiness::By::log:
        return process_->announced();
    case model::Readiness::By::port: {
        const InNamespace inside(space_);
        return somebody_listens(ready.protocol, ready.port);
    }
    case model::Readiness::By::started:
    case model::Readiness::By::probe:
        break;
    }
    return in_guest_ ? process_->announced() : now >= started_ + at_least_alive;
}

void Foreign::done(std::string trouble) {
    if (!order_.empty())
        news_.push_back(model::Done{std::exchange(order_, {}), std::move(trouble)});
}

void Foreign::forget_state() const {
    if (node_.directory.empty())
        return;
    std::error_code ignored;
    std::filesystem::remove_all(node_.directory + "/state", ignored);
}

void Foreign::stop(bool kill, base::Mono now) {
    state_ = State::stopping;
    deadline_ = now + node_.sut.stop_patience;
    if (kill)
        process_->kill();
    else
        process_->signal(signal_number(node_.sut.stop_signal));
    work(now);
}

void Foreign::control(const model::ControlNode& control, const std::string& order, base::Mono now) {
    using Verb = model::ControlNode::Verb;
    done("another order came first");
    if (control.verb == Verb::clock) {
        if (!node_.sets_clock || !node_.sut.skewed_clock || faketime_library().empty())
            news_.push_back(model::Done{order, "not-claimed: its clock cannot be set"});
        else if (!set_clock(node_.directory + "/clock", control.clock))
            news_.push_back(model::Done{order, "its clock file cannot be written"});
        else
            news_.push_back(model::Done{order, {}});
        return;
    }
    if (!hooks_.empty() && (control.verb == Verb::stop || control.verb == Verb::restart)) {
        postponed_ = Postponed{control, order}; // it has been told first, and a hook would end with it
        return;
    }
    if (control.verb == Verb::restart && control.how != "kill" && tell({"restart", {}}, order, now))
        return;
    order_ = order;
    keeps_state_ = control.keep_state;
    starts_again_ = control.verb == Verb::restart;
    const bool runs = state_ == State::starting || state_ == State::running;
    if (control.verb == Verb::start) {
        if (runs)
            done({});
        else
            start(now);
    } else if (runs) {
        stop(control.how == "kill", now);
    } else {
        ended({}, now);
    }
}

/// What follows an end: of its own accord, or as the order wanted it.
void Foreign::ended(const std::string& how, base::Mono now) {
    const bool wanted = state_ == State::stopping || state_ == State::stopped;
    if (state_ == State::starting)
        last_end_ = how;
    state_ = State::stopped;
    if (!wanted) {
        done(fmt::format("it ended: {}", how));
        news_.push_back(model::Died{node_.node, how});
        return;
    }
    if (!keeps_state_)
        forget_state();
    if (!starts_again_) {
        done({});
        return;
    }
    starts_again_ = false;
    try {
        start(now);
    } catch (const std::exception& trouble) {
        done(trouble.what());
        news_.push_back(model::Died{node_.node, trouble.what()});
    }
}

void Foreign::over_limits(const std::string& which) {
    process_->kill();
    state_ = State::stopped;
    last_end_ = "over its limits: " + which;
    done(last_end_);
    news_.push_back(model::Died{node_.node, last_end_});
}

bool Foreign::sends(base::Mono at, std::uint64_t frames) {
    if (at - window_ >= 1s) {
        window_ = at;
        in_window_ = 0;
    }
    in_window_ += frames;
    if (in_window_ > node_.sut.flood && node_.sut.flood > 0 && state_ != State::stopped) {
        has_flooded_ = true;
        over_limits(fmt::format("more than {} frames in a second", node_.sut.flood));
    }
    return !has_flooded_ || state_ != State::stopped;
}

bool Foreign::tell(const model::Told& told, const std::string& order, base::Mono now,
                   const model::Arguments& known) {
    const auto* hook = node_.sut.hook(told.event);
    if (!hook)
        return false;
    // What the case says must reach the implementation; a question for its state selects by itself.
    if (told.event != "state")
        for (const auto& [name, value] : told.arguments)
            if (hook->command.find("{" + name + "}") == std::string::npos) {
                news_.push_back(model::Done{
                    order, fmt::format("not-claimed: the hook of {} for {} has no place for {{{}}}",
                                       node_.sut.name, told.event, name)});
                return true;
            }
    model::Arguments arguments = told.arguments;
    arguments.insert(known.begin(), known.end());
    arguments["node"] = node_.node;
    try {
        auto what = spec(hook->command, arguments);
        what.memory = 0;
        what.clock_file.clear();
        what.log.clear(); // what it prints is the answer
        hooks_.push_back({order, told.event, std::move(what), hook->within, {}, nullptr});
        work_hooks(now);
    } catch (const std::exception& trouble) {
        news_.push_back(model::Done{order, fmt::format("its hook failed: {}", trouble.what())});
    }
    return true;
}

void Foreign::work_hooks(base::Mono now) {
    while (!hooks_.empty()) {
        auto& hook = hooks_.front();
        std::optional<std::string> trouble;
        if (!hook.process)
            trouble = start_hook(hook, now);
        if (!trouble)
            trouble = ended_hook(hook, now);
        if (!trouble)
            return;
        news_.push_back(model::Done{hook.order, *trouble});
        hooks_.pop_front();
    }
}

std::optional<std::string> Foreign::start_hook(RunningHook& hook, base::Mono now) {
    try {
        if (process_ && !process_->ended())
            hook.spec.beside = process_->pidfd();
        hook.process = std::make_unique<Process>(hook.spec);
        hook.deadline = now + hook.within;
        return std::nullopt;
    } catch (const std::exception& trouble) {
        return fmt::format("its hook failed: {}", trouble.what());
    }
}

std::optional<std::string> Foreign::ended_hook(RunningHook& hook, base::Mono now) {
    hook.process->drain();
    const auto how = hook.process->ended();
    if (!how && now < hook.deadline)
        return std::nullopt;
    if (!how) {
        hook.process->kill();
        return "its hook did not end in time";
    }
    if (*how != "exit 0")
        return fmt::format("its hook failed: {}: {}", *how, base::trim(hook.process->printed()));
    if (hook.event == "state")
        news_.push_back(model::Said{node_.node, {"state", answer_in(hook.process->printed())}});
    return "";
}

void Foreign::work(base::Mono now) {
    work_hooks(now);
    if (postponed_ && hooks_.empty()) {
        const auto [what, order] = *std::exchange(postponed_, std::nullopt);
        control(what, order, now);
    }
    if (!process_ || state_ == State::stopped)
        return;
    const bool within = process_->drain();
    if (state_ == State::starting && looks_ready(now)) { // before anything else that it did since
        state_ = State::running;
        done({});
    }
    if (!within && state_ != State::stopping) {
        over_limits("it printed too much");
        return;
    }
    if (const auto how = process_->ended()) {
        ended(*how, now);
    } else if (state_ == State::stopping && now >= deadline_) {
        process_->kill();
        ended("signal 9", now);
    } else if (state_ == State::starting) {
        next_look_ = now + between_looks;
        if (now >= deadline_)
            done(fmt::format("it was not ready within {}", base::text_of(node_.sut.ready.boot)));
    }
}

void Foreign::descriptors(std::vector<pollfd>& watched) const {
    const auto add = [&](const Process& process) {
        watched.push_back({process.pidfd(), POLLIN, 0});
        if (process.output() >= 0)
            watched.push_back({process.output(), POLLIN, 0});
    };
    if (process_ && state_ != State::stopped)
        add(*process_);
    if (!hooks_.empty() && hooks_.front().process)
        add(*hooks_.front().process);
}

std::optional<base::Mono> Foreign::due() const {
    std::optional<base::Mono> earliest;
    const auto consider = [&](base::Mono time) { earliest = earliest ? std::min(*earliest, time) : time; };
    if (state_ == State::stopping)
        consider(deadline_);
    if (state_ == State::starting && node_.sut.ready.by != model::Readiness::By::log)
        consider(next_look_);
    if (state_ == State::starting && (!order_.empty() || next_look_ < deadline_))
        consider(deadline_);
    if (!hooks_.empty())
        consider(hooks_.front().deadline);
    return earliest;
}

std::vector<Foreign::News> Foreign::news() {
    return std::exchange(news_, {});
}

} // namespace stage::lab
