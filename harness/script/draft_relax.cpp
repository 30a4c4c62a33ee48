#include "harness/script/draft_relax.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>

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

std::optional<std::uint64_t> number_of(const wire::Element* element, std::string_view field) {
    const auto* attribute = element ? element->attribute(field) : nullptr;
    const auto* number = attribute ? std::get_if<std::uint64_t>(&attribute->value) : nullptr;
    return number ? std::optional(*number) : std::nullopt;
}

/// The prefix of an option; nullopt if it has none, or one that cannot be.
std::optional<base::Prefix> prefix_of(const wire::Element& element) {
    const auto* attribute = element.attribute("prefix");
    const auto* address = attribute ? std::get_if<base::Ip6>(&attribute->value) : nullptr;
    const auto length = number_of(&element, "prefix-length");
    if (!address || !length || *length > 128)
        return std::nullopt;
    return base::Prefix{*address, static_cast<unsigned>(*length)};
}

std::string nth_path(std::string_view option, std::size_t nth) {
    return nth == 0 ? std::string(option) : fmt::format("{}#{}", option, nth + 1);
}

/// A lifetime counts down while a packet is on its way.
bool counts_down(std::string_view field) {
    return field == "valid-lifetime" || field == "preferred-lifetime";
}

/// Text as it is, even if it looks like an expression.
std::string literal_text(const wire::Attribute& attribute) {
    if (!std::holds_alternative<std::string>(attribute.value))
        return wire::text(attribute.value, attribute.kind);
    std::string text = base::printable(wire::text(attribute.value, attribute.kind));
    const bool is_plain = std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' ||
               c == '.' || c == '-' || c == '_';
    });
    if (is_plain && !text.empty() && text.find("..") == std::string::npos)
        return text;
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? ' ' : c;
    return out + "'";
}

std::optional<std::uint64_t> host_number(const base::Ip6& address) {
    std::uint64_t number = 0;
    for (std::size_t i = 8; i < 16; ++i)
        number = number << 8 | address.octets[i];
    constexpr std::uint64_t largest = 0xffff;
    return number <= largest ? std::optional(number) : std::nullopt;
}

} // namespace

const wire::Element* message_in(const wire::Element& packet) {
    for (auto layer = packet.children.rbegin(); layer != packet.children.rend(); ++layer)
        if (layer->name != "payload")
            return &*layer;
    return nullptr;
}

const wire::Attribute* field_in(const Recorded& packet, std::string_view option, std::string_view field) {
    const auto* element = option.empty() ? message_in(packet.element) : nth_option(packet, option, 0);
    return element ? element->attribute(field) : nullptr;
}

std::optional<std::uint64_t> number_in(const Recorded& packet, std::string_view option,
                                       std::string_view field) {
    return number_of(option.empty() ? message_in(packet.element) : nth_option(packet, option, 0), field);
}

void Relaxation::note(const Request& request) {
    last_[{request.from, request.identity}] = request;
    about_[request.identity] = request;
}

std::string Relaxation::pool_of(const base::Prefix& prefix) const {
    for (const auto& node : bench_.topology.nodes)
        if (cast_.is_under_test(node.name))
            for (const auto* setting : {"pool", "persistent-pool"})
                if (const auto found = node.settings.find(setting); found != node.settings.end())
                    for (const auto& word : base::split(found->second))
                        if (const auto pool = base::parse_prefix(word); pool && pool->contains(prefix))
                            return base::text(*pool);
    return {};
}

