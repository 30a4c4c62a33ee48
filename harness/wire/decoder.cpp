#include "harness/wire/decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace wire {

namespace {
constexpr std::size_t most_layers = 16;

/// The Ethernet header that carries layers[at] directly; null if something else is in between.
Ethernet* frame_of(std::vector<Layer>& layers, std::size_t at) {
    auto between = [](const Layer& layer) { return std::holds_alternative<Vlan>(layer); };
    auto* frame = layers.empty() ? nullptr : std::get_if<Ethernet>(&layers[0]);
    bool direct =
        frame && std::all_of(layers.begin() + 1, layers.begin() + static_cast<std::ptrdiff_t>(at), between);
    return direct ? frame : nullptr;
}

} // namespace

Decoder::Decoder(base::View octets, const Profile& profile, Packet& packet)
    : Visitor(profile), octets_(octets), packet_(packet), end_(octets.size()), limit_(octets.size()) {
    packet_.raw.assign(octets.begin(), octets.end());
    packet_.layers.reserve(6);
}

// ---- reading
// ----------------------------------------------------------------------------------------------------

bool Decoder::has(std::size_t size) {
    if (at_ <= end_ && end_ - at_ >= size)
        return true;
    short_ = true;
    return false;
}

std::uint64_t Decoder::take(unsigned bits) {
    if (bit_ == 0 && bits % 8 == 0) {
        std::size_t size = bits / 8;
        if (!has(size))
            return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
            value = value << 8 | octets_[at_ + i];
        at_ += size;
        return value;
    }
    std::uint64_t value = 0;
    while (bits > 0) {
        if (!has(1))
            return 0;
        unsigned now = std::min(bits, 8 - bit_);
        value = value << now | ((octets_[at_] >> (8 - bit_ - now)) & ((1u << now) - 1));
        bits -= now;
        bit_ += now;
        if (bit_ == 8) {
            bit_ = 0;
            ++at_;
        }
    }
    return value;
}

void Decoder::on_number(const Field&, std::uint64_t& value, unsigned bits) {
    value = take(bits);
}
void Decoder::on_bit(const Field&, bool& value) {
    value = take(1) != 0;
}

void Decoder::on_reserved(const Field& field, std::uint64_t& value, unsigned bits) {
    std::size_t offset = at_;
    value = take(bits);
    if (value != 0 && !short_)
        fault(FaultKind::reserved_set, offset, field.name);
}

void Decoder::on_address(const Field&, std::span<std::uint8_t> octets, FieldType) {
    if (!has(octets.size()))
        return;
    std::memcpy(octets.data(), octets_.data() + at_, octets.size());
    at_ += octets.size();
}

void Decoder::on_octets(const Field&, base::Bytes& value, std::size_t size) {
    std::size_t count = size ? size : end_ - std::min(at_, end_);
    if (!has(count))
        return;
    auto from = octets_.subspan(at_, count);
    at_ += count;
    if (size && std::all_of(from.begin(), from.end(), [](auto octet) { return octet == 0; }))
        return; // empty stands for zeros
    value.assign(from.begin(), from.end());
}

void Decoder::on_text(const Field&, std::string& value) {
    std::size_t count = end_ - std::min(at_, end_);
    value.assign(reinterpret_cast<const char*>(octets_.data()) + std::min(at_, end_), count);
    at_ += count;
}

void Decoder::on_trailer(const Field&, base::Bytes&) {} // set_total_length has filled it
void Decoder::on_end(const Field&, bool& value) {
    value = at_ == end_;
}
void Decoder::on_option_type(const Field&, std::uint64_t& value, unsigned) {
    value = body_.type;
}
void Decoder::on_message_type(const Field&, std::uint64_t& value, const Names&) {
    value = take(8);
}

