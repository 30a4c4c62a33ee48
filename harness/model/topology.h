#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/where.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace model {

/// Who plays a node (SUITES 1).
enum class Player { tester, peer, kernel, sut };

std::string_view name(Player);

/// Names and values that configure a role: pool, delay, tolerance, policy… Data, so that the same settings
/// render a foreign implementation's configuration file.
using Settings = std::map<std::string, std::string>;

/// A network interface of a node.
struct Port {
    std::string name; ///< "core", "outside", "mn1": unique within the node
    std::string link; ///< the link it is on; empty while a wireless port is detached
    base::Mac mac;
    std::vector<base::Prefix> addresses; ///< address and on-link prefix length
    unsigned mtu = 1500;
};

struct Route {
    base::Prefix to;
    base::Ip6 via;
};

struct Node {
    std::string name; ///< "mag1"
    std::string role; ///< "lma", "mag", "mn", "host", …
    Player player = Player::peer;
    std::vector<Port> ports;
    std::vector<Route> routes;
    Settings settings;
    Where where;
    const Port* port(std::string_view name) const;
    Port* port(std::string_view name);
    /// First global address; the unspecified address if there is none.
    base::Ip6 address() const;
};

/// A mobile node as the domain knows it: an identity with a policy profile, whether or not a node plays it.
struct Identity {
    std::string name; ///< "mn1"
    std::string nai;  ///< "mn1@example.net"
    base::Mac mac;
    base::Ip6 link_local;
    std::optional<base::Prefix> home_network_prefix; ///< static prefix of the profile
    std::string lma;                                 ///< name of the node that anchors it
    Settings policy; ///< "service" = on|off, "mags" = names allowed, "configuration" = stateless|…
};

struct Link {
    std::string name;
    base::Duration latency{}; ///< one way
    unsigned mtu = 1500;
    /// For "mag1-mn1": the access node and the identity that attaches there; empty for fixed links.
    std::string access, identity;
};

/// Steps, as suite text, that make a role prove that it has worked off what came before (SUITES 1, barrier).
struct BarrierText {
    std::string role, from;
    std::string send, expect; ///< names of templates: what is sent by `from`, what has to answer
};

struct Topology {
    std::string name, says;
    std::vector<Link> links;
    std::vector<Node> nodes;
    std::vector<Identity> identities;
    std::vector<BarrierText> barriers;
    Where where;
    const Node* node(std::string_view name) const;
    Node* node(std::string_view name);
    const Link* link(std::string_view name) const;
    const Identity* identity(std::string_view name) const;
    /// The node that has this address on one of its ports; null if none has.
    const Node* owner(const base::Ip6&) const;
};

/// Everything that a role's machine, daemon or configuration template may know: itself, and the domain around
/// it.
struct NodeConfig {
    Node self;
    Topology topology;
    std::string profile; ///< "draft02", "rfc5213", …
    std::uint64_t seed = 0;
};

} // namespace model
