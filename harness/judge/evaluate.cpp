#include "harness/judge/evaluate.h"

#include "harness/base/text.h"
#include "harness/judge/terms.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {

using model::Value;
using Op = Value::Op;

const wire::FieldKind& count_kind() {
    static const wire::FieldKind kind{"count", wire::FieldType::number, 64, nullptr, false, {}};
    return kind;
}

const wire::FieldKind& duration_kind() {
    static const wire::FieldKind kind{"time", wire::FieldType::number, 64, nullptr, false, "ns"};
    return kind;
}

std::optional<Term> compute(const Value& value, const wire::FieldKind* kind, const Environment& environment,
                            const Moment& moment, std::string& why) {
    const auto operand = [&](std::size_t i, const wire::FieldKind* of) -> std::optional<Term> {
        if (i >= value.operands.size()) {
            why = "an operand is missing";
            return std::nullopt;
        }
        return compute(value.operands[i], of, environment, moment, why);
    };
    switch (value.op) {
    case Op::literal:
        return Term{environment.expand(value.text, moment)};
    case Op::reference:
        return environment.look_up(value.text, moment, why);
    case Op::sum:
    case Op::difference:
    case Op::product: {
        const auto left = operand(0, kind), right = operand(1, kind);
        if (!left || !right)
            return std::nullopt;
        auto term = arithmetic(value.op, *left, *right, kind);
        if (!term)
            why = fmt::format("{} cannot be computed", written(value));
        return term;
    }
    case Op::host_in: {
        const auto number = operand(0, nullptr), prefix = operand(1, nullptr);
        if (!number || !prefix)
            return std::nullopt;
        auto term = host_in(*number, *prefix);
        if (!term)
            why = fmt::format("{} is no address", written(value));
        return term;
    }
    case Op::range:
    case Op::set:
    case Op::mask:
    case Op::tolerance:
        return operand(0, kind);
    default:
        why = fmt::format("{} is no single value", written(value));
        return std::nullopt;
    }
}

std::optional<wire::Scalar> as_field(const Term& term, const wire::FieldKind& kind) {
    using wire::FieldType;
    if (kind.type == FieldType::number || kind.type == FieldType::bit) {
        if (const auto number = number_in(term, &kind))
            return wire::Scalar{*number};
        return std::nullopt;
    }
    if (kind.type == FieldType::ip6)
        if (const auto prefix = prefix_in(term))
            return wire::Scalar{prefix->address};
    if (const auto* text = std::get_if<std::string>(&term.what)) {
        if (auto scalar = wire::parse_scalar(kind, *text))
            return scalar;
        if (const auto mac = base::parse_mac(*text); mac && kind.type == FieldType::octets)
            return wire::Scalar{base::Bytes(mac->octets.begin(), mac->octets.end())};
        return std::nullopt;
    }
    const auto* typed = std::get_if<Typed>(&term.what);
    if (!typed) {
        if (const auto* prefix = std::get_if<base::Prefix>(&term.what);
            prefix && kind.type == FieldType::text)
            return wire::Scalar{base::text(*prefix)};
        return std::nullopt;
    }
    if (kind.type == FieldType::octets) {
        if (const auto* address = std::get_if<base::Ip6>(&typed->value))
            return wire::Scalar{base::Bytes(address->octets.begin(), address->octets.end())};
        if (const auto* mac = std::get_if<base::Mac>(&typed->value))
            return wire::Scalar{base::Bytes(mac->octets.begin(), mac->octets.end())};
        if (const auto* text = std::get_if<std::string>(&typed->value))
            return wire::Scalar{base::Bytes(text->begin(), text->end())};
    }
    if (kind.type == FieldType::text && !std::holds_alternative<std::string>(typed->value))
        return wire::Scalar{wire::text(typed->value, typed->kind)};
    const auto same = [&](auto example) -> std::optional<wire::Scalar> {
        if (std::holds_alternative<decltype(example)>(typed->value))
            return typed->value;
        return std::nullopt;
    };
    switch (kind.type) {
    case FieldType::ip6:
        return same(base::Ip6{});
    case FieldType::ip4:
        return same(base::Ip4{});
    case FieldType::mac:
        return same(base::Mac{});
    case FieldType::octets:
        return same(base::Bytes{});
    default:
        return typed->value;
    }
}

namespace {

/// One value held against one field.
class Held {
public:
    Held(const Subject& subject, const Environment& environment, const Moment& moment, std::string& why)
        : subject_(subject), environment_(environment), moment_(moment), why_(why) {}

