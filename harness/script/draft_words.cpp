#include "harness/script/draft_words.h"

#include "harness/base/xml_text.h"
#include "harness/script/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace script {
namespace {

const model::FieldSpec* field_of(const model::ElementSpec& form, std::string_view name) {
    const auto found = std::ranges::find(form.fields, name, &model::FieldSpec::name);
    return found == form.fields.end() ? nullptr : &*found;
}

/// It means a packet that is answered, which a plain send has not.
bool means_the_answered(std::string_view text) {
    return text.find("${this.") != std::string_view::npos;
}

bool is_typical(const model::ElementSpec& form) {
    return !form.fields.empty() &&
           std::ranges::all_of(form.fields, [](const auto& field) { return field.value.typical; });
}

bool depends_on_the_answered(const model::ElementSpec& form) {
    return std::ranges::any_of(form.fields,
                               [](const auto& field) { return means_the_answered(text(field.value)); });
}

/// What a reader looks for in an answer, even where it is as always.
bool tells(std::string_view field) {
    return field == "status" || field == "lifetime";
}

/// A bit that is not set: unwritten it is the same.
bool is_unset(const Written& element, const WrittenField& field) {
    const auto* kind = wire::find_kind(element.name);
    const auto* known = kind ? kind->field(field.name) : nullptr;
    return known && known->type == wire::FieldType::bit && field.text == "0";
}

Written unusual_part(const Written& whole) {
    Written out;
    out.name = whole.name;
    for (const auto& field : whole.fields)
        if (!field.usual && !is_unset(whole, field))
            out.fields.push_back(field);
    for (const auto& child : whole.children)
        if (!child.is_usual())
            out.children.push_back(unusual_part(child));
    return out;
}

const model::ElementSpec* nth_of(const model::ElementSpec& form, const std::string& kind, std::size_t nth) {
    for (const auto& child : form.children)
        if (child.kind == kind && !child.absent && nth-- == 0)
            return &child;
    return nullptr;
}

/// Does the form send this option by itself?
bool is_sent_by(const Written& option, const model::ElementSpec& form, const std::string& self) {
    return std::ranges::all_of(option.fields, [&](const auto& field) {
        const auto said = said_by(form, field.name, self);
        return !means_the_answered(said) &&
               (said == field.text || field.usual || (said.empty() && is_unset(option, field)));
    });
}

/// The template, or the tester by himself, says that field.
bool goes_without_saying(const Written& whole, const WrittenField& field, const model::ElementSpec& form,
                         const std::string& self, Manner manner) {
    if (manner == Manner::compared)
        return false;
    const auto said = said_by(form, field.name, self);
    if (said.empty() && is_unset(whole, field))
        return true;
    if (manner == Manner::sent)
        return !said.empty() && !means_the_answered(said) && (field.usual || said == field.text);
    const auto* spec = field_of(form, field.name);
    const bool insisted = spec && !spec->value.typical;
    return field.usual || (said == field.text && (insisted || !tells(field.name)));
}

void add_fields(const Written& whole, const model::ElementSpec& form, const std::string& self, Manner manner,
                Written& out) {
    for (const auto& field : whole.fields)
        if (!goes_without_saying(whole, field, form, self, manner))
            out.fields.push_back(field);
    const auto* kind = wire::find_kind(form.kind);
    for (const auto& field : form.fields) {
        const auto* known = kind ? kind->field(field.name) : nullptr;
        const bool matters = manner == Manner::sent || !field.value.typical;
        if (known && known->type == wire::FieldType::bit && matters && !whole.field(field.name) &&
            said_by(form, field.name, self) != "0")
            out.fields.push_back({field.name, "0", false});
    }
}

} // namespace

const WrittenField* Written::field(std::string_view wanted) const {
    const auto found = std::ranges::find(fields, wanted, &WrittenField::name);
    return found == fields.end() ? nullptr : &*found;
}

bool Written::is_usual() const {
    return std::ranges::all_of(fields, &WrittenField::usual) &&
           std::ranges::all_of(children, &Written::is_usual);
}

