#pragma once

#include "harness/judge/findings.h"
#include "harness/model/topology.h"
#include "harness/model/transcript.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace run {

/// A rule that no packet can break alone: outside of the time in which a home agent may bicast, no two access
/// routers of NetMIPv6 deliver the same datagram to a node (netmip6-01, 3.3 steps 6 to 8). It holds in every
/// transcript with such routers.
class Deliveries {
public:
    explicit Deliveries(const model::Topology&);
    void see(const model::Event&, const model::Seen&);
    /// Nothing where there is nothing to judge.
    void findings(const judge::Bench&, std::vector<model::Finding>&) const;

private:
    struct Delivery {
        std::string router;
        base::Mono at{};
    };
    struct Breach {
        std::string first, second;
        std::uint64_t packet = 0;
        base::Mono at{};
    };
    void learn(const model::Event&, const wire::Packet&);
    bool may_be_doubled(const base::Ip6& node, base::Mono at) const;

    const model::Topology& topology_;
    bool applies_ = false;
    base::Duration window_{};
    std::map<base::Prefix, base::Ip6> care_of_;  ///< by prefix of the home address
    std::map<base::Prefix, base::Mono> changed_; ///< when it became another
    std::map<base::Bytes, Delivery> seen_;       ///< by the datagram without its hop limit
    std::uint64_t judged_ = 0, last_ = 0;
    std::vector<Breach> breaches_;
};

} // namespace run
