#include "harness/script/packet.h"

#include "harness/base/ip.h"
#include "harness/base/text.h"
#include "harness/script/value.h"
#include "harness/wire/element.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace script {
namespace {

using model::ElementSpec;
using model::FieldSpec;
using model::PacketSpec;

const std::vector<std::string> template_words{"name", "of", "profile", "about", "answers", "keys", "repeats"};
const std::vector<std::string> element_words{"absent",  "exactly", "only",   "ordered",
                                             "padding", "when",    "proves", "for"};

std::vector<std::string> field_names(const wire::ElementKind& kind) {
    std::vector<std::string> names = element_words;
    for (const auto& field : kind.fields)
        names.push_back(field.name);
    return names;
}

FieldSpec* find_field(ElementSpec& element, std::string_view name) {
    for (auto& field : element.fields)
        if (field.name == name)
            return &field;
    return nullptr;
}

void put_field(ElementSpec& element, FieldSpec field) {
    if (auto* written = find_field(element, field.name))
        *written = std::move(field);
    else
        element.fields.push_back(std::move(field));
}

/// "zeros 40": that many octets.
void write_out_zeros(model::Value& value, const Context& context) {
    constexpr std::uint64_t most = 65535;
    if (value.op == model::Value::Op::literal && value.text.starts_with("zeros "))
        if (const auto count = base::parse_number(value.text.substr(6)); count && *count <= most) {
            context.mistakes->spend(*count / 32, value.where);
            value.text = std::string(2 * *count, '0');
        }
}

/// Replaces ${self.…} in every reference of the value.
void name_self(model::Value& value, const std::string& self) {
    if (value.op == model::Value::Op::reference && (value.text == "self" || value.text.starts_with("self.")))
        value.text = self + value.text.substr(4);
    for (auto& operand : value.operands)
        name_self(operand, self);
}

void each_value_of(const ElementSpec& element,
                   const std::function<void(const ElementSpec&, const FieldSpec&)>& visit) {
    for (const auto& field : element.fields)
        visit(element, field);
    for (const auto& child : element.children)
        each_value_of(child, visit);
}

} // namespace

/// The identity that ${self} means just now, and what the outermost template says of keys.
struct PacketReader::Reading {
    const PacketPlace& place;
    std::string self;
    std::string about; ///< explicit `for`
    PacketSpec& packet;
};

ReadPacket PacketReader::read(const std::vector<Tag>& parts, const PacketPlace& place,
                              const std::string& about) const {
    ReadPacket result;
    Reading reading{place, about.empty() ? place.self : about, about, result.packet};
    for (const auto& part : parts) {
        if (!is_edit(part.name())) {
            if (!result.packet.edits.empty())
                context_.mistake(part.where(), fmt::format("{} stands behind an edit: edits come last",
                                                           quoted(part.name())));
            layer(part, reading);
        } else if (place.edits) {
            result.packet.edits.push_back(edit(part));
        } else {
            context_.mistake(part.where(),
                             fmt::format("{} edits what is sent; nothing is sent here", quoted(part.name())));
        }
    }
    if (!result.packet.layers.empty())
        result.packet.message = result.packet.layers.back().kind;
    insist(result.packet, reading);
    result.about = reading.about;
    return result;
}

PacketSpec PacketReader::instance(const std::string& name, const model::Where& where,
                                  const PacketPlace& place) const {
    PacketSpec packet;
    if (!templates_.has(name)) {
        context_.mistake(where, fmt::format("there is no template {}{}", quoted(name),
                                            did_you_mean(name, templates_.names())));
        return packet;
    }
    Reading reading{place, place.self, {}, packet};
    from_template({}, name, reading);
    if (!packet.layers.empty())
        packet.message = packet.layers.back().kind;
    return packet;
}

