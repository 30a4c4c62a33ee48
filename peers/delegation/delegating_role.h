#pragma once

#include "harness/model/topology.h"
#include "peers/common/role.h"
#include "peers/dhcp/delegating_router.h"

#include <functional>
#include <optional>

namespace peers::delegation {

/// The delegating router of pmip6-nemo-support, 3.2, as a node: it answers relay agents, and whoever speaks
/// to it directly.
class DelegatingRole : public common::Role {
public:
    /// `adjust` changes the policy that the settings give, also after they change at run time.
    explicit DelegatingRole(const model::NodeConfig&,
                            std::function<void(dhcp::DelegationPolicy&)> adjust = {});
    common::Wants wants() const override;
    void start(base::Now, common::Output&) override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override {}
    std::optional<base::Mono> deadline() const override { return std::nullopt; }

private:
    void configure();
    void arrived(const common::Arrived&, base::Now, common::Output&);
    std::optional<wire::Dhcpv6Any> answer(const wire::Dhcpv6Any&, unsigned depth, base::Now);

    model::NodeConfig config_;
    model::Settings settings_;
    std::function<void(dhcp::DelegationPolicy&)> adjust_;
    dhcp::DelegatingRouter router_;
};

} // namespace peers::delegation
