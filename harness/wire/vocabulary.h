#pragma once

#include "harness/wire/element.h"

#include <optional>
#include <string>
#include <string_view>

namespace wire {

/// What a value of one field looks like; parse_scalar and the builder share it.
struct ValueShape {
    FieldType type = FieldType::number;
    unsigned bits = 64;
    const Names* names = nullptr;
    std::string_view unit = {};
};

std::optional<Scalar> parse_value(const ValueShape&, std::string_view text);

/// <home-network-prefix prefix="2001:db8::/64"/> is short for prefix and prefix-length; done in place and in
/// all children, where the element has such a pair of attributes and the value is still text.
void split_prefixes(Element&);

} // namespace wire
