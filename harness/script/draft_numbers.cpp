#include "harness/base/text.h"
#include "harness/script/draft_relax.h"

#include <fmt/format.h>

#include <algorithm>

// Numbers of a recording: which of them mean the present time, an earlier message, or themselves.

namespace script {
namespace {

using namespace std::chrono_literals;

/// A packet is not recorded at the very moment at which it was stamped.
constexpr base::Duration same_time = 100ms;
/// Stamps that are this near to each other are written as a difference.
constexpr base::Duration near_time = 2s;

const wire::Element* nth_option(const Recorded& packet, std::string_view name, std::size_t nth) {
    const auto* message = message_in(packet.element);
    if (!message)
        return nullptr;
    for (const auto& child : message->children)
        if (child.name == name && nth-- == 0)
            return &child;
    return nullptr;
}

/// A lifetime counts down while a packet is on its way.
bool counts_down(std::string_view field) {
    return field == "valid-lifetime" || field == "preferred-lifetime" || field == "remaining-lifetime";
}

/// Where a message is stamped, and what its units are: 48.16 since 1970 or, after RFC 4285, NTP's.
struct Stamp {
    const char *option, *field;
};
constexpr Stamp stamps[] = {{"timestamp", "value"}, {"replay-protection", "timestamp"}};

base::Wall wall_of(const Stamp& stamp, std::uint64_t value) {
    if (std::string_view(stamp.option) == "timestamp")
        return base::wall_of_48_16(value);
    constexpr std::int64_t from_1900_to_1970 = 2'208'988'800;
    const auto whole = static_cast<std::int64_t>(value >> 32) - from_1900_to_1970;
    const auto part = static_cast<std::int64_t>((value & 0xffffffff) * 1'000'000'000 >> 32);
    return base::Wall(std::chrono::seconds(whole) + std::chrono::nanoseconds(part));
}

const Stamp* stamp_of(std::string_view option, std::string_view field) {
    for (const auto& one : stamps)
        if (option == one.option && field == one.field)
            return &one;
    return nullptr;
}

} // namespace

std::optional<std::uint64_t> number_of(const wire::Element* element, std::string_view field) {
    const auto* attribute = element ? element->attribute(field) : nullptr;
    const auto* number = attribute ? std::get_if<std::uint64_t>(&attribute->value) : nullptr;
    return number ? std::optional(*number) : std::nullopt;
}

std::string nth_path(std::string_view option, std::size_t nth) {
    return nth == 0 ? std::string(option) : fmt::format("{}#{}", option, nth + 1);
}

const wire::Attribute* field_in(const Recorded& packet, std::string_view option, std::string_view field) {
    const auto* element = option.empty() ? message_in(packet.element) : nth_option(packet, option, 0);
    return element ? element->attribute(field) : nullptr;
}

std::optional<std::uint64_t> number_in(const Recorded& packet, std::string_view option,
                                       std::string_view field) {
    return number_of(option.empty() ? message_in(packet.element) : nth_option(packet, option, 0), field);
}

std::optional<base::Wall> stamp_in(const Recorded& packet) {
    for (const auto& one : stamps)
        if (const auto value = number_in(packet, one.option, one.field))
            return wall_of(one, *value);
    return std::nullopt;
}

/// Numbers go up by one; whatever does not is written as what it is to the last one.
WrittenField Relaxation::sequence(std::uint64_t value, const wire::Element& message, const Recorded& packet,
                                  const Bearing& bearing) const {
    const std::string name = "sequence";
    if (message.name == "binding-acknowledgement") {
        if (bearing.asked && number_in(*bearing.asked->packet, {}, name) == value)
            return {name, "${" + bearing.asked->name + ".sequence}", !bearing.sent};
        const auto before =
            last_.find({bearing.asked ? bearing.asked->from : std::string{}, bearing.identity});
        for (const auto& [about, request] : about_)
            if (about == bearing.identity && number_in(*request.packet, {}, name) == value)
                return {name, "${" + request.name + ".sequence}", false};
        if (before != last_.end())
            if (const auto last = number_in(*before->second.packet, {}, name))
                return {name,
                        fmt::format("${{{}.sequence}} + {}", before->second.name, (value - *last) & 0xffff),
                        false};
        return {name, "*", true};
    }
    if (!bearing.sent)
        return {name, "*", true};
    const auto own = last_.find({bearing.from, bearing.identity});
    const Request* before = own == last_.end() ? nullptr : &own->second;
    // The home agent of NetMIPv6 counts for each node, whichever router registers it.
    if (const auto any = about_.find(bearing.identity); any != about_.end() && bench_.is_by_routers())
        before = &any->second;
    // And a MAP for each address, whosever it is.
    if (const auto* home = home_address_in(packet.packet); home && !before && bench_.role == "map")
        for (const auto& [about, request] : about_)
            if (const auto* other = home_address_in(request.packet->packet);
                other && other->address == home->address &&
                (!before || before->packet->number < request.packet->number))
                before = &request;
    if (!before)
        return {name, "next", true};
    const auto last = number_in(*before->packet, {}, name).value_or(0);
    const auto step = (value - last) & 0xffff;
    if (step == 1 && before->from == bearing.from)
        return {name, "next", true};
    const std::string reference = "${" + before->name + ".sequence}";
    if (step == 0)
        return {name, reference, false};
    if (step < 0x8000)
        return {name, fmt::format("{} + {}", reference, step), false};
    return {name, fmt::format("{} - {}", reference, 0x10000 - step), false};
}

/// A timestamp is the present time, that of the request, or so much off.
WrittenField Relaxation::stamp(std::uint64_t value, const wire::Element& option, const Recorded& packet,
                               const Bearing& bearing) const {
    const Stamp& kind = option.name == "timestamp" ? stamps[0] : stamps[1];
    const std::string name = kind.field, path = std::string(kind.option) + "." + name;
    const auto wall = [&](std::uint64_t stamp) { return wall_of(kind, stamp); };
    if (bearing.asked && number_in(*bearing.asked->packet, kind.option, name) == value)
        return {name, "${" + bearing.asked->name + "." + path + "}", !bearing.sent};
    const auto last = about_.find(bearing.identity);
    const bool is_request = bearing.asked == nullptr;
    if (is_request && last != about_.end())
        if (const auto before = number_in(*last->second.packet, kind.option, name)) {
            const std::string reference = "${" + last->second.name + "." + path + "}";
            if (*before == value)
                return {name, reference, false};
            if (*before > value && wall(*before) - wall(value) < near_time)
                return {name, fmt::format("{} - {}", reference, *before - value), false};
        }
    base::Duration off = wall(value) - packet.wall;
    if (const auto clock = clocks_.find(bearing.from); clock != clocks_.end())
        off -= clock->second;
    if (bearing.sent ? std::chrono::abs(off) < same_time : std::chrono::abs(off) < near_time)
        return bearing.sent ? WrittenField{name, "${now}", true}
                            : WrittenField{name, "${now} ± 2s", is_request};
    const auto rounded = (std::chrono::abs(off) + 5ms) / 10ms * 10ms;
    return {name,
            fmt::format("${{now}} {} {}{}", off > 0s ? '+' : '-', base::text_of(rounded),
                        bearing.sent ? "" : " ± 2s"),
            false};
}

/// What the context of a node repeats of the last update about it.
std::string Relaxation::of_last_update(std::string_view field, std::uint64_t value,
                                       const Bearing& bearing) const {
    const auto last = about_.find(bearing.identity);
    if (last == about_.end())
        return {};
    const std::string name = "${" + last->second.name + ".";
    if (field == "sequence" && number_in(*last->second.packet, {}, field) == value)
        return name + "sequence}";
    if (field == "timestamp" && number_in(*last->second.packet, "replay-protection", field) == value)
        return name + "replay-protection.timestamp}";
    return {};
}

/// RFC 4285: the association that the bench has, where the recording has one of its own.
std::string Relaxation::association(const std::string& spi) const {
    if (bench_.associations.empty() || bench_.associations.contains(spi) || spi != cast_.association())
        return spi;
    return *bench_.associations.begin();
}

WrittenField Relaxation::number(const wire::Element& element, const wire::Attribute& attribute,
                                const Recorded& packet, const Bearing& bearing, std::size_t nth) const {
    const std::uint64_t value = std::get<std::uint64_t>(attribute.value);
    const std::string literal = wire::text(attribute.value, attribute.kind);
    if (attribute.name == "sequence" && element.name.starts_with("binding-"))
        return sequence(value, element, packet, bearing);
    if (stamp_of(element.name, attribute.name))
        return stamp(value, element, packet, bearing);
    if (element.name == "context-binding" && !bearing.sent)
        if (auto echo = of_last_update(attribute.name, value, bearing); !echo.empty())
            return {attribute.name, std::move(echo), false};
    if (element.name == "authentication" && attribute.name == "spi")
        return {attribute.name, association(literal), false};
    const auto same_in_request = [&](std::string_view option) {
        return bearing.asked &&
               number_of(nth_option(*bearing.asked->packet, option, nth), attribute.name) == value;
    };
    if (attribute.name == "correlation-id") {
        if (same_in_request("mnp-request"))
            return {
                attribute.name,
                fmt::format("${{{}.{}.correlation-id}}", bearing.asked->name, nth_path("mnp-request", nth)),
                false};
        return {attribute.name, bearing.sent ? literal : "*", !bearing.sent};
    }
    if (attribute.name == "lifetime" && element.name == "binding-acknowledgement" && !bearing.sent &&
        bearing.asked && value != 0 && number_in(*bearing.asked->packet, {}, "lifetime") == value)
        return {attribute.name, "${" + bearing.asked->name + ".lifetime}", false};
    if (counts_down(attribute.name) && !bearing.sent && value > 4 && literal == std::to_string(value))
        return {attribute.name, fmt::format("{}..{}", value - 4, value + 4), false};
    const bool echoed = bearing.asked &&
                        (element.name == "handoff-indicator" || element.name == "access-technology-type") &&
                        same_in_request(element.name);
    return {attribute.name, literal, echoed && !bearing.sent};
}

} // namespace script
