#pragma once

#include "harness/model/scenario.h"
#include "harness/script/mistakes.h"
#include "harness/wire/element.h"

#include <functional>
#include <string_view>

namespace script {

/// Gives the place of an octet of the text that is parsed.
using Place = std::function<model::Where(std::size_t offset)>;

/// Reads the value language (suites/README.md, "Values"). After a mistake the value is `*`.
model::Value parse_value(std::string_view text, const Place& place, Mistakes& mistakes);

/// As the suite wrote it, or an equal spelling of it.
std::string text(const model::Value& value);

/// Literals of the value against the type of the field that they meet; `owner` is the element's name.
void check_literals(const model::Value& value, const wire::FieldKind& field, std::string_view owner,
                    Mistakes& mistakes);

/// Calls the visitor for every reference in the value.
void each_reference(const model::Value& value, const std::function<void(const model::Value&)>& visit);

/// The value "*".
model::Value any_value();
model::Value literal(std::string text, model::Where where = {});
model::Value reference(std::string path, model::Where where = {});

} // namespace script
