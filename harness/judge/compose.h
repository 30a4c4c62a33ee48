#pragma once

#include "harness/judge/match.h"
#include "harness/model/machine.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace judge {

/// Sequence numbers that the tester's nodes sent, for `~next`: by node and by the identity that the message
/// is about.
class Sequences {
public:
    /// `first` follows before anything has been sent.
    explicit Sequences(std::uint16_t first = 1) : first_(first) {}
    std::uint64_t next(const std::string& node, const std::string& about) const;
    void sent(const std::string& node, const std::string& about, std::uint64_t number);

private:
    std::map<std::pair<std::string, std::string>, std::uint64_t> last_;
    std::uint16_t first_;
};

/// Who sends a packet to whom; `to` may be empty if the packet writes its destination.
struct Ways {
    std::string from, to;
    base::Ip6 source{}, destination{}; ///< of an answer, what it turns round; unspecified: the ends' own
};

/// The packet that a specification describes, ready for a stage; mistakes are sentences about what could not
/// be computed or built. Missing outer headers are added: IPv6 between the ends' addresses, UDP under DHCP.
model::Emit compose(const model::PacketSpec&, const Ways&, const Viewpoint&, Sequences&,
                    std::vector<std::string>& mistakes);

/// The octets that such a packet has on the wire, from the IP header on, edits included.
base::Bytes octets(const model::Emit&, const wire::Profile&);

} // namespace judge
