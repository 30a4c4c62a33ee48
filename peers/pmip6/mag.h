#pragma once

#include "harness/model/topology.h"
#include "peers/common/role.h"
#include "peers/pmip6/mag_policy.h"
#include "peers/pmip6/policy_store.h"
#include "peers/pmip6/tunnel_users.h"
#include "peers/pmip6/update_list.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace peers::pmip6 {

/// The mobile access gateway of proxymip6-02, and of RFC 5213 under that profile (6; digest, 4.2). What a
/// DHCPv6 relay agent does with messages (6.11) is peers/dhcp; for whom, this class knows.
class Mag : public common::Role {
public:
    /// `adjust` changes the policy that profile and settings give, also after they change at run time.
    explicit Mag(const model::NodeConfig&, AdjustMag adjust = {});

    common::Wants wants() const override;
    void start(base::Now, common::Output&) override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

    const MagPolicy& policy() const { return policy_; }
    const UpdateList& visitors() const { return list_; }
    const TunnelUsers& tunnels() const { return tunnels_; }

private:
    /// What an acknowledgement turned out to be.
    struct Answer {
        const wire::BindingAcknowledgement* ack = nullptr;
        base::Ip6 from;
        const wire::MobileNodeIdentifier* identifier = nullptr;
        const wire::HomeNetworkPrefix* prefix = nullptr;
        std::optional<std::uint64_t> timestamp;
    };

    // mag.cpp
    void configure();
    void arrived(const common::Arrived&, base::Now, common::Output&);
    void carrier(const model::Carrier&, base::Now, common::Output&);
    void told(const model::Told&, base::Now, common::Output&);
    void told_of(Visitor&, const model::Told&, base::Now, common::Output&);
    void wake(Visitor&, base::Now, common::Output&);

    // mag_attachment.cpp
    bool is_access(common::PortIndex) const;
    const Profile* profile_of_port(common::PortIndex) const;
    std::optional<common::PortIndex> port_of(const model::Told&) const;
    const Profile* profile_of(const model::Told&) const;
    void attach(const Profile&, common::PortIndex, base::Mac, bool certain, base::Now, common::Output&);
    void begin(const Profile&, common::PortIndex, base::Mac, base::Now, common::Output&);
    void give_plain_access(Visitor&, const Profile&, common::Output&);
    std::optional<base::Ip6> anchor_of(const Profile&) const;
    void leave(Visitor&, std::string_view why, base::Now, common::Output&);
    /// Erases the visitor.
    void finish(Visitor&, std::string_view why, common::Output&);
    void check_presence(Visitor&, base::Now, common::Output&);
    void probe_next(Visitor&, base::Now, common::Output&);
    void probed(const common::Probed&, base::Now, common::Output&);
    std::vector<base::Ip6> likely_addresses(const Visitor&) const;

    // mag_signalling.cpp
    void request(Visitor&, std::uint16_t lifetime, base::Now, common::Output&);
    void transmit(Visitor&, base::Now, common::Output&);
    wire::Packet update(const Visitor&) const;
    base::Prefix wanted_prefix(const Visitor&) const;
    std::uint16_t next_sequence(const Visitor&, base::Now) const;
    std::uint64_t stamp(const Visitor&, base::Now);

    // mag_answers.cpp
    void acknowledged(const common::Arrived&, base::Now, common::Output&);
    Visitor* addressee(const Answer&);
    bool matches(const Visitor&, const Answer&) const;
    void accepted(Visitor&, const Answer&, base::Now, common::Output&);
    void refused(Visitor&, const Answer&, base::Now, common::Output&);
    void mismatch(Visitor&, const Answer&, base::Now, common::Output&);
    void deny(Visitor&, std::uint8_t status, base::Now, common::Output&);
    void bind(Visitor&, const base::Prefix&, std::uint16_t lifetime, const Answer&, base::Now,
              common::Output&);
    void schedule_refresh(Visitor&, const Answer&, base::Now) const;
    void stop_service(Visitor&, std::uint16_t router_lifetime, common::Output&);
    void expire(Visitor&, base::Now, common::Output&);

