#include "harness/wire/layout.h"

#include "harness/wire/chain.h"
#include "harness/wire/checksum.h"
#include "harness/wire/encoder.h"
#include "harness/wire/likeness.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace wire {

namespace {

constexpr std::size_t word = sizeof(std::uint64_t);

std::uint64_t word_at(const std::uint8_t* octets) {
    std::uint64_t value;
    std::memcpy(&value, octets, word);
    return value;
}

/// From 64 bits to the 16 of RFC 1071, in words of this machine's order.
std::uint32_t folded(std::uint64_t sum) {
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint32_t>((sum & 0xffff) + (sum >> 16));
}

/// Headers whose extent and meaning follow from octets that are no values.
bool is_plain(const Layer& layer) {
    const Space space = layer_shapes()[layer.index()].space;
    return space == Space::link || space == Space::mobility || space == Space::icmp6 ||
           std::holds_alternative<Ipv6>(layer) || std::holds_alternative<Udp>(layer) ||
           std::holds_alternative<Dhcpv6Message>(layer) || std::holds_alternative<Dhcpv6Relay>(layer);
}

/// Finds the values of a decoded packet, at the marks of encoding it again.
class Outliner final : public Visitor {
public:
    struct Sum {
        std::size_t field = 0, covered = 0;
        std::uint8_t protocol = 0;
    };

    Outliner(const Profile& profile, const std::vector<Encoder::Mark>& marks)
        : Visitor(profile), marks_(marks) {}

    void layer(Layer& layer) {
        is_selector_ = std::holds_alternative<Udp>(layer); // ports tell what follows
        covered_ = marks_[mark_].offset;
        inside(name(layer), [&] { layer_shapes()[layer.index()].describe(address_of(layer), *this); });
    }
    std::vector<Layout::Value> values;
    Sum sum;

private:
    void on_number(const Field& field, std::uint64_t&, unsigned bits) override {
        const auto mark = next();
        const bool whole = bits % 8 == 0 && mark.size == bits / 8;
        const bool flow_label = bits == 20 && mark.size == 3; // behind four bits of the traffic class
        if (!is_selector_ && bits > 8 && (whole || flow_label))
            add(field, mark, FieldType::number, flow_label ? 0x0f : 0xff);
    }
    void on_bit(const Field&, bool&) override { next(); }
    void on_reserved(const Field&, std::uint64_t&, unsigned) override { next(); }
    void on_derived(const Field&, Derived&, unsigned, const Right& right) override {
        const auto mark = next();
        if (right.role != Right::Role::checksum)
            return;
        sum = {mark.offset, covered_, 17};
        if (right.sum == Right::Sum::mobility)
            sum.protocol = 135;
        else if (right.sum == Right::Sum::icmp6)
            sum.protocol = 58;
    }
    void on_address(const Field& field, std::span<std::uint8_t>, FieldType type) override {
        add(field, next(), type);
    }
    void on_octets(const Field& field, base::Bytes&, std::size_t size) override {
        const auto mark = next();
        if (size == 0) // zeros of a fixed size are shown in another way than other octets
            add(field, mark, FieldType::octets);
    }
    void on_text(const Field& field, std::string&) override { add(field, next(), FieldType::text); }
    void on_trailer(const Field&, base::Bytes&) override { next(); }
    void on_end(const Field&, bool&) override { next(); }
    void on_option_type(const Field&, std::uint64_t&, unsigned) override { next(); }
    void on_message_type(const Field&, std::uint64_t&, const Names&) override { next(); }
    void on_options(Family, OptionList& list, bool*) override {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const Shape& shape = list.shapes()[list.shape_of(i)];
            inside(shape.kind->name, [&] {
                if (shape.form != Shape::Form::raw)
                    mark_ += shape.header(list.at(i)).pad ? 3 : 2;
                shape.describe(list.at(i), *this);
            });
        }
    }
    void on_nested(std::vector<Dhcpv6Any>& message, base::Bytes& data) override {
        for (auto& any : message)
            std::visit([&](auto& inner) { inside(element_name(inner), [&] { inner.describe(*this); }); },
                       any);
        if (message.empty())
            on_octets({"data"}, data, 0);
    }

    template <class Describe>
    void inside(std::string_view name, Describe describe) {
        const auto outer = std::exchange(element_, name);
        next();
        describe();
        next();
        element_ = outer;
    }
    Encoder::Mark next() { return marks_[mark_++]; }
    void add(const Field& field, const Encoder::Mark& mark, FieldType type, std::uint8_t first = 0xff) {
        values.push_back({element_, field.name, type, mark.offset, mark.size, first});
    }

