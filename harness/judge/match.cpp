#include "harness/judge/match.h"

#include "harness/base/text.h"
#include "harness/judge/evaluate.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

namespace judge {
namespace {

using model::ElementSpec;
using model::FieldSpec;

/// A layer that is missing weighs more than any number of wrong fields: the nearest packet is one that has
/// it.
constexpr std::size_t missing_layer = 1000;

std::size_t size_of(const wire::Attribute& attribute) {
    struct Size {
        const wire::FieldKind* kind;
        std::size_t operator()(std::uint64_t) const { return kind && kind->bits ? (kind->bits + 7) / 8 : 1; }
        std::size_t operator()(const base::Ip6&) const { return 16; }
        std::size_t operator()(const base::Ip4&) const { return 4; }
        std::size_t operator()(const base::Mac&) const { return 6; }
        std::size_t operator()(const base::Bytes& bytes) const { return bytes.size(); }
        std::size_t operator()(const std::string& text) const { return text.size(); }
    };
    return std::visit(Size{attribute.kind}, attribute.value);
}

/// An option with nothing but typical values is itself typical: sent, and not insisted on.
bool is_typical(const ElementSpec& spec) {
    return !spec.absent && !spec.fields.empty() && spec.children.empty() &&
           std::ranges::all_of(spec.fields, [](const auto& field) { return field.value.typical; });
}

/// Recursive comparison of written elements with those of a packet.
class Comparer {
public:
    explicit Comparer(const Viewpoint& view) : view_(view) {}

    Comparison layers(const std::vector<ElementSpec>& specs, const wire::Element& packet) const;
    Comparison element(const ElementSpec&, const wire::Element&, const std::string& path,
                       const model::Proofs* owner) const;

private:
    struct Child {
        const ElementSpec* spec;
        std::size_t ordinal; ///< among the written ones of its kind, from 1
    };

    bool applies(const std::string& when) const { return view_.dialect.applies(when); }
    const model::Proofs* owner_of(const model::Proofs& proves, const model::Proofs* outer) const {
        const bool any = std::ranges::any_of(proves, [&](const auto& proof) { return applies(proof.when); });
        return any ? &proves : outer;
    }
    void field(const FieldSpec&, const wire::Element&, const std::string& path, const model::Proofs* owner,
               Comparison&) const;
    void children(const ElementSpec&, const wire::Element&, const std::string& path,
                  const model::Proofs* owner, Comparison&) const;
    void closed(const ElementSpec&, const wire::Element&, const std::string& path, const model::Proofs* owner,
                Comparison&) const;
    void missing(const ElementSpec&, const std::string& path, const model::Proofs* owner,
                 const wire::Element& holder, Comparison&) const;
    std::vector<std::size_t> assign(const std::vector<const ElementSpec*>& specs,
                                    const std::vector<const wire::Element*>& actual, bool ordered) const;
    static std::string join(const std::string& path, std::string_view name) {
        return path.empty() ? std::string(name) : path + "." + std::string(name);
    }