void Decoder::on_derived(const Field& field, Derived& value, unsigned bits, const Right& right) {
    std::size_t offset = at_;
    std::uint64_t wire = take(bits);
    if (short_)
        return;
    value = static_cast<std::uint32_t>(wire);
    switch (right.role) {
    case Right::Role::fixed:
        if (wire == right.value)
            value.reset();
        else
            fault(FaultKind::wrong_value, offset, field.name);
        break;
    case Right::Role::rest_length:
        if (at_ + right.plus > end_) {
            short_ = true;
        } else if (wire == end_ - at_ - right.plus) {
            value.reset();
        } else {
            fault(FaultKind::wrong_length, offset, field.name);
        }
        break;
    case Right::Role::header_length:
        length_at_ = offset;
        set_header_length(wire, right);
        checked_[checks_++] = {&value, right, offset};
        break;
    case Right::Role::total_length:
        length_at_ = offset;
        set_total_length(wire, right);
        checked_[checks_++] = {&value, right, offset};
        break;
    case Right::Role::checksum:
        checked_[checks_++] = {&value, right, offset};
        break;
    case Right::Role::next_header:
        break; // settled when the chain is known
    }
}

void Decoder::set_header_length(std::uint64_t value, const Right& right) {
    std::size_t end = start_ + value * right.unit + right.plus;
    has_length_ = true;
    if (end > limit_) {
        truncated(limit_);
        cut_ = layer_cut_ = true;
        end = limit_;
    }
    if (end < at_) {
        short_ = true;
        return;
    }
    end_ = std::min(end_, end);
}

void Decoder::set_total_length(std::uint64_t value, const Right& right) {
    std::size_t end = start_ + value + right.plus;
    if (end < at_) {
        short_ = has_length_ = true;
        return;
    }
    if (end > limit_) {
        truncated(limit_);
        cut_ = true;
        return;
    }
    if (end == limit_)
        return;
    auto surplus = octets_.subspan(end, limit_ - end);
    auto& layers = packet_.layers;
    Ethernet* frame = frame_of(packet_.layers, layers.size() - 1);
    base::Bytes* trailer = nullptr;
    if (frame)
        trailer = &frame->trailer;
    else if (auto* ip = std::get_if<Ipv6>(&layers.back()))
        trailer = &ip->trailer;
    else if (auto* old = std::get_if<Ipv4>(&layers.back()))
        trailer = &old->trailer;
    else if (auto* udp = std::get_if<Udp>(&layers.back()))
        trailer = &udp->trailer;
    if (trailer)
        trailer->assign(surplus.begin(), surplus.end());
    constexpr std::size_t shortest_frame = 60; // without its check sequence (IEEE 802.3, 3.2.8)
    if (!frame || octets_.size() > shortest_frame)
        fault(FaultKind::trailing, end);
    limit_ = end;
    end_ = std::min(end_, end);
}

// ---- faults
// -----------------------------------------------------------------------------------------------------

void Decoder::enter(std::string_view name, OptionList* list) {
    if (depth_ < path_.size())
        path_[depth_] = {name, list};
    ++depth_;
}

void Decoder::fault(FaultKind kind, std::size_t offset, std::string_view field) {
    std::string where;
    for (std::size_t i = 0; i < std::min(depth_, path_.size()); ++i) {
        const auto& [name, list] = path_[i];
        std::size_t same = 0;
        if (list) {
            for (std::size_t k = 0; k < list->size(); ++k)
                same += list->shapes()[list->shape_of(k)].kind->name == name;
        } else if (i == 0) {
            for (const auto& layer : packet_.layers)
                same += wire::name(layer) == name;
        }
        where += i ? "/" : "";
        where += name;
        if (same > 1)
            where += "#" + std::to_string(same);
    }
    if (!field.empty()) {
        where += where.empty() ? "" : "/";
        where += field;
    }
    packet_.faults.push_back({kind, offset, std::move(where)});
}

void Decoder::truncated(std::size_t offset) {
    if (!truncated_)
        fault(FaultKind::truncated, offset); // others follow from the first one
    truncated_ = true;
}

// ---- the chain of headers
// ---------------------------------------------------------------------------------------

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
            Ethernet* frame = frame_of(packet_.layers, packet_.layers.size());
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
        return old && at_ < limit_ ? layer_index<Dhcpv4>() : none;
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
            bool none = right.sum == Right::Sum::udp && **field == 0 && !packet_.find<Ipv6>();
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
// -----------------------------------------------------------------------------------------------

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
