#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/machine.h"
#include "harness/wire/packet.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace peers::common {

// The border between the IPv6 node (Stack: neighbours, routes, tunnels, ICMPv6) and what makes it an LMA, a
// MAG, a home agent (Role). A role is pure as a machine is: it is told Inputs and queues Commands, which the
// stack carries out in their order when the role returns. What is to happen to forwarded packets a role says
// in advance, as rules; it is never asked per packet.

/// Index into model::NodeConfig::self.ports.
using PortIndex = std::size_t;

/// An IPv6-in-IPv6 tunnel (RFC 2473) is known by its two ends.
struct TunnelEnds {
    base::Ip6 local, remote;
    auto operator<=>(const TunnelEnds&) const = default;
};

// What a role is told.

/// A packet for this node that the stack does not deal with itself: those that Wants asks for, ICMPv6 errors
/// (after the stack has drawn its own conclusions), RS, RA and redirects. Also, as a copy, every NS and NA on
/// any port, whoever is meant (`for_us` is false if it is somebody else: duplicate address detection of a
/// mobile node, for instance).
struct Arrived {
    PortIndex port = 0;
    base::Mac link_source;            ///< Ethernet source of the frame
    std::optional<TunnelEnds> tunnel; ///< it came out of this tunnel; then `packet` is the inner packet only
    bool for_us = true;
    const wire::Packet* packet = nullptr; ///< lives as long as the call; reassembled, if it came in fragments
    bool was_protected = false;           ///< by AH or ESP, which has verified
};
/// Answer to Output::probe.
struct Probed {
    PortIndex port = 0;
    base::Ip6 address;
    bool reachable = false;
    base::Mac mac; ///< if reachable
};
/// Path MTU discovery changed how much a tunnel takes without fragmenting outside (RFC 2473, 6.7).
struct TunnelMtu {
    TunnelEnds tunnel;
    unsigned mtu = 0;
};
using Input = std::variant<Arrived, model::Carrier, model::Told, Probed, TunnelMtu>;

// What a role wants.

/// Out of a port: to `gateway`, or without one to the destination itself, which is on the link.
struct PortTarget {
    PortIndex port = 0;
    std::optional<base::Ip6> gateway;
    bool operator==(const PortTarget&) const = default;
};
using Target = std::variant<PortTarget, TunnelEnds>;

/// The longest prefix wins; a second route to the same prefix replaces the first.
struct Route {
    base::Prefix to;
    Target target;
};

// Verdicts of a rule.
struct ByRoute {};   ///< forward by the routing table
struct Drop {};      ///< silently
struct Unreachable { ///< Destination Unreachable with this code to the source
    std::uint8_t code = 1;
};
struct ToRole {}; ///< hand it to the role as Arrived; nothing is forwarded
struct Bicast {   ///< a copy into each of two tunnels
    TunnelEnds one, other;
};
using Verdict = std::variant<ByRoute, Drop, Unreachable, ToRole, PortTarget, TunnelEnds, Bicast>;

/// What happens to a packet that is not for this node. Of the rules that match, the one with the lowest
/// `order` (then the oldest) decides; with none the routing table does. Link-local sources and destinations
/// are never forwarded, and the hop limit is always looked after. Packets of the node itself follow the
/// routing table only.
struct Rule {
    std::string name; ///< setting a rule of the same name replaces it
    int order = 0;
    std::optional<PortIndex> port;    ///< came in natively on this port
    std::optional<TunnelEnds> tunnel; ///< came out of this tunnel
    base::Prefix source, destination; ///< ::/0 by default
    Verdict verdict;
};

struct TunnelSettings {
    std::uint8_t hop_limit = 64;
    /// Tunnel Encapsulation Limit option in the outer header (RFC 2473, 4.1.1); none by default.
    std::optional<std::uint8_t> encapsulation_limit;
    std::uint8_t traffic_class = 0;
};

struct SendPacket { ///< by the routing table
    wire::Packet packet;
};
struct SendOnPort {
    PortIndex port = 0;
    wire::Packet packet;
    std::optional<base::Mac> to; ///< Ethernet destination; else the group's, or by address resolution
};
struct AddAddress {
    PortIndex port = 0;
    base::Prefix address; ///< with its on-link prefix; /128 makes nothing on-link
};
struct RemoveAddress {
    PortIndex port = 0;
    base::Ip6 address;
};
/// Answer NS for an address that is elsewhere (a home agent for its mobile nodes); packets for it are
/// forwarded.
struct SetProxy {
    PortIndex port = 0;
    base::Ip6 address;
    bool on = true;
};
struct JoinGroup {
    PortIndex port = 0;
    base::Ip6 group;
    bool join = true;
};
struct AddRoute {
    Route route;
};
struct RemoveRoute {
    base::Prefix to;
};
struct SetRule {
    Rule rule;
};
struct RemoveRule {
    std::string name;
};
struct AddTunnel {
    TunnelEnds ends;
    TunnelSettings settings;
};
struct RemoveTunnel {
    TunnelEnds ends;
};
struct SetNeighbour { ///< as if it had been resolved just now
    PortIndex port = 0;
    base::Ip6 address;
    base::Mac mac;
};
struct ForgetNeighbours { ///< all of a port, with the packets that wait for them
    PortIndex port = 0;
};
/// Is this neighbour there? `attempts` NS, `interval` apart; answered by Probed.
struct Probe {
    PortIndex port = 0;
    base::Ip6 address;
    unsigned attempts = 3;
    base::Duration interval = std::chrono::seconds(1);
};
/// What packets out of this port may have from now on, within 1280 and the port's own MTU (RFC 4861, 6.3.4).
struct SetMtu {
    PortIndex port = 0;
    unsigned mtu = 0;
};
/// As it is, from the Ethernet header on: IPv4 and ARP, which the stack knows nothing of.
struct SendFrame {
    PortIndex port = 0;
    base::Bytes octets;
};
using Command = std::variant<SendPacket, SendOnPort, SendFrame, AddAddress, RemoveAddress, SetProxy,
                             JoinGroup, AddRoute, RemoveRoute, SetRule, RemoveRule, AddTunnel, RemoveTunnel,
                             SetNeighbour, ForgetNeighbours, Probe, SetMtu, model::Note>;

