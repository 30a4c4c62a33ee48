#include "peers/pmip6/update_list.h"

#include <algorithm>

namespace peers::pmip6 {

std::string_view name(Phase phase) {
    switch (phase) {
    case Phase::registering:
        return "registering";
    case Phase::bound:
        return "bound";
    case Phase::deregistering:
        return "de-registering";
    case Phase::denied:
        return "denied";
    case Phase::plain:
        return "plain";
    }
    return "";
}

const Transmission* PendingUpdate::transmission(std::uint16_t number) const {
    const auto found = std::find_if(transmissions.begin(), transmissions.end(),
                                    [&](const Transmission& one) { return one.sequence == number; });
    return found == transmissions.end() ? nullptr : &*found;
}

std::optional<base::Mono> Visitor::deadline() const {
    std::optional<base::Mono> first;
    for (const auto& timer : {transmit_at, refresh_at, expires_at, give_up_at, advertise_at, retry_at,
                              network.repeat_at, network.over_at})
        if (timer && (!first || *timer < *first))
            first = timer;
    return first;
}

Visitor* UpdateList::find(std::string_view nai) {
    const auto found = entries_.find(nai);
    return found == entries_.end() ? nullptr : &found->second;
}

const Visitor* UpdateList::find(std::string_view nai) const {
    return const_cast<UpdateList*>(this)->find(nai);
}

Visitor* UpdateList::at(common::PortIndex port, const base::Mac& mac) {
    for (auto& [nai, visitor] : entries_)
        if (visitor.port == port && visitor.mac == mac)
            return &visitor;
    return nullptr;
}

std::vector<Visitor*> UpdateList::on_port(common::PortIndex port) {
    std::vector<Visitor*> list = all();
    std::erase_if(list, [&](const Visitor* visitor) { return visitor->port != port; });
    return list;
}

std::vector<Visitor*> UpdateList::all() {
    std::vector<Visitor*> list;
    for (auto& entry : entries_)
        list.push_back(&entry.second);
    return list;
}

std::vector<const Visitor*> UpdateList::all() const {
    std::vector<const Visitor*> list;
    for (const auto& entry : entries_)
        list.push_back(&entry.second);
    return list;
}

Visitor* UpdateList::awaiting(const base::Ip6& lma, std::uint16_t sequence) {
    for (auto& [nai, visitor] : entries_)
        if (visitor.lma == lma && visitor.pending && visitor.pending->transmission(sequence))
            return &visitor;
    return nullptr;
}

Visitor& UpdateList::create(Visitor visitor) {
    std::string nai = visitor.nai;
    return entries_.insert_or_assign(std::move(nai), std::move(visitor)).first->second;
}

void UpdateList::erase(std::string_view nai) {
    const auto found = entries_.find(nai);
    if (found == entries_.end())
        return;
    if (const auto old = scheduled_.find(found->first); old != scheduled_.end()) {
        deadlines_.erase({old->second, old->first});
        scheduled_.erase(old);
    }
    entries_.erase(found);
}

void UpdateList::reschedule(Visitor& visitor) {
    if (const auto old = scheduled_.find(visitor.nai); old != scheduled_.end()) {
        deadlines_.erase({old->second, old->first});
        scheduled_.erase(old);
    }
    if (const auto next = visitor.deadline()) {
        scheduled_[visitor.nai] = *next;
        deadlines_.emplace(*next, visitor.nai);
    }
}

std::optional<base::Mono> UpdateList::next_deadline() const {
    return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
}

std::optional<std::string> UpdateList::due(base::Mono now) const {
    if (deadlines_.empty() || deadlines_.begin()->first > now)
        return std::nullopt;
    return deadlines_.begin()->second;
}

std::uint16_t UpdateList::sequence(const std::string& nai, std::uint16_t otherwise) const {
    const auto found = sequences_.find(nai);
    return found == sequences_.end() ? otherwise : found->second;
}

std::size_t UpdateList::bound() const {
    return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(),
                                                  [](const auto& entry) { return entry.second.is_bound(); }));
}

} // namespace peers::pmip6
