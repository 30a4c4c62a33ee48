#include "harness/stage/replay/replay.h"

#include <fmt/format.h>

#include <algorithm>

namespace stage::replay {

wire::Packet decode(const Record& record, const wire::Profile& profile) {
    const Carried inside = carried(record);
    if (inside.what == Carried::What::nothing) {
        wire::Packet packet;
        packet.raw.assign(record.bytes.begin(), record.bytes.end());
        return packet;
    }
    wire::Packet packet = inside.what == Carried::What::ethernet ? wire::decode_frame(inside.bytes, profile)
                                                                 : wire::decode_ip(inside.bytes, profile);
    for (auto& fault : packet.faults)
        fault.offset += inside.offset;
    return packet;
}

Replay::Replay(Capture capture, model::Topology topology, wire::Profile profile)
    : capture_(std::move(capture)), topology_(std::move(topology)), profile_(profile) {
    read_ahead();
}

std::string Replay::owner(const base::Ip6& address) const {
    const model::Node* node = topology_.owner(address);
    return node ? node->name : std::string{};
}

void Replay::read_ahead() {
    ahead_.reset();
    const Record* record = capture_.next();
    if (!record)
        return;
    if (!start_)
        start_ = record->at;
    model::Seen seen;
    seen.packet = decode(*record, profile_);
    seen.link = capture_.interfaces()[record->interface].name;
    if (const wire::Ipv6* ip = wire::outer_ip(seen.packet)) {
        seen.source = owner(ip->source);
        seen.destination = owner(ip->destination);
    }
    seen.from = seen.source;
    model::Event event;
    event.number = record->number;
    event.wall = record->at;
    // A clock that was set back must not make time run backwards for the judge.
    event.at = std::max(now_.mono, base::Mono{record->at - *start_});
    seen.delivered = event.at;
    event.what = std::move(seen);
    ahead_ = std::move(event);
}

std::optional<model::Event> Replay::next(std::optional<base::Mono> until) {
    if (!ahead_ || (until && ahead_->at > *until)) {
        if (until) {
            now_.wall += *until - now_.mono;
            now_.mono = *until;
        }
        return std::nullopt;
    }
    now_ = {ahead_->at, ahead_->wall};
    std::optional<model::Event> event = std::move(ahead_);
    read_ahead();
    return event;
}

bool Replay::quiescent(base::Mono until) const {
    return !ahead_ || ahead_->at > until;
}

} // namespace stage::replay
