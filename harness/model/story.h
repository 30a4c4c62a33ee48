#pragma once

#include "harness/base/bytes.h"
#include "harness/base/now.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace model {

/// A case as a reader follows it: its steps, who took part, what went over which link, and the octets of the
/// packets that a finding speaks of. Bounded; reports draw their ladders from it.
struct Story {
    struct Step {
        std::string part; ///< "given", "" for the body, "finally"
        std::string kind; ///< "send", "expect", …
        std::string name, from, to;
        unsigned line = 0, column = 0; ///< in the file of the case
        unsigned depth = 0;            ///< within blocks
    };
    struct Node {
        std::string name, role;
        std::string player; ///< "sut", "peer", "kernel", "tester"
    };
    struct Rung {
        std::uint64_t packet = 0; ///< its number in the capture; 0: it is no packet
        base::Duration at{};      ///< since the case began
        std::string link;
        std::string from, to; ///< nodes; `to` is empty where everybody on the link is meant, or nobody known
        std::string kind;     ///< "binding-update", "attach", …
        std::string text;     ///< the message in suite vocabulary, cut; what an event has told
        std::string fate;     ///< empty: delivered
        std::uint64_t count = 1; ///< packets alike that follow, of background traffic
        std::size_t size = 0;    ///< octets of the frame
        bool background = false; ///< neighbour discovery, user traffic
    };
    struct Field {
        std::string path;
        std::size_t offset = 0, size = 0;
    };
    struct Octets {
        std::uint64_t packet = 0;
        base::Bytes octets; ///< from the Ethernet header on, cut
        std::vector<Field> fields;
    };
    std::string purpose; ///< "TP-LMA-TS-03"
    std::string says;
    std::vector<Step> steps;
    std::vector<Node> nodes;
    std::map<std::string, std::vector<std::string>> links; ///< link → nodes that were on it
    std::vector<Rung> rungs;
    std::uint64_t left_out = 0; ///< packets for which there was no room
    std::vector<Octets> octets;
};

} // namespace model
