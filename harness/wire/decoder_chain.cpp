// The chain of headers of a packet: which comes next, where each ends, and what to do when one does not fit.
#include "harness/wire/decoder.h"

#include <algorithm>
#include <utility>

namespace wire {

namespace {
constexpr std::size_t most_layers = 16;

/// Whether the innermost IP header is one of version 4, over which UDP may go without checksum (RFC 768).
bool over_ipv4(const std::vector<Layer>& layers) {
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
        if (std::holds_alternative<Ipv6>(*layer))
            return false;
        if (std::holds_alternative<Ipv4>(*layer))
            return true;
    }
    return false;
}

/// RFC 2865, 3; RFC 2866, 3; RFC 5176, 2.1.
constexpr bool is_radius(std::uint32_t port) {
    return port == 1812 || port == 1813 || port == 3799;
}

} // namespace

Ethernet* Decoder::frame_of(std::size_t at) {
    auto& layers = packet_.layers;
    auto between = [](const Layer& layer) { return std::holds_alternative<Vlan>(layer); };
    auto* frame = layers.empty() ? nullptr : std::get_if<Ethernet>(&layers[0]);
    bool direct =
        frame && std::all_of(layers.begin() + 1, layers.begin() + static_cast<std::ptrdiff_t>(at), between);
    return direct ? frame : nullptr;
}

void Decoder::frame() {
    if (layer(layer_index<Ethernet>())) {
        chain(next_of(layer_index<Ethernet>(), {}));
    } else {
        packet_.layers.clear();
        truncated(octets_.size());
        payload();
    }
    settle_next_headers();
}

void Decoder::packet() {
    unsigned version = octets_.empty() ? 0 : octets_[0] >> 4;
    if (octets_.empty())
        truncated(0);
    else if (version != 4 && version != 6)
        fault(FaultKind::wrong_value, 0, "version");
    chain({Next::By::protocol, version == 4 ? 4u : version == 6 ? 41u : 59u});
    settle_next_headers();
}

void Decoder::chain(Next next) {
    while (true) {
        std::size_t shape = shape_for(next);
        if (shape == layer_index<Payload>() || packet_.layers.size() >= most_layers) {
            payload();
            return;
        }
        std::size_t before = packet_.faults.size(), limit = limit_;
        bool reported = truncated_, cut = cut_;
        if (!layer(shape)) {
            bool believed = std::exchange(limit_, limit) != limit; // a total length too small for its header
            bool missing = !believed && (!has_length_ || cut_ != cut);
            packet_.faults.resize(before);
            truncated_ = reported;
            cut_ = cut;
            packet_.layers.pop_back();
            Ethernet* frame = frame_of(packet_.layers.size());
            if (frame && believed)
                frame->trailer.clear();
            enter(layer_shapes()[shape].kind->name);
            if (missing)
                truncated(limit_);
            else
                fault(FaultKind::wrong_length, length_at_);
            leave();
            if (!fall_back(shape, next)) {
                payload();
                return;
            }
            shape = packet_.layers.back().index();
        }
        next = next_of(shape, next);
        if (next.by == Next::By::nothing) {
            payload_behind_message();
            return;
        }
        if (at_ == limit_ && (next.opaque || shape_for(next) == layer_index<Payload>()))
            return;
    }
}

std::size_t Decoder::shape_for(const Next& next) {
    const std::size_t none = layer_index<Payload>();
    if (next.opaque)
        return none;
    if (next.by == Next::By::ether_type) {
        switch (next.number) {
        case 0x8100:
            return layer_index<Vlan>();
        case 0x0800:
            return layer_index<Ipv4>();
        case 0x86dd:
            return layer_index<Ipv6>();
        default:
            return none;
        }
    }
    if (next.by == Next::By::ports) {
        bool server = (next.number & 0xffff) == 547 || next.number >> 16 == 547 ||
                      (next.number & 0xffff) == 546 || next.number >> 16 == 546;
        bool old = (next.number & 0xffff) == 67 || next.number >> 16 == 67;
        if (server && at_ < limit_)
            return octets_[at_] == 12 || octets_[at_] == 13 ? layer_index<Dhcpv6Relay>()
                                                            : layer_index<Dhcpv6Message>();
        if (old && at_ < limit_)
            return layer_index<Dhcpv4>();
        return (is_radius(next.number & 0xffff) || is_radius(next.number >> 16)) && at_ < limit_
                   ? layer_index<Radius>()
                   : none;
    }
    auto peek = [&](std::size_t offset) -> std::uint8_t {
        return limit_ - at_ > offset ? octets_[at_ + offset] : 0;
    };
    switch (next.number) {
    case 0:
        return layer_index<HopByHop>();
    case 4:
        return layer_index<Ipv4>();
    case 17:
        return layer_index<Udp>();
    case 41:
        return layer_index<Ipv6>();
    case 43:
        return peek(2) == 2 ? layer_index<RoutingType2>() : layer_index<RoutingOther>();
    case 44:
        return layer_index<Fragment>();
    case 50:
        return layer_index<EspHeader>();
    case 51:
        return layer_index<AuthenticationHeader>();
    case 58:
        return limit_ > at_ ? message_shape(Space::icmp6, peek(0), profile()) : layer_index<UnknownIcmp6>();
    case 60:
        return layer_index<DestinationOptions>();
    case 135:
        return limit_ - at_ > 2 ? message_shape(Space::mobility, peek(2), profile())
                                : layer_index<UnknownMobility>();
    default:
        return none;
    }
}

