#pragma once

#include "peers/netmip6/feature.h"
#include "peers/netmip6/ipv4_frame.h"
#include "peers/netmip6/ipv4_policy.h"

#include <map>
#include <string>

namespace peers::netmip6 {

/// DHCPv4 server towards the nodes of an access router, and their packets in IPv6 to and from the home agent.
class Ipv4Access : public Feature {
public:
    Ipv4Access(const model::NodeConfig&, Attachments&, Ipv4Policy);
    bool ipv4() const override { return true; }
    bool on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;
    bool prepare(Session&, base::Now, common::Output&) override;
    void extend(const Session&, wire::BindingUpdate&) const override;
    void accepted(Session&, const wire::BindingAcknowledgement&, base::Now, common::Output&) override;
    void failed(Session&, base::Now, common::Output&) override;
    void serve(Session&, base::Now, common::Output&) override;
    void withdraw(Session&, base::Now, common::Output&) override;
    void give(const Session&, base::Now, wire::ContextOptions&) const override;
    void take(Session&, const wire::ContextOptions&, base::Now) override;

private:
    /// What there is with one node.
    struct Client {
        std::optional<wire::Dhcpv4> waiting; ///< a question that cannot be answered yet
        std::uint8_t waiting_type = 0;
        std::optional<base::Ip4> requested; ///< by a node that comes with an address
        std::optional<base::Mono> offered;  ///< when the offer ends
        bool leased = false;
    };
    void on_dhcp(Session&, const Dhcpv4Question&, base::Now, common::Output&);
    void on_request(Session&, Client&, const Dhcpv4Question&, base::Now, common::Output&);
    void end(Session&, Client&, const char* why, base::Now, common::Output&);
    void on_arp(const common::Arrived&, const Arp&, common::Output&);
    void uplink(const common::Arrived&, base::View packet, common::Output&);
    void downlink(const common::Arrived&, base::View packet, common::Output&);
    void answer(const Session&, const wire::Dhcpv4& question, std::uint8_t type, common::Output&) const;
    base::Ip4 gateway(const Session&) const;

    std::vector<model::Port> ports_;
    Attachments& attachments_;
    Ipv4Policy policy_;
    std::map<std::string, Client> clients_;      ///< by identity
    std::map<base::Ip4, std::string> addresses_; ///< who is served
};

} // namespace peers::netmip6
