#include "harness/judge/terms.h"

#include "harness/base/text.h"

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

} // namespace

std::uint64_t mask(const wire::FieldKind* kind) {
    if (!kind || kind->bits == 0 || kind->bits >= 64)
        return kind && kind->type == wire::FieldType::bit ? 1 : ~std::uint64_t{0};
    return (std::uint64_t{1} << kind->bits) - 1;
}

namespace {

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

} // namespace

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

namespace {

const wire::FieldKind* kind_in(const Term& term) {
    const auto* typed = std::get_if<Typed>(&term.what);
    return typed ? typed->kind : nullptr;
}

} // namespace

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

namespace {

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

} // namespace

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

} // namespace judge
