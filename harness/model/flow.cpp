#include "harness/model/flow.h"

#include <algorithm>

namespace model {

namespace {

constexpr std::uint8_t magic[] = {'m', 'c', 'f', 'l'};

} // namespace

base::Bytes flow_payload(const FlowMark& mark, std::size_t size) {
    base::Bytes payload(std::max(size, flow_mark_size));
    std::ranges::copy(magic, payload.begin());
    base::write16(payload, 4, mark.port);
    payload[6] = mark.back ? 1 : 0;
    base::write32(payload, 8, static_cast<std::uint32_t>(mark.sequence >> 32));
    base::write32(payload, 12, static_cast<std::uint32_t>(mark.sequence));
    return payload;
}

std::optional<FlowMark> flow_mark(base::View payload) {
    if (payload.size() < flow_mark_size || !std::ranges::equal(payload.first(4), magic) || payload[6] > 1)
        return std::nullopt;
    return FlowMark{base::read16(payload, 4), payload[6] == 1,
                    std::uint64_t{base::read32(payload, 8)} << 32 | base::read32(payload, 12)};
}

std::optional<MarkedPacket> flow_mark(const wire::Packet& packet) {
    if (packet.layers.empty())
        return std::nullopt;
    const auto marked = [](base::View payload, bool is_reply) -> std::optional<MarkedPacket> {
        const auto mark = flow_mark(payload);
        return mark ? std::optional{MarkedPacket{*mark, is_reply}} : std::nullopt;
    };
    const wire::Layer& last = packet.layers.back();
    if (const auto* request = std::get_if<wire::EchoRequest>(&last))
        return marked(request->data, false);
    if (const auto* reply = std::get_if<wire::EchoReply>(&last))
        return marked(reply->data, true);
    const auto* payload = std::get_if<wire::Payload>(&last);
    const std::size_t count = packet.layers.size();
    if (payload && count >= 2 && std::holds_alternative<wire::Udp>(packet.layers[count - 2]))
        return marked(payload->data, false);
    return std::nullopt;
}

} // namespace model
