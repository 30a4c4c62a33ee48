#pragma once

#include "harness/model/machine.h"
#include "harness/model/topology.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace peers::pmip6 {

/// Which ways of getting an address a policy profile permits (proxymip6-02, 6.2).
enum class Configuration { stateless, stateful, both };

/// What the domain knows of a mobile node (proxymip6-02, 6.2).
struct Profile {
    std::string name;                    ///< "mn1": how suites call it
    std::string nai;                     ///< the stable MN-Identifier
    base::Mac mac;                       ///< by which its access link knows it
    base::Ip6 link_local;                ///< unspecified: not known
    std::optional<base::Prefix> prefix;  ///< static home network prefix
    std::string lma;                     ///< node that anchors it; empty: any
    bool service = true;                 ///< entitled to network-based mobility
    std::vector<std::string> mags;       ///< names or addresses of the MAGs that may register it; empty: all
    std::vector<std::string> pseudonyms; ///< temporary access identities
    Configuration configuration = Configuration::stateless;
    std::optional<bool> local_routing;   ///< overrides EnableMAGLocalRouting for this node
    bool mobile_router = false;          ///< entitled to network mobility (pmip6-nemo-support, 3.3.2)
    std::optional<base::Prefix> network; ///< static mobile network prefix
};

/// The policy store of the domain, as one of its entities sees it: looked up at every decision, so that a
/// change counts from the next message on.
class PolicyStore {
public:
    explicit PolicyStore(const model::Topology&);

    /// Exact octets of the identifier.
    const Profile* by_nai(std::string_view nai) const;
    /// The NAI, the name or a pseudonym.
    const Profile* by_identity(std::string_view identity) const;
    const Profile* by_mac(const base::Mac&) const;
    const std::vector<Profile>& all() const { return profiles_; }

    /// Told "policy": `mobile-node` or `nai` names the profile (an unknown `nai` makes a new one); `service`,
    /// `prefix`
    /// ("none": no static one), `mags`, `lma`, `configuration`, `local-routing`, `pseudonym`,
    /// `mobile-router`, `prefixes` (the first is the static mobile network prefix) change it. False if it
    /// names nobody.
    bool change(const model::Arguments&);

    /// While it is unreachable nobody is found.
    void set_reachable(bool reachable) { reachable_ = reachable; }

private:
    void index();

    std::vector<Profile> profiles_;
    std::unordered_map<std::string, std::size_t> by_nai_, by_identity_;
    std::unordered_map<base::Mac, std::size_t> by_mac_;
    bool reachable_ = true;
};

} // namespace peers::pmip6
