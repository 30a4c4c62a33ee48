#pragma once

#include "harness/base/now.h"
#include "harness/model/topology.h"
#include "harness/wire/packet.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace model {

/// Arguments of an event or a note, by name.
using Arguments = std::map<std::string, std::string>;

/// An edit of finished octets: a lie told after the checksum.
struct Edit {
    enum class Kind { replace, exclusive_or, truncate, append } kind{};
    std::string
        layer; ///< name of the layer from whose start `at` counts; empty: from the start of the IP packet
    std::size_t at = 0; ///< for truncate: octets of that layer that remain
    base::Bytes octets;
};

// What a machine is told.

/// A frame arrived on a port. The packet lives as long as the call.
struct FrameIn {
    std::size_t port = 0;                 ///< index into NodeConfig::self.ports
    const wire::Packet* packet = nullptr; ///< decoded from the Ethernet header on
};
/// The carrier of a port changed.
struct Carrier {
    std::size_t port = 0;
    bool up = false;
};
/// A control event: "attached", "detached", "renumber", "flow-start", "state", …
struct Told {
    std::string event;
    Arguments arguments;
};
/// The tester wants this packet sent by this node: Ethernet and next hop are the node's business unless the
/// packet starts with an Ethernet layer.
struct Emit {
    wire::Packet packet;
    std::vector<Edit> edits;
    std::string port; ///< empty: by routing
};
using Stimulus = std::variant<FrameIn, Carrier, Told, Emit>;

// What a machine wants done.

struct FrameOut {
    std::size_t port = 0;
    base::Bytes bytes; ///< from the Ethernet header on, without FCS
};
/// Something worth a line in the transcript, or an answer to Told{"state"} (arguments by name).
struct Note {
    std::string text;
    Arguments arguments;
};
using Action = std::variant<FrameOut, Note>;
using Actions = std::vector<Action>;

/// Whatever thinks: a role of a protocol or a plain host. No clock, no thread, no log, no exception inside;
/// randomness only from the seed of its configuration.
class Machine {
public:
    Machine() = default;
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    virtual ~Machine() = default;
    virtual void on(const Stimulus&, base::Now, Actions&) = 0;
    /// deadline() has come.
    virtual void tick(base::Now, Actions&) = 0;
    /// When it wants to be woken; nullopt: only by a stimulus.
    virtual std::optional<base::Mono> deadline() const = 0;
};

/// Makes the machine of a node; null if nobody plays that role.
using MakeMachine = std::function<std::unique_ptr<Machine>(const NodeConfig&)>;

} // namespace model
