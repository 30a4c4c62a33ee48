#include "harness/stage/lab/lab.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

// Boxes that run elsewhere, and what implementations can stand.

namespace stage::lab {
namespace {

constexpr std::size_t box_frames_at_once = 256; ///< of a box in one turn
/// What may come in one go before the rate counts.
constexpr base::Duration in_one_go = std::chrono::milliseconds(50);
constexpr std::size_t most_waiting = 100'000;

} // namespace

void Lab::reach_boxes(const std::vector<SutNode>& suts) {
    for (const auto& sut : suts) {
        if (sut.box.empty())
            continue;
        const std::size_t n = *fabric_.index(sut.node);
        const auto& ports = fabric_.topology().nodes[n].ports;
        for (const auto& link : sut.box) {
            const auto port =
                link.port.empty() ? ports.begin() : std::ranges::find(ports, link.port, &model::Port::name);
            if (port == ports.end())
                continue; // a port that this case has no use for
            BoxPort made{{n, static_cast<std::size_t>(port - ports.begin())}, link.index, nullptr};
            made.frames =
                std::make_unique<FramePort>(std::move(*link.socket), link.index, link.mtu, options_.ring);
            made.frames->hear_everything(link.index); // its neighbours have Ethernet addresses of their own
            boxes_.push_back(std::move(made));
        }
        flood_gates_[n].most = sut.sut.flood;
    }
}

void Lab::gather_from_boxes() {
    struct Heard {
        Place from;
        FramePort::Frame frame;
    };
    std::vector<Heard> all;
    for (auto& box : boxes_) {
        std::vector<FramePort::Frame> frames;
        if (box.frames->read(frames, box_frames_at_once) == box_frames_at_once)
            blame(box.frames->losses());
        for (auto& frame : frames)
            all.push_back({box.place, std::move(frame)});
    }
    std::ranges::stable_sort(all, {}, [](const Heard& one) { return one.frame.at; });
    for (auto& [from, frame] : all) {
        auto time = now();
        if (!passes_flood_gate(from.node, time.mono - (time.wall - frame.at)))
            continue;
        time.mono = last_ = mono_of(frame.at, time);
        time.wall = frame.at;
        fabric_.transmit(from, std::move(frame.bytes), time);
    }
}

/// A box cannot be stopped: what it sends beyond its limit is passed over, and told once.
bool Lab::passes_flood_gate(std::size_t node, base::Mono at) {
    auto& gate = flood_gates_[node];
    if (at - gate.second >= std::chrono::seconds(1)) {
        gate.second = at;
        gate.in_second = 0;
    }
    if (++gate.in_second > gate.most && gate.most > 0 && !std::exchange(gate.has_flooded, true))
        note(model::Died{fabric_.topology().nodes[node].name,
                         fmt::format("over its limits: more than {} frames in a second", gate.most)});
    return !gate.has_flooded;
}

void Lab::put(const Fabric::Delivery& delivery) {
    if (const auto to = outlets_.find(delivery.to); to != outlets_.end()) {
        hub_->write(to->second, delivery.packet->raw);
        return;
    }
    for (auto& box : boxes_)
        if (box.place == delivery.to)
            box.frames->write(box.index, delivery.packet->raw);
}

void Lab::let_through() {
    const auto time = now().mono;
    for (auto& [node, slow] : throttles_) {
        for (; !slow.waiting.empty() && slow.next <= time + in_one_go; slow.waiting.pop_front()) {
            put(slow.waiting.front());
            slow.next = std::max(slow.next, time) + slow.gap;
        }
        for (; slow.waiting.size() > most_waiting; slow.waiting.pop_back())
            ++unsent_;
    }
}

std::optional<base::Mono> Lab::throttles_due() const {
    std::optional<base::Mono> earliest;
    for (const auto& [node, slow] : throttles_)
        if (!slow.waiting.empty() && (!earliest || slow.next - in_one_go < *earliest))
            earliest = slow.next - in_one_go;
    return earliest;
}

} // namespace stage::lab
