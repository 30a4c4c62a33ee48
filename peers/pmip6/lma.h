#pragma once

#include "harness/model/topology.h"
#include "peers/common/role.h"
#include "peers/pmip6/binding_cache.h"
#include "peers/pmip6/lma_policy.h"
#include "peers/pmip6/policy_store.h"
#include "peers/pmip6/prefix_pool.h"
#include "peers/pmip6/tunnel_users.h"

#include <map>
#include <string>
#include <vector>

namespace peers::pmip6 {

/// The local mobility anchor of proxymip6-02, and of RFC 5213 under that profile (5; digest, 4.1 and 5).
class Lma : public common::Role {
public:
    /// `adjust` changes the policy that profile and settings give, also after they change at run time.
    explicit Lma(const model::NodeConfig&, AdjustLma adjust = {});

    common::Wants wants() const override;
    void start(base::Now, common::Output&) override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

    const LmaPolicy& policy() const { return policy_; }
    const BindingCache& cache() const { return cache_; }
    const PrefixPool& pool() const { return pool_; }
    const TunnelUsers& tunnels() const { return tunnels_; }

private:
    /// An update as the anchor reads it; of repeated options the first counts.
    struct Request {
        base::Ip6 from, to;
        const wire::BindingUpdate* update = nullptr;
        const wire::MobileNodeIdentifier* identifier =
            nullptr; ///< null also if its subtype or length is of no use
        const wire::HomeNetworkPrefix* prefix_option = nullptr;
        const wire::LinkLocalAddress* link_local = nullptr;
        std::optional<std::uint64_t> timestamp;
        const Profile* profile = nullptr;
        Binding* binding = nullptr;
        bool forget_hint = false; ///< a fault: treats the prefix option as ::/0
        const wire::MobileNetworkPrefix* network_option = nullptr;
        std::optional<base::Prefix> network; ///< of the mobile router that it is about
        bool fresh_network = false;          ///< assigned by this very update
        bool asks_for_any() const { return forget_hint || prefix_option->prefix.is_unspecified(); }
        base::Prefix hint() const;
    };
    struct Answer {
        std::uint8_t status = 0;
        std::uint16_t lifetime = 0;
        std::uint16_t sequence = 0;
    };

    // lma.cpp
    void arrived(const common::Arrived&, base::Now, common::Output&);
    void told(const model::Told&, base::Now, common::Output&);
    void configure(base::Now, common::Output&);
    void renumber(const model::Told&, base::Now, common::Output&);

    // lma_admission.cpp
    Request read(const common::Arrived&) const;
    /// The entry that an update is about; null if it begins a session (RFC 5213, 5.4.1; -02: by NAI alone).
    Binding* session_of(const Request&);
    void admit(Request&, base::Now, common::Output&);
    /// The status with which this line of the table refuses; nullopt if it has nothing against it.
    std::optional<std::uint8_t> objection(Check, const Request&, base::Now) const;
    std::optional<std::uint8_t> order_objection(const Request&, base::Now) const;
    bool is_mag(const base::Ip6&) const;
    bool may_register(const base::Ip6& mag, const Profile&) const;
    bool is_named(const base::Ip6& mag, const std::vector<std::string>& names) const;
    void refuse(Request&, std::uint8_t status, base::Now, common::Output&);

    // lma_hosts.cpp
    struct HostRequest {
        base::Ip6 home, care_of;
        std::string key; ///< of the entry
    };
    void serve_host(const common::Arrived&, const Request&, base::Now, common::Output&);
    std::optional<std::uint8_t> host_objection(const HostRequest&, const Request&) const;
    void bind_host(const HostRequest&, const Request&, std::uint16_t lifetime, base::Now, common::Output&);
    void answer_host(const HostRequest*, const Request&, const Answer&, common::Output&) const;
    /// The entry of this node, or of this prefix, is one that a host made itself.
    bool is_a_hosts(const Request&) const;
    void turn_into_proxy(Request&, base::Now, common::Output&);

    // lma_registration.cpp
    void register_node(Request&, bool answer, base::Now, common::Output&);
    void deregister(Request&, base::Now, common::Output&);
    /// Chooses the prefix of a new binding, or says why there is none.
    std::optional<std::uint8_t> choose_prefix(const Request&, base::Prefix& prefix, bool& dynamic);
    std::optional<std::uint8_t> hint_objection(const Request&) const;
    std::optional<std::uint8_t> refresh_objection(const Request&) const;
    bool is_former_prefix(const Request&) const;
    std::optional<base::Prefix> static_prefix(const Profile&) const;
    bool owns(const base::Prefix&) const;
    std::uint16_t granted(const Request&, base::Now) const;
    void update_binding(Binding&, const Request&, std::uint16_t lifetime, base::Now, common::Output&);
    void name_interface(Binding&, const Request&) const;
    void make_room(base::Now, common::Output&);
    void remember(Binding&, const Request&) const;
    void remove(const std::string& nai, std::string_view why, base::Now, common::Output&);

    // lma_forwarding.cpp
    void install(const Binding&, common::Output&);
    void uninstall(const Binding&, common::Output&);
    void use_tunnel(const Binding&, common::Output&);
    void leave_tunnel(const common::TunnelEnds&, const std::string& nai, common::Output&);
    void guard_prefixes(common::Output&);

    // lma_networks.cpp
    bool is_for_router(const Request&) const;
    /// Finds the mobile network prefix of the router, or assigns one, or says why it has none.
    std::optional<std::uint8_t> choose_network(Request&);
    std::optional<std::uint8_t> claim_objection(const Request&) const;
    std::optional<base::Prefix> assign_network(const Request&);
    void give_back_network(Request&);
    void route_network(const std::string& node, common::Output&);
    void retain_network(const std::string& node, base::Mono now);
    void release_networks(base::Mono now);
    void configure_networks();

    // lma_announcement.cpp
    std::vector<base::Prefix> aggregates() const;
    void announce(base::Now, common::Output&);

    // lma_reply.cpp
    void reply(const Request&, const Answer&, base::Now, common::Output&);
    base::Ip6 link_local_answer(const Request&, bool accepted) const;

    // lma_state.cpp
    void answer_state(const model::Told&, base::Now, common::Output&) const;

    model::NodeConfig config_;
    model::Settings settings_;
    AdjustLma adjust_;
    LmaPolicy policy_;
    PolicyStore store_;
    BindingCache cache_;
    PrefixPool pool_;
    PrefixSet invalid_;                              ///< renumbered away
    std::map<std::string, base::Prefix> renumbered_; ///< the latest of them that was a node's, by identifier
    TunnelUsers tunnels_;
    PrefixPool network_pool_;
    std::map<std::string, base::Prefix> networks_; ///< assigned mobile network prefixes, by identifier
    std::map<std::string, base::Mono> retained_;   ///< until when, of routers without a binding
    std::uint64_t registrations_ = 0;
    std::vector<std::string> guards_; ///< names of the rules for prefixes without a binding
    base::Mono started_{};
    std::optional<base::Mono> next_announcement_;
};

} // namespace peers::pmip6
