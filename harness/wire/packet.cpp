#include "harness/wire/packet.h"

#include "harness/wire/chain.h"

namespace wire {

const Ipv6* outer_ip(const Packet& packet) {
    return packet.find<Ipv6>();
}
const Ipv6* inner_ip(const Packet& packet) {
    return packet.find_last<Ipv6>();
}

std::string_view kind(const Packet& packet) {
    for (auto layer = packet.layers.rbegin(); layer != packet.layers.rend(); ++layer)
        if (!std::holds_alternative<Payload>(*layer))
            return name(*layer);
    return Payload::kind.name;
}

} // namespace wire
