#pragma once

#include "harness/base/now.h"
#include "harness/model/flow.h"
#include "harness/model/scenario.h"
#include "harness/model/topology.h"
#include "harness/model/transcript.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace judge {

/// Counts a flow on the links: sent is what its source put on its own link, received what came out at a link
/// of its destination. No end point needs to be trusted.
class Meter {
public:
    Meter(model::Flow, const model::Topology&);

    void see(const model::Event&, const model::Seen&);
    void report(const model::Arguments&);

    /// One direction of the flow.
    struct Count {
        std::uint64_t sent = 0, received = 0, lost = 0, duplicated = 0, reordered = 0;
        base::Duration gap{}; ///< the longest time without a delivery while packets were sent
        /// For each delivered packet the nodes that passed it on or were ends of its tunnels.
        std::vector<std::set<std::string>> paths;
    };
    Count count(bool back) const;
    /// Of an echo: requests against the replies that came back.
    Count round_trips() const;
    /// All packets that the flow was to have are on the wire.
    bool all_sent() const;
    /// What the end points told ("bytes", "resets"); nullopt until they have.
    const std::optional<model::Arguments>& told() const { return told_; }
    const model::Flow& flow() const { return flow_; }
    /// When a packet of it was last seen on any link; the beginning of time before the first.
    base::Mono last_seen() const { return last_seen_; }

private:
    struct Packet {
        std::optional<base::Mono> sent;
        std::vector<base::Mono> received;
        std::set<std::string> path;
    };
    Count count(bool sent_back, bool received_back) const;
    bool arrives(const model::Seen&, const std::string& destination) const;

    model::Flow flow_;
    const model::Topology& topology_;
    std::map<std::uint64_t, Packet> packets_[2]; ///< forth and back, by sequence number
    std::vector<std::uint64_t> order_[2];        ///< sequence numbers as they were first received
    std::optional<model::Arguments> told_;
    base::Mono last_seen_{};
};

} // namespace judge
