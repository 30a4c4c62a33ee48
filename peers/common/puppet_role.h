#pragma once

#include "peers/common/mobile_role.h"

#include <memory>

namespace peers::common {

/// The little that a node played by the tester does by itself: flows, and traffic through tunnels that it is
/// told of.
class PuppetRole : public Role {
public:
    explicit PuppetRole(const model::NodeConfig&);
    Wants wants() const override { return rest_->wants(); }
    void start(base::Now now, Output& output) override { rest_->start(now, output); }
    void on(const Input&, base::Now, Output&) override;
    void tick(base::Now now, Output& output) override { rest_->tick(now, output); }
    std::optional<base::Mono> deadline() const override { return rest_->deadline(); }

private:
    void on_tunnel(const model::Told&, Output&) const;

    base::Ip6 address_;
    std::unique_ptr<Role> rest_; ///< a host, or for the role "mn" a mobile node that keeps quiet
};

} // namespace peers::common