void PacketReader::layer(const Tag& tag, Reading& reading) const {
    const std::string name = tag.name();
    const Condition when = condition(tag, context_);
    if (!when.holds)
        return;
    const std::size_t before = reading.packet.layers.size();
    if (name == "any") {
        tag.only({"when"}, *context_.mistakes);
        ElementSpec any;
        any.kind = name;
        any.where = tag.where();
        reading.packet.layers.push_back(std::move(any));
    } else if (templates_.has(name)) {
        from_template(tag, name, reading);
    } else if (wire::find_kind(name)) {
        ElementSpec spec;
        element(tag, spec, reading);
        reading.packet.layers.push_back(std::move(spec));
    } else {
        unknown(tag);
    }
    for (std::size_t i = before; i < reading.packet.layers.size(); ++i) {
        auto& spec = reading.packet.layers[i];
        spec.when = when.later;
        const auto* kind = wire::find_kind(spec.kind);
        if (kind && !kind->is_layer)
            context_.mistake(tag.where(),
                             fmt::format("{} is an option and stands inside a message", quoted(spec.kind)));
    }
}

void PacketReader::unknown(const Tag& tag) const {
    if (tag.name() == "use" && tag.has("fragment")) {
        context_.mistake(tag.where(), fmt::format("there is no fragment {}", quoted(tag.value("fragment"))));
        return;
    }
    std::vector<std::string> known = templates_.names();
    for (const auto& kind : wire::vocabulary())
        known.push_back(kind.name);
    context_.mistake(tag.where(), fmt::format("unknown element {}{}", quoted(tag.name()),
                                              did_you_mean(tag.name(), known)));
}

/// The identity that a use of a template is about.
std::string PacketReader::identity(const Tag& use, const Reading& reading) const {
    const auto named = use ? use.attr("for") : std::nullopt;
    if (!named)
        return {};
    const auto* known = reading.place.identities;
    if (known && named->value.find("${") == std::string::npos && !is_one_of(*known, named->value)) {
        context_.mistake(named->at(), fmt::format("there is no mobile node {}{}", quoted(named->value),
                                                  did_you_mean(named->value, *known)));
        return {};
    }
    return named->value;
}

/// Adds the layers of a template; `use` is the element that names it, or nothing.
void PacketReader::from_template(const Tag& use, const std::string& name, Reading& reading) const {
    const Templates::Chain chain = templates_.chain(name, context_);
    if (chain.base.empty())
        return;
    if (const std::string about = identity(use, reading); !about.empty())
        reading.about = reading.self = about;
    std::size_t applied = 0;
    if (chain.base == "packet") {
        for (const auto& child : chain.forms.front().children())
            layer(child, reading);
        applied = 1;
        if (reading.packet.layers.empty())
            return context_.mistake(chain.forms.front().where(),
                                    fmt::format("template {} holds no layer", quoted(name)));
    } else {
        reading.packet.layers.emplace_back();
        reading.packet.layers.back().kind = chain.base;
    }
    ElementSpec spec = std::move(reading.packet.layers.back());
    for (; applied < chain.forms.size(); ++applied)
        apply(chain.forms[applied], spec, reading, true);
    if (use)
        apply(use, spec, reading, false);
    spec.where = use ? use.where() : chain.forms.back().where();
    reading.packet.layers.back() = std::move(spec);
    reading.packet.template_name = name;
    reading.packet.about_field = chain.value("about");
    reading.packet.answers_field = chain.value("answers");
    reading.packet.keys = chain.words("keys");
    reading.packet.repeats = chain.words("repeats");
}

/// An element inside a message, or a layer that no template describes.
void PacketReader::element(const Tag& tag, ElementSpec& into, Reading& reading) const {
    if (templates_.has(tag.name())) {
        const Templates::Chain chain = templates_.chain(tag.name(), context_);
        if (chain.base.empty() || chain.base == "packet") {
            if (!chain.base.empty())
                context_.mistake(
                    tag.where(),
                    fmt::format("template {} is a whole packet and cannot be an option", quoted(tag.name())));
            return;
        }
        into.kind = chain.base;
        for (const auto& form : chain.forms)
            apply(form, into, reading, true);
    } else {
        if (tag.has("for"))
            context_.mistake(tag.attr("for")->where(),
                             fmt::format("\"for\" belongs to templates, and {} is none", quoted(tag.name())));
        into.kind = tag.name();
    }
    apply(tag, into, reading, false);
}

