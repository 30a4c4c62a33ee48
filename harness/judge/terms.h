#pragma once

#include "harness/judge/environment.h"
#include "harness/model/scenario.h"

#include <cstdint>
#include <optional>

namespace judge {

// What values that have not met a field yet can be turned into.

/// All bits of that field; all 64 without one.
std::uint64_t mask(const wire::FieldKind*);
/// As a number in the unit of that field; nullopt if it is none.
std::optional<std::uint64_t> number_in(const Term&, const wire::FieldKind*);
/// A prefix, or an address as one of 128 bits; nullopt if it is neither.
std::optional<base::Prefix> prefix_in(const Term&);
/// Sum, difference or product: of times and lengths of time, of an address and a number, or modulo the field.
std::optional<Term> arithmetic(model::Value::Op, const Term& left, const Term& right, const wire::FieldKind*);
/// The address with that number in the prefix.
std::optional<Term> host_in(const Term& number, const Term& prefix);

} // namespace judge
