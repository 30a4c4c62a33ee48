#include "harness/script/draft_relax.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

/// The prefix of an option; nullopt if it has none, or one that cannot be.
std::optional<base::Prefix> prefix_of(const wire::Element& element) {
    const auto* attribute = element.attribute("prefix");
    const auto* address = attribute ? std::get_if<base::Ip6>(&attribute->value) : nullptr;
    const auto length = number_of(&element, "prefix-length");
    if (!address || !length || *length > 128)
        return std::nullopt;
    return base::Prefix{*address, static_cast<unsigned>(*length)};
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

void Relaxation::note(const Request& request) {
    last_[{request.from, request.identity}] = request;
    about_[request.identity] = request;
}

std::string Relaxation::pool_of(const base::Prefix& prefix) const {
    for (const auto& node : bench_.topology.nodes)
        if (cast_.is_under_test(node.name))
            for (const auto* setting : {"pool", "persistent-pool", "network-pool"})
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
    if (bearing.sent && bearing.granted && delegates && bench_.is_proxied()) // of the gateway's own node
        prefixes_[value] = {base::text(value), bearing.identity, true};
    if (bearing.sent || !bearing.granted || !delegates)
        return base::text(value);
    const auto pool = pool_of(value);
    prefixes_[value] = {fmt::format("${{{}.{}.prefix}}", bearing.name, nth_path(option.name, nth)),
                        bench_.is_proxied() ? bearing.identity : std::string{}, true};
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

/// The home address of a mobile node, if it is one: on the bench the node may have another.
std::string Relaxation::at_home(const base::Ip6& address) const {
    if (const auto known = homes_.find(address); known != homes_.end())
        return known->second;
    const auto* identity = bench_.topology.identity(cast_.at_home(address));
    if (!identity)
        return {};
    if (bench_.role == "map")
        return base::text(regional(address));
    if (bench_.is_by_routers())
        return identity->home_network_prefix ? "${" + identity->name + ".address}" : std::string{};
    const auto own = identity->policy.find("home-address");
    return own == identity->policy.end() ? std::string{} : own->second;
}

/// An access router forms a regional address in the network of its MAP (netmip6-01, 5): in that of the bench.
base::Ip6 Relaxation::regional(const base::Ip6& address) const {
    for (const auto& node : bench_.topology.nodes)
        if (const auto network = node.settings.find("map-prefix"); network != node.settings.end())
            if (const auto prefix = base::parse_prefix(network->second)) {
                base::Ip6 out = prefix->address;
                for (std::size_t i = prefix->length / 8; i < out.octets.size(); ++i)
                    out.octets[i] = address.octets[i];
                return out;
            }
    return address;
}

/// An acknowledgement goes to the address that it gives: what that is called from now on.
std::string Relaxation::assigned(const base::Ip6& value, const Bearing& bearing) {
    const auto* identity = bench_.topology.identity(cast_.at_home(value));
    if (!bearing.granted || !identity)
        return address(value);
    constexpr unsigned network = 64;
    if (bench_.role == "map") {
        const auto here = regional(value);
        prefixes_[{value, 128}] = {base::text(here), identity->name, true};
        return base::text(here);
    }
    if (identity->home_network_prefix) {
        prefixes_[base::Prefix{value, network}.canonical()] = {"${" + identity->name + ".prefix}",
                                                               identity->name};
        return address(value);
    }
    if (bearing.sent || homes_.contains(value))
        return address(value);
    homes_[value] = "${" + bearing.name + ".routing-2.home-address}";
    return "in ${" + bench_.role + ".home-prefix}";
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
    if (auto own = at_home(address); !own.empty())
        return own;
    for (const auto& [prefix, known] : prefixes_)
        if (prefix.contains(address)) {
            if (known.is_mobile && !known.text.starts_with("${"))
                return base::text(address);
            if (const auto* identity = bench_.topology.identity(known.owner);
                identity && !known.is_mobile &&
                (base::slaac(prefix.address, identity->mac) == address || !host_number(address)))
                return "${" + known.owner + ".address}";
            if (const auto number = host_number(address))
                return fmt::format("host {} in {}", *number, known.text);
        }
    return base::text(address);
}

/// Computed anew for what is said now; one that was wrong stays wrong.
void Relaxation::authenticator(const wire::Attribute& attribute, const Recorded& packet,
                               const Bearing& bearing, Written& out) {
    const bool is_wrong = std::ranges::any_of(packet.packet.faults, [](const wire::Fault& fault) {
        return fault.where.ends_with("/authentication/authenticator");
    });
    if (bearing.sent && is_wrong)
        out.fields.push_back({attribute.name, wire::text(attribute.value, attribute.kind), false});
    else if (!bearing.sent)
        out.fields.push_back({attribute.name, "*", true});
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
        const auto* ip = std::get_if<base::Ip6>(&attribute.value);
        if (ip && element.name == "routing-2" && bench_.is_by_routers())
            out.fields.push_back({attribute.name, assigned(*ip, bearing), false});
        else if (ip)
            out.fields.push_back({attribute.name, address(*ip), false});
        else if (element.name == "authentication" && attribute.name == "authenticator")
            authenticator(attribute, packet, bearing, out);
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
        if (attribute.name == "subtype" && element.name == "authentication")
            out.fields.back().usual = out.fields.back().text == "mn-ha";
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