void PacketReader::apply(const Tag& tag, ElementSpec& into, Reading& reading, bool is_template) const {
    into.where = tag.where();
    context_.mistakes->spend(1, into.where);
    if (!is_template || tag.has("proves"))
        into.proves = read_proofs(tag.attr("proves"), context_);
    into.absent |= read_flag(tag.attr("absent"), context_);
    into.exactly |= read_flag(tag.attr("exactly"), context_);
    into.ordered |= read_flag(tag.attr("ordered"), context_);
    if (const auto padding = tag.attr("padding")) {
        read_choice(padding, {"explicit"}, context_);
        into.explicit_padding = true;
    }
    if (const auto only = tag.attr("only"))
        for (const auto& word : tag.words("only")) {
            if (!wire::find_kind(word))
                context_.mistake(only->at(), fmt::format("unknown element {} in \"only\"", quoted(word)));
            into.only.push_back(word);
        }
    fields(tag, into, reading, is_template);
    options(tag, into, reading);
}

model::Value PacketReader::value(const Attr& attr, const Reading& reading) const {
    model::Value value = read_value(attr, context_);
    bool needs_self = false;
    each_reference(value, [&](const model::Value& reference) {
        needs_self |= reference.text == "self" || reference.text.starts_with("self.");
    });
    if (needs_self && reading.self.empty())
        context_.mistake(attr.at(), "${self} means a mobile node, and the topology has none");
    else
        name_self(value, reading.self);
    return value;
}

void PacketReader::fields(const Tag& tag, ElementSpec& into, Reading& reading, bool is_template) const {
    const auto* kind = wire::find_kind(into.kind);
    if (!kind)
        return;
    const auto attrs = tag.attrs();
    for (const auto& attr : attrs) {
        if (is_one_of(element_words, attr.name) || (is_template && is_one_of(template_words, attr.name)) ||
            attr.name.find('.') != std::string::npos)
            continue;
        const auto* field = kind->field(attr.name);
        if (!field) {
            context_.mistake(attr.where(),
                             fmt::format("{} has no field {}{}", quoted(into.kind), quoted(attr.name),
                                         did_you_mean(attr.name, field_names(*kind))));
            continue;
        }
        FieldSpec spec{attr.name, value(attr, reading), {}, {}, attr.where()};
        if (attr.name == "prefix" && kind->field("prefix-length"))
            prefix(tag, spec, into);
        if (field->type == wire::FieldType::octets)
            write_out_zeros(spec.value, context_);
        check_literals(spec.value, *field, into.kind, *context_.mistakes);
        put_field(into, std::move(spec));
    }
    for (const auto& attr : attrs)
        if (const auto dot = attr.name.find('.'); dot != std::string::npos)
            detail(attr, dot, into);
}

/// A prefix brings its length along: an inherited length gives way, and that of a literal is written out.
void PacketReader::prefix(const Tag& tag, FieldSpec& spec, ElementSpec& into) const {
    if (!tag.has("prefix-length"))
        std::erase_if(into.fields, [](const FieldSpec& field) { return field.name == "prefix-length"; });
    const std::size_t slash = spec.value.text.find('/');
    if (spec.value.op != model::Value::Op::literal || slash == std::string::npos ||
        !base::parse_prefix(spec.value.text))
        return;
    FieldSpec length = spec;
    length.name = "prefix-length";
    length.value.text = spec.value.text.substr(slash + 1);
    spec.value.text.resize(slash);
    if (!tag.has("prefix-length"))
        put_field(into, std::move(length));
}

