#pragma once

#include "harness/model/topology.h"
#include "peers/common/role.h"
#include "peers/nemo/mr_policy.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace peers::nemo {

/// The mobile router of RFC 3963 that gets its prefixes by nemo-prefix-delegation (A 7; digest, 6.2). Its
/// port "access" visits networks; all others are ingress links, on which it is the router.
class MobileRouter : public common::Role {
public:
    /// `adjust` changes the policy that the settings give.
    explicit MobileRouter(const model::NodeConfig&, AdjustMr adjust = {});

    common::Wants wants() const override;
    void start(base::Now, common::Output&) override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

private:
    /// A prefix that it has, or wants back.
    struct Network {
        base::Prefix prefix;
        common::PortIndex port = 0;
        bool persistent = false, implicit = false, delegated = false;
        std::optional<base::Mono> valid_until; ///< nullopt: for ever
        bool installed = false;                ///< on its interface, which is up
        bool confirmed = false;                ///< the agent was told so
        bool reclaimed = false;                ///< missing in a list, and claimed once more
    };
    /// A prefix that it wants.
    struct Need {
        std::uint16_t correlation = 0;
        bool persistent = false, implicit = false;
        enum class State { open, asked, met, given_up } state = State::open;
        base::Mono not_before{};
        unsigned failures = 0;
        bool changed_persistence = false, changed_implicit = false;
        base::Prefix got;
    };
    /// The update that waits for its answer.
    struct Outstanding {
        std::uint16_t sequence = 0, lifetime = 0;
        base::Ip6 agent;
        bool asked_list = false;
        base::Mono again{};
        base::Duration wait = std::chrono::seconds(1);
    };

    // mobile_router.cpp
    void arrived(const common::Arrived&, base::Now, common::Output&);
    void told(const model::Told&, base::Now, common::Output&);
    void carrier(const model::Carrier&, base::Now, common::Output&);
    void answer_state(const model::Told&, common::Output&) const;
    bool is_ingress(common::PortIndex) const;
    std::vector<common::PortIndex> ingress() const;

    // mobile_router_visit.cpp
    void solicit(base::Now, common::Output&);
    void heard_router(const wire::RouterAdvertisement&, const common::Arrived&, base::Now, common::Output&);
    void moved(const base::Ip6& care_of, base::Now, common::Output&);
    void come_home(base::Now, common::Output&);
    void discover(base::Now, common::Output&);
    void discovered(const wire::HomeAgentDiscoveryReply&, base::Now, common::Output&);
    void next_agent(base::Now, common::Output&);

    // mobile_router_signalling.cpp
    void update(base::Now, common::Output&, bool retransmission = false);
    void leave(const base::Ip6& agent, base::Now, common::Output&);
    void transmit(wire::BindingUpdate, const base::Ip6& agent, base::Now, common::Output&);
    void add_prefixes(wire::BindingUpdate&) const;
    bool add_requests(wire::BindingUpdate&, base::Now);
    void answered(const wire::Packet&, base::Now, common::Output&);
    void accepted(const wire::BindingAcknowledgement&, const Outstanding&, base::Now, common::Output&);
    void refused(const wire::BindingAcknowledgement&, base::Now, common::Output&);
    void lost_binding(base::Now, common::Output&);
    void give_up_prefixes(base::Now, common::Output&);

    // mobile_router_delegation.cpp
    void read_confirmations(const wire::BindingAcknowledgement&, bool accepted, base::Now, common::Output&);
    void read_confirmation(const wire::MnpConfirmation&, bool accepted, base::Now, common::Output&);
    void read_news(const wire::MnpConfirmation&, base::Now, common::Output&);
    void read_list(const wire::BindingAcknowledgement&, base::Now, common::Output&);
    void failed(Need&, std::uint8_t status, base::Now, common::Output&);
    void postpone(Need&, base::Now);
    Need* by_correlation(std::uint16_t);
    Network* network(const base::Prefix&);
    void want(base::Now);
    std::uint16_t fresh_correlation();

    // mobile_router_link.cpp
    void install(Network, base::Now, common::Output&);
    void put_on_link(Network&, common::Output&);
    void withdraw(const base::Prefix&, common::Output&);
    void use_tunnel(common::Output&);
    void drop_tunnel(common::Output&);
    void set_rules(const Network&, common::Output&) const;
    void advertise(common::PortIndex, base::Now, common::Output&) const;
    void advertise_all(base::Now, common::Output&);

    model::NodeConfig config_;
    model::Settings settings_;
    AdjustMr adjust_;
    MrPolicy policy_;
    common::PortIndex access_ = 0;
    std::set<common::PortIndex> down_; ///< ingress ports without carrier, or switched off

    std::optional<base::Ip6> router_; ///< on the visited link
    base::Ip6 care_of_;
    bool at_home_ = false;
    unsigned solicitations_ = 0;
    std::optional<base::Mono> solicit_at_;

    std::size_t agent_ = 0; ///< index of the one that is used
    std::set<base::Ip6> refused_by_;
    bool stopped_ = false; ///< every agent has refused: no more updates with R
    std::optional<base::Mono> discover_at_;
    bool discovering_ = false;
    std::uint16_t sequence_ = 0;
    std::optional<Outstanding> outstanding_;
    std::optional<base::Mono> refresh_at_, expires_at_, retry_at_;
    bool bound_ = false, wants_list_ = true;
    std::optional<common::TunnelEnds> tunnel_;

    std::vector<Network> networks_;
    std::vector<Need> needs_;
    std::vector<base::Prefix> granted_now_;   ///< by the acknowledgement that is being read
    std::map<base::Prefix, unsigned> fading_; ///< withdrawn: advertised with lifetime zero so many times more
    std::optional<base::Mono> advertise_at_;
    std::uint64_t random_ = 0;
};

} // namespace peers::nemo
