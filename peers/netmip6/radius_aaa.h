#pragma once

#include "peers/netmip6/aaa.h"
#include "peers/netmip6/radius_policy.h"
#include "peers/radius/codec.h"

#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace peers::netmip6 {

/// AAA by RADIUS. It sends and hears datagrams as any other part of its role, so nothing waits for it;
/// octets, authenticators and hiding are the business of FreeRADIUS' library.
class RadiusAaa : public Aaa {
public:
    RadiusAaa(const model::NodeConfig&, RadiusPolicy);
    std::vector<std::uint16_t> ports() const override;
    void ask(const AaaRequest&, base::Now, common::Output&) override;
    void forget(std::uint32_t id) override;
    bool on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

private:
    struct Exchange {
        AaaRequest request;
        radius::Message message;
        std::size_t server = 0;
        unsigned sends = 0, sends_to_server = 0;
        base::Duration wait{};
        base::Mono send_at{}, give_up_at{};
    };
    radius::Message message_of(const AaaRequest&);
    void transmit(Exchange&, base::Now, common::Output&);
    void renew(Exchange&);
    void hear(const common::Arrived&, base::Now, common::Output&);
    void finish(const Exchange&, const radius::Message&, common::Output&);
    void on_disconnect(const common::Arrived&, base::View octets, common::Output&);
    void send(const base::Ip6& to, std::uint16_t from_port, std::uint16_t to_port, base::Bytes octets,
              common::Output&) const;
    std::uint8_t next_identifier();
    bool is_server(const base::Ip6&) const;

    model::Topology topology_;
    base::Ip6 address_;
    std::string name_;
    RadiusPolicy policy_;
    std::mt19937_64 random_;
    std::uint8_t identifier_ = 0;
    std::uint64_t session_ = 0;
    std::deque<Exchange> open_;
    std::map<std::string, unsigned> served_; ///< identities that AAA has accepted, or that are accounted for
};

/// The message in a datagram: what it was decoded from.
base::Bytes radius_octets(const wire::Packet&);

} // namespace peers::netmip6
