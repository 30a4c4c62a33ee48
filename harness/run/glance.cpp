#include "harness/run/glance.h"

#include "harness/base/text.h"

#include <array>
#include <cstring>

namespace run {

namespace {

constexpr std::size_t ip_header = 40, largest = 1024, most_layouts = 4096;

std::uint64_t mix(std::uint64_t value) {
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93;
    return value ^ value >> 32;
}

/// RFC 1071 over the message and the pseudo-header of RFC 8200, 8.1, in the byte order of this machine: the
/// sum is all ones in either.
bool verifies(base::View ip) {
    const auto swapped = [](std::size_t value) {
        return __builtin_bswap16(static_cast<std::uint16_t>(value));
    };
    std::uint64_t sum = swapped(ip.size() - ip_header) + std::uint64_t{swapped(ip[6])};
    const base::View octets = ip.subspan(8);
    std::size_t at = 0;
    for (; at + 4 <= octets.size(); at += 4) {
        std::uint32_t word;
        std::memcpy(&word, octets.data() + at, 4);
        sum += word;
    }
    if (at < octets.size()) {
        std::uint32_t word = 0;
        std::memcpy(&word, octets.data() + at, octets.size() - at);
        sum += word;
    }
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

/// Fields that a value refers to: ${this.prefix-information.valid-lifetime}.
void collect(const model::Value& value, std::set<std::string>& out) {
    if (value.op == model::Value::Op::reference && value.text.starts_with("this.")) {
        const auto parts = base::split(value.text, ".");
        out.insert("." + parts.back());
    }
    for (const auto& operand : value.operands)
        collect(operand, out);
}

void collect(const model::ElementSpec& element, std::set<std::string>& out) {
    for (const auto& field : element.fields) {
        if (field.value.op == model::Value::Op::any || field.value.typical)
            continue; // whether it is there is a matter of layout
        for (const auto& kind : base::split(element.kind))
            out.insert((kind == "any" ? "" : kind) + "." + field.name);
        collect(field.value, out);
    }
    for (const auto& child : element.children)
        collect(child, out);
}

void collect(const model::PacketSpec& packet, std::set<std::string>& out) {
    for (const auto& layer : packet.layers)
        collect(layer, out);
}

/// Only what is wide enough to differ from message to message is worth passing over: flags, statuses,
/// lengths, types and whatever else a fault may speak of is compared.
bool may_vary(const std::string& element, const wire::FieldKind& field) {
    using Type = wire::FieldType;
    if (field.type == Type::octets) // of padding and of what is unknown the octets are all there is
        return element == "mobile-node-link-layer-identifier";
    const bool wide = field.type == Type::ip6 || field.type == Type::mac || field.type == Type::text ||
                      (field.type == Type::number && field.bits >= 16);
    return wide && !field.derived && field.name.find("reserved") == std::string::npos;
}

} // namespace

std::uint64_t hash_of(base::View octets, std::uint64_t seed) {
    std::uint64_t hash = seed ^ octets.size() * 0x9e3779b97f4a7c15;
    std::size_t at = 0;
    for (; at + 8 <= octets.size(); at += 8) {
        std::uint64_t word;
        std::memcpy(&word, octets.data() + at, 8);
        hash = mix(hash ^ word) + 0x9e3779b97f4a7c15;
    }
    std::uint64_t rest = 0;
    if (at < octets.size())
        std::memcpy(&rest, octets.data() + at, octets.size() - at);
    return mix(hash ^ rest);
}

Glance::Glance(const std::vector<const model::Rule*>& rules, const wire::Profile& profile)
    : profile_(profile) {
    for (const auto* rule : rules) {
        collect(rule->on, looked_at_);
        if (rule->must)
            collect(*rule->must, looked_at_);
        if (rule->must_not)
            collect(*rule->must_not, looked_at_);
    }
}

bool Glance::depends(const std::string& element, const std::string& field) const {
    return looked_at_.contains(element + "." + field) || looked_at_.contains("." + field);
}

std::optional<std::uint64_t> Glance::layout(base::View ip, const wire::Walk& walk) {
    identifier_ = {};
    if (walk.outer_ip != walk.inner_ip || walk.message != walk.outer_ip + ip_header || ip.size() > largest ||
        ip.size() < ip_header + 8 || ip[0] >> 4 != 6 || ip_header + base::read16(ip, 4) != ip.size())
        return std::nullopt;
    const base::View message = ip.subspan(ip_header);
    const bool mobility = walk.what == wire::Walk::What::mobility;
    std::size_t at = 0;
    if (mobility && (walk.type == 5 || walk.type == 6)) {
        if ((message[1] + std::size_t{1}) * 8 != message.size())
            return std::nullopt;
        at = 12;
    } else if (walk.what == wire::Walk::What::neighbor) {
        at = walk.type == 133 ? 8 : walk.type == 134 ? 16 : walk.type == 135 || walk.type == 136 ? 24 : 40;
    }
    if (at == 0)
        return std::nullopt;
    std::uint64_t shape = mix(message.size() << 16 | walk.type);
    while (at < message.size()) {
        const std::uint8_t type = message[at];
        std::size_t size = 1;
        if (!mobility || type != 0) { // a Pad1 has no length
            if (at + 2 > message.size())
                return std::nullopt;
            size = mobility ? message[at + 1] + std::size_t{2} : message[at + 1] * std::size_t{8};
        }
        if (size == 0 || at + size > message.size())
            return std::nullopt;
        if (mobility && type == 8 && size > 3)
            identifier_ = message.subspan(at + 3, size - 3);
        shape = mix(shape ^ (std::uint64_t{type} << 32 | size));
        at += size;
    }
    return shape;
}

std::optional<std::uint64_t> Glance::print(base::View ip, const wire::Walk& walk, base::Wall at) {
    const auto shape = layout(ip, walk);
    if (!shape)
        return std::nullopt;
    const auto known = layouts_.find(*shape);
    if (known == layouts_.end() || !verifies(ip))
        return std::nullopt;
    std::array<std::uint8_t, largest> copy;
    std::memcpy(copy.data(), ip.data(), ip.size());
    std::uint64_t seed = *shape;
    for (const Range& range : known->second) {
        if (range.is_time) {
            std::uint64_t stamp = 0;
            for (std::size_t i = 0; i < 8; ++i)
                stamp = stamp << 8 | ip[range.at + i];
            const base::Duration distance = base::wall_of_48_16(stamp) - at;
            const auto near = std::chrono::floor<std::chrono::milliseconds>(distance);
            if (stamp >> 48 != 0 || near > std::chrono::hours(1) || near < -std::chrono::hours(1))
                continue; // compared as it is
            seed = mix(seed ^ static_cast<std::uint64_t>(near.count()));
        }
        std::memset(copy.data() + range.at, 0, range.size);
    }
    return hash_of({copy.data(), ip.size()}, seed);
}

void Glance::learn(base::View ip, const wire::Walk& walk, const wire::Packet& packet) {
    const auto shape = layout(ip, walk);
    if (!shape || layouts_.contains(*shape) || layouts_.size() >= most_layouts)
        return;
    Layout ranges;
    const bool mobility = walk.what == wire::Walk::What::mobility;
    ranges.push_back(
        {static_cast<std::uint16_t>(ip_header + (mobility ? 4 : 2)), 2, false}); // verified instead
    for (const auto& place : wire::places(packet, profile_)) {
        const auto path = base::split(place.path, "/");
        if (path.size() < 2 || place.offset < walk.outer_ip || place.size == 0 ||
            place.offset + place.size > walk.outer_ip + ip.size())
            continue;
        std::string element = path[path.size() - 2];
        element.resize(std::min(element.size(), element.find('#')));
        const auto* kind = wire::find_kind(element);
        const auto* field = kind ? kind->field(path.back()) : nullptr;
        if (!field || !may_vary(element, *field))
            continue;
        const bool is_time = field->unit == "48.16" && place.size == 8;
        if (!is_time && depends(element, field->name))
            continue;
        ranges.push_back({static_cast<std::uint16_t>(place.offset - walk.outer_ip),
                          static_cast<std::uint16_t>(place.size), is_time && depends(element, field->name)});
    }
    layouts_.emplace(*shape, std::move(ranges));
}

} // namespace run
