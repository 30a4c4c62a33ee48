#pragma once

#include "peers/netmip6/home_feature.h"
#include "peers/netmip6/ipv4_home.h"

namespace peers::netmip6 {

/// IPv4 home addresses, as a part of the home agent that has the bindings.
class Ipv4HomeFeature : public HomeFeature {
public:
    Ipv4HomeFeature(const model::NodeConfig& config, const Ipv4HomePolicy& policy) : home_(config, policy) {}
    bool ipv4() const override { return home_.is_supported(); }
    bool on(const common::Input& input, base::Now, common::Output& out) override {
        return home_.on(input, out);
    }
    void bound(Entry&, const wire::BindingUpdate&, wire::BindingAcknowledgement&, base::Now,
               common::Output&) override;
    void moved(Entry&, base::Now, common::Output&) override;
    void unbound(Entry&, base::Now, common::Output&) override;

private:
    Ipv4Home home_;
};

} // namespace peers::netmip6
