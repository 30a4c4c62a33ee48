#pragma once

#include "harness/judge/environment.h"
#include "harness/model/scenario.h"

#include <optional>
#include <string>

namespace judge {

/// What a value comes to: for sending, or as the one thing that a field has to be equal to. A set or a range
/// gives its first member. `kind` is the field that it is for; null outside of packets. nullopt, and a
/// sentence in `why`, where a reference names nothing or the operands do not fit.
std::optional<Term> compute(const model::Value&, const wire::FieldKind* kind, const Environment&,
                            const Moment&, std::string& why);

/// The term as a value of that field: names become numbers, durations and points of time the field's unit.
/// nullopt if it has no such form.
std::optional<wire::Scalar> as_field(const Term&, const wire::FieldKind&);

/// The field that a value is held against. `prefix` where it is one, with its length.
struct Subject {
    const wire::Scalar& value;
    const wire::FieldKind* kind = nullptr;
    std::optional<base::Prefix> prefix;
};
/// Does the field satisfy the value (SUITES 2)? `why` tells of references that name nothing.
bool holds(const model::Value&, const Subject&, const Environment&, const Moment&, std::string& why);

/// The value in suite vocabulary with its references resolved, as a reader of a difference wants it.
std::string expected(const model::Value&, const wire::FieldKind*, const Environment&, const Moment&);
/// Without an environment: as it was written.
std::string written(const model::Value&);

/// A number of things, and a length of time in nanoseconds: fields of no packet, for bounds and records.
const wire::FieldKind& count_kind();
const wire::FieldKind& duration_kind();

/// True if `a` comes behind `b` in the sequence numbers of RFC 3775, 9.5.1.
constexpr bool comes_after(std::uint16_t a, std::uint16_t b) {
    const auto ahead = static_cast<std::uint16_t>(a - b);
    return ahead != 0 && ahead < 0x8000;
}

} // namespace judge
