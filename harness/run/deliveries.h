#pragma once

#include "harness/judge/findings.h"
#include "harness/model/topology.h"
#include "harness/model/transcript.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace run {

/// A rule that no packet can break alone: outside of the time in which a home agent may bicast, no two access
/// routers of NetMIPv6 deliver the same packet to a node, IPv6 or IPv4, of whatever protocol (netmip6-01, 3.3
/// steps 6 to 8). It holds in every transcript with such routers.
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
        unsigned count = 0;
    };
    struct Breach {
        std::string first, second;
        std::uint64_t packet = 0;
        base::Mono at{};
    };
    /// A packet for a node without what changes on the way: hop limit, checksum of IPv4.
    struct Datagram {
        base::Bytes octets;
        base::Prefix node;   ///< prefix of its home address
        bool is_udp = false; ///< said once: other protocols repeat themselves
    };
    std::optional<Datagram> datagram_of(const wire::Packet&) const;
    void learn(const model::Event&, const wire::Packet&);
    void enter(const std::string& link, const wire::Packet&);
    unsigned copies_of(const Datagram&) const;
    bool may_be_doubled(const base::Prefix& node, base::Mono at) const;

    const model::Topology& topology_;
    bool applies_ = false;
    base::Duration window_{};
    std::map<base::Prefix, base::Ip6> care_of_;  ///< by prefix of the home address
    std::map<base::Prefix, base::Mono> changed_; ///< when it became another
    std::map<base::Ip4, base::Prefix> ipv4_;     ///< whose IPv4 home address it is
    std::map<base::Bytes, Delivery> seen_;       ///< by the datagram
    /// How often it was sent to the home network, by link: a packet passes several on its way.
    std::map<base::Bytes, std::map<std::string, unsigned>> entered_;
    std::uint64_t judged_ = 0, last_ = 0;
    std::vector<Breach> breaches_;
};

} // namespace run
