#pragma once

#include "peers/netmip6/aaa.h"
#include "peers/radius/codec.h"

#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace peers::netmip6 {

/// What RFC 2865, 2866, 5080 and 5176 demand of a client, as data: a mutant is a changed value.
struct RadiusPolicy {
    std::string secret = "mobiconform";
    std::vector<base::Ip6> servers;                     ///< in the order of trial
    base::Duration first = std::chrono::seconds(2);     ///< IRT
    base::Duration most = std::chrono::seconds(16);     ///< MRT
    base::Duration patience = std::chrono::seconds(30); ///< MRD
    unsigned most_sends = 5;                            ///< MRC, to all servers together
    unsigned tries = 2;                                 ///< transmissions before the next server is asked

    // Deliberate faults, all off in a correct client
    bool verifies = true; ///< responses with a wrong authenticator are discarded
    bool retransmits = true, keeps_identifier = true, doubles = true;
    bool fails_over = true, gives_up = true;
    bool names_user = true, names_nas = true, shows_credential = true;
    bool reject_is_accept = false; ///< takes a reject for an accept
    bool reads_profile = true;     ///< takes what the accept says
    bool minds_contradictions = true;
    bool sends_class = true, sends_identity = true, sends_session = true; ///< in accounting
    bool accounts = true;
    bool disconnects = true, acknowledges = true, verifies_disconnects = true, minds_strangers = true;
};

/// The policy that the settings of a node ask for: `aaa-servers` (else the nodes of the role aaa),
/// `aaa-secret`.
RadiusPolicy radius_policy(const model::NodeConfig&);

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
