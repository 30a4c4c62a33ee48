// Suite vocabulary into packets.
#include "harness/base/text.h"
#include "harness/wire/chain.h"
#include "harness/wire/names.h"
#include "harness/wire/packet.h"
#include "harness/wire/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wire {

namespace {

class Builder final : public Visitor {
public:
    Builder(const Profile& profile, std::vector<std::string>& mistakes)
        : Visitor(profile), mistakes_(mistakes) {}

    void packet(const Element& element, Packet& packet) {
        if (element.name != "packet")
            mistake(fmt::format("a packet is expected, not {}", element.name));
        for (const auto& attribute : element.attributes)
            mistake(fmt::format("packet has no attribute \"{}\"", attribute.name));
        for (const auto& child : element.children)
            layer(child, packet);
    }

private:
    struct Open {
        const Element* element = nullptr;
        std::vector<bool> used;
        bool children_used = false;
    };

    void layer(const Element& element, Packet& packet) {
        std::size_t shape = shape_of(element.name);
        if (shape == layer_shapes().size()) {
            unknown_element(element.name, "packet");
            return;
        }
        void* object = append_layer(packet.layers, shape);
        Open outer = open(element);
        layer_shapes()[shape].describe(object, *this);
        close(std::move(outer));
    }

    static std::size_t shape_of(std::string_view name) {
        if (names::dhcpv6_message.number_of(name))
            name = Dhcpv6Message::kind.name;
        if (names::dhcpv6_relay.number_of(name))
            name = Dhcpv6Relay::kind.name;
        auto shapes = layer_shapes();
        return static_cast<std::size_t>(
            std::find_if(shapes.begin(), shapes.end(),
                         [&](const LayerShape& s) { return s.kind->name == name; }) -
            shapes.begin());
    }

    // ---- fields

    void on_number(const Field& field, std::uint64_t& value, unsigned bits) override {
        number(field, value, {FieldType::number, bits, field.names, field.unit});
    }
    void on_bit(const Field& field, bool& value) override {
        std::uint64_t wide = value;
        number(field, wide, {FieldType::bit, 1});
        value = wide != 0;
    }
    void on_reserved(const Field& field, std::uint64_t& value, unsigned bits) override {
        number(field, value, {FieldType::number, bits});
    }
    void on_derived(const Field& field, Derived& value, unsigned bits, const Right&) override {
        derived(field.name, value, bits);
    }
    void on_address(const Field& field, std::span<std::uint8_t> octets, FieldType type) override {
        auto given = scalar(field, {type});
        if (!given)
            return;
        bool fits = std::visit(
            [&](const auto& value) {
                if constexpr (requires { value.octets; }) {
                    if (value.octets.size() != octets.size())
                        return false;
                    std::copy(value.octets.begin(), value.octets.end(), octets.begin());
                    return true;
                }
                return false;
            },
            *given);
        if (!fits)
            wrong_type(field);
    }
    void on_octets(const Field& field, base::Bytes& value, std::size_t size) override {
        auto given = scalar(field, {FieldType::octets});
        if (!given)
            return;
        auto* octets = std::get_if<base::Bytes>(&*given);
        if (!octets)
            return wrong_type(field);
        if (size && octets->size() > size)
            return mistake(fmt::format("{}: {} has room for {} octets only", element(), field.name, size));
        value = std::move(*octets);
    }
    void on_text(const Field& field, std::string& value) override {
        const Attribute* attribute = find(field.name);
        if (!attribute)
            return;
        const auto* text = std::get_if<std::string>(&attribute->value);
        if (!text)
            return wrong_type(field);
        if (attribute->kind) { // from a packet: the octets themselves
            value = *text;
            return;
        }
        auto parsed = parse_value({FieldType::text}, *text);
        if (parsed)
            value = std::get<std::string>(*parsed);
        else
            mistake(fmt::format("{}: {}=\"{}\" has a broken \\x escape", element(), field.name, *text));
    }
    void on_trailer(const Field& field, base::Bytes& value) override { on_octets(field, value, 0); }
    void on_end(const Field& field, bool& value) override { on_bit(field, value); }
    void on_option_type(const Field& field, std::uint64_t& value, unsigned bits) override {
        number(field, value, {FieldType::number, bits});
    }
    void on_message_type(const Field& field, std::uint64_t& value, const Names& names) override {
        value = names.number_of(open_.element->name).value_or(value);
        number(field, value, {FieldType::number, 8});
    }

    // ---- options

    void on_options(Family family, OptionList& list, bool* unpadded) override {
        if (unpadded)
            on_bit({"unpadded"}, *unpadded);
        open_.children_used = true;
        auto shapes = list.shapes();
        for (const auto& child : open_.element->children) {
            auto shape = std::find_if(shapes.begin(), shapes.end(),
                                      [&](const Shape& s) { return s.kind->name == child.name; });
            if (shape == shapes.end()) {
                unknown_element(child.name, open_.element->name);
                continue;
            }
            void* option = list.append(static_cast<std::size_t>(shape - shapes.begin()));
            Open outer = open(child);
            if (shape->form != Shape::Form::raw) {
                auto header = shape->header(option);
                unsigned bits = family == Family::dhcpv6 ? 16 : 8;
                if (shape->form != Shape::Form::unknown && shape->form != Shape::Form::foreign)
                    derived("type", *header.type, bits);
                derived("option-length", *header.length, bits);
                if (header.pad)
                    derived("pad-length", *header.pad, 8);
            }
            shape->describe(option, *this);
            close(std::move(outer));
        }
    }

