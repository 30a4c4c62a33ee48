// Values as text, and the small tools around them.
#include "harness/base/text.h"
#include "harness/script/value.h"

#include <utility>

namespace script {
namespace {

using model::Value;
using Op = Value::Op;

std::string joined(const std::vector<Value>& values) {
    std::vector<std::string> parts;
    for (const auto& value : values)
        parts.push_back(text(value));
    return base::join(parts, ", ");
}

} // namespace

std::string text(const Value& value) {
    const auto operand = [&](std::size_t i) {
        return i < value.operands.size() ? text(value.operands[i]) : "?";
    };
    const std::string tilde = value.typical ? "~" : "";
    switch (value.op) {
    case Op::literal:
        return tilde + (value.text.empty() ? "''" : value.text);
    case Op::any:
        return tilde + "*";
    case Op::range:
        return tilde + operand(0) + ".." + operand(1);
    case Op::set:
        return tilde + "{" + joined(value.operands) + "}";
    case Op::mask:
        return tilde + operand(0) + "/" + operand(1);
    case Op::tolerance:
        return tilde + operand(0) + " ± " + operand(1);
    case Op::negation:
        return tilde + "not " + operand(0);
    case Op::reference:
        return tilde + "${" + value.text + "}";
    case Op::sum:
        return tilde + operand(0) + " + " + operand(1);
    case Op::difference:
        return tilde + operand(0) + " - " + operand(1);
    case Op::product:
        return tilde + operand(0) + " * " + operand(1);
    case Op::after:
        return tilde + "after " + operand(0);
    case Op::greater:
        return tilde + "greater than " + operand(0);
    case Op::less:
        return tilde + "less than " + operand(0);
    case Op::distinct:
        return tilde + "distinct";
    case Op::in_prefix:
        return tilde + "in " + operand(0);
    case Op::host_in:
        return tilde + "host " + operand(0) + " in " + operand(1);
    case Op::overlaps_none:
        return tilde + "overlaps none of " + operand(0);
    case Op::equal_in:
        return tilde + "equal in " + operand(0);
    }
    return {};
}

void each_reference(const Value& value, const std::function<void(const Value&)>& visit) {
    if (value.op == Op::reference)
        visit(value);
    for (const auto& operand : value.operands)
        each_reference(operand, visit);
}

Value any_value() {
    Value value;
    value.op = Op::any;
    return value;
}

Value literal(std::string text, model::Where where) {
    Value value;
    value.text = std::move(text);
    value.where = std::move(where);
    return value;
}

Value reference(std::string path, model::Where where) {
    Value value = literal(std::move(path), std::move(where));
    value.op = Op::reference;
    return value;
}

} // namespace script
