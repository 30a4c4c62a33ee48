#pragma once

#include "harness/base/ip.h"
#include "harness/model/topology.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace model {

/// Where one port of a box meets this host.
struct BoxPort {
    std::string interface;             ///< of this host
    std::string port;                  ///< of the node whose part the box takes; empty: its first
    base::Prefix address;              ///< the box's own, with the length of the prefix that is on its link
    std::optional<base::Mac> mac;      ///< the box's own, where cases have to know it
    std::optional<base::Prefix> nodes; ///< where the others live; absent: in the prefix of the address
    std::optional<base::Ip6> gateway;  ///< the router between them and the box; absent: they are neighbours
    std::map<std::string, base::Ip6> own; ///< node → its address, where that is not the one we would choose
};

/// An implementation that runs where it is, as its profile describes it (SUITES 5). It has a memory: each
/// case takes mobile nodes that no case before it had.
struct Box {
    std::vector<BoxPort> ports; ///< empty: it is no box
    Settings settings;          ///< what it is configured with, in the words of the topologies
    std::string nai = "{name}-{n}@example.net"; ///< how its mobile nodes are called
    std::uint64_t first = 1, last = 999'999;    ///< the numbers that {n} may take
    std::optional<base::Prefix> prefixes; ///< static prefixes of its mobile nodes: see run::fresh_prefix
    std::vector<std::string> names{"*"};  ///< mobile nodes of the topologies that it is set up for: patterns

    bool is_one() const { return !ports.empty(); }
};

} // namespace model