    const std::vector<Encoder::Mark>& marks_;
    std::size_t mark_ = 0, covered_ = 0;
    std::string_view element_;
    bool is_selector_ = false;
};

} // namespace

std::optional<Layout> Layout::of(const Packet& packet, const Profile& profile) {
    const bool plain = std::ranges::all_of(packet.layers, is_plain);
    if (!packet.faults.empty() || packet.raw.size() < word || packet.layers.empty() || !plain)
        return std::nullopt;
    std::vector<Encoder::Mark> marks;
    Layout layout;
    layout.pattern_ = Encoder(packet, profile, &marks).take();
    if (layout.pattern_ != packet.raw || !wire::inner_ip(packet))
        return std::nullopt;
    Outliner outliner(profile, marks);
    // descriptions take references to what is not const; this visitor writes nothing back
    for (const auto& layer : packet.layers)
        outliner.layer(const_cast<Layer&>(layer));
    layout.values_ = std::move(outliner.values);
    layout.size_ = layout.pattern_.size();
    layout.pattern_.resize(layout.size_ + Likeness::padding);
    layout.mask_.assign(layout.size_, 0xff);
    layout.mask_.resize(layout.size_ + Likeness::padding);
    for (const Value& value : layout.values_) {
        if (value.size == 0)
            continue;
        const auto from = layout.mask_.begin() + static_cast<std::ptrdiff_t>(value.offset);
        std::fill_n(from, value.size, std::uint8_t{0});
        *from = static_cast<std::uint8_t>(~value.first);
        // Whether an address is of a node, of a group or of nobody decides more than its other bits.
        if (value.element == Ipv6::kind.name && value.type == FieldType::ip6) {
            *from = 0xff;
            if (value.name == "source")
                layout.inner_ip_ = value.offset - 8;
        }
    }
    layout.covered_ = outliner.sum.covered;
    layout.checksum_ = outliner.sum.field;
    layout.protocol_ = outliner.sum.protocol;
    const auto beside = folded(layout.size_ - layout.covered_ + layout.protocol_);
    layout.pseudo_sum_ =
        std::endian::native == std::endian::little ? (beside & 0xff) << 8 | beside >> 8 : beside;
    if (layout.checksum_ != 0) // it follows from the other octets
        std::fill_n(layout.mask_.begin() + static_cast<std::ptrdiff_t>(layout.checksum_), 2, std::uint8_t{0});
    return layout.fits(packet.raw) ? std::optional(std::move(layout)) : std::nullopt;
}

bool Layout::is_like(base::View octets) const {
    const auto differs = [&](std::size_t at) {
        return (word_at(octets.data() + at) ^ word_at(pattern_.data() + at)) & word_at(mask_.data() + at);
    };
    std::uint64_t difference = differs(size_ - word);
    for (std::size_t at = 0; at + word <= size_; at += word)
        difference |= differs(at);
    return difference == 0;
}

bool Layout::fits(base::View octets) const {
    if (octets.size() != size_)
        return false;
    if (checksum_ == 0)
        return is_like(octets);
    // Both forms of zero verify, and only one of them is right: the decoder shall tell.
    std::uint16_t field;
    std::memcpy(&field, octets.data() + checksum_, sizeof field);
    if (field == 0 || field == 0xffff)
        return false;
    // Without a header between the addresses and the message one pass compares and sums up.
    const std::size_t addresses = inner_ip_ + 8;
    if (covered_ == inner_ip_ + 40) {
        const auto compared = Likeness::of(octets.data(), pattern_.data(), mask_.data(), size_, addresses);
        return compared.is_like && folded(compared.sum + pseudo_sum_) == 0xffff;
    }
    InternetSum sum;
    sum.add(octets.subspan(addresses, 32));
    sum.add(octets.subspan(covered_));
    sum.add16(static_cast<std::uint32_t>(size_ - covered_) + protocol_);
    return is_like(octets) && sum.fold() == 0;
}

void Layout::fix(const Value& value) {
    std::fill_n(mask_.begin() + static_cast<std::ptrdiff_t>(value.offset), value.size, std::uint8_t{0xff});
}

void Layout::fix(const Value& value, std::uint64_t bits) {
    for (std::size_t at = 0; at < word; ++at)
        mask_[value.offset + at] |= static_cast<std::uint8_t>(bits >> 8 * (word - 1 - at));
}

} // namespace wire
