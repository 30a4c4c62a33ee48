// What can be said of a specification without a packet, and of a packet without a specification.
#include "harness/base/text.h"
#include "harness/judge/evaluate.h"
#include "harness/judge/match.h"

#include <algorithm>
#include <array>
#include <functional>

namespace judge {

using model::ElementSpec;

bool names_kind(const std::string& kinds, std::string_view kind) {
    if (kinds.find(' ') == std::string::npos)
        return kinds == kind;
    const auto parts = base::split(kinds);
    return std::ranges::find(parts, kind) != parts.end();
}

bool Dialect::applies(const std::string& when) const {
    if (when.empty())
        return true;
    bool any = false;
    const auto words = base::split(when);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool negated = words[i] == "not" && i + 1 < words.size();
        const auto& word = words[negated ? ++i : i];
        any = any || (word == profile || claims.contains(word)) != negated;
    }
    return any;
}

namespace {

void resolve(model::Value& value, const wire::FieldKind* kind, const Viewpoint& view) {
    using Op = model::Value::Op;
    switch (value.op) {
    case Op::literal:
        value.text = view.environment.expand(value.text, view.moment);
        return;
    case Op::reference:
    case Op::sum:
    case Op::difference:
    case Op::product:
    case Op::host_in: {
        std::string why;
        const auto term = compute(value, kind, view.environment, view.moment, why);
        const auto scalar = term && kind ? as_field(*term, *kind) : std::nullopt;
        if (!scalar)
            return;
        value.text = wire::text(*scalar, kind);
        value.op = Op::literal;
        value.operands.clear();
        return;
    }
    default:
        for (auto& operand : value.operands)
            resolve(operand, kind, view);
    }
}

void resolve(model::ElementSpec& spec, const Viewpoint& view) {
    const auto* kind = wire::find_kind(spec.kind);
    std::erase_if(spec.fields, [&](const auto& one) { return !view.dialect.applies(one.when); });
    std::erase_if(spec.children, [&](const auto& one) { return !view.dialect.applies(one.when); });
    for (auto& one : spec.fields) {
        resolve(one.value, kind ? kind->field(one.name) : nullptr, view);
        one.when.clear();
    }
    for (auto& child : spec.children)
        resolve(child, view);
    spec.when.clear();
}

} // namespace

model::PacketSpec resolved(model::PacketSpec spec, const Viewpoint& view) {
    for (auto& layer : spec.layers)
        resolve(layer, view);
    return spec;
}

bool is_link_housekeeping(std::string_view kind) {
    static constexpr std::array<std::string_view, 9> kinds{"router-solicitation",
                                                           "router-advertisement",
                                                           "neighbor-solicitation",
                                                           "neighbor-advertisement",
                                                           "redirect",
                                                           "mld-query",
                                                           "mld-report",
                                                           "mld-done",
                                                           "mld-report-v2"};
    return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_of_kind(const model::PacketSpec& spec, const wire::Packet& packet) {
    if (packet.layers.empty())
        return false;
    const std::string& kind =
        !spec.message.empty() || spec.layers.empty() ? spec.message : spec.layers.back().kind;
    if (kind == "any" || kind.empty())
        return !is_link_housekeeping(wire::kind(packet));
    return std::ranges::any_of(packet.layers,
                               [&](const auto& layer) { return names_kind(kind, wire::name(layer)); });
}

std::string brief(const wire::Element& element) {
    const std::function<wire::Element(const wire::Element&)> stripped = [&](const wire::Element& full) {
        wire::Element result;
        result.name = full.name;
        for (const auto& attribute : full.attributes) {
            const bool derived = attribute.kind && attribute.kind->derived;
            const bool unset = attribute.name.find("reserved") != std::string::npos &&
                               attribute.value == wire::Scalar{std::uint64_t{0}};
            if (!derived && !unset)
                result.attributes.push_back(attribute);
        }
        for (const auto& child : full.children)
            if (child.name != "pad1" && child.name != "padn")
                result.children.push_back(stripped(child));
        return result;
    };
    return wire::text(stripped(element));
}

namespace {

void collect(const ElementSpec& spec, const std::string& path, const Dialect& dialect,
             std::vector<Owner>& all) {
    if (!dialect.applies(spec.when))
        return;
    if (!spec.proves.empty())
        all.push_back({&spec.proves, &spec.where, path.empty() ? spec.kind : path});
    for (const auto& one : spec.fields)
        if (!one.proves.empty() && !one.value.typical && dialect.applies(one.when))
            all.push_back({&one.proves, &one.where, path.empty() ? one.name : path + "." + one.name});
    for (const auto& child : spec.children)
        collect(child, path.empty() ? child.kind : path + "." + child.kind, dialect, all);
}

} // namespace

std::vector<Owner> owners(const model::PacketSpec& spec, const Dialect& dialect) {
    std::vector<Owner> all;
    for (const auto& layer : spec.layers)
        collect(layer, &layer == &spec.layers.back() ? std::string{} : layer.kind, dialect, all);
    return all;
}

} // namespace judge