/// What a role has queued. Packets begin with their Ipv6 layer; the stack fills in Ethernet.
struct Output {
    std::vector<Command> commands;

    /// Sent as it is but for Ethernet. The source must be set; the hop limit is the Ipv6 layer's.
    void send(wire::Packet packet) { commands.push_back(SendPacket{std::move(packet)}); }
    /// Out of this port whatever the routes say: RS and RA, DHCPv6, a multicast destination to one node's
    /// `to`.
    void send_on(PortIndex port, wire::Packet packet, std::optional<base::Mac> to = {}) {
        commands.push_back(SendOnPort{port, std::move(packet), to});
    }
    void send_frame(PortIndex port, base::Bytes octets) {
        commands.push_back(SendFrame{port, std::move(octets)});
    }
    void add_address(PortIndex port, const base::Prefix& address) {
        commands.push_back(AddAddress{port, address});
    }
    void remove_address(PortIndex port, const base::Ip6& address) {
        commands.push_back(RemoveAddress{port, address});
    }
    void set_proxy(PortIndex port, const base::Ip6& address, bool on = true) {
        commands.push_back(SetProxy{port, address, on});
    }
    void join(PortIndex port, const base::Ip6& group) { commands.push_back(JoinGroup{port, group, true}); }
    void leave(PortIndex port, const base::Ip6& group) { commands.push_back(JoinGroup{port, group, false}); }
    void add_route(const base::Prefix& to, Target target) {
        commands.push_back(AddRoute{{to, std::move(target)}});
    }
    void remove_route(const base::Prefix& to) { commands.push_back(RemoveRoute{to}); }
    void set_rule(Rule rule) { commands.push_back(SetRule{std::move(rule)}); }
    void remove_rule(std::string name) { commands.push_back(RemoveRule{std::move(name)}); }
    /// Sharing and counting users is the role's business; adding an existing tunnel changes its settings.
    void add_tunnel(const TunnelEnds& ends, const TunnelSettings& settings = {}) {
        commands.push_back(AddTunnel{ends, settings});
    }
    void remove_tunnel(const TunnelEnds& ends) { commands.push_back(RemoveTunnel{ends}); }
    void set_neighbour(PortIndex port, const base::Ip6& address, const base::Mac& mac) {
        commands.push_back(SetNeighbour{port, address, mac});
    }
    void forget_neighbours(PortIndex port) { commands.push_back(ForgetNeighbours{port}); }
    void probe(const Probe& what) { commands.push_back(what); }
    void set_mtu(PortIndex port, unsigned mtu) { commands.push_back(SetMtu{port, mtu}); }
    void note(std::string text, model::Arguments arguments = {}) {
        commands.push_back(model::Note{std::move(text), std::move(arguments)});
    }
};

/// Which packets for this node a role deals with; the stack answers all others as RFC 4443 wants.
struct Wants {
    /// Mobility Header types that it understands. They arrive after the checks of RFC 3775, 9.2; other types
    /// are answered with a Binding Error. With none the Mobility Header is an unrecognised next header.
    std::vector<std::uint8_t> mobility_types;
    /// UDP ports on which it listens (547 for a DHCPv6 relay; join() its group too). Others: port
    /// unreachable.
    std::vector<std::uint16_t> udp_ports;
    /// ICMPv6 types beside errors, echo and neighbour discovery. Others are dropped (RFC 4443, 2.4).
    std::vector<std::uint8_t> icmp_types;
    /// Frames with IPv4 and ARP arrive, from their Ethernet layer on, and IPv4 packets that come in IPv6 to
    /// an address of this node, from their IPv6 layer on (RFC 2473). What becomes of them is the role's
    /// business.
    bool ipv4 = false;
    /// Next headers (89: OSPF) for which it takes packets whole; others are a Parameter Problem.
    std::vector<std::uint8_t> protocols{};
    /// Type 2 routing headers end here whatever their address: that of a node for which the role registers.
    bool any_home_address = false;
    /// A Home Address option in anything but a Binding Update is believed only if a route leads that address
    /// into a tunnel to the packet's source: its binding (RFC 3775, 9.3.1).
    bool checks_home_addresses = false;
};

/// What makes a node an LMA, a MAG, a home agent.
class Role {
public:
    Role() = default;
    Role(const Role&) = delete;
    Role& operator=(const Role&) = delete;
    virtual ~Role() = default;
    /// Asked once, before start().
    virtual Wants wants() const = 0;
    /// Once, before the first input: rules, tunnels, addresses that it always needs.
    virtual void start(base::Now, Output&) {}
    virtual void on(const Input&, base::Now, Output&) = 0;
    /// deadline() has come.
    virtual void tick(base::Now, Output&) = 0;
    /// When it wants to be woken; nullopt: only by an input.
    virtual std::optional<base::Mono> deadline() const = 0;
};

} // namespace peers::common
