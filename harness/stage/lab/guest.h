#pragma once

#include "harness/model/topology.h"
#include "harness/stage/lab/network.h"
#include "harness/stage/lab/process.h"

#include <string>
#include <vector>

namespace stage::lab {

/// What a guest finds when it comes up: a kernel of its own (user-mode-linux, an ordinary process) that sees
/// the files of this host, with an interface for each port of the node instead of the host's kernel.
struct GuestPlan {
    struct Port {
        std::string interface; ///< in the node's namespace, and in the guest
        base::Mac mac;
        unsigned mtu = 1500;
        std::vector<base::Prefix> addresses;
    };
    std::vector<Port> ports;
    std::vector<model::Route> routes;
    bool forwards = false;
};
GuestPlan guest_plan(const model::Node&, const KernelNode&);

/// What a guest prints when its network is set up and its command is about to start.
inline constexpr const char* guest_is_up = "the guest is up";

/// The shell script that is the guest's init: sets up its network as planned, runs the command with its
/// environment in its directory, and switches the guest off when that has ended.
std::string guest_init(const ProcessSpec&, const GuestPlan&);

/// The process that is a guest in which that process runs. Writes the init and what it needs into the
/// directory of the process; its memory is the guest's, 128 MiB by default. Throws std::system_error.
ProcessSpec in_guest(ProcessSpec, const GuestPlan&);

/// What this host lacks to play guests; empty if nothing.
std::string guest_trouble();

} // namespace stage::lab
