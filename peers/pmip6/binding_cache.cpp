#include "peers/pmip6/binding_cache.h"

#include <algorithm>

namespace peers::pmip6 {

Binding* BindingCache::find(std::string_view nai) {
    const auto found = entries_.find(nai);
    return found == entries_.end() ? nullptr : &found->second;
}

const Binding* BindingCache::find(std::string_view nai) const {
    return const_cast<BindingCache*>(this)->find(nai);
}

namespace {

/// More interfaces than that nobody has.
constexpr int most_sessions = 16;

std::string session_key(std::string_view nai, int number) {
    std::string key(nai);
    return number == 1 ? key : key + " session " + std::to_string(number);
}

} // namespace

std::vector<Binding*> BindingCache::sessions(std::string_view nai) {
    std::vector<Binding*> list;
    for (int number = 1; number <= most_sessions; ++number)
        if (Binding* binding = find(session_key(nai, number)))
            list.push_back(binding);
    return list;
}

std::string BindingCache::free_key(std::string_view nai) const {
    int number = 1;
    while (number < most_sessions && find(session_key(nai, number)))
        ++number;
    return session_key(nai, number);
}

const Binding* BindingCache::holder(const base::Prefix& prefix) const {
    for (unsigned length = 0; length <= prefix.length; ++length) {
        if (of_length_[length] == 0)
            continue;
        if (const auto found = prefixes_.find(base::Prefix{prefix.address, length}.canonical());
            found != prefixes_.end())
            return found->second;
    }
    const auto inside = prefixes_.lower_bound(prefix.canonical());
    return inside != prefixes_.end() && prefix.contains(inside->first.address) ? inside->second : nullptr;
}

const Binding* BindingCache::covering(const base::Ip6& address) const {
    for (unsigned length = 129; length-- > 0;) {
        if (of_length_[length] == 0)
            continue;
        if (const auto found = prefixes_.find(base::Prefix{address, length}.canonical());
            found != prefixes_.end())
            return found->second;
    }
    return nullptr;
}

Binding& BindingCache::create(Binding binding) {
    std::string nai = binding.nai;
    Binding& entry = entries_.insert_or_assign(std::move(nai), std::move(binding)).first->second;
    prefixes_[entry.prefix.canonical()] = &entry;
    ++of_length_[entry.prefix.length];
    deadlines_.emplace(entry.deadline, &entry);
    return entry;
}

void BindingCache::schedule(Binding& entry, base::Mono deadline) {
    deadlines_.erase({entry.deadline, &entry});
    entry.deadline = deadline;
    deadlines_.emplace(deadline, &entry);
}

void BindingCache::erase(std::string_view nai) {
    const auto found = entries_.find(nai);
    if (found == entries_.end())
        return;
    const Binding& entry = found->second;
    deadlines_.erase({entry.deadline, &entry});
    if (const auto held = prefixes_.find(entry.prefix.canonical());
        held != prefixes_.end() && held->second == &entry)
        prefixes_.erase(held);
    --of_length_[entry.prefix.length];
    entries_.erase(found);
}

std::optional<base::Mono> BindingCache::next_deadline() const {
    if (deadlines_.empty())
        return std::nullopt;
    return deadlines_.begin()->first;
}

std::optional<std::string> BindingCache::due(base::Mono now) const {
    if (deadlines_.empty() || deadlines_.begin()->first > now)
        return std::nullopt;
    return deadlines_.begin()->second->nai;
}

std::vector<const Binding*> BindingCache::all() const {
    std::vector<const Binding*> list;
    list.reserve(entries_.size());
    for (const auto& entry : entries_)
        list.push_back(&entry.second);
    std::sort(list.begin(), list.end(), [](const Binding* a, const Binding* b) { return a->nai < b->nai; });
    return list;
}

} // namespace peers::pmip6
