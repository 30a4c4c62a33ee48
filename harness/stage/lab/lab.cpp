#include "harness/stage/lab/lab.h"

#include "harness/stage/attachment.h"
#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/neighbours.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <poll.h>
#include <stdexcept>

namespace stage::lab {
namespace {

constexpr std::size_t at_once = 256; ///< frames in one turn, so that they do not starve timers

std::chrono::nanoseconds clock_time(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

bool lives_here(const model::Node& node) {
    return node.player == model::Player::tester || node.player == model::Player::peer;
}

std::optional<base::Mono> earlier(std::optional<base::Mono> a, std::optional<base::Mono> b) {
    if (a && b)
        return std::min(*a, *b);
    return a ? a : b;
}

} // namespace

Lab::Lab(model::Topology topology, Options options, const model::MakeMachine& make, Fabric::Matches matches,
         std::vector<SutNode> suts)
    : options_(std::move(options)), make_(make),
      fabric_(std::move(topology), options_.profile, options_.seed, std::move(matches), options_.opens),
      stores_(options_.stores.empty() ? stores_in_memory() : stores_on_disk(options_.stores),
              fabric_.topology().nodes.size()),
      start_(clock_time(CLOCK_MONOTONIC)), machines_(fabric_.topology().nodes.size()),
      clock_(fabric_.topology().nodes.size()) {
    if (const auto table = neighbour_table())
        overflows_before_ = table->overflows;
    build_network(suts);
    network_->start(options_.patience);
    const auto& nodes = fabric_.topology().nodes;
    for (std::size_t node = 0; node < nodes.size(); ++node)
        if (lives_here(nodes[node]))
            build_machine(node);
    for (auto& sut : suts) {
        if (!sut.box.empty())
            continue; // it runs where it is
        const auto& node = *network_->node(sut.node);
        const int space = node.space.get();
        if (sut.sut.in == "guest")
            sut.guest = guest_plan(*fabric_.topology().node(sut.node), node);
        foreign_.push_back(std::make_unique<Foreign>(std::move(sut), space, now().mono));
    }
    await_ready();
}

void Lab::build_network(const std::vector<SutNode>& suts) {
    std::vector<Network::Plan> plans;
    for (const auto& node : fabric_.topology().nodes) {
        if (lives_here(node))
            continue;
        const auto sut = std::ranges::find(suts, node.name, &SutNode::node);
        if (node.player == model::Player::sut && sut == suts.end())
            throw std::runtime_error(fmt::format("no implementation is given for node {}", node.name));
        const bool is_guest = sut != suts.end() && sut->sut.in == "guest";
        if (sut == suts.end() || sut->box.empty())
            plans.push_back(
                {node.name, sut == suts.end() || !(sut->sut.configures_itself || is_guest), is_guest});
    }
    network_ = std::make_unique<Network>(fabric_.topology(), plans);
    unsigned mtu = 0;
    const auto connect = [&](int hub_index, Place place, unsigned its_mtu) {
        inlets_[hub_index] = place;
        outlets_[place] = hub_index;
        mtu = std::max(mtu, its_mtu);
    };
    for (const auto& node : network_->nodes())
        for (std::size_t port = 0; port < node.ports.size(); ++port)
            connect(node.ports[port].hub_index, {*fabric_.index(node.name), port}, node.ports[port].mtu);
    for (const auto& sut : suts) {
        const auto node = fabric_.index(sut.node);
        if (!node || lives_here(fabric_.topology().nodes[*node]))
            throw std::runtime_error(fmt::format("node {} is not played by an implementation", sut.node));
        if (sut.sut.rate > 0)
            throttles_[*node].gap =
                std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(1 / sut.sut.rate));
    }
    reach_boxes(suts);
    if (mtu == 0)
        return;
    const InNamespace hub(network_->hub());
    hub_ = std::make_unique<FramePort>(0, mtu, options_.ring);
}

/// The world goes on while implementations boot: they may need their neighbours.
void Lab::await_ready() {
    for (;;) {
        work();
        const auto time = now().mono;
        for (const auto& one : foreign_)
            one->require_on_its_way(time);
        if (std::ranges::all_of(foreign_, &Foreign::ready))
            return;
        wait(due());
    }
}

Foreign* Lab::foreign(const std::string& node) {
    const auto found =
        std::ranges::find_if(foreign_, [&](const auto& one) { return one->node().node == node; });
    return found == foreign_.end() ? nullptr : found->get();
}

Lab::~Lab() = default;

std::vector<std::pair<std::string, int>> Lab::spaces() const {
    std::vector<std::pair<std::string, int>> out;
    for (const auto& node : network_->nodes())
        out.emplace_back(node.name, node.space.get());
    if (!out.empty())
        out.emplace_back("wire", network_->hub());
    return out;
}

void Lab::build_machine(std::size_t node) {
    const model::NodeConfig config{fabric_.topology().nodes[node], fabric_.topology(), options_.profile_name,
                                   options_.seed * 1000 + node};
    machines_[node] = make_(config);
    if (!machines_[node])
        throw std::runtime_error(
            fmt::format("nobody can play the role {} of node {}", config.self.role, config.self.name));
    for (std::size_t port = 0; port < config.self.ports.size(); ++port)
        if (!config.self.ports[port].link.empty())
            tell(node, model::Carrier{port, true});
}

base::Now Lab::now() const {
    return {clock_time(CLOCK_MONOTONIC) - start_, clock_time(CLOCK_REALTIME)};
}

base::Now Lab::local(std::size_t node) const {
    base::Now time = now();
    time.wall += clock_[node];
    return time;
}

/// The kernel stamps frames by the wall clock; the transcript counts on the other.
base::Mono Lab::mono_of(base::Wall stamp, base::Now current) const {
    const base::Mono mono = current.mono - (current.wall - stamp);
    return std::clamp(mono, std::min(last_, current.mono), current.mono);
}

void Lab::tell(std::size_t node, const model::Stimulus& stimulus) {
    if (!machines_[node])
        return;
    model::Actions actions;
    machines_[node]->on(stimulus, local(node), actions);
    carry_out(node, actions);
}

void Lab::carry_out(std::size_t node, model::Actions& actions) {
    for (auto& action : actions)
        if (auto* frame = std::get_if<model::FrameOut>(&action)) {
            const auto time = now();
            last_ = time.mono;
            fabric_.transmit({node, frame->port}, std::move(frame->bytes), time);
        } else {
            const model::Node& self = fabric_.topology().nodes[node];
            const auto& said = std::get<model::Note>(action);
            note(model::Said{self.name, said});
            stores_.take(node, said, now().mono, store_delay(self.settings));
        }
}

void Lab::work_stores() {
    while (const auto told = stores_.work(now().mono))
        for (const auto& delivery : *told)
            tell(delivery.node, delivery.told);
}

void Lab::note(decltype(model::Event::what) what) {
    const auto time = now();
    last_ = time.mono;
    fabric_.note(time, std::move(what));
}

void Lab::hand_over(const Fabric::Delivery& delivery) {
    if (machines_[delivery.to.node])
        tell(delivery.to.node, model::FrameIn{delivery.to.port, delivery.packet.get()});
    else if (const auto slow = throttles_.find(delivery.to.node); slow != throttles_.end())
        slow->second.waiting.push_back(delivery);
    else
        put(delivery);
}

std::optional<base::Mono> Lab::due() const {
    std::optional<base::Mono> earliest = earlier(earlier(fabric_.due(), stores_.due()), flows_.due());
    for (const auto& machine : machines_)
        if (machine)
            earliest = earlier(earliest, machine->deadline());
    for (const auto& one : roaming_)
        earliest = earlier(earliest, one.deadline);
    for (const auto& one : foreign_)
        earliest = earlier(earliest, one->due());
    for (const auto& one : awaited_flows_)
        earliest = earlier(earliest, one.next_look);
    return earlier(earliest, throttles_due());
}

void Lab::gather() {
    if (!hub_)
        return;
    std::vector<FramePort::Frame> frames;
    if (hub_->read(frames, at_once) == at_once)
        blame(hub_->losses());
    for (auto& frame : frames) {
        const auto from = inlets_.find(frame.interface);
        if (from == inlets_.end())
            continue;
        auto time = now();
        auto* implementation = foreign(fabric_.topology().nodes[from->second.node].name);
        if (implementation && !implementation->sends(time.mono - (time.wall - frame.at), 1))
            continue;
        time.mono = last_ = mono_of(frame.at, time);
        time.wall = frame.at;
        fabric_.transmit(from->second, std::move(frame.bytes), time);
    }
}

/// Frames are lost because of somebody: an implementation that was loud in this very second has lost its own.
void Lab::blame(const FramePort::Losses& losses) {
    truncated_ += losses.truncated;
    unsent_ += losses.unsent;
    const auto loudest = std::ranges::max_element(foreign_, {}, &Foreign::frames_in_this_second);
    if (losses.dropped > 0 && loudest != foreign_.end() && (*loudest)->frames_in_this_second() > at_once)
        (*loudest)->sends(now().mono, losses.dropped);
    else
        lost_ += losses.dropped;
}

void Lab::work() {
    gather();
    gather_from_boxes();
    while (const auto delivery = fabric_.deliver(now().mono))
        hand_over(*delivery);
    work_stores();
    let_through();
    for (std::size_t node = 0; node < machines_.size(); ++node) {
        const auto deadline = machines_[node] ? machines_[node]->deadline() : std::nullopt;
        if (!deadline || *deadline > now().mono)
            continue;
        model::Actions actions;
        machines_[node]->tick(local(node), actions);
        carry_out(node, actions);
    }
    roam();
    for (auto& one : foreign_) {
        one->work(now().mono);
        for (auto& news : one->news()) {
            if (const auto* done = std::get_if<model::Done>(&news))
                carried_out(done->order);
            std::visit([&](auto& what) { note(std::move(what)); }, news);
        }
    }
    start_flows();
    flows_.work(now().mono);
    for (const auto& name : flows_.connected())
        done("flow " + name);
    for (auto& report : flows_.reports())
        note(std::move(report));
}

void Lab::wait(std::optional<base::Mono> until) {
    std::vector<pollfd> watched;
    if (hub_)
        watched.push_back({hub_->descriptor(), POLLIN, 0});
    for (const auto& one : boxes_)
        watched.push_back({one.frames->descriptor(), POLLIN, 0});
    for (const auto& one : roaming_)
        watched.push_back({one.node->watch->descriptor(), POLLIN, 0});
    for (const auto& one : foreign_)
        one->descriptors(watched);
    flows_.descriptors(watched);
    timespec time{};
    if (until) {
        const auto left = std::max(*until - now().mono, base::Duration{});
        time.tv_sec = std::chrono::floor<std::chrono::seconds>(left).count();
        time.tv_nsec = (left % std::chrono::seconds(1)).count();
    }
    if (::ppoll(watched.data(), watched.size(), until ? &time : nullptr, nullptr) < 0 && errno != EINTR)
        fail("wait for what happens in the lab");
    if (hub_ && watched.front().revents & (POLLERR | POLLHUP))
        hub_->clear_error();
    for (std::size_t i = 0, first = hub_ ? 1 : 0; i < boxes_.size(); ++i)
        if (watched[first + i].revents & (POLLERR | POLLHUP))
            boxes_[i].frames->clear_error();
    if (until)
        latest_ = std::max(latest_, now().mono - *until);
}

std::optional<model::Event> Lab::next(std::optional<base::Mono> until) {
    for (;;) {
        work();
        if (!held_)
            held_ = fabric_.next_event();
        if (held_) {
            if (until && held_->at > *until)
                return std::nullopt;
            return std::exchange(held_, std::nullopt);
        }
        if (until && now().mono >= *until)
            return std::nullopt;
        const auto following = earlier(until, due());
        if (!following && !hub_ && boxes_.empty())
            return std::nullopt;
        wait(following);
    }
}

std::string Lab::trouble() {
    // What goes under in a flood is its author's fault, and the flood is told.
    if (std::ranges::any_of(foreign_, &Foreign::has_flooded) ||
        std::ranges::any_of(flood_gates_, [](const auto& gate) { return gate.second.has_flooded; }))
        return {};
    if (hub_)
        blame(hub_->losses());
    for (const auto& one : boxes_)
        blame(one.frames->losses());
    unsent_ += network_->transmit_drops();
    std::string text;
    const auto add = [&](bool applies, const std::string& sentence) {
        if (applies)
            text += (text.empty() ? "" : "; ") + sentence;
    };
    add(lost_ > 0, fmt::format("the capture lost {} frames", lost_));
    add(truncated_ > 0, fmt::format("the capture cut {} frames short", truncated_));
    add(unsent_ > 0, fmt::format("{} frames could not be handed to their node", unsent_));
    add(latest_ > options_.stall, fmt::format("the host stalled for {}", base::text_of(latest_)));
    const auto table = neighbour_table();
    add(table && table->overflows > overflows_before_,
        "the host's neighbour table overflowed (fewer parallel jobs, or a larger "
        "net.ipv6.neigh.default.gc_thresh3)");
    return text;
}

} // namespace stage::lab