/// What a prefix that nobody has spoken of yet means, and what it is called from now on.
std::string Relaxation::new_prefix(const base::Prefix& value, const wire::Element& option,
                                   const Bearing& bearing, std::size_t nth) {
    const bool of_home = option.name == "home-network-prefix" && !bearing.identity.empty();
    const auto fixed = cast_.fixed(value);
    if (of_home && bearing.granted) {
        prefixes_[value] = {"${" + bearing.identity + ".prefix}", bearing.identity};
        if (bearing.sent)
            return base::text(value);
    }
    if (!fixed.empty())
        return "${" + fixed + ".home-network-prefix}";
    if (of_home && bearing.granted)
        return "in ${" + bench_.role + ".pool}";
    const bool delegates = option.name == "mnp-confirmation" || option.name == "mobile-network-prefix";
    if (bearing.sent || !bearing.granted || !delegates)
        return base::text(value);
    const auto pool = pool_of(value);
    prefixes_[value] = {fmt::format("${{{}.{}.prefix}}", bearing.name, nth_path(option.name, nth)), {}};
    return pool.empty() ? "*" : "in " + pool;
}

void Relaxation::prefix(const wire::Element& option, const Bearing& bearing, std::size_t nth, Written& out) {
    const auto value = prefix_of(option);
    if (!value)
        return;
    if (value->address.is_unspecified()) {
        out.fields.push_back({"prefix", base::text(*value), false});
        return;
    }
    // Whom else a prefix is given to when it is free again is the anchor's own choice.
    const auto known = prefixes_.find(*value);
    const bool given_anew = known != prefixes_.end() && bearing.granted && !bearing.sent &&
                            option.name == "home-network-prefix" && known->second.owner != bearing.identity;
    if (known != prefixes_.end() && !given_anew) {
        std::string text = known->second.text;
        // Two options of one packet may name the same prefix.
        if (const std::string own = "${" + bearing.name + "."; text.starts_with(own))
            text.replace(0, own.size(), "${this.");
        out.fields.push_back({"prefix", std::move(text), false});
        return;
    }
    const std::string text = new_prefix(*value, option, bearing, nth);
    out.fields.push_back({"prefix", text, false});
    if (text.starts_with("in ") || text == "*")
        out.fields.push_back({"prefix-length", std::to_string(value->length), false});
}

std::string Relaxation::owner_of(const base::Ip6& address) const {
    for (const auto& [prefix, known] : prefixes_)
        if (prefix.contains(address))
            return known.owner;
    return {};
}

bool Relaxation::is_inside(const base::Ip6& address) const {
    return std::ranges::any_of(prefixes_, [&](const auto& one) { return one.first.contains(address); });
}

std::string Relaxation::address(const base::Ip6& address) const {
    if (address.is_multicast() || address.is_unspecified())
        return base::text(address);
    if (const auto place = cast_.place(address); !place.node.empty()) {
        if (place.index == 0)
            return "${" + place.node + ".address}";
        std::size_t at = 0;
        if (const auto* node = bench_.topology.node(place.node))
            for (const auto& port : node->ports)
                for (const auto& own : port.addresses)
                    if (at++ == place.index)
                        return base::text(own.address);
    }
    if (const auto home = cast_.at_home(address); !home.empty())
        if (const auto* identity = bench_.topology.identity(home))
            if (const auto own = identity->policy.find("home-address"); own != identity->policy.end())
                return own->second;
    for (const auto& [prefix, known] : prefixes_)
        if (prefix.contains(address)) {
            if (const auto* identity = bench_.topology.identity(known.owner);
                identity && (base::slaac(prefix.address, identity->mac) == address || !host_number(address)))
                return "${" + known.owner + ".address}";
            if (const auto number = host_number(address))
                return fmt::format("host {} in {}", *number, known.text);
        }
    return base::text(address);
}

/// Numbers go up by one; whatever does not is written as what it is to the last one.
WrittenField Relaxation::sequence(std::uint64_t value, const wire::Element& message,
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
    const auto before = last_.find({bearing.from, bearing.identity});
    if (before == last_.end())
        return {name, "next", true};
    const auto last = number_in(*before->second.packet, {}, name).value_or(0);
    const auto step = (value - last) & 0xffff;
    if (step == 1)
        return {name, "next", true};
    const std::string reference = "${" + before->second.name + ".sequence}";
    if (step == 0)
        return {name, reference, false};
    if (step < 0x8000)
        return {name, fmt::format("{} + {}", reference, step), false};
    return {name, fmt::format("{} - {}", reference, 0x10000 - step), false};
}

