#include "harness/script/box.h"

#include <fmt/format.h>

namespace script {
namespace {

/// Unicast, and none that needs an interface to mean something.
std::optional<base::Ip6> usable(std::string_view text) {
    const auto address = base::parse_ip6(text);
    return address && address->is_routable_unicast() ? address : std::nullopt;
}

std::optional<base::Ip6> address_of(const Tag& tag, std::string_view name, const Context& context) {
    const auto attr = tag.attr(name);
    const auto address = attr ? usable(attr->value) : std::nullopt;
    if (attr && !address)
        context.mistake(attr->at(), fmt::format("{} is no global IPv6 address", quoted(attr->value)));
    return address;
}

std::optional<base::Prefix> prefix_of(const Tag& tag, std::string_view name, unsigned longest,
                                      const Context& context) {
    const auto attr = tag.attr(name);
    const auto prefix = attr ? base::parse_prefix(attr->value) : std::nullopt;
    if (attr && (!prefix || prefix->length > longest))
        context.mistake(attr->at(), fmt::format("{} is no prefix of at most {} bits: 2001:db8:7::/64",
                                                quoted(attr->value), longest));
    return prefix;
}

/// With or without the length of the prefix on the link.
void own_address(const Tag& tag, model::BoxPort& port, const Context& context) {
    constexpr unsigned usual = 64;
    const std::string text = tag.required("address", *context.mistakes);
    const auto slash = text.find('/');
    const auto address = usable(std::string_view(text).substr(0, slash));
    const auto prefix =
        base::parse_prefix(slash == std::string::npos ? fmt::format("{}/{}", text, usual) : text);
    if (address && prefix && prefix->length <= usual)
        port.address = *prefix;
    else if (tag.has("address"))
        context.mistake(tag.attr("address")->at(),
                        fmt::format("{} is no global IPv6 address with a prefix of at most {} bits",
                                    quoted(text), usual));
}

void interface(const Tag& tag, model::BoxPort& port, const model::Box& box, const Context& context) {
    constexpr std::size_t longest_name = 15;
    port.interface = tag.required("interface", *context.mistakes);
    const auto name = tag.attr("interface");
    if (!name)
        return;
    if (name->value.empty() || name->value.size() > longest_name ||
        name->value.find_first_of("/ \t") != std::string::npos)
        context.mistake(name->at(), fmt::format("{} is no name of an interface", quoted(name->value)));
    for (const auto& other : box.ports)
        if (other.interface == port.interface)
            context.mistake(name->at(), fmt::format("a second port at interface {}", quoted(name->value)));
}

} // namespace

void read_box_port(const Tag& tag, model::Box& box, const Context& context) {
    tag.only({"interface", "address", "port", "link-address", "nodes", "gateway"}, *context.mistakes);
    model::BoxPort port;
    interface(tag, port, box, context);
    own_address(tag, port, context);
    port.port = tag.value("port");
    for (const auto& other : box.ports)
        if (other.port == port.port)
            context.mistake(tag.where(), port.port.empty()
                                             ? "a box with several ports says which is which: port=\"core\""
                                             : fmt::format("a second port {}", quoted(port.port)));
    if (const auto mac = tag.attr("link-address")) {
        port.mac = base::parse_mac(mac->value);
        if (!port.mac)
            context.mistake(mac->at(), fmt::format("{} is no Ethernet address", quoted(mac->value)));
    }
    constexpr unsigned longest = 64;
    port.nodes = prefix_of(tag, "nodes", longest, context);
    port.gateway = address_of(tag, "gateway", context);
    if (tag.has("gateway") && !tag.has("nodes"))
        context.mistake(
            tag.attr("gateway")->at(),
            "behind a gateway the other nodes have a prefix of their own: nodes=\"PREFIX/LENGTH\"");
    for (const auto& part : tag.children()) {
        if (part.name() != "node") {
            context.mistake(part.where(), fmt::format("unknown element {} in <at>", quoted(part.name())));
            continue;
        }
        part.only({"name", "address"}, *context.mistakes);
        const std::string name = part.required("name", *context.mistakes);
        part.required("address", *context.mistakes);
        if (const auto address = address_of(part, "address", context))
            port.own[name] = *address;
    }
    box.ports.push_back(std::move(port));
}

void read_mobile_nodes(const Tag& tag, model::Box& box, const Context& context) {
    tag.only({"nai", "from", "to", "prefixes", "names"}, *context.mistakes);
    constexpr unsigned longest = 48; // or there is no room for sixteen static prefixes a case
    if (const auto nai = tag.attr("nai")) {
        box.nai = nai->value;
        for (const char* part : {"{name}", "{n}"})
            if (nai->value.find(part) == std::string::npos)
                context.mistake(nai->at(),
                                fmt::format("without {} two mobile nodes would have the same NAI", part));
    }
    box.first = read_number(tag.attr("from"), context).value_or(box.first);
    box.last = read_number(tag.attr("to"), context).value_or(box.last);
    if (box.first > box.last)
        context.mistake(tag.where(), fmt::format("there is no number from {} to {}", box.first, box.last));
    box.prefixes = prefix_of(tag, "prefixes", longest, context);
    if (tag.has("names"))
        box.names = tag.words("names");
}

} // namespace script
