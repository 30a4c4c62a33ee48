#pragma once

#include "peers/netmip6/client_policy.h"
#include "peers/netmip6/feature.h"
#include "peers/netmip6/hierarchy_policy.h"

#include <map>
#include <string>
#include <vector>

namespace peers::netmip6 {

/// Net-HMIPv6 in an access router (netmip6-01, 5; netmip6 digest, 11): a binding with a MAP comes before the
/// one with the home agent, which then knows the regional address only. A node with a Mobile IPv6 client of
/// its own has the binding with the MAP alone, and is told the MAP's prefix.
class Hierarchy : public Feature {
public:
    Hierarchy(const model::NodeConfig&, Attachments&, HierarchyPolicy, const ClientPolicy&);
    bool on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;
    bool prepare(Session&, base::Now, common::Output&) override;
    void serve(Session&, base::Now, common::Output&) override;
    void withdraw(Session&, base::Now, common::Output&) override;
    std::optional<common::TunnelEnds> tunnel(const Session&) const override;
    bool carries(const common::TunnelEnds&) const override;
    void give(const Session&, base::Now, wire::ContextOptions&) const override;
    void take(Session&, const wire::ContextOptions&, base::Now) override;

private:
    static constexpr common::PortIndex core_port = 0; ///< towards MAPs and home agents
    /// What there is with the MAP for one node.
    struct Domain {
        Registration local;
        base::Ip6 map, regional;
        unsigned attempt = 0;                        ///< regional addresses that were somebody else's
        bool ready = false;                          ///< the MAP has acknowledged
        bool failed = false;                         ///< it never has (PC-26)
        bool waiting = false;                        ///< the registration with the home agent waits for it
        std::optional<wire::ContextBinding> binding; ///< of the router before
        bool kept = false;                           ///< the home agent knows the regional address already
        Registration former;                         ///< with the MAP of the domain that was left
    };
    /// A MAP that an advertisement has named.
    struct Discovered {
        MapSetting map;
        std::uint8_t preference = 0;
        base::Mono until{};
    };
    std::optional<MapSetting> map_of(const Session&, base::Now) const;
    void discover(const wire::RouterAdvertisement&, base::Now);
    base::Ip6 regional_of(const Session&, const MapSetting&, unsigned attempt) const;
    void begin(Session&, Domain&, base::Now, common::Output&);
    void pump(Domain&, base::Now, common::Output&);
    void concluded(const std::string& nai, Registration::Outcome, base::Now, common::Output&);
    void go_on(Session&, Domain&, base::Now, common::Output&);
    void install(const Session&, Domain&, common::Output&);
    void add_tunnel_to(const base::Ip6& map, common::Output&) const;

    // hierarchy_former.cpp
    void remember_former(Domain&, const wire::ContextHierarchy&, const std::string& nai) const;
    void former_concluded(const std::string& nai, Domain&, Registration::Outcome, common::Output&);
    void deliver_from_former(const Session&, const Domain&, common::Output&) const;
    void forget_former(const std::string& nai, Domain&, common::Output&) const;

    wire::Profile profile_;
    Attachments& attachments_;
    HierarchyPolicy policy_;
    ClientPolicy client_;
    std::map<std::string, Domain> domains_; ///< by identity
    std::vector<Discovered> discovered_;
};

} // namespace peers::netmip6