std::string said_by(const model::ElementSpec& form, std::string_view name, const std::string& self) {
    const auto* field = field_of(form, name);
    if (!field)
        return {};
    model::Value value = field->value;
    value.typical = false;
    std::string said = text(value);
    // A literal prefix was split when the template was read.
    if (const auto* length = field_of(form, "prefix-length");
        length && name == "prefix" && value.op == model::Value::Op::literal)
        said += "/" + length->value.text;
    static constexpr std::string_view usual_self = "${mn1.";
    for (std::size_t at = said.find(usual_self); at != std::string::npos && !self.empty();
         at = said.find(usual_self, at + 1))
        said.replace(at, usual_self.size(), "${" + self + ".");
    return said;
}

Written plainly(const Written& whole, Manner manner) {
    Written out = manner == Manner::expected ? unusual_part(whole) : whole;
    if (manner == Manner::sent) {
        std::erase_if(out.fields, [&](const auto& field) {
            return is_unset(whole, field) || (field.usual && field.name == "subtype");
        });
        for (auto& child : out.children)
            child = plainly(child, manner);
    }
    return out;
}

Written against(const Written& whole, const model::ElementSpec& form, const std::string& self,
                Manner manner) {
    Written out;
    out.name = whole.name;
    add_fields(whole, form, self, manner, out);
    std::map<std::string, std::size_t> count;
    for (const auto& child : whole.children)
        ++count[child.name];
    std::map<std::string, std::size_t> seen;
    for (const auto& child : whole.children) {
        const auto* own = nth_of(form, child.name, seen[child.name]++);
        const bool left_out = manner == Manner::sent
                                  ? own && count[child.name] == 1 && is_sent_by(child, *own, self)
                              : manner == Manner::expected ? child.is_usual()
                                                           : false;
        if (!left_out)
            out.children.push_back(plainly(child, manner));
    }
    for (const auto& option : form.children) {
        if (option.absent || count.contains(option.kind) ||
            std::ranges::find(out.without, option.kind) != out.without.end())
            continue;
        const bool matters = manner == Manner::sent ? !is_typical(option) || !depends_on_the_answered(option)
                             : manner == Manner::expected ? !is_typical(option)
                                                          : true;
        if (matters)
            out.without.push_back(option.kind);
    }
    return out;
}

void insist_on_reserved(Written& element) {
    const auto* kind = wire::find_kind(element.name);
    for (const auto* name : {"reserved", "flags-reserved"})
        if (kind && kind->field(name) && !element.field(name))
            element.fields.push_back({name, "0", false});
    for (auto& child : element.children)
        insist_on_reserved(child);
}

bool says_the_same(const Written& whole, const model::ElementSpec& form, const std::string& self,
                   bool more_is_free) {
    const bool fields_do = std::ranges::all_of(whole.fields, [&](const auto& field) {
        const auto* spec = field_of(form, field.name);
        return field.usual || (more_is_free && !spec) || (spec && spec->value.op == model::Value::Op::any) ||
               said_by(form, field.name, self) == field.text;
    });
    return fields_do && whole.children.empty() && form.children.empty() &&
           std::ranges::all_of(form.fields, [&](const auto& field) {
               return field.value.typical || whole.field(field.name);
           });
}

std::string quoted_for_xml(std::string_view text) {
    std::string out;
    for (const char c : text) // a step stays on one line, whatever is in it
        out += static_cast<unsigned char>(c) < ' ' ? fmt::format("\\x{:02x}", c) : std::string(1, c);
    return base::xml_text(out);
}

std::string xml(const Written& element) {
    std::string out = "<" + element.name;
    for (const auto& field : element.fields)
        out += fmt::format(" {}=\"{}\"", field.name, quoted_for_xml(field.text));
    if (element.children.empty() && element.without.empty())
        return out + "/>";
    out += ">";
    for (const auto& child : element.children)
        out += xml(child);
    for (const auto& option : element.without)
        out += fmt::format("<without option=\"{}\"/>", option);
    return out + "</" + element.name + ">";
}

} // namespace script
