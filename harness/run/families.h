#pragma once

#include "harness/wire/packet.h"

#include <map>
#include <utility>

namespace run {

/// Who is registered: a node that speaks for itself (Mobile IPv6, NEMO), or one for which the network does
/// (Proxy Mobile IPv6). Both use the same messages and partly the same bits for other things: 0x0200 of a BU
/// is S or P, 0x80 of a mobile network prefix option P or R (nemo digest, 3).
enum class Family { host, proxy };

Family family_of(wire::Profile::Dialect);

/// Tells the two apart in one capture by the structure of messages, never by those bits. What shows neither
/// belongs to what the same two parties have spoken before.
class Families {
public:
    explicit Families(Family otherwise = Family::proxy) : otherwise_(otherwise) {}
    Family of(const wire::Packet&);

private:
    Family otherwise_;
    std::map<std::pair<base::Ip6, base::Ip6>, Family> known_; ///< by the two ends, the lower one first
};

} // namespace run
