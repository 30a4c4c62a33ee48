// The catalogue of everything that descriptions mention.
#include "harness/wire/vocabulary.h"

#include "harness/wire/chain.h"
#include "harness/wire/names.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace wire {

namespace {

using Catalogue = std::map<std::string, ElementKind, std::less<>>;

/// Runs through the description of an empty message and notes what it mentions.
class Cataloguer final : public Visitor {
public:
    Cataloguer(const Profile& profile, Catalogue& catalogue) : Visitor(profile), catalogue_(catalogue) {}

    void layer(std::size_t shape) {
        std::vector<Layer> layers;
        void* object = append_layer(layers, shape);
        ElementKind& kind = known(layer_shapes()[shape].kind->name);
        kind.is_layer = true;
        kind_ = &kind;
        names_ = nullptr;
        layer_shapes()[shape].describe(object, *this);
        if (const Names* names = std::exchange(names_, nullptr))
            for (const auto& entry : names->entries)
                merge(kind, known(entry.name));
    }

private:
    void on_number(const Field& field, std::uint64_t&, unsigned bits) override {
        add(field, FieldType::number, bits);
    }
    void on_bit(const Field& field, bool&) override { add(field, FieldType::bit, 1); }
    void on_reserved(const Field& field, std::uint64_t&, unsigned bits) override {
        add(field, FieldType::number, bits, true);
    }
    void on_derived(const Field& field, Derived&, unsigned bits, const Right&) override {
        add(field, FieldType::number, bits, true);
    }
    void on_address(const Field& field, std::span<std::uint8_t>, FieldType type) override {
        add(field, type, 0);
    }
    void on_octets(const Field& field, base::Bytes&, std::size_t size) override {
        add(field, FieldType::octets, 0, size != 0);
    }
    void on_text(const Field& field, std::string&) override { add(field, FieldType::text, 0); }
    void on_trailer(const Field& field, base::Bytes&) override { add(field, FieldType::octets, 0, true); }
    void on_end(const Field& field, bool&) override { add(field, FieldType::bit, 1, true); }
    void on_option_type(const Field& field, std::uint64_t&, unsigned bits) override {
        add(field, FieldType::number, bits);
    }
    void on_message_type(const Field& field, std::uint64_t&, const Names& names) override {
        add(field, FieldType::number, 8);
        names_ = &names;
    }

    void on_options(Family family, OptionList& list, bool* unpadded) override {
        if (unpadded != nullptr)
            add({"unpadded"}, FieldType::bit, 1, true);
        auto shapes = list.shapes();
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            child(*kind_, shapes[i].kind->name);
            if (depth_ < 4)
                option(family, list, i);
        }
    }

    void on_nested(std::vector<Dhcpv6Any>&, base::Bytes&) override {
        for (const Names* names : {&names::dhcpv6_message, &names::dhcpv6_relay})
            for (const auto& entry : names->entries)
                child(*kind_, entry.name);
        child(*kind_, Dhcpv6Message::kind.name);
        add({"data"}, FieldType::octets, 0);
    }

    void option(Family family, OptionList& list, std::size_t shape) {
        const Shape& described = list.shapes()[shape];
        if (!told_.insert({family, &described}).second)
            return; // an option says the same wherever it stands
        ElementKind* outer = std::exchange(kind_, &known(described.kind->name));
        unsigned bits = family == Family::dhcpv6 ? 16 : 8;
        if (described.form != Shape::Form::raw && described.form != Shape::Form::unknown &&
            described.form != Shape::Form::foreign)
            add({"type"}, FieldType::number, bits, true);
        if (described.form != Shape::Form::raw)
            add({"option-length"}, FieldType::number, bits, true);
        if (family == Family::context && described.form == Shape::Form::known)
            add({"pad-length"}, FieldType::number, 8, true);
        ++depth_;
        described.describe(list.append(shape), *this);
        --depth_;
        kind_ = outer;
    }

    ElementKind& known(std::string_view name) {
        auto found = catalogue_.find(name);
        if (found == catalogue_.end()) {
            found = catalogue_.emplace(name, ElementKind{}).first;
            found->second.name = name;
        }
        return found->second;
    }

    // Dialects and places of use differ in what they mention; the vocabulary is all of it.

    static FieldKind* field_of(ElementKind& kind, std::string_view name) {
        const auto found = std::find_if(kind.fields.begin(), kind.fields.end(),
                                        [&](const FieldKind& field) { return field.name == name; });
        return found == kind.fields.end() ? nullptr : &*found;
    }

    void add(const Field& field, FieldType type, unsigned bits, bool derived = false) {
        const unsigned width = type == FieldType::number ? bits : 0;
        if (FieldKind* same = field_of(*kind_, field.name))
            same->bits = std::max(same->bits, width);
        else
            kind_->fields.push_back(
                {std::string(field.name), type, width, field.names, derived, std::string(field.unit)});
    }

    static void child(ElementKind& of, std::string_view name) {
        if (std::find(of.children.begin(), of.children.end(), name) == of.children.end())
            of.children.emplace_back(name);
    }

    static void merge(const ElementKind& from, ElementKind& into) {
        into.is_layer |= from.is_layer;
        for (const auto& field : from.fields) {
            if (FieldKind* same = field_of(into, field.name))
                same->bits = std::max(same->bits, field.bits);
            else
                into.fields.push_back(field);
        }
        for (const auto& name : from.children)
            child(into, name);
    }

    Catalogue& catalogue_;
    std::set<std::pair<Family, const Shape*>> told_;
    ElementKind* kind_ = nullptr;
    const Names* names_ = nullptr;
    unsigned depth_ = 0;
};

std::vector<ElementKind> collect() {
    Catalogue catalogue;
    std::vector<Profile> profiles(4);
    profiles[0].dialect = Profile::Dialect::rfc5213;
    profiles[1].dialect = Profile::Dialect::nemo_pd;
    profiles[2].dialect = Profile::Dialect::nemo_pd;
    profiles[2].nemo_alternative_s_bits = true;
    profiles[3].dialect = Profile::Dialect::pmip6_nemo;
    for (const auto& profile : profiles) {
        Cataloguer cataloguer(profile, catalogue);
        for (std::size_t shape = 0; shape < layer_shapes().size(); ++shape)
            cataloguer.layer(shape);
    }
    ElementKind packet;
    packet.name = "packet";
    std::vector<ElementKind> kinds;
    kinds.reserve(catalogue.size() + 1);
    for (auto& [name, kind] : catalogue) {
        if (kind.is_layer)
            packet.children.push_back(name);
        kinds.push_back(std::move(kind));
    }
    kinds.push_back(std::move(packet));
    std::sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return kinds;
}

} // namespace

const std::vector<ElementKind>& vocabulary() {
    static const std::vector<ElementKind> kinds = collect();
    return kinds;
}

const ElementKind* find_kind(std::string_view name) {
    const auto& kinds = vocabulary();
    auto found =
        std::lower_bound(kinds.begin(), kinds.end(), name,
                         [](const ElementKind& kind, std::string_view wanted) { return kind.name < wanted; });
    return found != kinds.end() && found->name == name ? &*found : nullptr;
}

const FieldKind* ElementKind::field(std::string_view wanted) const {
    for (const auto& field : fields)
        if (field.name == wanted)
            return &field;
    return nullptr;
}

} // namespace wire
