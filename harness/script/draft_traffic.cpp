#include "harness/script/drafter.h"

#include <fmt/format.h>

#include <algorithm>

// What is no signalling: user traffic, and the neighbour discovery that leads to some.

namespace script {
namespace {

/// Of an advertisement: that there is a router, which prefixes there are, and that they are alive.
void keep_the_essential(Written& element) {
    static const std::set<std::string, std::less<>> essential{"router-lifetime", "prefix", "L", "A",
                                                              "valid-lifetime"};
    std::erase_if(element.fields, [](const auto& field) { return !essential.contains(field.name); });
    for (auto& field : element.fields)
        if (field.name.ends_with("-lifetime") && field.text != "0")
            field.text = field.name == "router-lifetime" ? "1..65535" : "1..0xffffffff";
    std::erase_if(element.children, [](const auto& option) { return option.name != "prefix-information"; });
    for (auto& child : element.children)
        keep_the_essential(child);
}

} // namespace

/// Of a stream the first packet is enough, until something else has been said or it has paused.
bool Drafter::is_news(const std::string& traffic, base::Mono at) {
    constexpr base::Duration pause = std::chrono::milliseconds(200);
    const auto before = told_.find(traffic);
    const bool is_new = before == told_.end() || at - before->second > pause;
    told_[traffic] = at;
    return is_new;
}

/// Whoever is nobody else is the correspondent.
std::string Drafter::end_of_traffic(const base::Ip6& address) const {
    const auto text = relaxation_.address(address);
    const bool is_known = text.find("${") != std::string::npos || relaxation_.is_inside(address);
    return !is_known && address.is_routable_unicast() ? "${" + cast_.correspondent() + ".address}" : text;
}

/// The headers of user traffic, with a template's name where one says the same.
Written Drafter::traffic_layers(const Recorded& packet, std::vector<Written>& layers, const std::string& form,
                                const std::string& self, bool expected) const {
    for (const auto& layer : packet.element.children) {
        Written out;
        out.name = layer.name;
        if (layer.name == "ipv6")
            for (const auto* end : {"source", "destination"})
                out.fields.push_back({end, end_of_traffic(address_in(layer, end)), false});
        else if (layer.name == "udp" || layer.name.starts_with("echo-"))
            for (const auto& attribute : layer.attributes)
                out.fields.push_back({attribute.name, wire::text(attribute.value, attribute.kind), false});
        else
            continue;
        std::erase_if(out.fields, [](const auto& field) { return field.name == "data"; });
        layers.push_back(std::move(out));
    }
    const auto known = bench_.forms.find(form);
    if (known == bench_.forms.end() || known->second.layers.size() != layers.size())
        return {};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto& wanted = known->second.layers[i];
        if (wanted.kind != layers[i].name || !says_the_same(layers[i], wanted, self, expected && i == 0))
            return {};
    }
    Written use;
    use.name = form;
    if (self != "mn1")
        use.fields.push_back({"for", self, false});
    return use;
}

void Drafter::traffic(const Recorded& packet, const std::string& from, const std::string& to) {
    const auto* outer = ip_in(packet.element, 0);
    const auto* inner = ip_in(packet.element, 1);
    const auto* payload = message_in(packet.element);
    if (!inner) {
        bare_traffic(packet, *outer, *payload);
        return;
    }
    const bool sent = cast_.is_under_test(to), expected = cast_.is_under_test(from);
    const auto source = address_in(*inner, "source"), destination = address_in(*inner, "destination");
    const auto towards = relaxation_.owner_of(destination), away = relaxation_.owner_of(source);
    if (from.empty())
        return left_out("user traffic of strangers");
    if (!(sent || expected) || !(relaxation_.is_inside(source) || relaxation_.is_inside(destination)))
        return left_out("user traffic of nobody who was registered");
    if (!is_news(fmt::format("{}{}{}{}", sent, base::text(source), base::text(destination), payload->name),
                 packet.at))
        return left_out("further user traffic of the same kind");
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.from = from;
    step.to = to;
    const auto self = towards.empty() ? away : towards;
    const std::string form = expected ? (towards.empty() ? "tunnelled-from-node" : "tunnelled-to-node")
                             : towards.empty() ? std::string{}
                                               : "tunnelled-for-node";
    const auto use = traffic_layers(packet, step.layers, form, self, expected);
    if (!use.name.empty())
        step.layers = {use};
    else if (expected)
        step.layers.front().fields.clear(); // the ends say where the tunnel goes
    add(std::move(step), packet);
}

