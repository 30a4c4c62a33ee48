#pragma once

#include "harness/model/topology.h"
#include "harness/wire/mobility.h"
#include "peers/common/role.h"
#include "peers/netmip6/ipv4_frame.h"
#include "peers/netmip6/ipv4_policy.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace peers::netmip6 {

/// The IPv4 half of a home agent: addresses of the nodes, and their packets on the home network. The binding
/// itself, with its IPv6 home address as key, is the agent's. Settings: `ipv4-pool` addresses to give (none:
/// it does not know IPv4), `ipv4-port` on whose link IPv4 hosts and routers are, `ipv4-address` its own
/// there.
class Ipv4Home {
public:
    Ipv4Home(const model::NodeConfig&, Ipv4HomePolicy);

    bool refuses_whole_update() const { return policy_.refuses_update; }
    bool is_supported() const { return policy_.supported && pool_.has_value(); }
    /// What an accepted update that brought option 29 is answered, and the address that is registered with
    /// the home address from now on. Nothing if the update has no such option, or nobody knows it here.
    std::vector<wire::MobilityOption> assign(const std::string& nai, const base::Ip6& home_address,
                                             const wire::BindingUpdate&);
    /// Where packets for the node go: one care-of address, or two while there is a bicast. None: unbound; the
    /// address stays reserved for the identity.
    void bind(const base::Ip6& home_address, std::vector<base::Ip6> care_of);
    /// Frees the address.
    void forget(const base::Ip6& home_address);
    std::optional<base::Ip4> address_of(const base::Ip6& home_address) const;

    /// True if the input was IPv4.
    bool on(const common::Input&, common::Output&);

private:
    struct Entry {
        std::string nai;
        base::Ip6 home_address;
        std::vector<base::Ip6> care_of;
    };
    std::optional<base::Ip4> free_address() const;
    Entry* entry_of(const base::Ip6& home_address);
    void on_arp(const common::Arrived&, const Arp&, common::Output&);
    void down(base::View packet, common::Output&);
    void up(const common::Arrived&, base::View packet, common::Output&);
    void to_link(base::View packet, common::Output&);

    base::Ip6 address_; ///< of this agent
    std::vector<model::Port> ports_;
    std::optional<Ip4Prefix> pool_, link_; ///< own address on the link
    common::PortIndex port_ = 0;
    Ipv4HomePolicy policy_;
    std::map<base::Ip4, Entry> entries_;
    std::map<base::Ip4, base::Mac> neighbours_;
    std::map<base::Ip4, std::vector<base::Bytes>> unresolved_; ///< packets that wait for a neighbour
};

} // namespace peers::netmip6
