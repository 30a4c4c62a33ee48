// Packets into suite vocabulary.
#include "harness/wire/describer.h"

#include "harness/wire/chain.h"
#include "harness/wire/encoder.h"
#include "harness/wire/packet.h"
#include "harness/wire/vocabulary.h"

#include <algorithm>
#include <utility>

namespace wire {

namespace {

/// Derived and reserved fields appear only where they are not what they should be; everything else always
/// appears.
class Describer final : public Visitor {
public:
    /// Marks of encoding the same packet, in the same order of calls; null if it was built by hand.
    /// `octets` are those of the marks where right Derived fields are wanted too, else empty.
    Describer(const Profile& profile, const std::vector<Encoder::Mark>* marks, base::View octets)
        : Visitor(profile), marks_(marks), octets_(octets) {}

    Element layer(Layer& layer) {
        return element(name(layer),
                       [&] { layer_shapes()[layer.index()].describe(address_of(layer), *this); });
    }

private:
    void on_number(const Field& field, std::uint64_t& value, unsigned) override { add(field, value); }
    void on_bit(const Field& field, bool& value) override { add(field, std::uint64_t{value}); }
    void on_reserved(const Field& field, std::uint64_t& value, unsigned) override {
        add(field, value, value != 0 || !octets_.empty());
    }
    void on_derived(const Field& field, Derived& value, unsigned bits, const Right&) override {
        derived(field.name, value, bits);
    }
    void on_address(const Field& field, std::span<std::uint8_t> octets, FieldType type) override {
        if (type == FieldType::ip6)
            add(field, address<base::Ip6>(octets));
        else if (type == FieldType::ip4)
            add(field, address<base::Ip4>(octets));
        else
            add(field, address<base::Mac>(octets));
    }
    void on_octets(const Field& field, base::Bytes& value, std::size_t size) override {
        add(field, value, size == 0 || !value.empty());
    }
    void on_text(const Field& field, std::string& value) override { add(field, value); }
    void on_trailer(const Field& field, base::Bytes& value) override { add(field, value, !value.empty()); }
    void on_end(const Field& field, bool& value) override { add(field, std::uint64_t{value}, value); }
    void on_option_type(const Field& field, std::uint64_t& value, unsigned) override { add(field, value); }
    void on_message_type(const Field& field, std::uint64_t& value, const Names& names) override {
        add(field, value, !names.name_of(value) || !octets_.empty());
    }

    void on_options(Family family, OptionList& list, bool* unpadded) override {
        if (unpadded && *unpadded)
            attach("unpadded", std::uint64_t{1}, element_->offset);
        for (std::size_t i = 0; i < list.size(); ++i) {
            const Shape& shape = list.shapes()[list.shape_of(i)];
            Element child = element(shape.kind->name, [&] {
                if (shape.form != Shape::Form::raw)
                    header(shape.header(list.at(i)), shape.form, family == Family::dhcpv6 ? 16 : 8);
                shape.describe(list.at(i), *this);
            });
            element_->children.push_back(std::move(child));
        }
    }

    void on_nested(std::vector<Dhcpv6Any>& message, base::Bytes& data) override {
        for (auto& any : message) {
            Element child = std::visit(
                [&](auto& inner) { return element(element_name(inner), [&] { inner.describe(*this); }); },
                any);
            element_->children.push_back(std::move(child));
        }
        if (message.empty())
            add({"data"}, data, !data.empty());
    }

    void header(const HeaderFields& fields, Shape::Form form, unsigned bits) {
        bool own_type = form == Shape::Form::unknown || form == Shape::Form::foreign; // told as a field
        if (own_type)
            next();
        else
            derived("type", *fields.type, bits);
        if (form == Shape::Form::pad1)
            next();
        else
            derived("option-length", *fields.length, bits);
        if (fields.pad)
            derived("pad-length", *fields.pad, 8);
    }

    void derived(std::string_view name, const Derived& value, unsigned bits) {
        auto mark = next();
        if (value)
            attach(name, std::uint64_t{*value}, mark.offset);
        else if (!octets_.empty())
            attach(name, read(mark, bits), mark.offset);
    }

    std::uint64_t read(const Encoder::Mark& mark, unsigned bits) const {
        std::uint64_t value = 0;
        for (unsigned bit = mark.bit; bit < mark.bit + bits; ++bit)
            value = value << 1 | (octets_[mark.offset + bit / 8] >> (7 - bit % 8) & 1);
        return value;
    }

    template <class Address>
    static Address address(std::span<std::uint8_t> octets) {
        Address value;
        std::copy(octets.begin(), octets.end(), value.octets.begin());
        return value;
    }

    Encoder::Mark next() { return marks_ ? (*marks_)[mark_++] : Encoder::Mark{}; }

    /// The element of that name with whatever `fill` describes in it.
    template <class Fill>
    Element element(std::string_view name, Fill fill) {
        auto mark = next();
        Element made;
        made.name = name;
        made.offset = mark.offset;
        made.size = mark.size;
        auto* outer = std::exchange(element_, &made);
        const auto* outer_kind = std::exchange(kind_, find_kind(name));
        fill();
        element_ = outer;
        kind_ = outer_kind;
        next(); // the mark that closes it
        return made;
    }

    void add(const Field& field, Scalar value, bool shown = true) {
        auto mark = next();
        if (shown)
            attach(field.name, std::move(value), mark.offset);
    }

    void attach(std::string_view name, Scalar value, std::size_t offset) {
        element_->attributes.push_back(
            {std::string(name), std::move(value), kind_ ? kind_->field(name) : nullptr, offset});
    }

    const std::vector<Encoder::Mark>* marks_;
    base::View octets_;
    std::size_t mark_ = 0;
    Element* element_ = nullptr;
    const ElementKind* kind_ = nullptr;
};

Element described(const Packet& packet, const Profile& profile, bool everything) {
    std::vector<Encoder::Mark> marks;
    base::Bytes octets;
    bool decoded = !packet.raw.empty();
    if (decoded)
        octets = Encoder(packet, profile, &marks).take();
    Describer describer(profile, decoded ? &marks : nullptr, everything ? base::View(octets) : base::View{});
    Element element;
    element.name = "packet";
    element.size = packet.raw.size();
    // descriptions take references to what is not const; this visitor writes nothing back
    for (const auto& layer : packet.layers)
        element.children.push_back(describer.layer(const_cast<Layer&>(layer)));
    return element;
}

} // namespace

Element describe(const Packet& packet, const Profile& profile) {
    return described(packet, profile, false);
}

Element describe_everything(const Packet& packet, const Profile& profile) {
    return described(packet, profile, true);
}

} // namespace wire
