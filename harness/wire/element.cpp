// Values of fields as text, and elements as suite vocabulary.
#include "harness/wire/element.h"

#include "harness/base/now.h"
#include "harness/base/text.h"
#include "harness/wire/vocabulary.h"

#include <fmt/format.h>

namespace wire {

namespace {

/// Control, non-ASCII and backslash octets as \xNN: reversible, and harmless in XML and on terminals.
std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet < 0x7f && c != '\\')
            out += c;
        else
            out += fmt::format("\\x{:02x}", octet);
    }
    return out;
}

std::optional<std::string> unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        auto octet =
            i + 3 < text.size() && text[i + 1] == 'x' ? base::parse_hex(text.substr(i + 2, 2)) : std::nullopt;
        if (!octet || octet->size() != 1)
            return std::nullopt;
        out += static_cast<char>((*octet)[0]);
        i += 3;
    }
    return out;
}

bool fits(std::uint64_t value, unsigned bits) {
    return bits == 0 || bits >= 64 || value >> bits == 0;
}

/// "10s" for a field that counts in "4s" is 2.5, hence nothing; "1h" is 900.
std::optional<std::uint64_t> in_units(std::string_view text, std::string_view unit) {
    if (unit.empty())
        return std::nullopt;
    std::string one = unit[0] >= '0' && unit[0] <= '9' ? std::string(unit) : "1" + std::string(unit);
    auto length = base::parse_duration(text), of = base::parse_duration(one);
    if (!length || !of || length->count() < 0 || of->count() <= 0 || length->count() % of->count() != 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(length->count() / of->count());
}

std::optional<std::uint64_t> parse_count(const ValueShape& shape, std::string_view text) {
    auto value = base::parse_number(text);
    if (!value && shape.names)
        value = shape.names->number_of(text);
    if (!value)
        value = in_units(text, shape.unit);
    return value && fits(*value, shape.bits) ? value : std::nullopt;
}

std::string xml(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

template <class T>
std::optional<Scalar> as_scalar(std::optional<T> value) {
    return value ? std::optional<Scalar>(std::move(*value)) : std::nullopt;
}

void print(const Element& element, std::string& out) {
    out += '<' + element.name;
    const ElementKind* known = find_kind(element.name);
    for (const auto& attribute : element.attributes) {
        const FieldKind* kind = attribute.kind ? attribute.kind
                                : known        ? known->field(attribute.name)
                                               : nullptr;
        const auto* number = std::get_if<std::uint64_t>(&attribute.value);
        if (number && *number == 0 && kind && kind->type == FieldType::bit)
            continue; // a flag that is not written is not set
        out += ' ' + attribute.name + "=\"" + xml(text(attribute.value, kind)) + '"';
    }
    if (element.children.empty()) {
        out += "/>";
        return;
    }
    out += '>';
    for (const auto& child : element.children)
        print(child, out);
    out += "</" + element.name + '>';
}

} // namespace

std::optional<Scalar> parse_value(const ValueShape& shape, std::string_view text) {
    switch (shape.type) {
    case FieldType::number:
        return as_scalar(parse_count(shape, text));
    case FieldType::bit:
        return text == "0" || text == "1" ? std::optional<Scalar>(std::uint64_t{text == "1"}) : std::nullopt;
    case FieldType::ip6:
        return as_scalar(base::parse_ip6(text));
    case FieldType::ip4:
        return as_scalar(base::parse_ip4(text));
    case FieldType::mac:
        return as_scalar(base::parse_mac(text));
    case FieldType::octets:
        return as_scalar(base::parse_hex(text));
    case FieldType::text:
        return as_scalar(unescaped(text));
    }
    return std::nullopt;
}

std::optional<Scalar> parse_scalar(const FieldKind& kind, std::string_view text) {
    return parse_value({kind.type, kind.bits, kind.names, kind.unit}, text);
}

std::string text(const Scalar& value, const FieldKind* kind) {
    struct Printer {
        const FieldKind* kind;
        std::string operator()(std::uint64_t number) const {
            if (kind && kind->names)
                if (auto name = kind->names->name_of(number))
                    return std::string(*name);
            return kind && kind->name == "checksum" ? fmt::format("{:#06x}", number) : std::to_string(number);
        }
        std::string operator()(const base::Ip6& address) const { return base::text(address); }
        std::string operator()(const base::Ip4& address) const { return base::text(address); }
        std::string operator()(const base::Mac& address) const { return base::text(address); }
        std::string operator()(const base::Bytes& octets) const { return base::hex(octets); }
        std::string operator()(const std::string& octets) const {
            // in an element to be built, any field may still be text: that is printed as it was written
            return kind && kind->type != FieldType::text ? octets : escaped(octets);
        }
    };
    return std::visit(Printer{kind}, value);
}

std::string text(const Element& element) {
    std::string out;
    print(element, out);
    return out;
}

const Attribute* Element::attribute(std::string_view wanted) const {
    for (const auto& attribute : attributes)
        if (attribute.name == wanted)
            return &attribute;
    return nullptr;
}

const Element* Element::child(std::string_view wanted) const {
    for (const auto& element : children)
        if (element.name == wanted)
            return &element;
    return nullptr;
}

void split_prefixes(Element& element) {
    const ElementKind* kind = find_kind(element.name);
    const FieldKind* length = kind ? kind->field("prefix-length") : nullptr;
    if (length && !element.attribute("prefix-length"))
        for (std::size_t i = 0; i < element.attributes.size(); ++i) {
            auto* written = std::get_if<std::string>(&element.attributes[i].value);
            const FieldKind* field = kind->field(element.attributes[i].name);
            auto slash = written ? written->find('/') : std::string::npos;
            if (slash == std::string::npos || !field ||
                (field->type != FieldType::ip6 && field->type != FieldType::ip4))
                continue;
            Attribute split{"prefix-length", written->substr(slash + 1), length, 0};
            written->resize(slash);
            element.attributes.push_back(std::move(split));
            break;
        }
    for (auto& child : element.children)
        split_prefixes(child);
}

} // namespace wire
