#pragma once

#include "harness/judge/running.h"

#include <memory>
#include <string>
#include <vector>

namespace judge {

/// A valid message about an identity of its own that a node has to answer: when its answer comes, the node
/// has worked off what came before (SUITES 1 and 3).
class Barrier {
public:
    Barrier(const model::PacketSpec& request, const model::PacketSpec& answer, std::string from,
            std::string node);
    /// Sends it; false, with sentences in `mistakes`, if it cannot be built.
    bool send(World&, const Scope&, std::vector<std::string>& mistakes);
    /// Is the packet the answer? Once it has come, no further one is.
    bool see(const Sighting&, const World&);
    bool answered() const { return answered_; }
    base::Mono sent() const { return sent_; }
    const std::string& node() const { return node_; }

private:
    const model::PacketSpec& request_;
    const model::PacketSpec& answer_;
    std::string from_, node_;
    wire::Element sent_element_;
    base::Mono sent_{};
    bool answered_ = false;
};
using Barriers = std::vector<std::shared_ptr<Barrier>>;

/// Sends the barriers of all nodes under test that have one, and makes the case know them.
Barriers send_barriers(World&, const Scope&);

} // namespace judge
