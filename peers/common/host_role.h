#pragma once

#include "peers/common/flow_source.h"
#include "peers/common/role.h"

namespace peers::common {

/// What a host does by itself beside what its stack answers: it sources flows, and swallows what arrives.
class HostRole : public Role {
public:
    explicit HostRole(const model::NodeConfig& config) : address_(config.self.address()) {}
    Wants wants() const override { return {}; }
    void on(const Input& input, base::Now now, Output& output) override {
        if (const auto* told = std::get_if<model::Told>(&input); told && flows_.on(*told, now, output))
            flows_.tick(now, address_, output);
    }
    void tick(base::Now now, Output& output) override { flows_.tick(now, address_, output); }
    std::optional<base::Mono> deadline() const override { return flows_.deadline(); }

private:
    base::Ip6 address_;
    FlowSource flows_;
};

} // namespace peers::common