/// A timestamp is the present time, that of the request, or so much off.
WrittenField Relaxation::stamp(std::uint64_t value, const Recorded& packet, const Bearing& bearing) const {
    const std::string name = "value";
    if (bearing.asked && number_in(*bearing.asked->packet, "timestamp", name) == value)
        return {name, "${" + bearing.asked->name + ".timestamp.value}", !bearing.sent};
    const auto last = about_.find(bearing.identity);
    const bool is_request = bearing.asked == nullptr;
    if (is_request && last != about_.end())
        if (const auto before = number_in(*last->second.packet, "timestamp", name)) {
            const std::string reference = "${" + last->second.name + ".timestamp.value}";
            if (*before == value)
                return {name, reference, false};
            if (*before > value && base::wall_of_48_16(*before) - base::wall_of_48_16(value) < near_time)
                return {name, fmt::format("{} - {}", reference, *before - value), false};
        }
    base::Duration off = base::wall_of_48_16(value) - packet.wall;
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

WrittenField Relaxation::number(const wire::Element& element, const wire::Attribute& attribute,
                                const Recorded& packet, const Bearing& bearing, std::size_t nth) const {
    const std::uint64_t value = std::get<std::uint64_t>(attribute.value);
    const std::string literal = wire::text(attribute.value, attribute.kind);
    if (attribute.name == "sequence" && element.name.starts_with("binding-"))
        return sequence(value, element, bearing);
    if (element.name == "timestamp")
        return stamp(value, packet, bearing);
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

Written Relaxation::relax(const wire::Element& element, const Recorded& packet, const Bearing& bearing) {
    Written out;
    out.name = element.name;
    const auto* kind = wire::find_kind(element.name);
    const bool has_prefix = kind && kind->field("prefix") && kind->field("prefix-length");
    for (const auto& attribute : element.attributes) {
        // A checksum is that of what is sent now, even if the recorder saw a wrong one.
        if (attribute.name == "checksum" ||
            (has_prefix && (attribute.name == "prefix" || attribute.name == "prefix-length")))
            continue;
        if (const auto* ip = std::get_if<base::Ip6>(&attribute.value))
            out.fields.push_back({attribute.name, address(*ip), false});
        else if (std::holds_alternative<base::Mac>(attribute.value))
            out.fields.push_back({attribute.name, "*", true});
        else if (std::holds_alternative<std::uint64_t>(attribute.value))
            out.fields.push_back(number(element, attribute, packet, bearing, 0));
        else if (attribute.name == "nai" && !bearing.identity.empty())
            out.fields.push_back({attribute.name, "${" + bearing.identity + ".nai}", true});
        else
            out.fields.push_back({attribute.name, literal_text(attribute), false});
        if (attribute.name == "subtype" && element.name == "mobile-node-identifier")
            out.fields.back().usual = out.fields.back().text == "nai";
    }
    if (has_prefix && prefix_of(element) && element.name != "mnp-request") {
        std::size_t nth = 0;
        if (const auto* message = message_in(packet.element))
            for (const auto& child : message->children) {
                if (&child == &element)
                    break;
                nth += child.name == element.name;
            }
        prefix(element, bearing, nth, out);
    } else if (has_prefix) {
        for (const auto* name : {"prefix", "prefix-length"})
            if (const auto* attribute = element.attribute(name))
                out.fields.push_back({name, wire::text(attribute->value, attribute->kind), false});
    }
    std::map<std::string, std::size_t> seen;
    for (const auto& child : element.children) {
        if (child.name == "pad1" || child.name == "padn")
            continue;
        out.children.push_back(relax(child, packet, bearing));
        const std::size_t nth = seen[child.name]++;
        for (auto& field : out.children.back().fields) // of which of them the request has the pair
            if (field.name == "correlation-id" && nth != 0)
                if (const auto* attribute = child.attribute("correlation-id"))
                    field = number(child, *attribute, packet, bearing, nth);
    }
    return out;
}

} // namespace script
