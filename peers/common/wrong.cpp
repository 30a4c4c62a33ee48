#include "peers/common/wrong.h"

#include <algorithm>

namespace peers::common {

Selects kind(std::string name) {
    return [name = std::move(name)](const wire::Packet& packet) { return wire::kind(packet) == name; };
}
Selects any_packet() {
    return [](const wire::Packet&) { return true; };
}
Selects both(Selects a, Selects b) {
    return
        [a = std::move(a), b = std::move(b)](const wire::Packet& packet) { return a(packet) && b(packet); };
}
Selects neither(Selects a) {
    return [a = std::move(a)](const wire::Packet& packet) { return !a(packet); };
}

Misdeed Misdeed::only(std::uint64_t n) && {
    first = last = n;
    return std::move(*this);
}
Misdeed Misdeed::from(std::uint64_t n) && {
    first = n;
    return std::move(*this);
}
Misdeed Misdeed::until(std::uint64_t n) && {
    last = n;
    return std::move(*this);
}

Misdeed drop(Selects selects) {
    Misdeed misdeed;
    misdeed.selects = std::move(selects);
    misdeed.drops = true;
    return misdeed;
}
Misdeed delay(Selects selects, base::Duration time) {
    Misdeed misdeed;
    misdeed.selects = std::move(selects);
    misdeed.delay = time;
    return misdeed;
}
Misdeed duplicate(Selects selects, base::Duration after) {
    Misdeed misdeed;
    misdeed.selects = std::move(selects);
    misdeed.again = after;
    return misdeed;
}
Misdeed edit(Selects selects, std::function<bool(wire::Packet&)> change) {
    Misdeed misdeed;
    misdeed.selects = std::move(selects);
    misdeed.edit = std::move(change);
    return misdeed;
}
Misdeed edit_octets(Selects selects, std::function<void(base::Bytes&, const wire::Packet&)> change) {
    Misdeed misdeed;
    misdeed.selects = std::move(selects);
    misdeed.edit_octets = std::move(change);
    return misdeed;
}

Wrong::Wrong(std::unique_ptr<model::Machine> machine, const wire::Profile& profile)
    : machine_(std::move(machine)), profile_(profile) {}

Wrong& Wrong::outgoing(Misdeed misdeed) {
    outgoing_.push_back({std::move(misdeed), 0});
    return *this;
}
Wrong& Wrong::incoming(Misdeed misdeed) {
    incoming_.push_back({std::move(misdeed), 0});
    return *this;
}
Wrong& Wrong::deaf_to(std::string event) {
    deaf_to_.push_back(std::move(event));
    return *this;
}
Wrong& Wrong::clock(std::function<base::Now(base::Now)> clock) {
    clock_ = std::move(clock);
    return *this;
}

void Wrong::on(const model::Stimulus& stimulus, base::Now now, model::Actions& actions) {
    const auto* frame = std::get_if<model::FrameIn>(&stimulus);
    if (frame && frame->packet && !incoming_.empty()) {
        for (const Treated& treated : treat(incoming_, frame->port, frame->packet->raw, true, now))
            arrive(treated.port, treated.frame, now, actions);
        return;
    }
    const auto* told = std::get_if<model::Told>(&stimulus);
    const std::string event = told                                               ? told->event
                              : std::holds_alternative<model::Carrier>(stimulus) ? "carrier"
                                                                                 : "";
    if (!event.empty() && std::ranges::find(deaf_to_, event) != deaf_to_.end())
        return;
    inside(stimulus, now, actions);
}

void Wrong::tick(base::Now now, model::Actions& actions) {
    while (!late_.empty() && late_.top().at <= now.mono) {
        Late late = late_.top();
        late_.pop();
        if (late.is_incoming)
            arrive(late.port, late.frame, now, actions);
        else
            actions.push_back(model::FrameOut{late.port, std::move(late.frame)});
    }
    const auto due = machine_->deadline();
    if (!due || *due > now.mono)
        return;
    model::Actions made;
    machine_->tick(time(now), made);
    let_out(made, now, actions);
}

std::optional<base::Mono> Wrong::deadline() const {
    const auto due = machine_->deadline();
    if (late_.empty())
        return due;
    return due ? std::min(*due, late_.top().at) : late_.top().at;
}

std::vector<Wrong::Treated> Wrong::treat(std::vector<Counted>& misdeeds, std::size_t port, base::Bytes frame,
                                         bool is_incoming, base::Now now) {
    wire::Packet packet = wire::decode_frame(frame, profile_);
    base::Duration delay{};
    std::vector<base::Duration> copies;
    for (Counted& counted : misdeeds) {
        const Misdeed& misdeed = counted.misdeed;
        if (!misdeed.selects(packet))
            continue;
        ++counted.seen;
        if (counted.seen < misdeed.first || counted.seen > misdeed.last)
            continue;
        if (misdeed.drops)
            return {};
        if (misdeed.edit && misdeed.edit(packet)) {
            frame = wire::encode(packet, profile_);
            packet = wire::decode_frame(frame, profile_);
        }
        if (misdeed.edit_octets) {
            misdeed.edit_octets(frame, packet);
            packet = wire::decode_frame(frame, profile_);
        }
        delay += misdeed.delay;
        if (misdeed.again)
            copies.push_back(*misdeed.again);
    }
    std::vector<Treated> at_once;
    const auto pass = [&](base::Duration after) {
        if (after > base::Duration{})
            postpone(now.mono + after, port, frame, is_incoming);
        else
            at_once.push_back({port, frame});
    };
    pass(delay);
    for (const base::Duration& after : copies)
        pass(delay + after);
    return at_once;
}

void Wrong::postpone(base::Mono at, std::size_t port, base::Bytes frame, bool is_incoming) {
    late_.push({at, order_++, port, std::move(frame), is_incoming});
}

void Wrong::inside(const model::Stimulus& stimulus, base::Now now, model::Actions& actions) {
    model::Actions made;
    machine_->on(stimulus, time(now), made);
    let_out(made, now, actions);
}

void Wrong::let_out(model::Actions& made, base::Now now, model::Actions& actions) {
    for (model::Action& action : made) {
        auto* frame = std::get_if<model::FrameOut>(&action);
        if (!frame || outgoing_.empty()) {
            actions.push_back(std::move(action));
            continue;
        }
        for (Treated& treated : treat(outgoing_, frame->port, std::move(frame->bytes), false, now))
            actions.push_back(model::FrameOut{treated.port, std::move(treated.frame)});
    }
}

void Wrong::arrive(std::size_t port, const base::Bytes& frame, base::Now now, model::Actions& actions) {
    const wire::Packet packet = wire::decode_frame(frame, profile_);
    inside(model::FrameIn{port, &packet}, now, actions);
}

} // namespace peers::common