/// User traffic outside of tunnels: what goes in, or what has come out of one.
void Drafter::bare_traffic(const Recorded& packet, const wire::Element& ip, const wire::Element& payload) {
    const auto source = address_in(ip, "source"), destination = address_in(ip, "destination");
    const auto towards = relaxation_.owner_of(destination), away = relaxation_.owner_of(source);
    const bool is_inside = relaxation_.is_inside(source) || relaxation_.is_inside(destination);
    if (!is_inside)
        return left_out("user traffic of nobody who was registered");
    const bool came_out = told_.contains(
        fmt::format("{}{}{}{}", true, base::text(source), base::text(destination), payload.name));
    if (!is_news(fmt::format("bare{}{}{}", base::text(source), base::text(destination), payload.name),
                 packet.at))
        return left_out("further user traffic of the same kind");
    DraftStep step;
    step.what = came_out ? DraftStep::What::expect : DraftStep::What::send;
    const bool access = bench_.is_visited() || bench_.role == "mr";
    std::string form;
    if (came_out) {
        if (access && !towards.empty())
            step.on = fmt::format("{}-{}", cast_.station(), towards);
        form = access ? "delivered-to-node" : "from-node";
    } else {
        const bool from_node = relaxation_.is_inside(source);
        if (access != from_node)
            return left_out("user traffic that somebody else carries");
        step.from = access ? away : cast_.correspondent();
        step.to = cast_.station();
        step.port = access ? "access" : "";
        form = access ? "sent-by-node" : "to-node";
        if (step.from.empty())
            return left_out("user traffic of nobody who was registered");
    }
    const auto use = traffic_layers(packet, step.layers, form, towards.empty() ? away : towards, false);
    if (!use.name.empty())
        step.layers = {use};
    add(std::move(step), packet);
}

void Drafter::solicitation(const Recorded& packet) {
    const auto* frame = packet.packet.find<wire::Ethernet>();
    std::string identity;
    for (const auto& one : bench_.topology.identities)
        if (frame && one.mac == frame->source)
            identity = one.name;
    if (!bench_.is_visited() || identity.empty())
        return left_out("neighbour discovery");
    prepare(identity, packet, false);
    solicit(identity, packet);
    last_advertised_.erase(packet.link);
}

/// A mobile node asks for a router.
void Drafter::solicit(const std::string& identity, const Recorded& packet) {
    DraftStep step;
    step.from = identity;
    step.to = cast_.station();
    step.port = "access";
    step.layers.push_back({"ipv6",
                           {{"source", "${" + identity + ".link-local}", false},
                            {"destination", "ff02::2", false},
                            {"hop-limit", "255", false}},
                           {},
                           {}});
    step.layers.push_back({"rs", {}, {}, {}});
    solicited_.insert(identity);
    add(std::move(step), packet);
}

void Drafter::advertisement(const Recorded& packet) {
    if (bench_.role == "mr" && bench_.is_proxied() && packet.link == "gw1-mr")
        return gateway_advertisement(packet);
    const std::string access = cast_.station() + "-";
    const bool of_station = bench_.is_visited() && packet.link.starts_with(access);
    const bool of_mr = bench_.role == "mr" && (packet.link == "ingress" || packet.link == "second");
    if ((!of_station && !of_mr) || !bench_.topology.link(packet.link))
        return left_out("neighbour discovery");
    if (of_station) // a router that has been told before advertises as soon as the node is there
        prepare(packet.link.substr(access.size()), packet, false);
    const Bearing bearing{false, nullptr, {}, {}, bench_.role, false};
    Written out = message(packet, bearing, "ra", {});
    std::erase_if(out.children,
                  [](const auto& option) { return option.name == "source-link-layer-address"; });
    if (is_compared()) // that option is free
        std::erase_if(out.fields, [](const auto& field) { return field.name == "exactly"; });
    else
        keep_the_essential(out);
    std::string says = xml(out);
    if (last_advertised_[packet.link] == says)
        return left_out("advertisements that say the same again");
    last_advertised_[packet.link] = std::move(says);
    DraftStep step;
    step.what = DraftStep::What::expect;
    step.from = cast_.station();
    step.on = packet.link;
    step.layers.push_back(std::move(out));
    add(std::move(step), packet);
}

} // namespace script
