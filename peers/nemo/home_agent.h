#pragma once

#include "harness/model/topology.h"
#include "peers/common/role.h"
#include "peers/mip6/home_registration.h"
#include "peers/nemo/ha_policy.h"
#include "peers/nemo/lease.h"
#include "peers/nemo/prefix_space.h"

#include <map>
#include <string>
#include <vector>

namespace peers::nemo {

/// The home agent of RFC 3775 and RFC 3963 with the extensions of nemo-prefix-delegation (A; digest, 6.1).
class HomeAgent : public common::Role {
public:
    /// `adjust` changes the policy that the settings give, also after they change at run time.
    explicit HomeAgent(const model::NodeConfig&, AdjustHa adjust = {});

    common::Wants wants() const override;
    void start(base::Now, common::Output&) override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

    const std::map<base::Ip6, Client>& clients() const { return clients_; }
    const HaPolicy& policy() const { return policy_; }
    const PrefixSpace& pool() const { return pool_; }

private:
    /// An update on its way through the checks, and what is to be said of it.
    struct Visit {
        mip6::Registration registration;
        Client* client = nullptr;
        bool wants_list = false; ///< S, where it counts
        bool is_explicit = false;
        std::vector<base::Prefix> listed; ///< prefixes of the update that are the client's
        std::vector<base::Prefix> granted;
        std::vector<wire::MnpConfirmation> answers;
        unsigned failed = 0, met = 0; ///< requests
        bool mismatch = false;        ///< a persistence could not be met
        const wire::BindingUpdate& update() const { return *registration.update; }
        bool router() const { return registration.update->r; }
    };
    /// An update that is granted prefixes once they are durable (A 5.4; nobody is told before).
    struct Waiting {
        wire::BindingUpdate update;
        Visit visit; ///< of `update`
        unsigned open = 0, refusals = 0;
        bool again = false; ///< another agent was quicker: to be served anew
    };
    using Status = std::optional<std::uint8_t>;

    // home_agent.cpp
    void configure();
    void read_clients();
    void provision(Client&, const std::string& prefixes, bool implicit);
    void arrived(const common::Arrived&, base::Now, common::Output&);
    Client* client_of(const base::Ip6& home_address);
    void expire(base::Now, common::Output&);

    // home_agent_registration.cpp
    void receive(const mip6::Registration&, base::Now, common::Output&);
    Status base_objection(const Visit&) const;
    Status router_objection(const Visit&) const;
    void deregister(Visit&, base::Now, common::Output&);
    void register_client(Visit&, base::Now, common::Output&);
    void conclude(Visit&, base::Now, common::Output&);
    Status claims_objection(Visit&);
    std::pair<Status, std::uint8_t> judge_claim(const Client&, const wire::MobileNetworkPrefix&) const;
    Status nothing_objection(const Visit&) const;
    bool is_served(const base::Ip6& home_address) const;
    bool is_unroutable(const base::Prefix&) const;
    void bind(Visit&, base::Now, common::Output&);
    void remove_binding(Client&, base::Now, common::Output&);
    void roll_back(Visit&, common::Output&);

    // home_agent_delegation.cpp
    void serve_requests(Visit&, bool may_bind, base::Now);
    void serve(Visit&, const wire::MnpRequest&, bool may_bind, base::Now);
    std::uint8_t grant(Visit&, const wire::MnpRequest&, bool may_bind, Lease*&);
    std::uint8_t request_objection(const Visit&, const wire::MnpRequest&, bool may_bind) const;
    std::optional<base::Prefix> choose(Client&, const wire::MnpRequest&, unsigned length);
    void release(Client&, const base::Prefix&, common::Output&);
    std::uint32_t valid_of(const Lease&, std::uint16_t lifetime, base::Now) const;
    std::vector<wire::MnpRequest> requests_of(const wire::BindingUpdate&) const;

    // home_agent_reply.cpp
    void reply(Visit&, std::uint8_t status, std::uint16_t lifetime, base::Now, common::Output&);
    void add_news(Visit&, wire::BindingAcknowledgement&, base::Now);
    void add_list(const Visit&, wire::BindingAcknowledgement&) const;

    // home_agent_forwarding.cpp
    void install(Client&, const std::vector<base::Prefix>& routed, common::Output&);
    void uninstall(Client&, common::Output&);
    void guard(common::Output&);
    void announce_proxy(const Client&, common::Output&) const;

    // home_agent_store.cpp
    void load_store(common::Output&);
    bool told_by_store(const model::Told&, base::Now, common::Output&);
    bool awaits_store(const Visit&, common::Output&);
    unsigned keep_grants(const Visit&, common::Output&) const;
    void put(const Client&, const Lease&, common::Output&) const;
    void erase(const Client&, const Lease&, common::Output&) const;
    void stored(const model::Told&, base::Now);
    void erased(const model::Told&, common::Output&);
    void answered(const model::Told&, bool kept, base::Now, common::Output&);

    // home_agent_discovery.cpp
    void discover(const common::Arrived&, common::Output&) const;
    void advertise(base::Now, common::Output&);
    std::optional<common::PortIndex> home_port() const;

    // home_agent_events.cpp
    void told(const model::Told&, base::Now, common::Output&);
    void assign(Client&, const model::Told&, base::Now);
    void withdraw(Client&, const base::Prefix&, common::Output&);
    void deprecate(Client&, const model::Told&, base::Now);
    void renumber(Client&, base::Now, common::Output&);
    void request_refresh(Client&, common::Output&);
    void answer_state(const model::Told&, base::Now, common::Output&) const;

    model::NodeConfig config_;
    model::Settings settings_;
    AdjustHa adjust_;
    HaPolicy policy_;
    std::map<base::Ip6, Client> clients_; ///< by home address
    PrefixSpace pool_, persistent_pool_;
    std::set<base::Prefix> gone_; ///< redeployed: nobody's any more
    std::vector<std::string> guards_;
    std::optional<base::Mono> advertise_at_;
    std::string store_;                    ///< name of the durable store; empty: none
    bool ready_ = true;                    ///< the store has been read
    std::map<base::Ip6, Waiting> waiting_; ///< by home address
};

} // namespace peers::nemo
