#pragma once

#include "harness/model/topology.h"
#include "harness/wire/dhcpv6.h"
#include "peers/netmip6/feature.h"

#include <map>
#include <string>

namespace peers::netmip6 {

/// The DHCPv6 server that an access router is for its nodes (netmip6-01, 3.1 steps 2 and 5; RFC 3315, 17): it
/// leases the home address that the home agent has assigned, and nothing before that.
class Dhcpv6Access : public Feature {
public:
    Dhcpv6Access(const model::NodeConfig&, Attachments&);
    std::vector<std::uint16_t> udp_ports() const override;
    void start(base::Now, common::Output&) override;
    bool on(const common::Input&, base::Now, common::Output&) override;
    void failed(Session&, base::Now, common::Output&) override;
    void serve(Session&, base::Now, common::Output&) override;
    void withdraw(Session&, base::Now, common::Output&) override;

private:
    /// What a node waits for.
    struct Asked {
        wire::Dhcpv6Message message;
        base::Ip6 from;
    };
    void answer(const Session&, const Asked&, bool has_address, common::Output&) const;

    model::NodeConfig config_;
    Attachments& attachments_;
    std::map<std::string, Asked> asked_; ///< by NAI
};

} // namespace peers::netmip6
