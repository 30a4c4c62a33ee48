#include "peers/common/routes.h"

#include <tuple>

namespace peers::common {

const Target* RoutingTable::find(const base::Ip6& destination) const {
    const Target* found = nullptr;
    targets_.matches(destination, [&](const Target& target) {
        found = &target;
        return true;
    });
    return found;
}

std::vector<Route> RoutingTable::all() const {
    std::vector<Route> routes;
    targets_.each([&](const base::Prefix& to, const Target& target) { routes.push_back({to, target}); });
    return routes;
}

void RuleTable::set(Rule rule) {
    remove(rule.name);
    const Place place{rule.tunnel ? std::nullopt : rule.port, rule.tunnel};
    places_[rule.name] = {place, rule.source};
    auto& entries = entries_[place][rule.source];
    entries.push_back({std::move(rule), next_age_++});
}

void RuleTable::remove(const std::string& name) {
    const auto known = places_.find(name);
    if (known == places_.end())
        return;
    const auto [place, source] = known->second;
    places_.erase(known);
    auto& here = entries_[place];
    auto& list = here[source];
    std::erase_if(list, [&](const Entry& entry) { return entry.rule.name == name; });
    if (list.empty())
        here.erase(source);
    if (here.size() == 0)
        entries_.erase(place);
}

void RuleTable::search(const Place& place, const base::Ip6& source, const base::Ip6& destination,
                       const Entry*& best) const {
    const auto here = entries_.find(place);
    if (here == entries_.end())
        return;
    here->second.matches(source, [&](const std::vector<Entry>& list) {
        for (const Entry& entry : list) {
            const bool better =
                !best || std::tie(entry.rule.order, entry.age) < std::tie(best->rule.order, best->age);
            if (better && entry.rule.destination.contains(destination))
                best = &entry;
        }
        return false;
    });
}

Verdict RuleTable::judge(PortIndex port, const std::optional<TunnelEnds>& tunnel, const base::Ip6& source,
                         const base::Ip6& destination) const {
    const Entry* best = nullptr;
    search({std::nullopt, std::nullopt}, source, destination, best);
    if (tunnel)
        search({std::nullopt, tunnel}, source, destination, best);
    else
        search({port, std::nullopt}, source, destination, best);
    return best ? best->rule.verdict : Verdict{ByRoute{}};
}

} // namespace peers::common
