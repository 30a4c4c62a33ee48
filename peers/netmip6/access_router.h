#pragma once

#include "harness/model/topology.h"
#include "harness/wire/profile.h"
#include "peers/common/rate_limit.h"
#include "peers/common/role.h"
#include "peers/netmip6/ar_policy.h"
#include "peers/netmip6/feature.h"
#include "peers/netmip6/ho_checks.h"

#include <map>
#include <random>
#include <string>
#include <vector>

namespace peers::netmip6 {

/// The access router of NetMIPv6, serving and target (digest, 2 to 9 and 14): it authenticates nodes,
/// registers for them with their home agents, tunnels for them, and hands them over to other access routers.
class AccessRouter : public common::Role, private Attachments {
public:
    /// `adjust` changes the policy that the settings give, also after they change at run time.
    explicit AccessRouter(const model::NodeConfig&, AdjustAr adjust = {});

    common::Wants wants() const override;
    void start(base::Now, common::Output&) override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

    const std::map<std::string, Session>& sessions() const { return sessions_; }
    const ArPolicy& policy() const { return policy_; }

private:
    /// A context that was asked for (TAR; digest, 14).
    struct Handover {
        std::string nai, name;
        base::Ip6 serving;
        std::uint16_t identifier = 0;
        bool failed = false;        ///< T_FB: full set-up when the node comes
        bool attached = false;      ///< the node came before the context
        common::PortIndex port = 0; ///< where, then
        base::Mac mac;
        unsigned sends = 0;
        base::Duration wait{};
        base::Mono next{}; ///< transmission, failure, or the end of what is remembered
    };
    /// A HO Response that may be asked for again (PC-22).
    struct Answered {
        base::Ip6 asker;
        std::uint16_t identifier = 0;
        std::string nai;
        base::Ip6 asked;
        wire::HoResponse response;
        base::Mono until{};
    };

    // access_router.cpp
    void configure();
    void arrived(const common::Arrived&, base::Now, common::Output&);
    void told(const model::Told&, base::Now, common::Output&);
    void told_of_node(const model::Told&, base::Now, common::Output&);
    void heard_of_aaa(base::Now, common::Output&);
    void wake(Session&, base::Now, common::Output&);
    const model::Identity* identity_of(const model::Told&) const;
    std::optional<common::PortIndex> port_of(const model::Told&) const;
    bool is_access(common::PortIndex) const;
    void answer_state(const model::Told&, common::Output&) const;

    // access_router_session.cpp
    Session* session_at(common::PortIndex, const base::Mac&) override;
    Session* session_of(const std::string& nai) override;
    void trigger(Session&, bool changed, base::Now, common::Output&) override;
    void resume(Session&, base::Now, common::Output&) override;
    void end(Session&, const char* why, base::Now, common::Output&) override;
    base::Ip6 care_of() const override { return care_of_; }
    void attach(const model::Told&, base::Now, common::Output&);
    void detach(Session&, base::Now, common::Output&);
    void authenticate(Session&, base::Now, common::Output&);
    void authenticated(const AaaAnswer&, base::Now, common::Output&);
    void register_node(Session&, base::Now, common::Output&);
    void pump(Session&, base::Now, common::Output&);
    void concluded(Session&, Registration::Outcome, const wire::Packet*, base::Now, common::Output&);
    void bound(Session&, const wire::BindingAcknowledgement*, base::Now, common::Output&);
    void refused(Session&, base::Now, common::Output&);
    void account(Session&, AaaRequest::Kind, base::Now, common::Output&);
    void erase(const std::string& nai, common::Output&);

    // access_router_signalling.cpp
    void acknowledged(const wire::Packet&, base::Now, common::Output&);
    void asked_to_refresh(const wire::Packet&, base::Now, common::Output&);
    void heard_error(const wire::Packet&, base::Now, common::Output&);
    void heard_problem(const wire::Packet&, base::Now, common::Output&);
    void asked_to_register(const wire::Packet&, common::Output&) const;

    // access_router_link.cpp
    void solicited(const common::Arrived&, base::Now, common::Output&);
    void serve(Session&, base::Now, common::Output&);
    void stop_serving(Session&, bool is_gone, base::Now, common::Output&);
    void advertise(Session&, base::Now, common::Output&);
    void send_advertisement(const Session&, const base::Prefix&, std::uint32_t valid,
                            std::uint16_t router_lifetime, common::Output&) const;
    void guard_access(common::Output&);
    void install(Session&, common::Output&);
    void uninstall(Session&, common::Output&);
    common::TunnelEnds tunnel_of(const Session&) const;
    common::PortIndex other_link(common::PortIndex) const;

    // access_router_target.cpp
    void indicated(const model::Told&, base::Now, common::Output&);
    void request_context(Handover&, base::Now, common::Output&);
    void responded(const common::Arrived&, base::Now, common::Output&);
    void take_context(const Handover&, const wire::HoResponse&, base::Now, common::Output&);
    void fall_back(Handover&, const char* why, base::Now, common::Output&);
    /// `wanted`: its solicitation came while a context was awaited, and will not come again.
    void full_set_up(const std::string& nai, const std::string& name, common::PortIndex, const base::Mac&,
                     bool wanted, base::Now, common::Output&);
    Handover* handover_of(const std::string& nai);
    std::optional<Key> key_in(const wire::ContextOptions&) const;
    std::uint16_t new_identifier(const base::Ip6& serving);

    // access_router_serving.cpp
    void requested(const common::Arrived&, base::Now, common::Output&);
    bool is_permitted(const base::Ip6& asker, const std::string& nai) const;
    const Session* located(const std::string& nai) const;
    void add_context(const Session&, base::Now, wire::HoResponse&) const;
    wire::ContextSecurity security_of(const Session&) const;
    void respond(const base::Ip6& asker, const base::Ip6& asked, wire::HoResponse, common::Output&) const;
    bool may_refuse(const base::Ip6& asker, base::Now);
    void guard_expired(Session&, base::Now, common::Output&);

    model::NodeConfig config_;
    model::Settings settings_;
    AdjustAr adjust_;
    ArPolicy policy_;
    wire::Profile profile_;
    base::Ip6 care_of_;
    std::unique_ptr<Aaa> aaa_;
    std::vector<std::unique_ptr<Feature>> features_;
    std::map<std::string, Session> sessions_;   ///< by NAI
    std::map<std::string, Registration> past_;  ///< of sessions that have ended: their numbers go on
    std::map<std::string, Handover> handovers_; ///< by NAI
    std::vector<Answered> answered_;
    std::map<base::Ip6, common::RateLimit> refusals_;
    std::mt19937_64 random_;
    std::uint32_t next_request_ = 1, next_accounting_ = 1;
    std::uint16_t next_identifier_ = 1;
};

} // namespace peers::netmip6