bool Decoder::layer(std::size_t shape) {
    const auto& kind = layer_shapes()[shape];
    start_ = at_;
    end_ = limit_;
    bit_ = 0;
    checks_ = 0;
    short_ = has_length_ = layer_cut_ = false;
    void* object = append_layer(packet_.layers, shape);
    enter(name(packet_.layers.back()));
    if (kind.space == Space::application && at_ < limit_) { // the type gives the name
        if (auto* message = std::get_if<Dhcpv6Message>(&packet_.layers.back()))
            message->type = octets_[at_];
        if (auto* relay = std::get_if<Dhcpv6Relay>(&packet_.layers.back()))
            relay->type = octets_[at_];
        leave();
        enter(name(packet_.layers.back()));
    }
    kind.describe(object, *this);
    bool whole = !short_ && (!has_length_ || at_ == end_);
    if (whole)
        settle(packet_.layers.size() - 1);
    leave();
    if (!whole)
        at_ = start_;
    return whole;
}

void Decoder::settle(std::size_t at) {
    for (std::size_t i = 0; i < checks_; ++i) {
        auto& [field, right, offset] = checked_[i];
        std::size_t size = at_ - start_;
        std::uint32_t value = 0;
        if (right.role == Right::Role::header_length) {
            value = static_cast<std::uint32_t>((size - right.plus + right.unit - 1) / right.unit);
        } else if (right.role == Right::Role::total_length) {
            value = static_cast<std::uint32_t>(limit_ - start_ - right.plus);
        } else {
            bool header_only = right.sum == Right::Sum::mobility || right.sum == Right::Sum::ipv4;
            auto covered = octets_.subspan(start_, (header_only ? at_ : limit_) - start_);
            value = right_checksum(packet_.layers, at, right.sum, covered, offset - start_);
            bool unknowable = header_only ? layer_cut_ : cut_;
            bool none = right.sum == Right::Sum::udp && **field == 0 && over_ipv4(packet_.layers);
            if (**field != value && !unknowable && !none)
                fault(FaultKind::checksum, offset, "checksum");
        }
        if (**field == value)
            field->reset();
    }
}

bool Decoder::fall_back(std::size_t shape, const Next& next) {
    auto space = layer_shapes()[shape].space;
    std::size_t plainer = layer_index<Payload>();
    if (space == Space::mobility)
        plainer = layer_index<UnknownMobility>();
    else if (space == Space::icmp6)
        plainer = layer_index<UnknownIcmp6>();
    else if (next.number == 43 && next.by == Next::By::protocol)
        plainer = layer_index<RoutingOther>();
    if (plainer == layer_index<Payload>() || plainer == shape)
        return false;
    if (layer(plainer))
        return true;
    packet_.layers.pop_back();
    return false;
}

void Decoder::payload() {
    if (at_ >= limit_ && !packet_.layers.empty())
        return;
    if (at_ < limit_) {
        auto rest = octets_.subspan(at_, limit_ - at_);
        packet_.layers.emplace_back(Payload{base::Bytes(rest.begin(), rest.end())});
        at_ = limit_;
    }
}

void Decoder::payload_behind_message() {
    if (at_ >= limit_)
        return;
    bool mobility = layer_shapes()[packet_.layers.back().index()].space == Space::mobility;
    // a mobility header whose author forgot to fill it up to eight octets
    bool unfilled = mobility && limit_ - at_ < 8;
    enter(name(packet_.layers.back()));
    fault(unfilled ? FaultKind::not_padded : FaultKind::trailing, at_);
    leave();
    payload();
}

Decoder::Next Decoder::next_of(std::size_t shape, Next before) {
    const auto& kind = layer_shapes()[shape];
    Layer& layer = packet_.layers.back();
    if (kind.space == Space::link)
        return {Next::By::ether_type, kind.next_header(address_of(layer))->value_or(0)};
    if (const auto* udp = std::get_if<Udp>(&layer))
        return {Next::By::ports, static_cast<std::uint32_t>(udp->source_port) << 16 | udp->destination_port};
    if (kind.space != Space::protocol || shape == layer_index<EspHeader>())
        return {};
    Next next{Next::By::protocol, kind.next_header(address_of(layer))->value_or(59), before.opaque};
    if (const auto* fragment = std::get_if<Fragment>(&layer))
        next.opaque = fragment->offset != 0 || fragment->more;
    if (const auto* old = std::get_if<Ipv4>(&layer))
        next.opaque = old->fragment_offset != 0 || old->more_fragments;
    if (at_ == limit_ && !next.opaque && next.number != 59 && shape_for(next) != layer_index<Payload>()) {
        enter(name(layer)); // a header is announced and not one octet of it is there
        truncated(limit_);
        leave();
        next.opaque = true;
    }
    return next;
}

void Decoder::settle_next_headers() {
    auto& layers = packet_.layers;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        Derived* next = layer_shapes()[layers[i].index()].next_header(address_of(layers[i]));
        if (next && *next == right_next_header(layers, i))
            next->reset();
    }
}

// ---- entry points

Packet decode_frame(base::View octets, const Profile& profile) {
    Packet packet;
    Decoder(octets, profile, packet).frame();
    return packet;
}

Packet decode_ip(base::View octets, const Profile& profile) {
    Packet packet;
    Decoder(octets, profile, packet).packet();
    return packet;
}

} // namespace wire
