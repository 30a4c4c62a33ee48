#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/base/text.h"
#include "harness/script/value.h"

#include <fmt/format.h>

namespace script {
namespace {

using model::Value;
using Op = Value::Op;
using wire::FieldKind;
using wire::FieldType;

std::string name_of(const FieldKind& field, std::string_view owner) {
    return fmt::format("{} of {}", field.name, owner);
}

/// Why the text is no value of the field.
std::string sentence(const std::string& text, const FieldKind& field, std::string_view owner) {
    switch (field.type) {
    case FieldType::bit:
        return fmt::format("{} is a bit, 0 or 1, not {}", name_of(field, owner), quoted(text));
    case FieldType::ip6:
        return fmt::format("{} is an IPv6 address, not {}", name_of(field, owner), quoted(text));
    case FieldType::ip4:
        return fmt::format("{} is an IPv4 address, not {}", name_of(field, owner), quoted(text));
    case FieldType::mac:
        return fmt::format("{} is an Ethernet address, not {}", name_of(field, owner), quoted(text));
    case FieldType::octets:
        return fmt::format("{} holds octets in hexadecimal, not {}", name_of(field, owner), quoted(text));
    case FieldType::text:
        return fmt::format("{} holds text, not {}", name_of(field, owner), quoted(text));
    case FieldType::number:
        break;
    }
    if (base::parse_number(text))
        return fmt::format("{} has {} bits: {} does not fit", name_of(field, owner), field.bits, text);
    std::vector<std::string> names;
    if (field.names)
        for (const auto& entry : field.names->entries)
            names.emplace_back(entry.name);
    return fmt::format("{} has no value {}{}", name_of(field, owner), quoted(text),
                       did_you_mean(text, names));
}

bool is_literal_of(const FieldKind& field, const std::string& text) {
    // A round of `repeat` is put in when the round begins.
    if (text.find("${") != std::string::npos || wire::parse_scalar(field, text))
        return true;
    if (field.type == FieldType::number)
        return text == "next" || (!field.unit.empty() && base::parse_duration(text));
    // Inside a set, where the length cannot be written out.
    return field.name == "prefix" && base::parse_prefix(text);
}

/// Operands of arithmetic and tolerance are values of the field, numbers or times.
bool is_operand_of(const FieldKind& field, const std::string& text) {
    return is_literal_of(field, text) || base::parse_number(text) || base::parse_duration(text);
}

bool is_arithmetic(const Value& value) {
    return value.op == Op::sum || value.op == Op::difference || value.op == Op::product;
}

/// Arithmetic is done on numbers: what is counted in addresses has a form of its own.
std::string no_arithmetic(std::string_view what) {
    return fmt::format("nothing can be added to {}: host N in PREFIX is the N-th address of a prefix", what);
}

void check(const Value& value, const FieldKind& field, std::string_view owner, bool operand,
           Mistakes& mistakes) {
    const auto wrong = [&](const Value& part) {
        mistakes.add(part.where, sentence(part.text, field, owner));
    };
    switch (value.op) {
    case Op::literal:
        if (!(operand ? is_operand_of(field, value.text) : is_literal_of(field, value.text)))
            wrong(value);
        return;
    case Op::sum:
    case Op::difference:
    case Op::product:
    case Op::tolerance:
        if (field.type == FieldType::ip6 || field.type == FieldType::ip4 || field.type == FieldType::mac) {
            mistakes.add(value.where, no_arithmetic(name_of(field, owner)));
            return;
        }
        operand = true;
        break;
    case Op::after:
    case Op::greater:
    case Op::less:
        operand = true;
        break;
    case Op::in_prefix:
    case Op::overlaps_none:
    case Op::equal_in:
    case Op::host_in:
        for (std::size_t i = 0; i < value.operands.size(); ++i) {
            const Value& part = value.operands[i];
            const bool number = value.op == Op::host_in && i == 0;
            if (is_arithmetic(part) && !number)
                mistakes.add(part.where, no_arithmetic("a prefix"));
            if (part.op != Op::literal || (number && base::parse_number(part.text)) ||
                (!number && (base::parse_prefix(part.text) || base::parse_ip6(part.text))))
                continue;
            mistakes.add(part.where,
                         fmt::format("{} is no {}", quoted(part.text), number ? "number" : "prefix"));
        }
        return;
    default:
        break;
    }
    if (value.op == Op::mask && field.type != FieldType::number && field.type != FieldType::bit)
        mistakes.add(value.where,
                     fmt::format("a mask needs a number, which {} is not", name_of(field, owner)));
    else
        for (const auto& part : value.operands)
            check(part, field, owner, operand || value.op == Op::mask, mistakes);
}

} // namespace

void check_literals(const Value& value, const FieldKind& field, std::string_view owner, Mistakes& mistakes) {
    check(value, field, owner, false, mistakes);
}

} // namespace script
