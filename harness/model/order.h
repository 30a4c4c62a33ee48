#pragma once

#include "harness/base/now.h"
#include "harness/model/machine.h"
#include "harness/model/scenario.h"

#include <string>
#include <variant>
#include <vector>

namespace model {

// What the tester wants the stage to do. Each is answered by events.

struct SendPacket {
    std::string node;
    Emit emit;
};
struct AttachNode {
    std::string node, to; ///< "mn1", "mag1"
    std::string how;      ///< "event", "silent", "carrier"
    bool detach = false;  ///< leave the link instead
};
struct TellNode {
    std::string node;
    Told told;
};
struct ControlNode {
    enum class Verb { stop, start, restart, clock } verb{};
    std::string node;
    std::string how;         ///< "kill" or "orderly"
    bool keep_state = false; ///< durable state survives
    base::Duration clock{};  ///< offset of the node's wall clock from the tester's
};
struct ImpairLink {
    Impairment impairment; ///< its name identifies it
    bool end = false;
};
struct RunFlow {
    Flow flow;
    bool end = false;
};
using Order = std::variant<SendPacket, AttachNode, TellNode, ControlNode, ImpairLink, RunFlow>;
using Orders = std::vector<Order>;

} // namespace model
