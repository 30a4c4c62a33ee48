#pragma once

#include "harness/base/now.h"
#include "harness/model/topology.h"
#include "harness/stage/lab/descriptor.h"
#include "harness/stage/lab/netlink.h"

#include <memory>
#include <string>
#include <vector>

namespace stage::lab {

/// A node that has a network namespace, and in it one end of a veth pair for each of its ports.
struct KernelNode {
    struct Port {
        int index = 0;         ///< of the interface in the node's namespace
        int hub_index = 0;     ///< of the other end, in the hub
        std::string interface; ///< its name in the node: the port's name, where Linux can have that
        unsigned mtu = 1500;
        bool attached = false; ///< hub end up: the node has carrier
    };
    std::string name;
    bool silent = false; ///< its kernel has no IPv6
    Descriptor space;
    std::unique_ptr<Netlink> netlink;
    std::unique_ptr<NetlinkWatch> watch;
    std::vector<Port> ports;
};

/// The namespaces of the nodes that live in a kernel, and the hub where the other ends of their links come
/// out. Everything goes when the object goes: no name is ever given to anything.
class Network {
public:
    struct Plan {
        std::string node;
        /// Addresses and routes of the topology are set up; otherwise only interfaces, which are up.
        bool configured = true;
        /// The frames belong to somebody else who listens there: this host's kernel keeps silent.
        bool silent = false;
    };
    /// Everything exists afterwards and the hub ends are down: nothing has been sent yet. Ports without a
    /// link stay without carrier. Throws std::system_error with what was attempted.
    Network(const model::Topology&, const std::vector<Plan>&);

    int hub() const { return hub_.get(); }
    std::vector<KernelNode>& nodes() { return nodes_; }
    KernelNode* node(const std::string& name);

    /// Brings the attached ports up, and returns when all of them are running and no address is tentative any
    /// more. Throws std::runtime_error naming what was still not ready.
    void start(base::Duration patience);
    /// Gives carrier to a port of a node, or takes it away.
    void set_carrier(KernelNode::Port&, bool up);
    /// The port runs and its addresses are settled.
    static bool ready(KernelNode&, const KernelNode::Port&);
    static bool running(KernelNode&, const KernelNode::Port&);
    /// Frames that a hub end could not hand to its node since the last call.
    std::uint64_t transmit_drops();

private:
    Descriptor hub_;
    std::unique_ptr<Netlink> hub_netlink_;
    std::vector<KernelNode> nodes_;
    std::uint64_t reported_drops_ = 0;
};

/// Does a node of that role forward packets? A setting forwarding="on" or "off" overrides.
bool forwards(const model::Node&);

/// Sends a Router Solicitation from the interface, as a host does that has come to a new link: the kernel
/// sends none after a mere change of carrier. In the namespace of the calling thread. Throws
/// std::system_error.
void solicit_router(int interface_index, const base::Mac&);

} // namespace stage::lab