    const Viewpoint& view_;
};

void append(Comparison& to, Comparison&& from) {
    std::ranges::move(from.mismatches, std::back_inserter(to.mismatches));
    std::ranges::move(from.distinct, std::back_inserter(to.distinct));
}

void Comparer::field(const FieldSpec& spec, const wire::Element& actual, const std::string& path,
                     const model::Proofs* owner, Comparison& result) const {
    if (spec.value.typical || !applies(spec.when))
        return;
    owner = owner_of(spec.proves, owner);
    const auto* attribute = actual.attribute(spec.name);
    if (!attribute) {
        const auto* kind = wire::find_kind(actual.name);
        const auto* field_kind = kind ? kind->field(spec.name) : nullptr;
        // A derived field that is not shown has the right value, a reserved one is zero.
        if (field_kind && field_kind->derived)
            return;
        std::string why;
        const wire::Scalar zero = std::uint64_t{0};
        if (field_kind && field_kind->type == wire::FieldType::number &&
            holds(spec.value, {zero, field_kind, {}}, view_.environment, view_.moment, why))
            return;
        const auto wanted = expected(spec.value, field_kind, view_.environment, view_.moment);
        result.mismatches.push_back(
            {{join(path, spec.name), wanted, "absent", actual.offset, actual.size}, owner});
        return;
    }
    std::string why;
    const Subject subject{attribute->value, attribute->kind, prefix_at(actual, *attribute)};
    if (holds(spec.value, subject, view_.environment, view_.moment, why)) {
        if (spec.value.op == model::Value::Op::distinct)
            result.distinct.emplace_back(&spec.value, attribute->value);
        return;
    }
    auto wanted = expected(spec.value, attribute->kind, view_.environment, view_.moment);
    if (!why.empty())
        wanted += " (" + why + ")";
    result.mismatches.push_back(
        {{join(path, spec.name), std::move(wanted), wire::text(attribute->value, attribute->kind),
          attribute->offset, size_of(*attribute)},
         owner});
}

Comparison Comparer::element(const ElementSpec& spec, const wire::Element& actual, const std::string& path,
                             const model::Proofs* owner) const {
    Comparison result;
    owner = owner_of(spec.proves, owner);
    for (const auto& one : spec.fields)
        field(one, actual, path, owner, result);
    children(spec, actual, path, owner, result);
    if (spec.exactly || !spec.only.empty())
        closed(spec, actual, path, owner, result);
    return result;
}

void Comparer::missing(const ElementSpec& spec, const std::string& path, const model::Proofs* outer,
                       const wire::Element& holder, Comparison& result) const {
    const model::Difference difference{path, "present", "absent", holder.offset, holder.size};
    const auto* owner = owner_of(spec.proves, outer);
    std::set<const model::Proofs*> inner;
    if (owner == outer)
        for (const auto& one : spec.fields)
            if (applies(one.when) && !one.value.typical)
                if (const auto* of_field = owner_of(one.proves, nullptr))
                    inner.insert(of_field);
    if (inner.empty())
        inner.insert(owner);
    for (const auto* one : inner)
        result.mismatches.push_back({difference, one});
}

/// For each written child the index of its instance; `actual.size()` where it has none. Kuhn's augmenting
/// paths over exact matches, then the instances that are left in their order. Ordered ones take the first
/// that fits behind the one before.
std::vector<std::size_t> Comparer::assign(const std::vector<const ElementSpec*>& specs,
                                          const std::vector<const wire::Element*>& actual,
                                          bool ordered) const {
    const std::size_t none = actual.size();
    std::vector<std::size_t> place(specs.size(), none);
    std::vector<std::size_t> taken_by(actual.size(), specs.size());
    const auto fits = [&](std::size_t spec, std::size_t instance) {
        return names_kind(specs[spec]->kind, actual[instance]->name) &&
               element(*specs[spec], *actual[instance], {}, nullptr).matches();
    };
    if (ordered) {
        std::size_t from = 0;
        for (std::size_t spec = 0; spec < specs.size(); ++spec)
            for (std::size_t instance = from; instance < actual.size(); ++instance)
                if (fits(spec, instance)) {
                    place[spec] = instance;
                    taken_by[instance] = spec;
                    from = instance + 1;
                    break;
                }
    } else {
        std::vector<std::vector<std::size_t>> fitting(specs.size());
        for (std::size_t spec = 0; spec < specs.size(); ++spec)
            for (std::size_t instance = 0; instance < actual.size(); ++instance)
                if (fits(spec, instance))
                    fitting[spec].push_back(instance);
        std::vector<bool> visited;
        const std::function<bool(std::size_t)> augment = [&](std::size_t spec) {
            for (const std::size_t instance : fitting[spec]) {
                if (visited[instance])
                    continue;
                visited[instance] = true;
                if (taken_by[instance] == specs.size() || augment(taken_by[instance])) {
                    taken_by[instance] = spec;
                    return true;
                }
            }
            return false;
        };
        for (std::size_t spec = 0; spec < specs.size(); ++spec) {
            visited.assign(actual.size(), false);
            augment(spec);
        }
        for (std::size_t instance = 0; instance < actual.size(); ++instance)
            if (taken_by[instance] != specs.size())
                place[taken_by[instance]] = instance;
    }
    for (std::size_t spec = 0; spec < specs.size(); ++spec)
        for (std::size_t instance = 0; instance < actual.size() && place[spec] == none; ++instance)
            if (taken_by[instance] == specs.size() && names_kind(specs[spec]->kind, actual[instance]->name)) {
                place[spec] = instance;
                taken_by[instance] = spec;
            }
    return place;
}

void Comparer::children(const ElementSpec& spec, const wire::Element& actual, const std::string& path,
                        const model::Proofs* owner, Comparison& result) const {
    std::vector<const ElementSpec*> wanted;
    for (const auto& child : spec.children) {
        if (!applies(child.when) || is_typical(child))
            continue;
        if (!child.absent) {
            wanted.push_back(&child);
            continue;
        }
        for (const auto& instance : actual.children)
            if (names_kind(child.kind, instance.name))
                result.mismatches.push_back(
                    {{join(path, instance.name), "absent", brief(instance), instance.offset, instance.size},
                     owner_of(child.proves, owner)});
    }
    std::vector<const wire::Element*> instances;
    for (const auto& instance : actual.children)
        instances.push_back(&instance);
    const auto place = assign(wanted, instances, spec.ordered);
    bool in_order = true;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto& child = *wanted[i];
        const auto same = std::count_if(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(i),
                                        [&](const auto* one) { return one->kind == child.kind; });
        const std::string name = same == 0 ? child.kind : child.kind + "#" + std::to_string(same + 1);
        if (place[i] == instances.size())
            missing(child, join(path, name), owner, actual, result);
        else
            append(result, element(child, *instances[place[i]], join(path, name), owner));
        in_order = in_order && (i == 0 || place[i] > place[i - 1]);
    }
    if (spec.ordered && !in_order && result.mismatches.empty())
        result.mismatches.push_back({{path.empty() ? spec.kind : path, "options in the written order",
                                      "another order", actual.offset, actual.size},
                                     owner});
}

void Comparer::closed(const ElementSpec& spec, const wire::Element& actual, const std::string& path,
                      const model::Proofs* owner, Comparison& result) const {
    const auto written = [&](std::string_view kind) {
        return static_cast<std::size_t>(std::ranges::count_if(spec.children, [&](const auto& child) {
            return !child.absent && applies(child.when) && names_kind(child.kind, kind);
        }));
    };
    for (const auto& instance : actual.children) {
        const bool is_padding = instance.name == "pad1" || instance.name == "padn";
        if (spec.exactly && !is_padding && written(instance.name) == 0)
            result.mismatches.push_back(
                {{join(path, instance.name), "absent", brief(instance), instance.offset, instance.size},
                 owner});
    }
    for (const auto& kind : spec.only) {
        std::size_t allowed = std::max<std::size_t>(1, written(kind));
        for (const auto& instance : actual.children) {
            if (instance.name != kind)
                continue;
            if (allowed == 0)
                result.mismatches.push_back({{join(path, instance.name), "no further instance",
                                              brief(instance), instance.offset, instance.size},
                                             owner});
            else
                --allowed;
        }
    }
}

Comparison Comparer::layers(const std::vector<ElementSpec>& specs, const wire::Element& packet) const {
    Comparison result;
    std::vector<const ElementSpec*> wanted;
    for (const auto& spec : specs) {
        if (!applies(spec.when))
            continue;
        if (!spec.absent) {
            wanted.push_back(&spec);
            continue;
        }
        for (const auto& layer : packet.children)
            if (names_kind(spec.kind, layer.name))
                result.mismatches.push_back({{layer.name, "absent", "present", layer.offset, layer.size},
                                             owner_of(spec.proves, nullptr)});
    }
    const auto& chain = packet.children;
    const auto* message = message_of(packet);
    const auto may_be = [&](std::size_t spec, std::size_t layer) {
        return wanted[spec]->kind == "any" ? &chain[layer] == message
                                           : names_kind(wanted[spec]->kind, chain[layer].name);
    };
    // The cheapest way to lay the written layers, in their order, onto the chain.
    struct Best {
        std::size_t cost = 0;
        std::size_t layer = 0; ///< chain.size(): missing
    };
    const std::size_t n = wanted.size(), m = chain.size();
    std::vector<std::vector<Best>> best(n + 1, std::vector<Best>(m + 1));
    for (std::size_t spec = n; spec-- > 0;) {
        std::vector<std::size_t> own(m, std::numeric_limits<std::size_t>::max());
        for (std::size_t layer = 0; layer < m; ++layer)
            if (may_be(spec, layer))
                own[layer] = element(*wanted[spec], chain[layer], {}, nullptr).mismatches.size();
        for (std::size_t from = 0; from <= m; ++from) {
            Best one{missing_layer + best[spec + 1][from].cost, m};
            for (std::size_t layer = from; layer < m; ++layer)
                if (own[layer] != std::numeric_limits<std::size_t>::max())
                    if (const auto cost = own[layer] + best[spec + 1][layer + 1].cost; cost < one.cost)
                        one = {cost, layer};
            best[spec][from] = one;
        }
    }
    std::size_t from = 0;
    for (std::size_t spec = 0; spec < n; ++spec) {
        const std::size_t layer = best[spec][from].layer;
        const bool is_message = wanted[spec] == wanted.back();
        if (layer == m) {
            missing(*wanted[spec], wanted[spec]->kind, nullptr, packet, result);
            continue;
        }
        // Fields of the message are named without it, as a suite names them in references.
        append(result,
               element(*wanted[spec], chain[layer], is_message ? std::string{} : chain[layer].name, nullptr));
        from = layer + 1;
    }
    return result;
}

} // namespace

std::vector<model::Difference> Comparison::differences() const {
    std::vector<model::Difference> all;
    for (const auto& one : mismatches)
        all.push_back(one.difference);
    return all;
}

Comparison compare(const model::PacketSpec& spec, const wire::Element& packet, const Viewpoint& view) {
    return Comparer(view).layers(spec.layers, packet);
}

Comparison compare(const model::ElementSpec& spec, const wire::Element& actual, const Viewpoint& view) {
    return Comparer(view).element(spec, actual, {}, nullptr);
}

bool matches(const model::PacketSpec& spec, const wire::Packet& packet, const wire::Profile& profile) {
    if (!is_of_kind(spec, packet))
        return false;
    static const model::Topology nowhere;
    const Environment environment(nowhere, profile);
    const Dialect dialect;
    const auto element = wire::describe(packet, profile);
    Viewpoint view{environment, dialect, {}};
    view.moment.subject = &element;
    return compare(spec, element, view).matches();
}

} // namespace judge
