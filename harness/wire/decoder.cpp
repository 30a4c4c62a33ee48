#include "harness/wire/decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace wire {

Decoder::Decoder(base::View octets, const Profile& profile, Packet& packet)
    : Visitor(profile), octets_(octets), packet_(packet), end_(octets.size()), limit_(octets.size()) {
    packet_.raw.assign(octets.begin(), octets.end());
    packet_.layers.reserve(6);
}

// ---- reading

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
    Ethernet* frame = frame_of(layers.size() - 1);
    base::Bytes* trailer = nullptr;
    if (frame)
        trailer = &frame->trailer;
    else if (auto* ip = std::get_if<Ipv6>(&layers.back()))
        trailer = &ip->trailer;
    else if (auto* old = std::get_if<Ipv4>(&layers.back()))
        trailer = &old->trailer;
    else if (auto* udp = std::get_if<Udp>(&layers.back()))
        trailer = &udp->trailer;
    else if (auto* radius = std::get_if<Radius>(&layers.back()))
        trailer = &radius->trailer;
    if (trailer)
        trailer->assign(surplus.begin(), surplus.end());
    constexpr std::size_t shortest_frame = 60; // without its check sequence (IEEE 802.3, 3.2.8)
    if (!frame || octets_.size() > shortest_frame)
        fault(FaultKind::trailing, end);
    limit_ = end;
    end_ = std::min(end_, end);
}

// ---- faults

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

} // namespace wire
