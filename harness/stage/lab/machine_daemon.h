#pragma once

#include "harness/model/machine.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace stage::lab {

/// How a machine is played on real interfaces.
struct DaemonOptions {
    /// Port of the node → interface of the current namespace.
    std::vector<std::pair<std::string, std::string>> interfaces;
    wire::Profile profile;
    /// A FIFO, made if it is not there: each line EVENT NAME=VALUE… is told to the machine. Empty: none.
    std::string control;
    /// Directory of its durable stores, which may be those of other daemons too; empty: kept in memory.
    std::string stores;
    /// What it says, a line each; the first is "ready ROLE NODE" and has to get out at once.
    std::function<void(const std::string&)> say;
};

/// Plays one role until SIGTERM or SIGINT, with which it returns 0. The ports take over the interfaces'
/// Ethernet addresses and MTUs; the kernel's own IPv6 on them is switched off for that time, so that nobody
/// answers twice; where that is not permitted it says so. Wall time is the host's, or what libfaketime makes
/// of it. Throws std::runtime_error or std::system_error with what was attempted, among it an interface that
/// does not exist.
int run_machine(model::NodeConfig, const model::MakeMachine&, const DaemonOptions&);

} // namespace stage::lab