/// FIELD.proves and FIELD.when.
void PacketReader::detail(const Attr& attr, std::size_t dot, ElementSpec& into) const {
    const std::string name = attr.name.substr(0, dot), what = attr.name.substr(dot + 1);
    auto* field = find_field(into, name);
    if (what != "proves" && what != "when") {
        context_.mistake(attr.where(),
                         fmt::format("{} ends neither in .proves nor in .when", quoted(attr.name)));
    } else if (!field) {
        context_.mistake(attr.where(),
                         fmt::format("{} speaks of a field that is not written here", quoted(attr.name)));
    } else if (what == "proves") {
        field->proves = read_proofs(attr, context_);
    } else {
        const Condition when = condition(attr.value, attr.at(), context_);
        field->when = when.later;
        if (!when.holds)
            std::erase_if(into.fields, [&](const FieldSpec& one) { return one.name == name; });
    }
}

/// Children are options: the n-th that is written of a kind replaces the n-th that was there.
void PacketReader::options(const Tag& tag, ElementSpec& into, Reading& reading) const {
    const auto* kind = wire::find_kind(into.kind);
    const std::size_t inherited = into.children.size();
    std::map<std::string, std::size_t> written;
    std::vector<Tag> removals;
    for (const auto& child : tag.children()) {
        if (child.name() == "without") {
            removals.push_back(child);
            continue;
        }
        if (is_edit(child.name()) && reading.place.edits) {
            reading.packet.edits.push_back(edit(child));
            continue;
        }
        const Condition when = condition(child, context_);
        if (!when.holds)
            continue;
        if (!templates_.has(child.name()) && !wire::find_kind(child.name())) {
            unknown(child);
            continue;
        }
        ElementSpec spec;
        element(child, spec, reading);
        spec.when = when.later;
        if (kind && wire::find_kind(spec.kind) && !is_one_of(kind->children, spec.kind))
            context_.mistake(child.where(),
                             fmt::format("{} holds no {}", quoted(into.kind), quoted(spec.kind)));
        std::size_t nth = written[spec.kind]++;
        ElementSpec* replaced = nullptr;
        for (std::size_t i = 0; i < inherited && !replaced; ++i)
            if (into.children[i].kind == spec.kind && nth-- == 0)
                replaced = &into.children[i];
        if (replaced)
            *replaced = std::move(spec);
        else
            into.children.push_back(std::move(spec));
    }
    for (const auto& removal : removals) {
        removal.only({"option"}, *context_.mistakes);
        const std::string option = removal.required("option", *context_.mistakes);
        const auto found = std::find_if(into.children.begin(), into.children.end(),
                                        [&](const ElementSpec& one) { return one.kind == option; });
        if (found != into.children.end())
            into.children.erase(found);
        else if (!option.empty())
            context_.mistake(removal.where(), fmt::format("there is no {} to leave out", quoted(option)));
    }
}

/// A packet that is said to be about an identity carries it, or it is another packet.
void PacketReader::insist(PacketSpec& packet, const Reading& reading) const {
    if (reading.about.empty() || packet.about_field.empty() || packet.layers.empty())
        return;
    const auto path = base::split(packet.about_field, ".");
    ElementSpec* owner = &packet.layers.back();
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        const auto child = std::find_if(owner->children.begin(), owner->children.end(),
                                        [&](const ElementSpec& one) { return one.kind == path[i]; });
        // A packet that leaves the option out on purpose stays without it.
        if (child == owner->children.end() || child->absent)
            return;
        owner = &*child;
    }
    if (auto* field = find_field(*owner, path.back()))
        field->value.typical = false;
}

void each_value(const PacketSpec& packet,
                const std::function<void(const ElementSpec&, const FieldSpec&)>& visit) {
    for (const auto& layer : packet.layers)
        each_value_of(layer, visit);
}

} // namespace script
