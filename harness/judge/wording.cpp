// Values as a reader of a difference wants them.
#include "harness/base/text.h"
#include "harness/judge/evaluate.h"
#include "harness/judge/terms.h"

namespace judge {

using model::Value;
using Op = Value::Op;

namespace {

template <class Leaf>
std::string spelt(const Value& value, const Leaf& leaf) {
    const auto operand = [&](std::size_t i) {
        return i < value.operands.size() ? spelt(value.operands[i], leaf) : std::string("?");
    };
    switch (value.op) {
    case Op::any:
        return "*";
    case Op::range:
        return operand(0) + ".." + operand(1);
    case Op::set: {
        std::vector<std::string> members;
        for (const auto& one : value.operands)
            members.push_back(spelt(one, leaf));
        return "{" + base::join(members, ", ") + "}";
    }
    case Op::mask:
        return operand(0) + "/" + operand(1);
    case Op::tolerance:
        return operand(0) + " ± " + operand(1);
    case Op::negation:
        return "not " + operand(0);
    case Op::after:
        return "after " + operand(0);
    case Op::greater:
        return "greater than " + operand(0);
    case Op::less:
        return "less than " + operand(0);
    case Op::distinct:
        return "distinct";
    case Op::in_prefix:
        return "in " + operand(0);
    case Op::overlaps_none:
        return "overlaps none of " + operand(0);
    case Op::equal_in:
        return "equal in " + operand(0);
    default:
        return leaf(value, operand);
    }
}

} // namespace

std::string written(const Value& value) {
    return spelt(value, [](const Value& leaf, const auto& operand) -> std::string {
        switch (leaf.op) {
        case Op::reference:
            return "${" + leaf.text + "}";
        case Op::sum:
            return operand(0) + " + " + operand(1);
        case Op::difference:
            return operand(0) + " - " + operand(1);
        case Op::product:
            return operand(0) + " * " + operand(1);
        case Op::host_in:
            return "host " + operand(0) + " in " + operand(1);
        default:
            return leaf.text;
        }
    });
}

std::string expected(const Value& value, const wire::FieldKind* kind, const Environment& environment,
                     const Moment& moment) {
    return spelt(value, [&](const Value& leaf, const auto&) -> std::string {
        std::string why;
        if (leaf.op == Op::literal)
            return environment.expand(leaf.text, moment);
        const auto term = compute(leaf, kind, environment, moment, why);
        if (!term)
            return written(leaf);
        if (const auto* prefix = std::get_if<base::Prefix>(&term->what))
            return base::text(*prefix);
        if (const auto* list = std::get_if<Terms>(&term->what)) {
            std::vector<std::string> parts;
            for (const auto& one : *list) {
                const auto prefix = prefix_in(one);
                const auto* typed = std::get_if<Typed>(&one.what);
                parts.push_back(prefix && prefix->length < 128 ? base::text(*prefix)
                                : typed                        ? wire::text(typed->value, typed->kind)
                                                               : std::string("?"));
            }
            return "{" + base::join(parts, ", ") + "}";
        }
        if (kind)
            if (const auto scalar = as_field(*term, *kind))
                return wire::text(*scalar, kind);
        if (const auto* typed = std::get_if<Typed>(&term->what))
            return wire::text(typed->value, typed->kind);
        if (const auto* duration = std::get_if<base::Duration>(&term->what))
            return base::text_of(*duration);
        if (const auto* instant = std::get_if<Instant>(&term->what))
            return base::text_of(instant->wall);
        const auto* text = std::get_if<std::string>(&term->what);
        return text ? *text : written(leaf);
    });
}

} // namespace judge
