#include "harness/run/queue.h"

#include "harness/run/patience.h"

#include <algorithm>
#include <tuple>

namespace run {

Queue::Queue(const std::vector<Entry>& entries, Order order) : asks_first_(order.asks_first) {
    struct Place {
        bool is_bootstrap = false;
        model::Cost cost{};
        base::Duration patience{};
        Entry entry;
    };
    std::vector<Place> places;
    for (const auto& entry : entries) {
        const auto& one = *entry.scenario;
        const bool is_sorted = order.by_patience && !(one.bootstrap && order.asks_first);
        Place place{one.bootstrap, {}, {}, entry};
        if (is_sorted)
            place.cost = one.cost, place.patience = patience(one);
        places.push_back(place);
        if (one.bootstrap)
            for (const auto& role : one.under_test)
                ++asking_[role];
    }
    std::ranges::stable_sort(places, [](const Place& a, const Place& b) {
        return std::tie(a.is_bootstrap, a.cost, a.patience) > std::tie(b.is_bootstrap, b.cost, b.patience);
    });
    for (const auto& place : places)
        waiting_.push_back(place.entry);
}

bool Queue::may_begin(const model::Case& one) const {
    if (asking_.empty() || one.bootstrap)
        return true;
    return !asks_first_ &&
           std::ranges::none_of(one.under_test, [&](const auto& role) { return asking_.contains(role); });
}

std::vector<std::size_t> Queue::take(std::size_t most, End from) {
    std::vector<std::size_t> out;
    if (from == End::brisk && asking_.empty())
        for (; !waiting_.empty() && out.size() < most; waiting_.pop_back())
            out.push_back(waiting_.back().slot);
    for (auto next = waiting_.begin(); next != waiting_.end() && out.size() < most;) {
        if (!may_begin(*next->scenario)) {
            ++next;
            continue;
        }
        out.push_back(next->slot);
        next = waiting_.erase(next);
    }
    return out;
}

void Queue::ended(const model::Case& bootstrap) {
    for (const auto& role : bootstrap.under_test)
        if (const auto found = asking_.find(role); found != asking_.end() && --found->second == 0)
            asking_.erase(found);
}

std::vector<std::pair<std::size_t, std::string>>
Queue::drop(const std::map<std::string, std::string>& broken) {
    std::vector<std::pair<std::size_t, std::string>> out;
    const auto is_hopeless = [&](const Entry& entry) {
        const auto& roles = entry.scenario->under_test;
        const auto role = std::ranges::find_if(roles, [&](const auto& one) { return broken.contains(one); });
        if (role == roles.end() || entry.scenario->bootstrap)
            return false;
        out.emplace_back(entry.slot, *role);
        return true;
    };
    std::erase_if(waiting_, is_hopeless);
    return out;
}

} // namespace run
