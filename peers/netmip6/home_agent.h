#pragma once

#include "harness/model/topology.h"
#include "harness/wire/profile.h"
#include "peers/common/role.h"
#include "peers/netmip6/aaa.h"
#include "peers/netmip6/ha_policy.h"
#include "peers/netmip6/home_feature.h"

#include <map>
#include <string>
#include <vector>

namespace peers::netmip6 {

/// The home agent of NetMIPv6 (digest, 6.3 to 6.5, 9 and 14), and the MAP of Net-HMIPv6: assigns home
/// addresses to identities, registers what access routers say of them, and tunnels.
class HomeAgent : public common::Role {
public:
    explicit HomeAgent(const model::NodeConfig&, AdjustHa adjust = {});

    common::Wants wants() const override;
    void start(base::Now, common::Output&) override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

    const std::map<base::Ip6, Entry>& entries() const { return entries_; }

private:
    /// An update on its way through the checks.
    struct Visit {
        wire::Packet packet;
        base::Ip6 source, agent, home, care_of; ///< home as the update says it
        bool has_home_option = false;
        std::string nai; ///< empty: the update has none that counts
        Key key;         ///< with which it was signed, and is answered
        bool signed_ = false;
        std::optional<std::uint64_t> stamp;
        std::optional<base::Ip6> answer_home; ///< of the routing header; nullopt: none can be named
        const wire::BindingUpdate& update() const { return *packet.find<wire::BindingUpdate>(); }
    };
    struct Assignment {
        base::Ip6 home;
        std::optional<base::Mono> free_at; ///< end of the quarantine
    };
    struct Detection {
        Visit visit;
        base::Mono until{};
    };
    using Status = std::optional<std::uint8_t>;

    // home_agent.cpp
    void configure();
    void told(const model::Told&, base::Now, common::Output&);
    void heard_of_aaa(base::Now, common::Output&);
    void answer_state(const model::Told&, common::Output&) const;
    const model::Identity* identity_of(const std::string& nai) const;
    Entry* entry_of(const std::string& nai);
    Entry* find(const base::Ip6& home);

    // home_agent_checks.cpp
    void receive(const wire::Packet&, base::Now, common::Output&);
    bool read(Visit&) const;
    bool find_key(Visit&, base::Now, common::Output&);
    std::optional<Key> key_for(const Visit&) const;
    bool is_authentic(const Visit&) const;
    Status stamp_objection(const Visit&, base::Now);
    Status sequence_objection(const Visit&);
    void judge(Visit, base::Now, common::Output&);
    Status objection(Visit&, base::Now);
    Status home_objection(const Visit&);

    // home_agent_registration.cpp
    void proceed(Visit&, base::Now, common::Output&);
    std::optional<base::Ip6> assign(const Visit&);
    void detect(const Visit&, base::Now, common::Output&);
    void detected(const base::Ip6& target, bool taken, base::Now, common::Output&);
    void bind(Visit&, base::Now, common::Output&);
    void deregister(Visit&, base::Now, common::Output&);
    void remove(const base::Ip6& home, base::Now, common::Output&);
    void reply(const Visit&, wire::BindingAcknowledgement, base::Now, common::Output&);
    void refuse(const Visit&, std::uint8_t status, base::Now, common::Output&);

    // home_agent_forwarding.cpp
    void install(const Entry&, common::Output&);
    void uninstall(const Entry&, common::Output&);
    void drop_leg(Entry&, base::Now, common::Output&);
    bool uses(const base::Ip6& agent, const base::Ip6& care_of, const Entry* but) const;
    std::optional<common::PortIndex> home_port() const;

    model::NodeConfig config_;
    model::Settings settings_;
    AdjustHa adjust_;
    HaPolicy policy_;
    wire::Profile profile_;
    std::unique_ptr<Aaa> aaa_;
    std::vector<std::unique_ptr<HomeFeature>> features_;
    std::map<base::Ip6, Entry> entries_; ///< by home address
    std::map<std::string, Assignment> assignments_;
    std::map<std::string, std::uint64_t> stamps_; ///< newest accepted, by identity
    std::map<base::Ip6, Detection> detections_;
    struct Asked {
        std::string nai;
        Visit visit;
    };
    std::map<std::uint32_t, Asked> asked_;       ///< of AAA
    std::map<std::string, Key> fetched_;         ///< keys that AAA gave
    std::map<std::string, base::Mono> negative_; ///< no use in asking before that time
    std::uint32_t next_request_ = 1;
    std::uint64_t next_prefix_ = 0;
};

} // namespace peers::netmip6
