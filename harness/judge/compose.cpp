#include "harness/judge/compose.h"

#include "harness/base/text.h"
#include "harness/judge/evaluate.h"
#include "harness/model/edit.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {
namespace {

using model::ElementSpec;
using model::FieldSpec;

/// ff02::1, ff02::2 and ff02::1:2.
const base::Ip6 all_nodes{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
const base::Ip6 all_routers{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};
const base::Ip6 all_dhcp_servers{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2}};

bool is_dhcpv6(std::string_view kind) {
    return kind.starts_with("dhcpv6-");
}
bool is_dhcpv6_relayed(std::string_view kind) {
    return kind.find("relay") != std::string_view::npos;
}
bool is_from_dhcpv6_server(std::string_view kind) {
    return kind.ends_with("advertise") || kind.ends_with("-reply") || kind.ends_with("reconfigure") ||
           kind.ends_with("relay-repl");
}
bool is_neighbour_discovery(std::string_view kind) {
    return is_link_housekeeping(kind) && !kind.starts_with("mld");
}
bool is_network_layer(std::string_view kind) {
    return kind == "ipv6" || kind == "ipv4" || kind == "ethernet" || kind == "vlan";
}

wire::Element* child(wire::Element& element, std::string_view name) {
    const auto found = std::ranges::find(element.children, name, &wire::Element::name);
    return found == element.children.end() ? nullptr : &*found;
}

void set(wire::Element& element, std::string_view name, wire::Scalar value) {
    for (auto& attribute : element.attributes)
        if (attribute.name == name) {
            attribute.value = std::move(value);
            return;
        }
    const auto* kind = wire::find_kind(element.name);
    element.attributes.push_back(
        {std::string(name), std::move(value), kind ? kind->field(name) : nullptr, 0});
}

/// Turns written elements into ones with values.
class Composer {
public:
    Composer(const model::PacketSpec& spec, const Ways& ways, const Viewpoint& view,
             const Sequences& sequences, std::vector<std::string>& mistakes)
        : ways_(ways), view_(view), sequences_(sequences), mistakes_(mistakes) {
        if (!spec.about_field.empty() && !spec.layers.empty())
            about_ = identity_in(spec.layers.back(), spec.about_field);
    }

    const std::string& about() const { return about_; }

    wire::Element element(const ElementSpec& spec) const {
        wire::Element result;
        write(spec, result);
        return result;
    }

    /// Fields and options as written over what is there.
    void write(const ElementSpec& spec, wire::Element& result) const {
        result.name = spec.kind;
        const auto* kind = wire::find_kind(spec.kind);
        for (const auto& field : spec.fields)
            if (view_.dialect.applies(field.when))
                write(field, kind ? kind->field(field.name) : nullptr, result);
        carry_length(spec, result);
        std::map<std::string, std::size_t> seen;
        for (const auto& one : spec.children) {
            if (one.absent || !view_.dialect.applies(one.when) || lacks_value(one))
                continue;
            std::size_t skip = seen[one.kind]++;
            const auto old = std::ranges::find_if(result.children, [&](const auto& present) {
                return present.name == one.kind && skip-- == 0;
            });
            if (old != result.children.end())
                write(one, *old);
            else
                result.children.push_back(element(one));
        }
        for (const auto& one : spec.children)
            if (one.absent && view_.dialect.applies(one.when))
                std::erase_if(result.children, [&](const auto& present) { return present.name == one.kind; });
    }

private:
    /// A typical option whose reference has no value (the timestamp of a packet without one) is left out.
    bool lacks_value(const ElementSpec& spec) const {
        if (spec.fields.empty() ||
            !std::ranges::all_of(spec.fields, [](const auto& field) { return field.value.typical; }))
            return false;
        const auto* kind = wire::find_kind(spec.kind);
        return std::ranges::any_of(spec.fields, [&](const auto& field) {
            std::string why;
            return field.value.op == model::Value::Op::reference &&
                   !compute(field.value, kind ? kind->field(field.name) : nullptr, view_.environment,
                            view_.moment, why);
        });
    }

    std::string identity_in(const ElementSpec& spec, std::string_view path) const {
        const auto dot = path.find('.');
        if (dot == std::string_view::npos) {
            for (const auto& field : spec.fields)
                if (field.name == path)
                    return expected(field.value, nullptr, view_.environment, view_.moment);
            return {};
        }
        for (const auto& one : spec.children)
            if (one.kind == path.substr(0, dot))
                return identity_in(one, path.substr(dot + 1));
        return {};
    }

