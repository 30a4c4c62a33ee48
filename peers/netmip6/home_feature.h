#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "peers/common/role.h"
#include "peers/netmip6/keys.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace peers::netmip6 {

/// What a home agent, or a MAP, remembers of a binding (RFC 3775, 9.1).
struct Entry {
    std::string nai;
    base::Ip6 home;                       ///< home address
    base::Prefix prefix;                  ///< what is tunnelled with it: its /64 (PC-15)
    base::Ip6 agent;                      ///< the address that was asked: local end of the tunnels
    base::Ip6 care_of;                    ///< of the active leg
    std::optional<base::Ip6> old_leg;     ///< a copy goes there too (bicast)
    std::optional<base::Mono> bicast_end; ///< T_BICAST
    std::uint16_t sequence = 0, lifetime = 0;
    bool h = true;
    base::Mono expires{};
    std::optional<base::Mono> ask_at; ///< Binding Refresh Request
    std::optional<base::Ip4> ipv4;    ///< filled by whoever serves IPv4
};

/// Something that some home agents can do besides: IPv4 home addresses.
class HomeFeature {
public:
    HomeFeature() = default;
    HomeFeature(const HomeFeature&) = delete;
    HomeFeature& operator=(const HomeFeature&) = delete;
    virtual ~HomeFeature() = default;
    /// It deals with IPv4: common::Wants::ipv4.
    virtual bool ipv4() const { return false; }
    virtual void start(base::Now, common::Output&) {}
    /// An input before the home agent sees it: true if it was for this feature alone.
    virtual bool on(const common::Input&, base::Now, common::Output&) { return false; }
    virtual void tick(base::Now, common::Output&) {}
    virtual std::optional<base::Mono> deadline() const { return std::nullopt; }
    /// An update is accepted, the entry is up to date; options may be put into the acknowledgement.
    virtual void bound(Entry&, const wire::BindingUpdate&, wire::BindingAcknowledgement&, base::Now,
                       common::Output&) {}
    /// The legs of an entry have changed.
    virtual void moved(Entry&, base::Now, common::Output&) {}
    /// The entry ends.
    virtual void unbound(Entry&, base::Now, common::Output&) {}
};

struct HaPolicy;

/// Those that the settings of the node ask for.
std::vector<std::unique_ptr<HomeFeature>> make_home_features(const model::NodeConfig&, const HaPolicy&);

} // namespace peers::netmip6