    bool holds(const Value& value) const {
        const auto holds_one = [&](const Value& one) { return holds(one); };
        switch (value.op) {
        case Op::any:
            return true;
        case Op::set:
            return std::ranges::any_of(value.operands, holds_one);
        case Op::negation:
            return value.operands.empty() || !holds(value.operands[0]);
        case Op::distinct: {
            const auto& before = environment_.earlier(&value);
            return std::ranges::find(before, subject_.value) == before.end();
        }
        case Op::range:
            return in_range(value);
        case Op::mask:
            return masked(value);
        case Op::tolerance:
            return near(value);
        case Op::after:
        case Op::greater:
        case Op::less:
            return ordered(value);
        case Op::in_prefix:
        case Op::overlaps_none:
            return placed(value);
        case Op::equal_in:
            return equal_in(value);
        default:
            return equals(value);
        }
    }

private:
    std::optional<std::uint64_t> own() const {
        const auto* number = std::get_if<std::uint64_t>(&subject_.value);
        return number ? std::optional(*number) : std::nullopt;
    }
    std::optional<std::uint64_t> number(const Value& value, std::size_t i) const {
        if (i >= value.operands.size())
            return std::nullopt;
        const auto term = compute(value.operands[i], subject_.kind, environment_, moment_, why_);
        return term ? number_in(*term, subject_.kind) : std::nullopt;
    }

    bool equals(const Value& value) const {
        const auto term = compute(value, subject_.kind, environment_, moment_, why_);
        return term && equals(*term);
    }
    bool equals(const Term& term) const {
        if (!subject_.kind)
            return wire::text(subject_.value, nullptr) == bare(term);
        const auto scalar = as_field(term, *subject_.kind);
        return scalar && *scalar == subject_.value;
    }
    static std::string bare(const Term& term) {
        if (const auto* text = std::get_if<std::string>(&term.what))
            return *text;
        const auto* typed = std::get_if<Typed>(&term.what);
        return typed ? wire::text(typed->value, nullptr) : std::string{};
    }

    bool in_range(const Value& value) const {
        if (const auto x = own()) {
            const auto low = number(value, 0), high = number(value, 1);
            return low && high && *low <= *x && *x <= *high;
        }
        if (value.operands.size() != 2 || !subject_.kind)
            return false;
        const auto low = compute(value.operands[0], subject_.kind, environment_, moment_, why_);
        const auto high = compute(value.operands[1], subject_.kind, environment_, moment_, why_);
        const auto a = low ? as_field(*low, *subject_.kind) : std::nullopt;
        const auto b = high ? as_field(*high, *subject_.kind) : std::nullopt;
        return a && b && *a <= subject_.value && subject_.value <= *b;
    }

    bool masked(const Value& value) const {
        const auto x = own(), wanted = number(value, 0), bits = number(value, 1);
        return x && wanted && bits && (*x & *bits) == (*wanted & *bits);
    }

    /// Modulo the field, so that a sequence number near its end has its neighbours on the other side.
    bool near(const Value& value) const {
        const auto x = own(), centre = number(value, 0), reach = number(value, 1);
        if (!x || !centre || !reach)
            return false;
        const std::uint64_t up = (*x - *centre) & mask(subject_.kind);
        const std::uint64_t down = (*centre - *x) & mask(subject_.kind);
        return std::min(up, down) <= *reach;
    }

    bool ordered(const Value& value) const {
        const auto x = own(), other = number(value, 0);
        if (!x || !other)
            return false;
        if (value.op == Op::after)
            return comes_after(static_cast<std::uint16_t>(*x), static_cast<std::uint16_t>(*other));
        return value.op == Op::greater ? *x > *other : *x < *other;
    }

    std::optional<base::Prefix> own_prefix() const {
        if (subject_.prefix)
            return subject_.prefix;
        const auto* address = std::get_if<base::Ip6>(&subject_.value);
        return address ? std::optional(base::Prefix{*address, 128}) : std::nullopt;
    }

    bool placed(const Value& value) const {
        const auto x = own_prefix();
        if (!x || value.operands.empty())
            return false;
        const auto term = compute(value.operands[0], nullptr, environment_, moment_, why_);
        if (!term)
            return false;
        if (value.op == Op::in_prefix) {
            const auto wanted = prefix_in(*term);
            return wanted && wanted->contains(*x);
        }
        const auto free_of = [&](const Term& one) {
            const auto prefix = prefix_in(one);
            return !prefix || !prefix->overlaps(*x);
        };
        const auto* list = std::get_if<Terms>(&term->what);
        return list ? std::ranges::all_of(*list, free_of) : free_of(*term);
    }

    bool equal_in(const Value& value) const {
        if (value.operands.empty())
            return false;
        const auto term = compute(value.operands[0], nullptr, environment_, moment_, why_);
        const auto* list = term ? std::get_if<Terms>(&term->what) : nullptr;
        if (!list)
            return term && equals(*term);
        return std::ranges::all_of(*list, [&](const Term& one) { return equals(one); });
    }

    const Subject& subject_;
    const Environment& environment_;
    const Moment& moment_;
    std::string& why_;
};

} // namespace

bool holds(const Value& value, const Subject& subject, const Environment& environment, const Moment& moment,
           std::string& why) {
    return Held(subject, environment, moment, why).holds(value);
}

} // namespace judge