    void write(const FieldSpec& field, const wire::FieldKind* kind, wire::Element& result) const {
        using Op = model::Value::Op;
        if (field.value.op == Op::any || field.value.op == Op::distinct || field.value.op == Op::negation)
            return; // whatever the encoder takes for right
        if (field.value.op == Op::literal && field.value.text == "next") {
            set(result, field.name, sequences_.next(ways_.from, about_));
            return;
        }
        std::string why;
        const auto term = compute(field.value, kind, view_.environment, view_.moment, why);
        if (!term) {
            mistakes_.push_back(fmt::format("{} of {}: {}", field.name, result.name, why));
            return;
        }
        if (!kind) {
            const auto* text = std::get_if<std::string>(&term->what);
            const auto* typed = std::get_if<Typed>(&term->what);
            set(result, field.name,
                text    ? wire::Scalar{*text}
                : typed ? typed->value
                        : wire::Scalar{std::string{}});
            return;
        }
        if (const auto scalar = as_field(*term, *kind))
            set(result, field.name, *scalar);
        else
            mistakes_.push_back(fmt::format("{} of {} cannot be {}", field.name, result.name,
                                            expected(field.value, kind, view_.environment, view_.moment)));
    }

    /// A prefix brings its length along where none is insisted on.
    void carry_length(const ElementSpec& spec, wire::Element& result) const {
        const auto* kind = wire::find_kind(spec.kind);
        if (!kind || !kind->field("prefix-length"))
            return;
        const auto length = std::ranges::find(spec.fields, "prefix-length", &FieldSpec::name);
        if (length != spec.fields.end() && !length->value.typical)
            return;
        for (const auto& field : spec.fields) {
            if (field.name != "prefix" && field.name != "address")
                continue;
            if (field.value.typical && length != spec.fields.end())
                continue;
            std::string why;
            const auto term =
                compute(field.value, kind->field(field.name), view_.environment, view_.moment, why);
            const auto* prefix = term ? std::get_if<base::Prefix>(&term->what) : nullptr;
            const auto* text = term ? std::get_if<std::string>(&term->what) : nullptr;
            const auto parsed = text ? base::parse_prefix(*text) : std::nullopt;
            if (prefix || parsed)
                set(result, "prefix-length", std::uint64_t{prefix ? prefix->length : parsed->length});
        }
    }

    const Ways& ways_;
    const Viewpoint& view_;
    const Sequences& sequences_;
    std::vector<std::string>& mistakes_;
    std::string about_;
};

/// UDP under DHCP (RFC 8415, 7.2).
void add_udp(wire::Element& packet, std::string_view kind) {
    wire::Element udp;
    udp.name = "udp";
    const bool server = is_from_dhcpv6_server(kind), relayed = is_dhcpv6_relayed(kind);
    set(udp, "source-port", std::uint64_t{server || relayed ? 547u : 546u});
    set(udp, "destination-port", std::uint64_t{!server || relayed ? 547u : 546u});
    const auto message = std::ranges::find(packet.children, kind, &wire::Element::name);
    packet.children.insert(message, std::move(udp));
}

base::Ip6 link_local_of(const std::string& name, const model::Topology& topology) {
    if (const auto* identity = topology.identity(name))
        return identity->link_local.is_unspecified() ? base::link_local(identity->mac) : identity->link_local;
    const auto* node = topology.node(name);
    return node && !node->ports.empty() ? base::link_local(node->ports.front().mac) : base::Ip6{};
}

/// Fills what is unwritten of the outermost IPv6 header.
void complete_ipv6(wire::Element& packet, std::string_view kind, const Ways& ways,
                   const Environment& environment) {
    auto* ipv6 = child(packet, "ipv6");
    if (!ipv6)
        return;
    const bool discovery = is_neighbour_discovery(kind);
    const bool to_servers = is_dhcpv6(kind) && !is_dhcpv6_relayed(kind) && !is_from_dhcpv6_server(kind);
    const auto& topology = environment.topology();
    if (discovery && !ipv6->attribute("hop-limit"))
        set(*ipv6, "hop-limit", std::uint64_t{255});
    if (!ipv6->attribute("source")) {
        base::Ip6 source = discovery || to_servers ? link_local_of(ways.from, topology)
                                                   : environment.address(ways.from, ways.to);
        if (!ways.source.is_unspecified())
            source = ways.source;
        else if (source.is_unspecified())
            source = link_local_of(ways.from, topology);
        set(*ipv6, "source", source);
    }
    if (ipv6->attribute("destination"))
        return;
    base::Ip6 destination = environment.address(ways.to, ways.from);
    if (kind == "router-solicitation")
        destination = all_routers;
    else if (kind == "router-advertisement")
        destination = all_nodes;
    else if (to_servers)
        destination = all_dhcp_servers;
    else if (kind == "neighbor-solicitation") {
        if (const auto* solicitation = child(packet, kind))
            if (const auto* target = solicitation->attribute("target"))
                if (const auto* address = std::get_if<base::Ip6>(&target->value))
                    destination = address->solicited_node();
    } else if (!ways.destination.is_unspecified())
        destination = ways.destination;
    else if (destination.is_unspecified())
        destination = link_local_of(ways.to, topology);
    set(*ipv6, "destination", destination);
}

/// Lists whose author has control: nothing is aligned or filled up.
void leave_unpadded(const std::vector<ElementSpec>& layers, wire::Packet& packet) {
    for (const auto& spec : layers)
        for (auto& layer : packet.layers)
            if (spec.explicit_padding && wire::name(layer) == spec.kind)
                std::visit(
                    [](auto& one) {
                        if constexpr (requires { one.unpadded; })
                            one.unpadded = true;
                    },
                    layer);
}

/// The packet as it was captured, without what the link put in front, and without a protection that was
/// opened: its node protects it anew.
wire::Packet stripped(wire::Packet packet) {
    const auto* last = packet.layers.empty() ? nullptr : &packet.layers.back();
    std::erase_if(packet.layers, [last](const auto& layer) {
        const auto* esp = std::get_if<wire::EspHeader>(&layer);
        return std::holds_alternative<wire::Ethernet>(layer) || std::holds_alternative<wire::Vlan>(layer) ||
               (esp && &layer != last) ||
               (std::holds_alternative<wire::AuthenticationHeader>(layer) && &layer != last);
    });
    packet.faults.clear();
    packet.raw.clear();
    return packet;
}

} // namespace

