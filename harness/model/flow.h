#pragma once

#include "harness/base/bytes.h"
#include "harness/wire/packet.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace model {

/// What a packet of a flow says of itself at the start of its payload (UDP data, or data of an echo request
/// and so of its reply), so that it can be counted on any link, whoever sent it: octets 0-3 "mcfl", 4-5 the
/// flow's port, 6 direction (0 forth, 1 back), 7 zero, 8-15 sequence number from 0, network byte order. The
/// rest of the payload is filler.
struct FlowMark {
    std::uint16_t port = 0; ///< Flow::port
    bool back = false;
    std::uint64_t sequence = 0;
    bool operator==(const FlowMark&) const = default;
};

constexpr std::size_t flow_mark_size = 16;

/// A payload of `size` octets, but at least 16, that begins with the mark.
base::Bytes flow_payload(const FlowMark&, std::size_t size);

/// The mark at the start of a payload; nullopt if there is none.
std::optional<FlowMark> flow_mark(base::View payload);

/// The mark in the (innermost) packet, and whether it is an echo reply: the same mark on its way back.
struct MarkedPacket {
    FlowMark mark;
    bool is_reply = false;
};
std::optional<MarkedPacket> flow_mark(const wire::Packet&);

} // namespace model
