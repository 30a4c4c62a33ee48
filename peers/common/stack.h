#pragma once

#include "harness/crypto/gate.h"
#include "harness/model/machine.h"
#include "peers/common/neighbours.h"
#include "peers/common/octets.h"
#include "peers/common/path_mtu.h"
#include "peers/common/rate_limit.h"
#include "peers/common/reassembly.h"
#include "peers/common/role.h"
#include "peers/common/routes.h"
#include "peers/common/tunnel.h"

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace peers::common {

/// The profile under which a node reads and writes packets, from its configured name; draft02 if it is
/// unknown.
wire::Profile profile_of(const model::NodeConfig&);

/// The user-space IPv6 node on which every reference role stands. Pure: frames and time in, frames out.
/// Packets that are only passed on stay octets; what is for this node is decoded.
class Stack {
public:
    struct Options {
        bool forwards = false;         ///< a router
        bool forwards_tunnels = false; ///< a host that forwards into and out of its tunnels
        bool answers_echo = true;
        bool sends_errors = true; ///< ICMPv6 errors and Binding Errors
        bool listens_to_all_udp = false;
        bool follows_packet_too_big = true;
        /// Global sources of emitted packets become addresses of the node, so that it can be found on its
        /// link.
        bool claims_emitted_sources = false;
        Wants wants;
    };
    /// Addresses, routes and ports are those of the configuration. Ports without link begin without carrier.
    Stack(const model::NodeConfig&, Options);

    // What happens to the node.
    void receive(PortIndex, const wire::Packet& frame, base::Now);
    void carrier(PortIndex, bool up, base::Now);
    void tick(base::Now);
    std::optional<base::Mono> deadline() const;

    // What the node wants.
    void perform(Command, base::Now);
    /// The tester's packet: sent as it is, whatever the routes and limits of an honest node (model::Emit).
    void emit(const model::Emit&, base::Now);
    /// A packet of this node by the routing table.
    void send(base::View ip, base::Now);

    // What came of it.
    /// Frames and notes since the last call are appended.
    void collect(model::Actions&);
    /// The next thing that the role has to know; the packet of an Arrived lives in `packet`.
    struct ForRole {
        Input input;
        std::unique_ptr<wire::Packet> packet;
    };
    std::optional<ForRole> next_for_role();

    // What is so.
    const model::NodeConfig& config() const { return config_; }
    const wire::Profile& profile() const { return profile_; }
    bool has_carrier(PortIndex port) const { return port < ports_.size() && ports_[port].up; }
    std::optional<PortIndex> port_named(std::string_view name) const;
    const base::Mac& mac(PortIndex port) const { return config_.self.ports[port].mac; }
    base::Ip6 link_local(PortIndex) const;
    const std::vector<base::Prefix>& addresses(PortIndex port) const { return ports_[port].addresses; }
    bool is_own(const base::Ip6&, PortIndex) const;
    /// The address that this node would put on a packet to that destination; unspecified if it has none.
    base::Ip6 source_for(const base::Ip6& destination) const;
    const RoutingTable& routes() const { return routes_; }
    const RuleTable& rules() const { return rules_; }
    const Tunnels& tunnels() const { return tunnels_; }
    const Neighbours& neighbours() const { return neighbours_; }
    unsigned mtu_of(const TunnelEnds&, base::Now) const;

private:
    struct PortState {
        bool up = false;
        unsigned mtu = 1500;
        std::vector<base::Prefix> addresses;
        std::set<base::Ip6> groups, proxies;
    };
    /// How a packet came to be here.
    struct Origin {
        PortIndex port = 0;
        base::Mac link_source;
        bool link_group = false;          ///< the frame was a broadcast or multicast
        std::optional<TunnelEnds> tunnel; ///< it came out of this one
        bool own = false;                 ///< nobody forwarded it: this node made it
        unsigned depth = 0;               ///< tunnels entered or left so far
        bool opened = false;              ///< it came in AH or ESP, which has verified
    };
    struct LocalPacket {
        base::View ip;
        const wire::Packet& packet;
        const Origin& origin;
    };

    // stack_receive.cpp
    void input(base::View ip, const wire::Packet* decoded, const Origin&, base::Now);
    bool is_to_forward(const base::Ip6& destination, const Origin&) const;
    void local(base::View ip, const wire::Packet* decoded, const Origin&, base::Now);
    void unpack(base::View ip, const wire::Packet* decoded, const Upper&, const Origin&, base::Now);
    void leave_tunnel(base::View ip, std::size_t inner_at, const Origin&, base::Now);
    void reassemble(base::View ip, const Upper&, const Origin&, base::Now);
    void deliver(const LocalPacket&, const Upper&, base::Now);
    void on_icmp(const LocalPacket&, std::uint8_t type, base::Now);
    void on_udp(const LocalPacket&, const Upper&, base::Now);
    void on_mobility(const LocalPacket&, base::Now);
    void on_error_message(const LocalPacket&, std::uint8_t type, base::Now);
    bool has_unbound_home(const LocalPacket&, const Upper&) const;
    void report_unbound_home(const LocalPacket&, base::Now);
    void on_packet_too_big(const LocalPacket&, base::View invoking, std::uint32_t mtu, base::Now);
    void tell_role(const LocalPacket&, bool for_us = true);

    // stack_neighbours.cpp
    bool is_valid_discovery(const LocalPacket&) const;
    void on_discovery(const LocalPacket&, base::Now);
    void on_solicitation(const wire::NeighborSolicitation&, const LocalPacket&, base::Now);
    void on_advertisement(const wire::NeighborAdvertisement&, const LocalPacket&, base::Now);
    void hear(const base::Mac&, const LocalPacket&, base::Now);
    void carry_out(Neighbours::Outcome&, base::Now);
    void solicit(const Neighbours::Ask&);

    // stack_forward.cpp
    void forward(base::View ip, const Origin&, base::Now);
    void to_target(base::View ip, const Target&, const Origin&, base::Now);
    void to_tunnel(base::View ip, const TunnelEnds&, const Origin&, base::Now);
    void to_port(base::View ip, const PortTarget&, const Origin&, base::Now);
    void to_link(PortIndex, const base::Ip6& next_hop, base::View ip, bool decrement, base::Now);
    void to_mac(PortIndex, const base::Mac&, base::View ip, bool decrement = false);
    base::Bytes frame_of(PortIndex, const base::Mac&, base::View ip, bool decrement) const;

    // stack_errors.cpp
    void report(base::View invoking, wire::Layer error, const Origin&, base::Now);
    bool may_report(base::View invoking, const Origin&, bool to_multicast_too) const;
    void relay_error(const QuotedInner&, wire::Layer error, base::Now);

    // stack.cpp
    void add_address(PortIndex, const base::Prefix&);
    void remove_address(PortIndex, const base::Ip6&);
    void send_on_port(const SendOnPort&, base::Now);
    bool guard(base::View& ip, base::Bytes& octets);
    void emit_packet(base::View octets, const wire::Ipv6* meant, std::optional<PortIndex>, base::Now);
    std::optional<PortIndex> port_for(const base::Ip6& source, const base::Ip6& destination) const;

    model::NodeConfig config_;
    Options options_;
    wire::Profile profile_;
    std::vector<PortState> ports_;
    std::unordered_map<base::Ip6, std::vector<PortIndex>> own_;
    RoutingTable routes_;
    RuleTable rules_;
    Tunnels tunnels_;
    Neighbours neighbours_;
    Reassembly reassembly_;
    crypto::Gate gate_; ///< IPsec
    PathMtu path_mtu_;
    RateLimit errors_{100, 100}, binding_errors_{10, 10};
    std::uint32_t next_fragment_ = 1;
    model::Actions actions_;
    std::deque<ForRole> for_role_;
};

} // namespace peers::common
