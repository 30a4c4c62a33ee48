#pragma once

#include "harness/wire/handover.h"
#include "peers/netmip6/session.h"

#include <memory>
#include <vector>

namespace peers::netmip6 {

/// What a feature may ask of the access router that it is part of.
class Attachments {
public:
    Attachments() = default;
    Attachments(const Attachments&) = delete;
    Attachments& operator=(const Attachments&) = delete;
    virtual ~Attachments() = default;
    /// The session of the node with that link-layer address on that port; null if nobody was authenticated
    /// there.
    virtual Session* session_at(common::PortIndex, const base::Mac&) = 0;
    virtual Session* session_of(const std::string& nai) = 0;
    /// The node has asked for an address or prefix (RS, DHCP): registers if there is no binding, and anew if
    /// there is one and `changed` says that what is asked for has changed. A registration that runs goes on.
    virtual void trigger(Session&, bool changed, base::Now, common::Output&) = 0;
    /// What prepare() has held up goes on: the registration that was asked for since, or the service of a
    /// binding that still stands.
    virtual void resume(Session&, base::Now, common::Output&) = 0;
    /// Its IP session ends: the binding is deleted.
    virtual void end(Session&, const char* why, base::Now, common::Output&) = 0;
    /// The address of this router that updates come from.
    virtual base::Ip6 care_of() const = 0;
};

/// Something that some access routers can do besides: DHCPv4 and IPv4 data, Net-HMIPv6. Asked in the order of
/// make_features(); all calls are of the router's own turn.
class Feature {
public:
    Feature() = default;
    Feature(const Feature&) = delete;
    Feature& operator=(const Feature&) = delete;
    virtual ~Feature() = default;
    virtual std::vector<std::uint16_t> udp_ports() const { return {}; }
    /// It deals with IPv4: common::Wants::ipv4.
    virtual bool ipv4() const { return false; }
    virtual void start(base::Now, common::Output&) {}
    /// An input before the router sees it: true if it was for this feature alone.
    virtual bool on(const common::Input&, base::Now, common::Output&) { return false; }
    virtual void tick(base::Now, common::Output&) {}
    virtual std::optional<base::Mono> deadline() const { return std::nullopt; }

    /// A session is about to register with its home agent: false, and trigger() later, if something has to
    /// come first (the MAP's binding). May change session.home.parties().
    virtual bool prepare(Session&, base::Now, common::Output&) { return true; }
    /// Options for an update to the home agent, behind the identifier.
    virtual void extend(const Session&, wire::BindingUpdate&) const {}
    /// The home agent has accepted; the node is not served yet.
    virtual void accepted(Session&, const wire::BindingAcknowledgement&, base::Now, common::Output&) {}
    /// No binding came of it: refused, or nobody answered.
    virtual void failed(Session&, base::Now, common::Output&) {}
    /// The node is bound and on the link: tell it what it may use. Again after each acceptance.
    virtual void serve(Session&, base::Now, common::Output&) {}
    /// It is not served here any more; the tunnel goes away.
    virtual void withdraw(Session&, base::Now, common::Output&) {}
    /// The tunnel of its downlink and uplink, if it is not the plain one between care-of address and home
    /// agent.
    virtual std::optional<common::TunnelEnds> tunnel(const Session&) const { return std::nullopt; }
    /// Signalling that comes out of this tunnel is for the router as if it had come without.
    virtual bool carries(const common::TunnelEnds&) const { return false; }
    /// The context of a node on its way to another router, and from it.
    virtual void give(const Session&, base::Now, wire::ContextOptions&) const {}
    virtual void take(Session&, const wire::ContextOptions&, base::Now) {}
};

struct ArPolicy;

/// Those that the settings of the node ask for.
std::vector<std::unique_ptr<Feature>> make_features(const model::NodeConfig&, Attachments&, const ArPolicy&);

} // namespace peers::netmip6
