#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "peers/common/role.h"
#include "peers/pmip6/ordering.h"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace peers::pmip6 {

/// Binding Cache entry of an anchor (proxymip6-02, 5.1).
struct Binding {
    std::string nai; ///< the identifier; for a further session of the same node with " session n" behind it
    std::uint8_t access_technology = 0; ///< of the interface that the session is for (RFC 5213, 5.1)
    std::string link_layer_id;          ///< of the same interface; empty: not known
    bool proxy = true;                  ///< made by a proxy registration
    base::Prefix prefix;
    bool dynamic = false;      ///< the prefix is from the pool and goes back there
    base::Ip6 link_local;      ///< unspecified: not known
    base::Ip6 care_of;         ///< Proxy-CoA
    common::TunnelEnds tunnel; ///< towards the serving MAG; its local end is the LMAA that the MAG spoke to
    OrderingState last;
    std::uint16_t lifetime = 0;          ///< as granted, units of four seconds
    base::Mono expires{};                ///< end of the lifetime
    std::string node;                    ///< the identifier alone, whichever session it is
    std::optional<base::Prefix> network; ///< mobile network prefix (pmip6-nemo-support, 3.4.1)
    std::uint64_t refreshed = 0; ///< rises with every registration of any node: the later is the greater
    bool waiting = false;        ///< de-registered: MinDelayBeforeBCEDelete is running
    base::Mono deadline{};       ///< when the cache reports it as due: `expires`, or the end of the delay
};

/// The bindings of an anchor, by identifier and by prefix, with the one that ends first at hand. Pointers to
/// entries stay good until the entry is erased.
class BindingCache {
public:
    Binding* find(std::string_view nai);
    const Binding* find(std::string_view nai) const;
    /// All bindings of a node: the one under its identifier and its further sessions.
    std::vector<Binding*> sessions(std::string_view nai);
    /// The key for one session more of that node.
    std::string free_key(std::string_view nai) const;
    /// The binding whose prefix is that prefix or overlaps it; null if there is none.
    const Binding* holder(const base::Prefix&) const;
    /// The binding in whose prefix the address is; null if there is none.
    const Binding* covering(const base::Ip6&) const;

    /// Adds an entry; its identifier must be new.
    Binding& create(Binding);
    /// Changes when it is due.
    void schedule(Binding&, base::Mono deadline);
    void erase(std::string_view nai);

    std::optional<base::Mono> next_deadline() const;
    /// Identifier of an entry whose deadline has come; nullopt if there is none.
    std::optional<std::string> due(base::Mono now) const;

    std::size_t size() const { return entries_.size(); }
    /// In the order of identifiers.
    std::vector<const Binding*> all() const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    struct Earlier {
        using Item = std::pair<base::Mono, const Binding*>;
        bool operator()(const Item& a, const Item& b) const {
            return a.first != b.first ? a.first < b.first : a.second->nai < b.second->nai;
        }
    };
    std::unordered_map<std::string, Binding, Hash, std::equal_to<>> entries_;
    std::map<base::Prefix, const Binding*> prefixes_;
    std::array<std::size_t, 129> of_length_{};
    std::set<Earlier::Item, Earlier> deadlines_;
};

} // namespace peers::pmip6