std::uint64_t Sequences::next(const std::string& node, const std::string& about) const {
    const auto last = last_.find({node, about});
    return last == last_.end() ? first_ : (last->second + 1) & 0xffff;
}

void Sequences::sent(const std::string& node, const std::string& about, std::uint64_t number) {
    last_[{node, about}] = number;
}

model::Emit compose(const model::PacketSpec& spec, const Ways& ways, const Viewpoint& view,
                    Sequences& sequences, std::vector<std::string>& mistakes) {
    model::Emit emit;
    emit.edits = spec.edits;
    const auto& profile = view.environment.profile();
    const Composer composer(spec, ways, view, sequences, mistakes);
    wire::Element packet;
    packet.name = "packet";
    if (!spec.again.empty()) {
        const auto* captured = view.environment.captured(spec.again, view.moment.round);
        if (!captured) {
            mistakes.push_back(fmt::format("{} was never captured", spec.again));
            return emit;
        }
        emit.packet = stripped(captured->packet);
        if (spec.layers.empty())
            return emit;
        packet = wire::describe(emit.packet, profile);
        for (const auto& layer : spec.layers)
            if (auto* old = child(packet, layer.kind))
                composer.write(layer, *old);
            else
                mistakes.push_back(fmt::format("{} has no {}", spec.again, layer.kind));
        emit.packet = wire::build(packet, mistakes, profile);
        leave_unpadded(spec.layers, emit.packet);
        return emit;
    }
    for (const auto& layer : spec.layers)
        if (!layer.absent && view.dialect.applies(layer.when))
            packet.children.push_back(composer.element(layer));
    if (packet.children.empty()) {
        mistakes.emplace_back("there is nothing to send");
        return emit;
    }
    const auto* message = message_of(packet);
    const std::string kind = message->name;
    if (is_dhcpv6(kind) && !child(packet, "udp"))
        add_udp(packet, kind);
    if (!std::ranges::any_of(packet.children,
                             [](const auto& one) { return one.name == "ipv6" || one.name == "ipv4"; })) {
        wire::Element ipv6;
        ipv6.name = "ipv6";
        const auto first = std::ranges::find_if(packet.children,
                                                [](const auto& one) { return !is_network_layer(one.name); });
        packet.children.insert(first, std::move(ipv6));
    }
    complete_ipv6(packet, kind, ways, view.environment);
    if (const auto found = find_attribute(packet, "sequence"); found.attribute)
        if (const auto* number = std::get_if<std::uint64_t>(&found.attribute->value))
            sequences.sent(ways.from, composer.about(), *number);
    emit.packet = wire::build(packet, mistakes, profile);
    leave_unpadded(spec.layers, emit.packet);
    return emit;
}

base::Bytes octets(const model::Emit& emit, const wire::Profile& profile) {
    base::Bytes bytes = wire::encode(emit.packet, profile);
    const bool framed =
        !emit.packet.layers.empty() && std::holds_alternative<wire::Ethernet>(emit.packet.layers[0]);
    if (!emit.edits.empty())
        model::apply(emit.edits,
                     framed ? wire::decode_frame(bytes, profile) : wire::decode_ip(bytes, profile), bytes);
    if (framed && bytes.size() >= 14)
        bytes.erase(bytes.begin(), bytes.begin() + 14);
    return bytes;
}

} // namespace judge
