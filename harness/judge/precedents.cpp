#include "harness/judge/precedents.h"

#include "harness/base/text.h"

#include <algorithm>

namespace judge {

namespace {

// Real traffic has some hundreds of layouts; a hostile capture shall not make us search for long.
constexpr std::size_t most_precedents = 4096, most_attempts = 65536, most_alike = 64, most_roles = 64;
constexpr std::size_t small =
    4; ///< octets of a value that seldom changes, so that it may be part of the layout

std::uint64_t key_of(base::View octets, const wire::Walk& walk) {
    return std::uint64_t{octets.size()} << 32 | (walk.message & 0xffff) << 16 |
           std::uint64_t{static_cast<std::uint8_t>(walk.what)} << 8 | walk.type;
}

bool is_same_kind(const std::string& kinds, std::string_view kind) {
    if (kinds.empty() || kinds == kind)
        return true;
    const auto parts = base::split(kinds);
    return std::ranges::find(parts, kind) != parts.end();
}

} // namespace

Precedents::Precedents(const std::vector<model::Rule>& rules, const Dialect& dialect,
                       const wire::Profile& profile, const Roles& roles)
    : dialect_(dialect), profile_(profile), roles_(roles), environment_(nowhere_, profile) {
    for (const auto& rule : rules) {
        if (!dialect_.applies(rule.when))
            continue;
        ask(rule.on);
        if (rule.must)
            ask(*rule.must);
        if (rule.must_not)
            ask(*rule.must_not);
    }
}

void Precedents::ask(const model::PacketSpec& spec) {
    for (const auto& layer : spec.layers)
        ask(layer);
}

void Precedents::ask(const model::ElementSpec& spec) {
    for (const auto& field : spec.fields) {
        if (field.value.typical || field.value.op == model::Value::Op::any)
            continue; // only whether it is there counts, and that is part of the layout
        asked_.push_back({spec.kind == "any" ? std::string{} : spec.kind, field.name, &field.value});
        ask_references(field.value);
    }
    for (const auto& child : spec.children)
        ask(child);
}

/// "${this.prefix-information.valid-lifetime}" compares two fields of the packet.
void Precedents::ask_references(const model::Value& value) {
    std::string_view text = value.text;
    if (value.op == model::Value::Op::reference && text != "now")
        asked_.push_back({{}, std::string(text.substr(text.rfind('.') + 1)), nullptr});
    for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const auto reference = text.substr(at + 2, text.find('}', at) - at - 2);
        asked_.push_back({{}, std::string(reference.substr(reference.rfind('.') + 1)), nullptr});
    }
    for (const auto& operand : value.operands)
        ask_references(operand);
}

std::pair<std::uint32_t, std::uint32_t> Precedents::roles(const Precedent& precedent, base::View octets) {
    const auto from = octets.begin() + static_cast<std::ptrdiff_t>(precedent.layout.inner_ip()) + 8;
    std::copy_n(from, 16, case_.source.octets.begin());
    std::copy_n(from + 16, 16, case_.destination.octets.begin());
    return {roles_.set_of(case_.source), roles_.set_of(case_.destination)};
}

bool Precedents::fits(const Precedent& precedent, base::View octets, base::Wall now) const {
    return precedent.layout.fits(octets) && std::ranges::all_of(precedent.watched, [&](const auto& one) {
               return one.condition.holds(octets.subspan(one.offset, one.size), one.first, now) == one.holds;
           });
}

const Precedents::Case* Precedents::find(base::View octets, const wire::Walk& walk, base::Wall now) {
    const auto found = known_.find(key_of(octets, walk));
    if (found == known_.end())
        return nullptr;
    auto& alike = found->second;
    for (std::size_t i = 0; i < alike.size(); ++i) {
        if (!fits(alike[i], octets, now))
            continue;
        const auto& precedent = alike[i];
        if (std::ranges::find(precedent.roles, roles(precedent, octets)) == precedent.roles.end())
            return nullptr;
        case_.about.reset();
        if (precedent.about != 0)
            case_.about = octets.subspan(precedent.about, precedent.about_size);
        if (i > 0) // what is frequent moves to the front
            std::swap(alike[i], alike[i - 1]);
        return &case_;
    }
    return nullptr;
}

std::optional<Precedents::Precedent> Precedents::precedent(const wire::Packet& packet, base::Wall now) const {
    auto layout = wire::Layout::of(packet, profile_);
    if (!layout)
        return std::nullopt;
    Precedent out{std::move(*layout), {}, {}, 0, 0};
    const auto source = packet.raw.at(out.layout.inner_ip() + 8);
    if (source == 0 || source == 0xff) // nobody, who has no roles to learn
        return std::nullopt;
    const auto values = out.layout.values();
    for (const auto& value : values) {
        if (out.about == 0 && value.element == "mobile-node-identifier" && value.name == "nai") {
            out.about = value.offset;
            out.about_size = value.size;
        }
        for (const auto& asked : asked_) {
            if (asked.field != value.name || !is_same_kind(asked.element, value.element))
                continue;
            if (value.size <= small) {
                out.layout.fix(value);
                break;
            }
            const auto* element = wire::find_kind(value.element);
            const auto* kind = element ? element->field(value.name) : nullptr;
            // An address with a prefix length is a prefix for some values.
            if (!kind || !asked.value ||
                (kind->type == wire::FieldType::ip6 && element->field("prefix-length")))
                return std::nullopt;
            auto condition = Condition::of(*asked.value, *kind, environment_);
            if (!condition)
                return std::nullopt;
            const auto octets = base::View(packet.raw).subspan(value.offset, value.size);
            const bool holds = condition->holds(octets, value.first, now);
            out.watched.push_back({value.offset, value.size, value.first, std::move(*condition), holds});
        }
    }
    return out;
}

void Precedents::add(const wire::Packet& packet, const wire::Walk& walk, base::Wall now) {
    const base::View octets = packet.raw;
    const auto key = key_of(octets, walk);
    const auto found = known_.find(key);
    if (found != known_.end()) {
        for (auto& one : found->second)
            if (fits(one, octets, now)) {
                if (one.roles.size() < most_roles)
                    one.roles.push_back(roles(one, octets));
                return;
            }
        if (found->second.size() >= most_alike)
            return;
    }
    if (count_ >= most_precedents || attempts_ >= most_attempts)
        return;
    ++attempts_;
    if (auto one = precedent(packet, now)) {
        one->roles.push_back(roles(*one, octets));
        known_[key].push_back(std::move(*one));
        ++count_;
    }
}

} // namespace judge