    void on_nested(std::vector<Dhcpv6Any>& message, base::Bytes& data) override {
        on_octets({"data"}, data, 0);
        open_.children_used = true;
        for (const auto& child : open_.element->children) {
            std::size_t shape = shape_of(child.name);
            bool relay = shape == layer_index<Dhcpv6Relay>();
            if (!relay && shape != layer_index<Dhcpv6Message>()) {
                unknown_element(child.name, open_.element->name);
                continue;
            }
            auto& nested = message.emplace_back();
            if (relay)
                nested.emplace<Dhcpv6Relay>();
            Open outer = open(child);
            std::visit([&](auto& inner) { inner.describe(*this); }, nested);
            close(std::move(outer));
        }
    }

    // ---- attributes

    Open open(const Element& element) {
        return std::exchange(open_, Open{&element, std::vector<bool>(element.attributes.size()), false});
    }

    void close(Open outer) {
        const Element& done = *open_.element;
        for (std::size_t i = 0; i < done.attributes.size(); ++i)
            if (!open_.used[i])
                unknown_attribute(done.attributes[i].name);
        if (!open_.children_used)
            for (const auto& child : done.children)
                unknown_element(child.name, done.name);
        open_ = std::move(outer);
    }

    const Attribute* find(std::string_view name) {
        const auto& attributes = open_.element->attributes;
        for (std::size_t i = 0; i < attributes.size(); ++i)
            if (attributes[i].name == name) {
                if (open_.used[i]) // every field has a name of its own, so this is a second attribute
                    continue;
                open_.used[i] = true;
                return &attributes[i];
            }
        return nullptr;
    }

    std::optional<Scalar> scalar(const Field& field, const ValueShape& shape) {
        const Attribute* attribute = find(field.name);
        if (!attribute)
            return std::nullopt;
        const auto* text = std::get_if<std::string>(&attribute->value);
        if (!text)
            return attribute->value;
        auto value = parse_value(shape, *text);
        if (!value)
            mistake(fmt::format("{}: {}=\"{}\" is not {}", element(), field.name, *text, expected(shape)));
        return value;
    }

    void number(const Field& field, std::uint64_t& value, const ValueShape& shape) {
        auto given = scalar(field, shape);
        if (!given)
            return;
        const auto* number = std::get_if<std::uint64_t>(&*given);
        if (!number)
            return wrong_type(field);
        if (shape.bits < 64 && *number >> shape.bits != 0)
            return mistake(
                fmt::format("{}: {}={} does not fit {} bits", element(), field.name, *number, shape.bits));
        value = *number;
    }

    void derived(std::string_view name, Derived& value, unsigned bits) {
        std::uint64_t wide = UINT64_MAX;
        std::uint64_t before = wide;
        number({name}, wide, {FieldType::number, bits});
        if (wide != before)
            value = static_cast<std::uint32_t>(wide);
    }

    // ---- sentences

    std::string_view element() const { return open_.element->name; }
    void mistake(std::string sentence) { mistakes_.push_back(std::move(sentence)); }
    void wrong_type(const Field& field) {
        mistake(fmt::format("{}: {} has a value of another type", element(), field.name));
    }

    static std::string expected(const ValueShape& shape) {
        switch (shape.type) {
        case FieldType::number:
            return fmt::format("a number of {} bits{}", shape.bits,
                               shape.names ? " or a name of its registry" : "");
        case FieldType::bit:
            return "0 or 1";
        case FieldType::ip6:
            return "an IPv6 address";
        case FieldType::ip4:
            return "an IPv4 address";
        case FieldType::mac:
            return "an Ethernet address";
        default:
            return "pairs of hexadecimal digits";
        }
    }

    static std::string hint(std::string_view wanted, const std::vector<std::string>& candidates) {
        std::string near = base::nearest(wanted, candidates);
        return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
    }

    void unknown_attribute(const std::string& name) {
        const ElementKind* kind = find_kind(element());
        if (kind && kind->field(name)) {
            auto same = std::count_if(open_.element->attributes.begin(), open_.element->attributes.end(),
                                      [&](const Attribute& a) { return a.name == name; });
            return mistake(same > 1
                               ? fmt::format("{}: {} is written twice", element(), name)
                               : fmt::format("{}: {} has no meaning under this profile", element(), name));
        }
        std::vector<std::string> candidates;
        for (std::size_t i = 0; kind && i < kind->fields.size(); ++i)
            candidates.push_back(kind->fields[i].name);
        mistake(fmt::format("{} has no attribute \"{}\"{}", element(), name, hint(name, candidates)));
    }

    void unknown_element(const std::string& name, const std::string& parent) {
        const ElementKind* kind = find_kind(parent);
        if (find_kind(name))
            return mistake(fmt::format("{} does not stand in {}", name, parent));
        mistake(fmt::format("there is no element \"{}\"{}", name,
                            hint(name, kind ? kind->children : std::vector<std::string>{})));
    }

    std::vector<std::string>& mistakes_;
    Open open_;
};

} // namespace

Packet build(const Element& element, std::vector<std::string>& mistakes, const Profile& profile) {
    Packet packet;
    Element whole = element;
    split_prefixes(whole);
    Builder(profile, mistakes).packet(whole, packet);
    return packet;
}

} // namespace wire
