#include "harness/run/conversations.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string_view>
#include <utility>

namespace run {

namespace {

// Enough for every mobile node of a large operator.
constexpr std::size_t most = 1'000'000;

std::string_view text_of(base::View octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

std::uint64_t word(const base::Ip6& address, std::size_t at) {
    std::uint64_t value;
    std::memcpy(&value, address.octets.data() + at, sizeof value);
    return value;
}

std::uint32_t hash_of(base::View about, const base::Ip6& from, const base::Ip6& to) {
    std::uint64_t hash = std::hash<std::string_view>{}(text_of(about));
    for (const std::uint64_t part : {word(from, 0), word(from, 8), word(to, 0), word(to, 8)}) {
        hash = (hash ^ part) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 32;
    }
    return static_cast<std::uint32_t>(hash);
}

} // namespace

void Conversations::add(base::View about, const base::Ip6& from, const base::Ip6& to, std::uint64_t packet) {
    if (2 * all_.size() >= slots_.size())
        grow();
    const std::uint32_t hash = hash_of(about, from, to);
    const std::size_t last = slots_.size() - 1;
    std::size_t at = hash & last;
    for (; slots_[at].number != 0; at = (at + 1) & last) {
        if (slots_[at].hash != hash)
            continue;
        One& one = all_[slots_[at].number - 1];
        if (one.about == text_of(about) && one.from == from && one.to == to) {
            one.last = packet;
            ++one.messages;
            return;
        }
    }
    if (all_.size() >= most) {
        full_ = true;
        return;
    }
    all_.push_back({std::string(text_of(about)), from, to, packet, packet, 1});
    slots_[at] = {hash, static_cast<std::uint32_t>(all_.size())};
}

void Conversations::grow() {
    const auto old = std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(1024, 2 * slots_.size())));
    const std::size_t last = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.number == 0)
            continue;
        std::size_t at = slot.hash & last;
        while (slots_[at].number != 0)
            at = (at + 1) & last;
        slots_[at] = slot;
    }
}

} // namespace run
