#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/judge/environment.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace judge {

/// A value of a suite made ready for one field: says of its octets on the wire what holds() says of the
/// field, without text or memory.
class Condition {
public:
    /// nullopt for values that need more than constants and ${now}, and for fields that are neither numbers
    /// nor IPv6 addresses.
    static std::optional<Condition> of(const model::Value&, const wire::FieldKind&, const Environment&);

    /// `first`: the bits of the first octet that belong to the field.
    bool holds(base::View octets, std::uint8_t first, base::Wall now) const {
        if (is_stamp_ && octets.size() == 8 && now.count() >= 0) { // what nearly every message has
            const auto apart = seconds_apart(octets, now);
            if (apart + 65536 <= numbers_[1] || apart > numbers_[1] + 65536)
                return apart <= numbers_[1]; // a second more or less does not change it
        }
        return holds_exactly(octets, first, now);
    }

    /// Where only some bits of the number count, and they have to be as in a number for which it holds.
    std::optional<std::uint64_t> bits() const {
        return op_ == Op::mask ? std::optional(numbers_[1]) : std::nullopt;
    }
    /// Holds whenever the other one does, and never else. False where that is not easily told.
    bool is_same(const Condition& other) const {
        return parts_.empty() && other.parts_.empty() && op_ == other.op_ && kind_ == other.kind_ &&
               numbers_ == other.numbers_ && around_now_ == other.around_now_ && prefix_ == other.prefix_;
    }

private:
    using Op = model::Value::Op;

    /// Between a timestamp and the beginning of this second, in its units.
    static std::uint64_t seconds_apart(base::View octets, base::Wall now) {
        std::uint64_t number;
        std::memcpy(&number, octets.data(), sizeof number);
        if constexpr (std::endian::native == std::endian::little)
            number = __builtin_bswap64(number);
        const auto second = static_cast<std::uint64_t>(now.count()) / 1'000'000'000 << 16;
        return std::min(number - second, second - number);
    }
    bool holds_exactly(base::View octets, std::uint8_t first, base::Wall now) const;
    bool holds_number(std::uint64_t, base::Wall now) const;
    bool holds_address(const base::Ip6&) const;

    Op op_ = Op::any;
    const wire::FieldKind* kind_ = nullptr;
    std::vector<Condition> parts_;
    std::vector<std::uint64_t> numbers_; ///< of the operands, or the number itself
    bool around_now_ = false;            ///< the first operand is ${now}
    bool is_stamp_ = false;              ///< in units of 1/65536 s since 1970
    base::Prefix prefix_;                ///< or address
};

} // namespace judge
