#include "harness/judge/condition.h"

#include "harness/judge/evaluate.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace judge {

namespace {

using model::Value;

bool is_constant(const Value& value) {
    return value.op == Value::Op::literal && value.text.find("${") == std::string::npos;
}

bool is_now(const Value& value) {
    return value.op == Value::Op::reference && value.text == "now";
}

std::optional<std::uint64_t> number_of(const Term& term, const wire::FieldKind& kind) {
    const auto scalar = as_field(term, kind);
    const auto* number = scalar ? std::get_if<std::uint64_t>(&*scalar) : nullptr;
    return number ? std::optional(*number) : std::nullopt;
}

std::uint64_t all_of(const wire::FieldKind& kind) {
    return kind.bits == 0 || kind.bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << kind.bits) - 1;
}

} // namespace

std::optional<Condition> Condition::of(const Value& value, const wire::FieldKind& kind,
                                       const Environment& environment) {
    Condition out;
    out.op_ = value.op;
    out.kind_ = &kind;
    const bool is_number = kind.type == wire::FieldType::number,
               is_address = kind.type == wire::FieldType::ip6;
    if (value.op == Op::any)
        return out;
    if (!is_number && !is_address)
        return std::nullopt;
    if (value.op == Op::set || value.op == Op::negation) {
        for (const auto& operand : value.operands) {
            auto part = of(operand, kind, environment);
            if (!part)
                return std::nullopt;
            out.parts_.push_back(std::move(*part));
        }
        return out;
    }
    const auto constant = [&](const Value& one) {
        return is_constant(one) ? number_of({one.text}, kind) : std::nullopt;
    };
    if (is_number && value.op == Op::literal) {
        if (const auto number = constant(value)) {
            out.numbers_ = {*number};
            return out;
        }
        return std::nullopt;
    }
    if (is_address) {
        const bool inside = value.op == Op::in_prefix && value.operands.size() == 1;
        const Value& place = inside ? value.operands[0] : value;
        if (!is_constant(place) || (!inside && value.op != Op::literal))
            return std::nullopt;
        const auto address = base::parse_ip6(place.text);
        const auto prefix = address ? base::Prefix{*address, 128} : base::parse_prefix(place.text);
        if (!prefix || (!inside && !address))
            return std::nullopt;
        out.prefix_ = *prefix;
        return out;
    }
    const std::size_t count = value.op == Op::greater || value.op == Op::less ? 1 : 2;
    const bool known =
        value.op == Op::range || value.op == Op::mask || value.op == Op::tolerance || count == 1;
    if (!known || value.operands.size() != count)
        return std::nullopt;
    for (const auto& operand : value.operands) {
        const bool now = value.op == Op::tolerance && out.numbers_.empty() && is_now(operand);
        const auto number = now ? std::optional<std::uint64_t>(0) : constant(operand);
        if (!number)
            return std::nullopt;
        out.around_now_ |= now;
        out.numbers_.push_back(*number);
    }
    out.is_stamp_ =
        out.around_now_ && kind.unit == "48.16" && kind.bits == 64 && out.numbers_[1] < 1ull << 48;
    return out;
}

bool Condition::holds_exactly(base::View octets, std::uint8_t first, base::Wall now) const {
    switch (op_) {
    case Op::any:
        return true;
    case Op::set:
        return std::ranges::any_of(parts_, [&](const auto& part) { return part.holds(octets, first, now); });
    case Op::negation:
        return parts_.empty() || !parts_[0].holds(octets, first, now);
    default:
        break;
    }
    if (kind_->type == wire::FieldType::ip6) {
        base::Ip6 address;
        std::copy_n(octets.begin(), std::min<std::size_t>(octets.size(), 16), address.octets.begin());
        return holds_address(address);
    }
    std::uint64_t number = 0;
    number = octets.empty() ? 0 : octets[0] & first;
    for (std::size_t i = 1; i < octets.size(); ++i)
        number = number << 8 | octets[i];
    return holds_number(number, now);
}

bool Condition::holds_address(const base::Ip6& address) const {
    return op_ == Op::in_prefix ? prefix_.contains(address) : prefix_.address == address;
}

bool Condition::holds_number(std::uint64_t number, base::Wall now) const {
    switch (op_) {
    case Op::range:
        return numbers_[0] <= number && number <= numbers_[1];
    case Op::mask:
        return (number & numbers_[1]) == (numbers_[0] & numbers_[1]);
    case Op::greater:
        return number > numbers_[0];
    case Op::less:
        return number < numbers_[0];
    case Op::tolerance: {
        const auto centre = around_now_ ? number_of({Instant{now}}, *kind_) : numbers_[0];
        if (!centre)
            return false;
        const std::uint64_t up = (number - *centre) & all_of(*kind_),
                            down = (*centre - number) & all_of(*kind_);
        return std::min(up, down) <= numbers_[1];
    }
    default:
        return number == numbers_[0];
    }
}

} // namespace judge
