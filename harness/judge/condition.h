#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/judge/environment.h"

#include <cstdint>
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
    bool holds(base::View octets, std::uint8_t first, base::Wall now) const;

    /// Holds whenever the other one does, and never else. False where that is not easily told.
    bool is_same(const Condition& other) const {
        return parts_.empty() && other.parts_.empty() && op_ == other.op_ && kind_ == other.kind_ &&
               numbers_ == other.numbers_ && around_now_ == other.around_now_ && prefix_ == other.prefix_;
    }

private:
    using Op = model::Value::Op;

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
