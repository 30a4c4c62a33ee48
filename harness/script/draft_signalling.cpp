#include "harness/script/drafter.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

// Updates, acknowledgements and whatever else is signalled, message by message.

namespace script {
namespace {

/// "solicit" for "dhcpv6-solicit".
std::string dhcp_name(const std::string& kind) {
    constexpr std::string_view prefix = "dhcpv6-";
    return kind.starts_with(prefix) ? kind.substr(prefix.size()) : kind;
}

/// The UDP header as it was.
Written ports_of(const Recorded& packet) {
    Written out{"udp", {}, {}, {}};
    if (const auto* udp = packet.packet.find<wire::Udp>())
        out.fields = {{"source-port", fmt::format("{}", udp->source_port), false},
                      {"destination-port", fmt::format("{}", udp->destination_port), false}};
    return out;
}

} // namespace

Written Drafter::message(const Recorded& packet, const Bearing& bearing, const std::string& form,
                         const std::string& self) {
    const auto* element = message_in(packet.element);
    const Written whole = relaxation_.relax(*element, packet, bearing);
    const auto known = bench_.forms.find(form);
    Written out;
    if (known == bench_.forms.end() || known->second.layers.empty() ||
        known->second.layers.back().kind != element->name) {
        out = plainly(whole, manner(bearing.sent));
        if (!bearing.sent && is_compared())
            insist_on_reserved(out);
    } else {
        out = against(whole, known->second.layers.back(), self, manner(bearing.sent));
        if (!bearing.sent && is_compared())
            insist_on_reserved(out);
        out.name = form;
        if (bearing.sent && !self.empty() && self != bench_.topology.identities.front().name)
            out.fields.insert(out.fields.begin(), {"for", self, false});
    }
    if (!bearing.sent && is_compared()) {
        out.fields.push_back({"exactly", "1", false});
        out.fields.push_back({"proves", options_.proves, false});
    }
    return out;
}

/// A gateway or a mobile router says something only because a node has come or gone.
void Drafter::prepare(const std::string& identity, const Recorded& packet, bool leaves) {
    if (identity.empty())
        return;
    std::string place = cast_.station();
    if (bench_.role == "mr" && bench_.is_proxied()) {
        place = "gw1";
    } else if (bench_.role == "mr") {
        const auto* ip = wire::outer_ip(packet.packet);
        place = "ar1";
        for (const auto& node : bench_.topology.nodes)
            for (const auto& port : node.ports)
                for (const auto& own : port.addresses)
                    if (ip && node.role == "access-router" && own.length == 64 && own.contains(ip->source))
                        place = node.name;
        leaves = false;
    }
    auto& now = at_[identity];
    if (leaves ? now.empty() : now == place)
        return;
    DraftStep step;
    step.what = leaves        ? DraftStep::What::detach
                : now.empty() ? DraftStep::What::attach
                              : DraftStep::What::move;
    step.from = identity;
    step.to = place;
    add(std::move(step), packet);
    now = leaves ? std::string{} : place;
    if (leaves)
        solicited_.erase(identity);
}

/// NetMIPv6: an access router names the address of its node, or the wildcard.
void Drafter::access_update(const Recorded& packet, const Bearing& bearing, DraftStep& step) {
    const auto& layers = packet.element.children;
    const std::string form = bench_.role == "map" ? "local-update" : bearing.sent ? "update" : "bu";
    const bool is_wildcard = std::ranges::any_of(layers, [](const auto& layer) {
        const auto* option = layer.child("home-address-option");
        return option && address_in(*option, "address").is_unspecified();
    });
    if (bearing.sent && is_wildcard && bench_.role != "map") {
        step.layers.push_back(message(packet, bearing, "ar-bu", bearing.identity));
        return;
    }
    for (const auto& layer : layers)
        if (layer.name == "destination-options")
            step.layers.push_back(plainly(relaxation_.relax(layer, packet, bearing), manner(bearing.sent)));
    step.layers.push_back(message(packet, bearing, form, bearing.identity));
}

/// NEMO: a mobile router, or a node that only looks like one, registers itself with a home agent.
void Drafter::router_update(const Recorded& packet, const Bearing& bearing, DraftStep& step) {
    const auto place = cast_.place(wire::outer_ip(packet.packet)->source);
    const auto form = templates_of(bearing.identity) + "-bu";
    const auto* home = ip_in(packet.element, 0);
    const bool has_home = std::ranges::any_of(
        packet.element.children, [](const auto& layer) { return layer.child("home-address-option"); });
    if (!bearing.identity.empty() && has_home && place.index == 0 && bench_.forms.contains(form)) {
        step.layers.push_back(message(packet, bearing, form, {}));
        return;
    }
    if (home)
        step.layers.push_back(
            {"ipv6",
             {{"source", relaxation_.address(address_in(*home, "source")), false},
              {"destination", relaxation_.address(address_in(*home, "destination")), false}},
             {},
             {}});
    for (const auto& layer : packet.element.children)
        if (layer.name == "destination-options")
            step.layers.push_back(plainly(relaxation_.relax(layer, packet, bearing), Manner::sent));
    step.layers.push_back(message(packet, bearing, {}, {}));
}

void Drafter::update(const Recorded& packet, const std::string& from, const std::string& to) {
    const bool sent = cast_.is_under_test(to);
    const auto identity = identity_of(packet);
    const bool leaves = number_in(packet, {}, "lifetime") == 0;
    // A router that was told of a node registers it before it comes.
    if (!sent && !indicated_.contains(identity))
        prepare(identity, packet, leaves);
    if (!sent && bench_.is_by_routers() && at_.contains(identity) && !at_[identity].empty() &&
        !solicited_.contains(identity))
        solicit(identity, packet);
    const auto before = std::find_if(requests_.rbegin(), requests_.rend(), [&](const Request& one) {
        return one.identity == identity && !one.refused;
    });
    const bool bound = before != requests_.rend() && number_in(*before->packet, {}, "lifetime") != 0;
    const std::string kind = leaves                 ? "de-registration"
                             : !bound               ? "registration"
                             : before->from == from ? "refresh"
                                                    : "handover";
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.as = fresh(kind);
    step.from = from;
    step.to = to;
    Bearing bearing{sent, nullptr, identity, step.as, from, false};
    if (bench_.has_names() && !sent)
        step.about = identity;
    if (bench_.is_proxied()) {
        // Mobile routers have forms of their own where a network is spoken of.
        const bool routes = packet.packet.find<wire::BindingUpdate>()->r;
        std::string form = kind == "registration" ? "pbu" : kind;
        if (routes && kind != "de-registration")
            form = "router-" + form;
        step.layers.push_back(
            message(packet, bearing, sent && bench_.forms.contains(form) ? form : "pbu", identity));
    } else if (bench_.is_by_routers()) {
        access_update(packet, bearing, step);
    } else if (bench_.role == "mr") {
        step.layers.push_back(message(packet, bearing, "mr-update", {}));
    } else {
        router_update(packet, bearing, step);
    }
    Request request{step.as, &packet, from, to, identity, 0, false, false};
    add(std::move(step), packet);
    request.step = steps_.size();
    relaxation_.note(request);
    requests_.push_back(std::move(request));
}

void Drafter::acknowledgement(const Recorded& packet, const std::string& from, const std::string& to) {
    const bool sent = cast_.is_under_test(to);
    const auto identity = identity_of(packet);
    Request* asked = asked_by(packet, from, to, identity);
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.as = fresh("acknowledgement");
    step.from = from;
    step.to = to;
    const bool granted = number_in(packet, {}, "status").value_or(0) < 128;
    Bearing bearing{sent, asked, identity, step.as, from, granted};
    const bool routed = std::ranges::any_of(packet.element.children,
                                            [](const auto& layer) { return layer.name == "routing-2"; });
    std::string form = "pba", self = identity;
    if (bench_.is_by_routers()) {
        form = sent ? "granting-reply" : bench_.role == "map" ? "local-ba" : "ack";
        for (const auto& layer : packet.element.children)
            if (layer.name == "routing-2")
                step.layers.push_back(plainly(relaxation_.relax(layer, packet, bearing), manner(sent)));
    } else if (bench_.is_proxied()) {
        if (sent && packet.packet.find<wire::BindingAcknowledgement>()->r &&
            bench_.forms.contains("router-pba"))
            form = "router-pba";
    } else {
        self.clear();
        form = !routed ? std::string{} : bench_.role == "mr" ? "mr-ba" : templates_of(identity) + "-ba";
    }
    if (!sent && asked) {
        step.about = bench_.has_names() ? identity : std::string{};
        if (!form.empty() && number_in(*asked->packet, {}, "sequence") == number_in(packet, {}, "sequence"))
            step.answers = asked->name;
        step.cause = asked->step;
    }
    step.layers.push_back(message(packet, bearing, form, self));
    if (asked) {
        asked->answered = true;
        asked->refused = !granted;
    }
    add(std::move(step), packet);
}

/// netmip6-01, 4: one access router asks another for what it has of a node.
void Drafter::handover_message(const Recorded& packet, const std::string& from, const std::string& to) {
    const bool sent = cast_.is_under_test(to);
    const bool asks = message_in(packet.element)->name == "ho-request";
    const auto identity = identity_of(packet);
    if (!sent && asks && !identity.empty() && indicated_.insert(identity).second) {
        DraftStep told; // it asks only because somebody has told it who comes, and from where
        told.what = DraftStep::What::tell;
        told.from = from;
        told.words =
            fmt::format("event=\"ho-indication\" mobile-node=\"{}\" sar=\"${{{}.address}}\"", identity, to);
        add(std::move(told), packet);
    }
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.as = fresh(message_in(packet.element)->name);
    step.from = from;
    step.to = to;
    const auto identifier = number_in(packet, {}, "identifier").value_or(0);
    const bool granted = !asks && number_in(packet, {}, "status").value_or(0) == 0;
    const Bearing bearing{sent, nullptr, identity, step.as, from, granted};
    if (const auto* ip = ip_in(packet.element, 0); ip && ip->attribute("hop-limit"))
        step.layers.push_back(
            {"ipv6", {{"hop-limit", wire::text(ip->attribute("hop-limit")->value, nullptr), false}}, {}, {}});
    Written whole = message(packet, bearing, {}, {});
    const auto asked = handovers_.find(identifier);
    for (auto& field : whole.fields)
        if (field.name == "identifier" && asks)
            field.text = sent ? field.text : "*";
        else if (field.name == "identifier" && asked != handovers_.end())
            field.text = "${" + asked->second + ".identifier}";
    step.layers.push_back(std::move(whole));
    if (asks)
        handovers_[identifier] = step.as;
    add(std::move(step), packet);
}

/// What a delegating or requesting router chooses for itself, its identifiers and numbers, is repeated by
/// whoever speaks to it.
void Drafter::name_choices(Written& element, const std::string& path, bool sent) {
    static const std::set<std::string, std::less<>> of_servers{"server-id.duid"},
        of_clients{"client-id.duid", "ia-pd.iaid", "transaction-id"}, of_relays{"interface-id.value"};
    const auto& chosen = bench_.role == "dr" ? of_servers : bench_.role == "mag" ? of_relays : of_clients;
    for (auto& field : element.fields) {
        if (!sent && element.name == "elapsed-time")
            field.text = "*";
        const auto place = field.name == "transaction-id" ? field.name : element.name + "." + field.name;
        if (!chosen.contains(place))
            continue;
        const auto value = place + "=" + field.text;
        if (const auto known = choices_.find(value); known != choices_.end()) {
            field.text = known->second;
        } else if (!sent) {
            choices_[value] = "${" + path + "." + field.name + "}";
            field.text = "*";
        }
    }
    for (auto& child : element.children)
        name_choices(child, path + "." + child.name, sent);
}

/// RFC 3633 between a relay agent and the delegating router.
void Drafter::delegation(const Recorded& packet, const std::string& from, const std::string& to) {
    const bool sent = cast_.is_under_test(to);
    const auto* envelope = message_in(packet.element);
    const auto* inside = envelope->child("relay-message");
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.as = fresh(
        dhcp_name(inside && !inside->children.empty() ? inside->children.front().name : envelope->name));
    step.from = from;
    step.to = to;
    const Bearing bearing{sent, nullptr, {}, step.as, from, false};
    Written whole = message(packet, bearing, {}, {});
    name_choices(whole, step.as, sent);
    if (sent)
        step.layers.push_back(ports_of(packet));
    step.layers.push_back(std::move(whole));
    add(std::move(step), packet);
}

/// RFC 3633 between a requesting router and its gateway, which meet on one link under link-local addresses.
void Drafter::requested(const Recorded& packet) {
    const auto name = dhcp_name(message_in(packet.element)->name);
    const bool sent = name == "advertise" || name == "reply";
    if (!sent)
        prepare("mr", packet, false);
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.as = fresh(name);
    step.from = sent ? "gw1" : "mr";
    const Bearing bearing{sent, nullptr, "mr", step.as, step.from, false};
    Written whole = message(packet, bearing, {}, {});
    name_choices(whole, step.as, sent);
    if (sent) {
        step.to = step.port = "mr";
        step.layers.push_back(
            {"ipv6", {{"source", "fe80::1", false}, {"destination", "${mr.link-local}", false}}, {}, {}});
        step.layers.push_back(ports_of(packet));
    } else {
        step.on = "gw1-mr";
    }
    step.layers.push_back(std::move(whole));
    add(std::move(step), packet);
}

/// The gateway tells the router that it is one.
void Drafter::gateway_advertisement(const Recorded& packet) {
    prepare("mr", packet, false);
    DraftStep step;
    step.from = "gw1";
    step.to = step.port = "mr";
    const Bearing bearing{true, nullptr, {}, {}, step.from, false};
    Written whole = message(packet, bearing, {}, {});
    for (auto& child : whole.children)
        if (child.name == "source-link-layer-address")
            for (auto& field : child.fields)
                field.text = "${gw1.mr.link-address}";
    step.layers.push_back(
        {"ipv6",
         {{"source", "fe80::1", false}, {"destination", "ff02::1", false}, {"hop-limit", "255", false}},
         {},
         {}});
    step.layers.push_back(std::move(whole));
    add(std::move(step), packet);
}

/// Errors, refresh requests and whatever else two nodes say to each other.
void Drafter::other_message(const Recorded& packet, const std::string& from, const std::string& to) {
    const bool sent = cast_.is_under_test(to);
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.as = fresh(message_in(packet.element)->name);
    step.from = from;
    step.to = to;
    const Bearing bearing{sent, nullptr, {}, step.as, from, false};
    Written whole = message(packet, bearing, {}, {});
    std::erase_if(whole.fields, [](const auto& field) { return field.name == "invoking"; });
    step.layers.push_back(std::move(whole));
    add(std::move(step), packet);
}

} // namespace script
