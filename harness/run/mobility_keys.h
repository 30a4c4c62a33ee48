#pragma once

#include "harness/model/topology.h"
#include "harness/wire/packet.h"
#include "peers/netmip6/keys.h"

#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace run {

/// The RFC 4285 keys of a topology: `keys` of its nodes, `key` and `ha-key` in the policies of its mobile
/// nodes.
std::vector<peers::netmip6::Key> mobility_keys(const model::Topology&);

/// Fills in the authenticators that nobody has written of what the tester sends. Empty where there are no
/// keys.
std::function<void(wire::Packet&)> mobility_signer(const model::Topology&, const wire::Profile&);

/// Verifies the authenticators that pass by: one that is wrong becomes a fault "wrong-value" in
/// "authentication/authenticator". Those with an SPI that nobody has are let be.
class AuthenticationWatcher {
public:
    explicit AuthenticationWatcher(std::vector<peers::netmip6::Key> keys) : keys_(std::move(keys)) {}
    bool empty() const { return keys_.empty(); }
    /// True if a fault was added.
    bool look(wire::Packet&);

private:
    struct Ends {
        base::Ip6 care_of, home;
    };
    std::vector<peers::netmip6::Key> keys_;
    /// Of updates: an acknowledgement need not say what it is about.
    std::map<std::tuple<base::Ip6, base::Ip6, std::uint16_t>, Ends> asked_;
};

} // namespace run
