#include "harness/wire/encoder.h"

#include <algorithm>
#include <map>
#include <utility>

namespace wire {

// Descriptions serve readers and writers, so they take references to what is not const. This visitor writes
// nothing back, which makes the casts from const below safe.

Encoder::Encoder(const Packet& packet, const Profile& profile, std::vector<Mark>* marks)
    : Visitor(profile), packet_(packet), marks_(marks) {
    std::size_t count = packet.layers.size();
    out_.reserve(256);
    starts_.resize(count);
    header_ends_.resize(count);
    ends_.resize(count);
    trailers_.resize(count);
    patches_.reserve(3 * count);
    std::vector<std::size_t> opened(count);
    for (layer_ = 0; layer_ < count; ++layer_) {
        auto& layer = const_cast<Layer&>(packet.layers[layer_]);
        starts_[layer_] = out_.size();
        opened[layer_] = open(name(layer));
        layer_shapes()[layer.index()].describe(address_of(layer), *this);
        close(opened[layer_]);
        header_ends_[layer_] = out_.size();
    }
    for (std::size_t i = count; i-- > 0;) {
        ends_[i] = out_.size();
        if (trailers_[i])
            out_.insert(out_.end(), trailers_[i]->begin(), trailers_[i]->end());
    }
    finish();
}

void Encoder::finish() {
    // from the inside out, lengths before checksums: each checksum then covers final octets
    for (std::size_t layer = packet_.layers.size(); layer-- > 0;) {
        for (bool sums : {false, true})
            for (const auto& p : patches_) {
                if (p.layer != layer || (p.right.role == Right::Role::checksum) != sums)
                    continue;
                std::size_t start = starts_[layer];
                if (p.right.role == Right::Role::next_header) {
                    patch(p, right_next_header(packet_.layers, layer));
                } else if (p.right.role == Right::Role::header_length) {
                    std::size_t size = header_ends_[layer] - start;
                    patch(p, (size - p.right.plus + p.right.unit - 1) / p.right.unit);
                } else if (p.right.role == Right::Role::total_length) {
                    patch(p, ends_[layer] - start - p.right.plus);
                } else {
                    bool header_only = p.right.sum == Right::Sum::mobility || p.right.sum == Right::Sum::ipv4;
                    std::size_t end = header_only ? header_ends_[layer] : ends_[layer];
                    auto covered = base::View(out_).subspan(start, end - start);
                    patch(p, right_checksum(packet_.layers, layer, p.right.sum, covered, p.offset - start));
                }
            }
    }
}

// ---- writing

void Encoder::put(std::uint64_t value, unsigned bits) {
    if (bit_ == 0 && bits % 8 == 0) {
        for (unsigned shift = bits; shift > 0; shift -= 8)
            out_.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
        return;
    }
    while (bits > 0) {
        if (bit_ == 0)
            out_.push_back(0);
        unsigned now = std::min(bits, 8 - bit_);
        auto part = (value >> (bits - now)) & ((1u << now) - 1);
        out_.back() = static_cast<std::uint8_t>(out_.back() | part << (8 - bit_ - now));
        bits -= now;
        bit_ = (bit_ + now) % 8;
    }
}

void Encoder::patch(const Patch& p, std::uint64_t value) {
    if (p.bit == 0 && p.bits % 8 == 0) {
        for (std::size_t i = 0; i < p.bits / 8; ++i)
            out_[p.offset + i] = static_cast<std::uint8_t>(value >> (p.bits - 8 * (i + 1)));
        return;
    }
    for (unsigned i = 0; i < p.bits; ++i) { // its bits are zero so far
        unsigned bit = p.bit + i;
        if (value >> (p.bits - 1 - i) & 1)
            out_[p.offset + bit / 8] |= static_cast<std::uint8_t>(0x80u >> bit % 8);
    }
}

void Encoder::mark(const Field& field, std::size_t offset, std::size_t size) {
    if (marks_)
        marks_->push_back({Mark::What::field, field.name, offset, size});
}

std::size_t Encoder::open(std::string_view name) {
    if (!marks_)
        return 0;
    marks_->push_back({Mark::What::open, name, out_.size(), 0});
    return marks_->size() - 1;
}

void Encoder::close(std::size_t opened) {
    if (!marks_)
        return;
    (*marks_)[opened].size = out_.size() - (*marks_)[opened].offset;
    marks_->push_back({Mark::What::close, {}, out_.size(), 0});
}

void Encoder::on_number(const Field& field, std::uint64_t& value, unsigned bits) {
    std::size_t before = bit_ ? out_.size() - 1 : out_.size();
    put(value, bits);
    mark(field, before, out_.size() - before);
}

void Encoder::on_bit(const Field& field, bool& value) {
    std::size_t before = bit_ ? out_.size() - 1 : out_.size();
    put(value, 1);
    mark(field, before, 1);
}

void Encoder::on_reserved(const Field& field, std::uint64_t& value, unsigned bits) {
    on_number(field, value, bits);
}

void Encoder::on_derived(const Field& field, Derived& value, unsigned bits, const Right& right) {
    Patch p{layer_, bit_ ? out_.size() - 1 : out_.size(), bit_, bits, right};
    if (value) {
        put(*value, bits);
    } else if (right.role == Right::Role::fixed) {
        put(right.value, bits);
    } else if (right.role == Right::Role::rest_length) {
        put(right.rest->size(), bits);
    } else {
        put(0, bits);
        patches_.push_back(p);
    }
    mark(field, p.offset, out_.size() - p.offset);
    if (marks_)
        marks_->back().bit = p.bit;
}

void Encoder::on_address(const Field& field, std::span<std::uint8_t> octets, FieldType) {
    out_.insert(out_.end(), octets.begin(), octets.end());
    mark(field, out_.size() - octets.size(), octets.size());
}

void Encoder::on_octets(const Field& field, base::Bytes& value, std::size_t size) {
    std::size_t before = out_.size();
    out_.insert(out_.end(), value.begin(), value.end());
    if (size)
        out_.resize(before + size);
    mark(field, before, out_.size() - before);
}

void Encoder::on_text(const Field& field, std::string& value) {
    mark(field, out_.size(), value.size());
    out_.insert(out_.end(), value.begin(), value.end());
}

void Encoder::on_trailer(const Field& field, base::Bytes& value) {
    trailers_[layer_] = &value;
    mark(field, 0, 0);
}

void Encoder::on_end(const Field& field, bool&) {
    mark(field, out_.size(), 0);
}

void Encoder::on_option_type(const Field& field, std::uint64_t& value, unsigned) {
    option_type_ = value;
    mark(field, 0, 0);
}

void Encoder::on_message_type(const Field& field, std::uint64_t& value, const Names&) {
    put(value, 8);
    mark(field, out_.size() - 1, 1);
}

// ---- options

void Encoder::pad(Alignment at) {
    std::size_t n = at.n, position = out_.size() - starts_[layer_];
    std::size_t need = (n + at.y % n - position % n) % n;
    if (need == 1) {
        out_.push_back(0);
    } else if (need > 1) {
        out_.push_back(1);
        out_.push_back(static_cast<std::uint8_t>(need - 2));
        out_.resize(out_.size() + need - 2);
    }
}

void Encoder::on_options(Family family, OptionList& list, bool* unpadded) {
    bool padded = unpadded && !*unpadded;
    for (std::size_t i = 0; i < list.size() && padded; ++i) {
        auto form = list.shapes()[list.shape_of(i)].form;
        padded = form != Shape::Form::pad1 && form != Shape::Form::padn;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Shape& shape = list.shapes()[list.shape_of(i)];
        if (padded && shape.form != Shape::Form::raw)
            pad(shape.kind->at);
        option(family, shape, list.at(i));
    }
    if (padded)
        pad({8, 0});
}

void Encoder::option(Family family, const Shape& shape, void* object) {
    std::size_t opened = open(shape.kind->name), start = out_.size();
    if (shape.form == Shape::Form::raw) {
        shape.describe(object, *this);
        close(opened);
        return;
    }
    HeaderFields header = shape.header(object);
    std::uint64_t outer = std::exchange(option_type_, code_point(*shape.kind, profile()));
    std::size_t head = 2;
    if (shape.form == Shape::Form::pad1)
        head = 1;
    else if (family == Family::dhcpv6 || (family == Family::context && shape.form == Shape::Form::known))
        head = 4;
    out_.resize(start + head);
    std::size_t wide = family == Family::dhcpv6 ? 2 : 1;
    mark({"type"}, start, wide);
    mark({"option-length"}, start + wide, shape.form == Shape::Form::pad1 ? 0 : wide);
    if (header.pad)
        mark({"pad-length"}, start + 3, 1);
    shape.describe(object, *this);
    close_option(family, shape, header, start, start + head);
    option_type_ = outer;
    close(opened);
}

void Encoder::close_option(Family family, const Shape& shape, const HeaderFields& header, std::size_t start,
                           std::size_t from) {
    std::size_t size = out_.size() - from;
    if (family == Family::dhcpv6) {
        base::write16(
            out_, start,
            static_cast<std::uint16_t>(header.type->value_or(static_cast<std::uint32_t>(option_type_))));
        base::write16(out_, start + 2,
                      static_cast<std::uint16_t>(header.length->value_or(static_cast<std::uint32_t>(size))));
        return;
    }
    bool bare = family == Family::dhcpv4 && (option_type_ == 0 || option_type_ == 255) && size == 0;
    auto type = static_cast<std::uint32_t>(option_type_);
    if (family == Family::context) {
        if (shape.form == Shape::Form::known) {
            out_[start + 2] = static_cast<std::uint8_t>(option_type_); // the kind's number is the subtype
            std::size_t fill = (8 - (out_.size() - start) % 8) % 8;
            out_[start + 3] =
                static_cast<std::uint8_t>(header.pad->value_or(static_cast<std::uint32_t>(fill)));
        }
        if (shape.form != Shape::Form::foreign)
            type = profile().ho_option_type;
    }
    out_[start] = static_cast<std::uint8_t>(header.type->value_or(type));
    if (bare)
        out_.pop_back();
    if (bare || shape.form == Shape::Form::pad1)
        return;
    if (family == Family::nd || family == Family::context) {
        out_.resize(start + (out_.size() - start + 7) / 8 * 8);
        size = (out_.size() - start) / 8;
    }
    if (family == Family::radius)
        size += 2; // its own header too
    out_[start + 1] = static_cast<std::uint8_t>(header.length->value_or(static_cast<std::uint32_t>(size)));
}

void Encoder::on_nested(std::vector<Dhcpv6Any>& message, base::Bytes& data) {
    for (auto& any : message)
        std::visit(
            [&](auto& inner) {
                std::size_t opened = open(element_name(inner));
                inner.describe(*this);
                close(opened);
            },
            any);
    if (message.empty())
        on_octets({"data"}, data, 0);
}

// ---- entry points

std::vector<Placed> places_of(const std::vector<Encoder::Mark>& marks) {
    struct Scope {
        std::string path;
        std::map<std::string_view, int> seen;
    };
    std::vector<Scope> scopes(1);
    std::vector<Placed> places;
    for (const auto& mark : marks) {
        if (mark.what == Encoder::Mark::What::close) {
            scopes.pop_back();
            continue;
        }
        std::string path = scopes.back().path;
        path += path.empty() ? "" : "/";
        path += mark.name;
        if (mark.what == Encoder::Mark::What::open) {
            if (int count = ++scopes.back().seen[mark.name]; count > 1)
                path += "#" + std::to_string(count);
            scopes.push_back({path, {}});
        }
        if (mark.size > 0)
            places.push_back({std::move(path), mark.offset, mark.size});
    }
    return places;
}

base::Bytes encode(const Packet& packet, const Profile& profile) {
    return Encoder(packet, profile, nullptr).take();
}

base::Bytes encode(const Packet& packet, const Profile& profile, std::vector<Placed>& places) {
    std::vector<Encoder::Mark> marks;
    Encoder encoder(packet, profile, &marks);
    places = places_of(marks);
    return encoder.take();
}

std::vector<Placed> places(const Packet& decoded, const Profile& profile) {
    std::vector<Placed> found;
    encode(decoded, profile, found);
    return found;
}

} // namespace wire
