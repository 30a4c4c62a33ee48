#include "harness/judge/protection.h"

#include <algorithm>

namespace judge {

bool is_protection(const wire::Layer& layer) {
    return std::holds_alternative<wire::EspHeader>(layer) ||
           std::holds_alternative<wire::AuthenticationHeader>(layer);
}

bool is_sealed(const wire::Packet& packet) {
    return !packet.layers.empty() && is_protection(packet.layers.back());
}

base::Bytes plain_octets(const wire::Packet& packet, const wire::Profile& profile) {
    if (is_sealed(packet) || std::ranges::none_of(packet.layers, is_protection))
        return {};
    wire::Packet plain;
    for (const auto& layer : packet.layers)
        if (!is_protection(layer) && !std::holds_alternative<wire::Ethernet>(layer) &&
            !std::holds_alternative<wire::Vlan>(layer))
            plain.layers.push_back(layer);
    return wire::encode(plain, profile);
}

} // namespace judge
