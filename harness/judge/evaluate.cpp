#include "harness/judge/evaluate.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {
namespace {

using model::Value;
using Op = Value::Op;
using std::chrono::seconds;

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
/// Seconds from 1900 to 1970 (RFC 5905, figure 4).
constexpr std::int64_t ntp_epoch = 2'208'988'800;

/// How a number stands for time.
struct Unit {
    enum class Form { none, multiple, fixed } form = Form::none;
    base::Duration one{};   ///< of a multiple: what 1 means
    unsigned fraction = 0;  ///< of a fixed-point number: bits behind the point
    std::int64_t epoch = 0; ///< seconds before 1970 where its points of time begin
};
Unit unit_of(const wire::FieldKind* kind) {
    if (!kind || kind->unit.empty())
        return {};
    if (kind->unit == "48.16")
        return {Unit::Form::fixed, {}, 16, 0};
    if (kind->unit == "32.32")
        return {Unit::Form::fixed, {}, 32, ntp_epoch};
    const bool counted = kind->unit.front() >= '0' && kind->unit.front() <= '9';
    if (const auto one = base::parse_duration(counted ? kind->unit : "1" + kind->unit);
        one && one->count() > 0)
        return {Unit::Form::multiple, *one, 0, 0};
    return {};
}

std::uint64_t mask(const wire::FieldKind* kind) {
    if (!kind || kind->bits == 0 || kind->bits >= 64)
        return kind && kind->type == wire::FieldType::bit ? 1 : ~std::uint64_t{0};
    return (std::uint64_t{1} << kind->bits) - 1;
}

/// A length of time as a fixed-point number of seconds; a negative one as its two's complement.
std::uint64_t fixed_point(base::Duration duration, unsigned fraction) {
    auto whole = duration.count() / nanoseconds_per_second;
    auto rest = duration.count() % nanoseconds_per_second;
    if (rest < 0) {
        --whole;
        rest += nanoseconds_per_second;
    }
    // A second has less than 2^30 nanoseconds, and no field more than 32 bits behind the point.
    const auto part = (static_cast<std::uint64_t>(rest) << fraction) / std::uint64_t{nanoseconds_per_second};
    return (static_cast<std::uint64_t>(whole) << fraction) + part;
}

std::optional<std::uint64_t> number_of(base::Duration duration, const wire::FieldKind* kind) {
    const Unit unit = unit_of(kind);
    switch (unit.form) {
    case Unit::Form::multiple:
        return static_cast<std::uint64_t>(duration / unit.one) & mask(kind);
    case Unit::Form::fixed:
        return fixed_point(duration, unit.fraction) & mask(kind);
    case Unit::Form::none:
        break;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> number_of(Instant instant, const wire::FieldKind* kind) {
    const Unit unit = unit_of(kind);
    if (unit.form == Unit::Form::fixed)
        return fixed_point(instant.wall + seconds(unit.epoch), unit.fraction) & mask(kind);
    return number_of(instant.wall, kind);
}

/// A text with a sign or unit that only a length of time has.
std::optional<base::Duration> duration_in(const Term& term) {
    if (const auto* duration = std::get_if<base::Duration>(&term.what))
        return *duration;
    if (const auto* text = std::get_if<std::string>(&term.what))
        return base::parse_duration(*text);
    if (const auto* typed = std::get_if<Typed>(&term.what))
        if (const auto* number = std::get_if<std::uint64_t>(&typed->value))
            if (const Unit unit = unit_of(typed->kind); unit.form == Unit::Form::multiple)
                return unit.one * static_cast<std::int64_t>(*number);
    return std::nullopt;
}

std::optional<std::uint64_t> number_in(const Term& term, const wire::FieldKind* kind) {
    struct Number {
        const wire::FieldKind* kind;
        std::optional<std::uint64_t> operator()(const std::string& text) const {
            if (kind)
                if (const auto scalar = wire::parse_scalar(*kind, text))
                    if (const auto* number = std::get_if<std::uint64_t>(&*scalar))
                        return *number;
            if (const auto number = base::parse_number(text))
                return number;
            if (const auto duration = base::parse_duration(text))
                return number_of(*duration, kind);
            return std::nullopt;
        }
        std::optional<std::uint64_t> operator()(const Typed& typed) const {
            const auto* number = std::get_if<std::uint64_t>(&typed.value);
            if (!number) {
                const auto* text = std::get_if<std::string>(&typed.value);
                return text ? (*this)(*text) : std::nullopt;
            }
            const Unit from = unit_of(typed.kind), to = unit_of(kind);
            if (from.form == Unit::Form::multiple && to.form == Unit::Form::multiple && from.one != to.one)
                return number_of(from.one * static_cast<std::int64_t>(*number), kind);
            return *number;
        }
        std::optional<std::uint64_t> operator()(const base::Prefix&) const { return std::nullopt; }
        std::optional<std::uint64_t> operator()(base::Duration duration) const {
            return number_of(duration, kind);
        }
        std::optional<std::uint64_t> operator()(Instant instant) const { return number_of(instant, kind); }
        std::optional<std::uint64_t> operator()(const Terms&) const { return std::nullopt; }
    };
    return std::visit(Number{kind}, term.what);
}

const wire::FieldKind* kind_in(const Term& term) {
    const auto* typed = std::get_if<Typed>(&term.what);
    return typed ? typed->kind : nullptr;
}

std::optional<base::Prefix> prefix_in(const Term& term) {
    if (const auto* prefix = std::get_if<base::Prefix>(&term.what))
        return *prefix;
    if (const auto* typed = std::get_if<Typed>(&term.what))
        if (const auto* address = std::get_if<base::Ip6>(&typed->value))
            return base::Prefix{*address, 128};
    if (const auto* text = std::get_if<std::string>(&term.what)) {
        if (const auto prefix = base::parse_prefix(*text))
            return prefix;
        if (const auto address = base::parse_ip6(*text))
            return base::Prefix{*address, 128};
    }
    return std::nullopt;
}

bool is_time(const Term& term) {
    return std::holds_alternative<Instant>(term.what) || std::holds_alternative<base::Duration>(term.what);
}

/// Points and lengths of time; nullopt where the operands are no times.
std::optional<Term> time_arithmetic(Op op, const Term& left, const Term& right) {
    if (op == Op::product || (!is_time(left) && !is_time(right)))
        return std::nullopt;
    const int sign = op == Op::difference ? -1 : 1;
    const auto* from = std::get_if<Instant>(&left.what);
    const auto* to = std::get_if<Instant>(&right.what);
    if (from && to)
        return sign < 0 ? std::optional<Term>(Term{from->wall - to->wall}) : std::nullopt;
    if (from)
        if (const auto duration = duration_in(right))
            return Term{Instant{from->wall + sign * *duration}};
    if (to && sign > 0)
        if (const auto duration = duration_in(left))
            return Term{Instant{to->wall + *duration}};
    const auto a = duration_in(left), b = duration_in(right);
    if (!from && !to && a && b)
        return Term{*a + sign * *b};
    return std::nullopt;
}

std::optional<Term> arithmetic(Op op, const Term& left, const Term& right, const wire::FieldKind* kind) {
    if (auto term = time_arithmetic(op, left, right))
        return term;
    if (const auto* typed = std::get_if<Typed>(&left.what))
        if (const auto* address = std::get_if<base::Ip6>(&typed->value); address && op == Op::sum)
            if (const auto number = number_in(right, nullptr)) {
                base::Ip6 result = *address;
                std::uint64_t carry = *number;
                for (std::size_t i = 16; i-- > 8; carry >>= 8) {
                    carry += result.octets[i];
                    result.octets[i] = static_cast<std::uint8_t>(carry);
                }
                return Term{Typed{result, typed->kind}};
            }
    const auto* common = kind ? kind : kind_in(left) ? kind_in(left) : kind_in(right);
    if (!common &&
        !base::parse_number(std::get_if<std::string>(&left.what) ? std::get<std::string>(left.what) : "0"))
        if (const auto a = duration_in(left), b = duration_in(right); a && b && op != Op::product)
            return Term{op == Op::sum ? *a + *b : *a - *b};
    const auto a = number_in(left, common), b = number_in(right, op == Op::product ? nullptr : common);
    if (!a || !b)
        return std::nullopt;
    const std::uint64_t result = op == Op::sum ? *a + *b : op == Op::difference ? *a - *b : *a * *b;
    return Term{Typed{result & mask(common), common}};
}

std::optional<Term> host_in(const Term& number, const Term& prefix) {
    const auto host = number_in(number, nullptr);
    const auto where = prefix_in(prefix);
    if (!host || !where)
        return std::nullopt;
    return Term{Typed{where->host(*host)}};
}

} // namespace

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
