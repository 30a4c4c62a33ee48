#pragma once

#include "peers/netmip6/client_policy.h"
#include "peers/netmip6/feature.h"
#include "peers/netmip6/hierarchy_policy.h"

#include <map>
#include <string>

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
    void withdraw(Session&, base::Now, common::Output&) override;
    std::optional<common::TunnelEnds> tunnel(const Session&) const override;
    bool carries(const common::TunnelEnds&) const override;
    void give(const Session&, base::Now, wire::ContextOptions&) const override;
    void take(Session&, const wire::ContextOptions&, base::Now) override;

private:
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
    };
    std::optional<MapSetting> map_of(const Session&) const;
    base::Ip6 regional_of(const Session&, const MapSetting&, unsigned attempt) const;
    void begin(Session&, Domain&, base::Now, common::Output&);
    void pump(Domain&, base::Now, common::Output&);
    void concluded(const std::string& nai, Registration::Outcome, base::Now, common::Output&);
    void go_on(Session&, Domain&, base::Now, common::Output&);
    void install(const Session&, Domain&, common::Output&);

    wire::Profile profile_;
    Attachments& attachments_;
    HierarchyPolicy policy_;
    ClientPolicy client_;
    std::map<std::string, Domain> domains_; ///< by identity
};

} // namespace peers::netmip6
