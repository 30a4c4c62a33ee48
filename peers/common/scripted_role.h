#pragma once

#include "peers/common/role.h"

#include <functional>
#include <utility>
#include <vector>

namespace peers::common {

/// A role for tests: does what it is given at the start, and keeps what it is told.
class ScriptedRole : public Role {
public:
    explicit ScriptedRole(std::function<void(Output&)> at_start = {}, Wants wants = {})
        : at_start_(std::move(at_start)), wants_(std::move(wants)) {}
    Wants wants() const override { return wants_; }
    void start(base::Now, Output& output) override {
        if (at_start_)
            at_start_(output);
    }
    void on(const Input& input, base::Now, Output& output) override {
        if (const auto* arrived = std::get_if<Arrived>(&input)) {
            packets.push_back(*arrived->packet);
            arrivals.push_back(*arrived);
        } else if (const auto* answer = std::get_if<Probed>(&input)) {
            probed.push_back(*answer);
        } else if (const auto* mtu = std::get_if<TunnelMtu>(&input)) {
            mtus.push_back(*mtu);
        } else if (const auto* told = std::get_if<model::Told>(&input); told && on_told) {
            on_told(*told, output);
        }
    }
    void tick(base::Now, Output&) override {}
    std::optional<base::Mono> deadline() const override { return std::nullopt; }

    std::function<void(const model::Told&, Output&)> on_told;
    std::vector<wire::Packet> packets; ///< of arrivals, which point to packets that are gone
    std::vector<Arrived> arrivals;
    std::vector<Probed> probed;
    std::vector<TunnelMtu> mtus;

private:
    std::function<void(Output&)> at_start_;
    Wants wants_;
};

} // namespace peers::common
