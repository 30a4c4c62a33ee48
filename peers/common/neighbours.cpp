#include "peers/common/neighbours.h"

#include <algorithm>

namespace peers::common {

namespace {

// RFC 4861, 10
constexpr base::Duration reachable_time = std::chrono::seconds(30);
constexpr base::Duration delay_first_probe = std::chrono::seconds(5);
constexpr base::Duration retransmit = std::chrono::seconds(1);
constexpr unsigned max_solicitations = 3;

constexpr std::size_t max_entries = 4096;
constexpr std::size_t max_waiting = 16;

bool is_waiting(auto state) {
    using State = decltype(state);
    return state == State::incomplete || state == State::delay || state == State::probing;
}

} // namespace

std::optional<base::Mac> Neighbours::find(PortIndex port, const base::Ip6& address, base::Now now) {
    const auto found = entries_.find({port, address});
    if (found == entries_.end() || !found->second.known())
        return std::nullopt;
    auto& [key, entry] = *found;
    if (entry.state == State::reachable && now.mono >= entry.until)
        entry.state = State::stale;
    if (entry.state == State::stale) {
        entry.state = State::delay;
        entry.asks_left = max_solicitations;
        entry.interval = retransmit;
        schedule(key, entry, now.mono + delay_first_probe);
    }
    return entry.mac;
}

void Neighbours::wait(PortIndex port, const base::Ip6& address, base::Bytes frame, base::Now now,
                      Outcome& outcome) {
    const Key key{port, address};
    auto found = entries_.find(key);
    Entry* entry = found != entries_.end() ? &found->second : create(key);
    if (!entry)
        return;
    if (entry->waiting.size() >= max_waiting)
        entry->waiting.erase(entry->waiting.begin());
    entry->waiting.push_back(std::move(frame));
    if (entry->asks_left == 0 && entry->until == base::Mono{}) {
        entry->asks_left = max_solicitations;
        entry->interval = retransmit;
        ask(key, *entry, now, outcome);
    }
}

void Neighbours::heard(PortIndex port, const base::Ip6& address, const base::Mac& mac, base::Now now,
                       Outcome& outcome) {
    const Key key{port, address};
    const auto found = entries_.find(key);
    Entry* entry = found != entries_.end() ? &found->second : create(key);
    if (!entry || (entry->known() && entry->mac == mac))
        return;
    known(key, *entry, mac, State::stale, now, outcome);
}

void Neighbours::advertised(PortIndex port, const base::Ip6& address, const std::optional<base::Mac>& mac,
                            bool solicited, bool override_flag, base::Now now, Outcome& outcome) {
    const Key key{port, address};
    const auto found = entries_.find(key);
    if (found == entries_.end())
        return; // RFC 4861, 7.2.5: no entry is created
    Entry& entry = found->second;
    if (!entry.known()) {
        if (mac)
            known(key, entry, *mac, solicited ? State::reachable : State::stale, now, outcome);
        return;
    }
    const bool differs = mac && *mac != entry.mac;
    if (differs && !override_flag) {
        if (entry.state == State::reachable)
            entry.state = State::stale;
        return;
    }
    if (solicited)
        known(key, entry, mac.value_or(entry.mac), State::reachable, now, outcome);
    else if (differs)
        known(key, entry, *mac, State::stale, now, outcome);
}

void Neighbours::set(PortIndex port, const base::Ip6& address, const base::Mac& mac, base::Now now,
                     Outcome& outcome) {
    const Key key{port, address};
    const auto found = entries_.find(key);
    if (Entry* entry = found != entries_.end() ? &found->second : create(key))
        known(key, *entry, mac, State::reachable, now, outcome);
}

void Neighbours::forget(PortIndex port) {
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        if (entry->first.first != port) {
            ++entry;
            continue;
        }
        unschedule(entry->first, entry->second);
        entry = entries_.erase(entry);
    }
}

void Neighbours::probe(const Probe& what, base::Now now, Outcome& outcome) {
    const Key key{what.port, what.address};
    const auto found = entries_.find(key);
    Entry* entry = found != entries_.end() ? &found->second : create(key);
    if (!entry || what.attempts == 0) {
        outcome.probed.push_back({what.port, what.address, false, {}});
        return;
    }
    if (entry->known())
        entry->state = State::probing;
    entry->answer_wanted = true;
    entry->asks_left = what.attempts;
    entry->interval = what.interval;
    ask(key, *entry, now, outcome);
}

void Neighbours::tick(base::Now now, Outcome& outcome) {
    while (!due_.empty() && due_.begin()->first <= now.mono) {
        const Key key = due_.begin()->second;
        Entry& entry = entries_.at(key);
        if (entry.state == State::delay)
            entry.state = State::probing;
        if (entry.asks_left == 0)
            fail(key, outcome);
        else
            ask(key, entry, now, outcome);
    }
}

std::optional<base::Mono> Neighbours::deadline() const {
    return due_.empty() ? std::nullopt : std::optional{due_.begin()->first};
}

Neighbours::Entry* Neighbours::create(const Key& key) {
    if (entries_.size() >= max_entries) {
        const auto idle =
            std::ranges::find_if(entries_, [](const auto& entry) { return !is_waiting(entry.second.state); });
        if (idle == entries_.end())
            return nullptr;
        entries_.erase(idle);
    }
    return &entries_[key];
}

void Neighbours::schedule(const Key& key, Entry& entry, base::Mono at) {
    unschedule(key, entry);
    entry.until = at;
    due_.emplace(at, key);
}

void Neighbours::unschedule(const Key& key, const Entry& entry) {
    due_.erase({entry.until, key});
}

void Neighbours::ask(const Key& key, Entry& entry, base::Now now, Outcome& outcome) {
    --entry.asks_left;
    outcome.asks.push_back({key.first, key.second, entry.known() ? std::optional{entry.mac} : std::nullopt});
    schedule(key, entry, now.mono + entry.interval);
}

void Neighbours::known(const Key& key, Entry& entry, const base::Mac& mac, State state, base::Now now,
                       Outcome& outcome) {
    // What was merely heard answers no question: a running probe goes on with the new address.
    const bool still_probing = state == State::stale && entry.answer_wanted;
    entry.mac = mac;
    if (still_probing) {
        entry.state = State::probing;
    } else {
        unschedule(key, entry);
        entry.state = state;
        entry.asks_left = 0;
        entry.until = now.mono + reachable_time;
        if (entry.answer_wanted)
            outcome.probed.push_back({key.first, key.second, true, mac});
        entry.answer_wanted = false;
    }
    for (auto& frame : entry.waiting) {
        std::ranges::copy(mac.octets, frame.begin());
        outcome.released.push_back({key.first, std::move(frame)});
    }
    entry.waiting.clear();
}

void Neighbours::fail(const Key& key, Outcome& outcome) {
    Entry& entry = entries_.at(key);
    for (auto& frame : entry.waiting)
        outcome.undeliverable.push_back({key.first, std::move(frame), key.second});
    if (entry.answer_wanted)
        outcome.probed.push_back({key.first, key.second, false, {}});
    unschedule(key, entry);
    entries_.erase(key);
}

} // namespace peers::common
