#pragma once

#include "harness/model/topology.h"
#include "peers/common/role.h"

#include <map>

namespace peers::mip6 {

/// A router whose access links mobile nodes visit: it advertises the global prefix of every port that is on
/// an access link, at its interval, when it is asked, and when somebody attaches (RFC 4861, 6.2; RFC
/// 3775, 7.5).
class AccessRouter : public common::Role {
public:
    explicit AccessRouter(const model::NodeConfig&);
    common::Wants wants() const override { return {}; }
    void start(base::Now, common::Output&) override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

private:
    void advertise(common::PortIndex, common::Output&) const;

    model::Node self_;
    std::map<common::PortIndex, base::Prefix> access_; ///< the prefix on each access link
    base::Duration interval_;
    base::Mono next_{};
};

} // namespace peers::mip6