    // mag_link.cpp
    base::Ip6 link_local(common::PortIndex) const;
    void set_link_local(common::PortIndex, const base::Ip6&, common::Output&);
    void take_link_local(Visitor&, const Answer&, common::Output&);
    void solicited(const common::Arrived&, base::Now, common::Output&);
    void overheard(const common::Arrived&, common::Output&);
    void advertise(Visitor&, base::Now, common::Output&);
    void send_advertisement(const Visitor&, const base::Prefix&, std::uint32_t prefix_lifetime,
                            std::uint16_t router_lifetime, common::Output&) const;

    // mag_dhcp.cpp
    void join_clients(common::Output&) const;
    bool is_stateful(const Visitor&) const;
    void relay(const common::Arrived&, common::Output&);
    void answered(const common::Arrived&, base::Now, common::Output&);
    void lease(Visitor&, const base::Ip6&, base::Now, common::Output&);

    // mag_networks.cpp
    bool wants_network(const Profile&) const;
    void ask_for_network(const Visitor&, wire::BindingUpdate&) const;
    void take_network(Visitor&, const Answer&, base::Now, common::Output&);
    std::optional<base::Prefix> network_of(const Visitor&, const Answer&) const;
    void install_network(const Visitor&, common::Output&);
    void uninstall_network(const Visitor&, common::Output&);
    void lose_network(Visitor&, std::string_view why, common::Output&);
    /// The delegated prefix is at its end: the binding that covers it goes (3.2, 3.3.2).
    void end_network(Visitor&, std::string_view why, base::Now, common::Output&);
    bool is_routing(const common::Arrived&) const;
    void carry(const common::Arrived&, common::Output&);
    void listen_to_routers(common::Output&) const;

    // mag_delegation.cpp
    /// True if a mobile router, or somebody who asks for a prefix, has said it.
    bool is_delegation(const common::Arrived&);
    void delegate(const common::Arrived&, base::Now, common::Output&);
    bool is_proper(const wire::Packet&) const;
    void forward_request(Visitor&, const wire::Packet&, common::Output&);
    void insert_hint(wire::Dhcpv6Message&, const base::Prefix&) const;
    void send_exchange(const Visitor&, common::Output&) const;
    void repeat_exchange(Visitor&, common::Output&);
    /// True if the answer is one of the delegating router to a mobile router.
    bool delegated(const common::Arrived&, base::Now, common::Output&);
    void heed(Visitor&, const wire::Dhcpv6Message&, base::Now, common::Output&);
    bool names_another(const Visitor&, const wire::Dhcpv6Message&) const;

    // mag_forwarding.cpp
    void guard_access(common::Output&);
    void install(Visitor&, common::Output&);
    void uninstall(Visitor&, common::Output&);
    void uninstall_uplink(const Visitor&, common::Output&);
    std::string around(const Visitor&, common::PortIndex) const;
    std::vector<common::PortIndex> transport_ports() const;
    common::Verdict way_out() const;
    void route_locally(common::Output&);
    bool routes_locally(const Visitor&) const;
    std::vector<base::Prefix> local_links() const;

    // mag_state.cpp
    void answer_state(const model::Told&, base::Now, common::Output&) const;

    model::NodeConfig config_;
    model::Settings settings_;
    AdjustMag adjust_;
    MagPolicy policy_;
    PolicyStore store_;
    UpdateList list_;
    UpdateRate rate_;
    TunnelUsers tunnels_;
    base::Ip6 care_of_; ///< Proxy-CoA
    base::Duration clock_offset_{};
    std::map<common::PortIndex, base::Ip6> link_locals_;
    std::map<std::string, std::uint64_t> stamps_;  ///< the last of each node
    std::map<std::string, base::Prefix> contexts_; ///< networks of routers that are yet to come
    std::vector<std::string> local_rules_;
    std::set<common::PortIndex> powered_; ///< links that have come up
};

} // namespace peers::pmip6
