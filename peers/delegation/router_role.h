#pragma once

#include "harness/model/topology.h"
#include "peers/common/role.h"
#include "peers/delegation/router_policy.h"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace peers::delegation {

/// A mobile router as pmip6-nemo-support, 3.5, wants it: an ordinary IPv6 router that gets its prefix by
/// DHCPv6 and knows nothing of mobility. Ports whose names begin with "access" lead out, on all others it is
/// the router of its network.
class RouterRole : public common::Role {
public:
    /// `adjust` changes the policy that the settings give.
    explicit RouterRole(const model::NodeConfig&, const std::function<void(RouterPolicy&)>& adjust = {});
    common::Wants wants() const override;
    void start(base::Now, common::Output&) override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

private:
    /// A link that leads out.
    struct Egress {
        bool up = false;
        unsigned solicitations = 0;
        std::optional<base::Mono> solicit_at;
        std::optional<base::Ip6> router;
        std::optional<base::Mono> router_until;
        std::map<base::Ip6, base::Prefix> homes; ///< addresses that it formed, and their prefixes
    };

    void carrier(const model::Carrier&, base::Now, common::Output&);
    void told(const model::Told&, base::Now, common::Output&);
    void arrived(const common::Arrived&, base::Now, common::Output&);
    void heard_router(const wire::RouterAdvertisement&, const common::Arrived&, base::Now, common::Output&);
    void solicit(common::PortIndex, base::Now, common::Output&);
    void lose_router(common::PortIndex, common::Output&);
    bool is_egress(common::PortIndex) const;
    std::vector<common::PortIndex> ingress() const;

    void ask(base::Now, common::Output&);
    void use_network(base::Now, common::Output&);
    void install(const base::Prefix&, common::Output&);
    void withdraw(base::Now, common::Output&);
    void route(common::Output&);
    base::Prefix on_link(common::PortIndex) const;
    void advertise(common::PortIndex, base::Now, common::Output&) const;
    void advertise_all(base::Now, common::Output&) const;
    void announce(common::PortIndex, common::Output&) const;
    void answer_state(const model::Told&, base::Now, common::Output&) const;

    model::NodeConfig config_;
    RouterPolicy policy_;
    dhcp::RequestingRouter request_;
    std::map<common::PortIndex, Egress> egress_;
    std::optional<common::PortIndex> asking_on_; ///< where it speaks DHCPv6
    std::optional<base::Prefix> network_;
    std::optional<base::Prefix> fading_; ///< withdrawn: advertised with lifetime zero
    unsigned fades_ = 0;
    std::optional<base::Mono> advertise_at_;
    std::vector<std::string> rules_;
};

} // namespace peers::delegation
