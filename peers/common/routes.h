#pragma once

#include "peers/common/prefix_map.h"
#include "peers/common/role.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace peers::common {

/// Longest-prefix routing table.
class RoutingTable {
public:
    void add(const Route& route) { targets_[route.to] = route.target; }
    void remove(const base::Prefix& to) { targets_.erase(to); }
    /// Null if nothing leads there.
    const Target* find(const base::Ip6& destination) const;
    std::vector<Route> all() const;
    std::size_t size() const { return targets_.size(); }

private:
    PrefixMap<Target> targets_;
};

/// The rules for forwarded packets.
class RuleTable {
public:
    void set(Rule);
    void remove(const std::string& name);
    /// The verdict on a packet that came in on a port, or, if `tunnel` is given, out of that tunnel.
    Verdict judge(PortIndex port, const std::optional<TunnelEnds>& tunnel, const base::Ip6& source,
                  const base::Ip6& destination) const;
    std::size_t size() const { return places_.size(); }

private:
    /// Where a rule applies: everywhere, on one port, or for one tunnel.
    using Place = std::pair<std::optional<PortIndex>, std::optional<TunnelEnds>>;
    struct Entry {
        Rule rule;
        std::uint64_t age = 0;
    };
    using Entries = PrefixMap<std::vector<Entry>>; ///< by source

    void search(const Place&, const base::Ip6& source, const base::Ip6& destination,
                const Entry*& best) const;

    std::map<Place, Entries> entries_;
    std::map<std::string, std::pair<Place, base::Prefix>> places_; ///< by name of the rule
    std::uint64_t next_age_ = 0;
};

} // namespace peers::common
