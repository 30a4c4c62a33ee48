#include "harness/judge/key.h"

#include "harness/judge/evaluate.h"
#include "harness/judge/match.h"
#include "harness/judge/protection.h"

#include <algorithm>
#include <array>

namespace judge {
namespace {

bool is_icmp6_error(std::string_view kind) {
    static constexpr std::array<std::string_view, 4> kinds{"destination-unreachable", "packet-too-big",
                                                           "time-exceeded", "parameter-problem"};
    return std::ranges::find(kinds, kind) != kinds.end();
}

/// Does the field name that identity or node?
bool means(const wire::Attribute& field, const std::string& name, const Environment& environment) {
    const auto& topology = environment.topology();
    const auto address = environment.address(name, {});
    const auto* identity = topology.identity(name);
    if (const auto* value = std::get_if<base::Ip6>(&field.value)) {
        if (*value == address)
            return true;
        std::string why;
        const auto prefix = environment.look_up(name + ".prefix", {}, why);
        const auto* own = prefix ? std::get_if<base::Prefix>(&prefix->what) : nullptr;
        return identity && own && own->contains(*value);
    }
    if (!identity)
        return wire::text(field.value, field.kind) == name;
    if (const auto* mac = std::get_if<base::Mac>(&field.value))
        return *mac == identity->mac;
    if (const auto* octets = std::get_if<base::Bytes>(&field.value))
        return std::ranges::equal(*octets, identity->mac.octets) ||
               std::ranges::equal(*octets, identity->nai, {}, {},
                                  [](char c) { return static_cast<std::uint8_t>(c); });
    return wire::text(field.value, field.kind) == identity->nai;
}

const model::FieldSpec* find_field(const model::ElementSpec& spec, std::string_view path) {
    const auto dot = path.find('.');
    if (dot == std::string_view::npos) {
        const auto found = std::ranges::find(spec.fields, path, &model::FieldSpec::name);
        return found == spec.fields.end() ? nullptr : &*found;
    }
    for (const auto& child : spec.children)
        if (child.kind == path.substr(0, dot))
            if (const auto* found = find_field(child, path.substr(dot + 1)))
                return found;
    return nullptr;
}

} // namespace

bool quotes(const wire::Element& error, const Captured& request, const wire::Profile& profile) {
    const auto found = find_attribute(error, "invoking");
    const auto* quoted = found.attribute ? std::get_if<base::Bytes>(&found.attribute->value) : nullptr;
    const auto* ip = request.element.child("ipv6");
    // Of a protected packet an error quotes what came out of it.
    const base::Bytes plain = plain_octets(request.packet, profile);
    const auto& raw = plain.empty() ? request.packet.raw : plain;
    const std::size_t start = plain.empty() && ip ? ip->offset : 0;
    constexpr std::size_t header = 40, addresses = 8;
    if (!quoted || !ip || quoted->size() < header || raw.size() < start + header)
        return false;
    const base::View sent = base::View(raw).subspan(start), got(*quoted);
    if (!std::ranges::equal(sent.subspan(addresses, header - addresses),
                            got.subspan(addresses, header - addresses)))
        return false;
    const auto common = std::min(sent.size(), got.size());
    return std::ranges::equal(sent.subspan(header, common - header), got.subspan(header, common - header));
}

bool has_key(const Key& key, const Sighting& sighting, const World& world, Round round) {
    const auto& packet = sighting.element();
    const auto& spec = key.packet;
    if (!key.about.empty() && !spec.about_field.empty()) {
        const auto found = find_attribute(packet, spec.about_field);
        if (!found.attribute || !means(*found.attribute, key.about, world.environment))
            return false;
    }
    if (!key.answers.empty()) {
        const auto* request = world.environment.captured(key.answers, round);
        if (!request)
            return false;
        const auto* message = message_of(packet);
        if (message && is_icmp6_error(message->name)) {
            if (!quotes(packet, *request, world.options.profile))
                return false;
        } else if (!spec.answers_field.empty()) {
            const auto own = find_attribute(packet, spec.answers_field);
            const auto asked = find_attribute(request->element, spec.answers_field);
            if (!own.attribute || !asked.attribute || own.attribute->value != asked.attribute->value)
                return false;
        }
    }
    for (const auto& path : spec.keys) {
        const auto* field = spec.layers.empty() ? nullptr : find_field(spec.layers.back(), path);
        const auto found = find_attribute(packet, path);
        if (!field)
            continue;
        if (!found.attribute)
            return false;
        std::string why;
        const Subject subject{found.attribute->value, found.attribute->kind,
                              prefix_at(*found.holder, *found.attribute)};
        const auto view = world.viewpoint(round, &packet, key.about);
        if (!holds(field->value, subject, view.environment, view.moment, why))
            return false;
    }
    return true;
}

} // namespace judge
