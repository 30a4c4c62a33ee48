#include "harness/run/opened.h"

#include <algorithm>

namespace run {

namespace {

std::size_t link_layers(const wire::Packet& packet) {
    std::size_t count = 0;
    while (count < packet.layers.size() && (std::holds_alternative<wire::Ethernet>(packet.layers[count]) ||
                                            std::holds_alternative<wire::Vlan>(packet.layers[count])))
        ++count;
    return count;
}

bool is_protection(const wire::Layer& layer) {
    return std::holds_alternative<wire::EspHeader>(layer) ||
           std::holds_alternative<wire::AuthenticationHeader>(layer);
}

std::size_t link_octets(const wire::Packet& packet, std::size_t layers) {
    std::size_t octets = 0;
    for (std::size_t i = 0; i < layers; ++i)
        octets += std::holds_alternative<wire::Ethernet>(packet.layers[i]) ? 14 : 4;
    return octets;
}

} // namespace

std::optional<wire::Packet> opened(crypto::Watcher& watcher, const wire::Packet& packet,
                                   const wire::Profile& profile, crypto::Verdict* why) {
    const auto protection = std::find_if(packet.layers.begin(), packet.layers.end(), is_protection);
    if (protection == packet.layers.end())
        return std::nullopt;
    const std::size_t link = link_layers(packet), link_size = link_octets(packet, link),
                      at = static_cast<std::size_t>(protection - packet.layers.begin());
    const auto seen = packet.raw.size() > link_size ? watcher.look(base::View(packet.raw).subspan(link_size))
                                                    : std::nullopt;
    if (why)
        *why = seen ? seen->opened.verdict : crypto::Verdict::malformed;
    wire::Packet out = packet;
    out.layers.resize(at + 1);
    if (!seen || seen->opened.verdict != crypto::Verdict::accepted)
        return out;
    // The headers in front are the same but for the link's.
    const wire::Packet inside = wire::decode_ip(seen->opened.ip, profile);
    const bool is_esp = std::holds_alternative<wire::EspHeader>(out.layers[at]);
    for (std::size_t i = at - link; i < inside.layers.size(); ++i)
        out.layers.push_back(inside.layers[i]);
    if (auto* esp = std::get_if<wire::EspHeader>(&out.layers[at]))
        esp->data.clear();
    if (is_esp) {
        constexpr std::size_t esp_header = 8;
        out.faults = inside.faults;
        for (auto& fault : out.faults)
            fault.offset += link_size + esp_header;
    }
    return out;
}

} // namespace run
