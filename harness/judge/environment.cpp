#include "harness/judge/environment.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {
namespace {

/// "stale" and "sequence" of "stale.sequence".
std::pair<std::string_view, std::string_view> head_and_rest(std::string_view path) {
    const auto dot = path.find('.');
    if (dot == std::string_view::npos)
        return {path, {}};
    return {path.substr(0, dot), path.substr(dot + 1)};
}

/// "option#2": the second child of that kind.
const wire::Element* nth_child(const wire::Element& element, std::string_view name) {
    std::uint64_t wanted = 1;
    if (const auto hash = name.find('#'); hash != std::string_view::npos) {
        wanted = base::parse_number(name.substr(hash + 1)).value_or(1);
        name = name.substr(0, hash);
    }
    for (const auto& child : element.children)
        if (child.name == name && --wanted == 0)
            return &child;
    return nullptr;
}

Found find_below(const wire::Element& element, std::string_view path) {
    const auto [head, rest] = head_and_rest(path);
    if (rest.empty()) {
        if (const auto* attribute = element.attribute(head))
            return {attribute, &element};
        return {};
    }
    const auto* child = nth_child(element, head);
    return child ? find_below(*child, rest) : Found{};
}

/// An index "2", "*", "i", "i-1" or "i+1".
struct Index {
    std::string_view name;
    bool all = false;
    Round round = 0; ///< 0: none written
};
std::optional<Index> index_of(std::string_view head, Round current) {
    const auto open = head.find('[');
    if (open == std::string_view::npos)
        return Index{head, false, 0};
    if (head.back() != ']')
        return std::nullopt;
    Index index{head.substr(0, open), false, 0};
    std::string_view inside = base::trim(head.substr(open + 1, head.size() - open - 2));
    if (inside == "*") {
        index.all = true;
        return index;
    }
    if (!inside.starts_with('i')) {
        const auto number = base::parse_number(inside);
        if (!number || *number == 0)
            return std::nullopt;
        index.round = *number;
        return index;
    }
    inside = base::trim(inside.substr(1));
    index.round = current;
    if (inside.empty())
        return index;
    const auto step = base::parse_number(base::trim(inside.substr(1)));
    if (!step || (inside.front() != '-' && inside.front() != '+'))
        return std::nullopt;
    if (inside.front() == '+')
        index.round += *step;
    else if (index.round > *step)
        index.round -= *step;
    else
        return std::nullopt;
    return index;
}

Term term_of(const Found& found) {
    if (const auto prefix = prefix_at(*found.holder, *found.attribute))
        return {*prefix};
    return {Typed{found.attribute->value, found.attribute->kind}};
}

} // namespace

std::string text(const Term& term) {
    struct Text {
        std::string operator()(const std::string& written) const { return written; }
        std::string operator()(const Typed& typed) const { return wire::text(typed.value, typed.kind); }
        std::string operator()(const base::Prefix& prefix) const { return base::text(prefix); }
        std::string operator()(base::Duration duration) const { return base::text_of(duration); }
        std::string operator()(const Instant& instant) const { return base::text_of(instant.wall); }
        std::string operator()(const Terms& terms) const {
            std::vector<std::string> parts;
            for (const auto& one : terms)
                parts.push_back(text(one));
            return base::join(parts, " ");
        }
    };
    return std::visit(Text{}, term.what);
}

const wire::Element* message_of(const wire::Element& packet) {
    for (auto layer = packet.children.rbegin(); layer != packet.children.rend(); ++layer)
        if (layer->name != "payload")
            return &*layer;
    return packet.children.empty() ? nullptr : &packet.children.back();
}

Found find_attribute(const wire::Element& packet, std::string_view path) {
    const auto* message = message_of(packet);
    if (!message)
        return {};
    if (const auto found = find_below(*message, path); found.attribute)
        return found;
    if (const auto found = find_below(packet, path); found.attribute)
        return found;
    // An option of an extension header, or a field of the payload.
    for (const auto& layer : packet.children)
        if (const auto found = find_below(layer, path); found.attribute && layer.name != "ethernet")
            return found;
    return {};
}

std::optional<base::Prefix> prefix_at(const wire::Element& holder, const wire::Attribute& attribute) {
    const auto* address = std::get_if<base::Ip6>(&attribute.value);
    const auto* length = holder.attribute("prefix-length");
    if (!address || !length || (attribute.name != "prefix" && attribute.name != "address"))
        return std::nullopt;
    const auto* bits = std::get_if<std::uint64_t>(&length->value);
    if (!bits || *bits > 128)
        return std::nullopt;
    return base::Prefix{*address, static_cast<unsigned>(*bits)};
}

Environment::Environment(const model::Topology& topology, wire::Profile profile)
    : topology_(topology), profile_(profile) {}

void Environment::bind(const std::string& name, Round round, Capture capture) {
    if (!name.empty())
        captures_[name].emplace_back(round, std::move(capture));
}

const Captured* Environment::captured(std::string_view name, Round round) const {
    const auto found = captures_.find(name);
    if (found == captures_.end() || found->second.empty())
        return nullptr;
    for (auto one = found->second.rbegin(); round != 0 && one != found->second.rend(); ++one)
        if (one->first == round)
            return one->second.get();
    return found->second.back().second.get();
}

void Environment::learn(const model::Learn& learn, const wire::Element& packet) {
    const auto* message = message_of(packet);
    if (!message)
        return;
    const auto key = find_below(*message, learn.key);
    const auto value = find_below(*message, learn.value);
    if (!key.attribute || !value.attribute)
        return;
    const auto* address = std::get_if<base::Ip6>(&value.attribute->value);
    if (address && address->is_unspecified())
        return;
    const std::string who = wire::text(key.attribute->value, key.attribute->kind);
    for (const auto& identity : topology_.identities)
        if (identity.nai == who || base::text(identity.mac) == who)
            learned_[identity.name].insert_or_assign(learn.attribute, term_of(value));
}

std::optional<base::Prefix> Environment::prefix_of(const model::Identity& identity) const {
    if (const auto known = learned_.find(identity.name); known != learned_.end())
        if (const auto value = known->second.find("prefix"); value != known->second.end())
            if (const auto* prefix = std::get_if<base::Prefix>(&value->second.what))
                return *prefix;
    return identity.home_network_prefix;
}

std::optional<Term> Environment::identity_term(const model::Identity& identity, std::string_view path) const {
    if (const auto known = learned_.find(identity.name); known != learned_.end())
        if (const auto value = known->second.find(std::string(path)); value != known->second.end())
            return value->second;
    if (path == "nai")
        return Term{identity.nai};
    if (path == "link-address")
        return Term{Typed{identity.mac}};
    if (path == "link-local")
        return Term{Typed{identity.link_local.is_unspecified() ? base::link_local(identity.mac)
                                                               : identity.link_local}};
    if (path == "lma")
        return Term{identity.lma};
    if (path == "prefix") {
        if (const auto prefix = prefix_of(identity))
            return Term{*prefix};
        return std::nullopt;
    }
    if (path == "home-network-prefix") // what its profile says, whatever it was given
        return identity.home_network_prefix ? std::optional(Term{*identity.home_network_prefix})
                                            : std::nullopt;
    if (path == "address") {
        if (const auto address = this->address(identity.name, {}); !address.is_unspecified())
            return Term{Typed{address}};
        return std::nullopt;
    }
    if (const auto setting = identity.policy.find(std::string(path)); setting != identity.policy.end())
        return Term{setting->second};
    return std::nullopt;
}

std::optional<Term> Environment::node_term(const model::Node& node, std::string_view path) const {
    const auto of_port = [](const model::Port& port, std::string_view what) -> std::optional<Term> {
        if (what == "link-address")
            return Term{Typed{port.mac}};
        if (what == "link-local")
            return Term{Typed{base::link_local(port.mac)}};
        if (what == "link")
            return Term{port.link};
        for (const auto& address : port.addresses)
            if (!address.address.is_link_local()) {
                if (what == "address")
                    return Term{Typed{address.address}};
                if (what == "prefix")
                    return Term{address.canonical()};
            }
        return std::nullopt;
    };
    if (path == "name")
        return Term{node.name};
    if (path == "role")
        return Term{node.role};
    if (path == "address" && !node.address().is_unspecified())
        return Term{Typed{node.address()}};
    if (const auto setting = node.settings.find(std::string(path)); setting != node.settings.end())
        return Term{setting->second};
    const auto [head, rest] = head_and_rest(path);
    if (!rest.empty()) {
        const auto* port = node.port(head);
        return port ? of_port(*port, rest) : std::nullopt;
    }
    for (const auto& port : node.ports)
        if (auto term = of_port(port, path))
            return term;
    return std::nullopt;
}

std::optional<Term> Environment::packet_term(const Captured& captured, std::string_view path,
                                             std::string& why) const {
    if (const auto found = find_attribute(captured.element, path); found.attribute)
        return term_of(found);
    if (path == "time")
        return Term{Instant{captured.wall}};
    if (path == "number")
        return Term{Typed{captured.number}};
    if (path == "length")
        return Term{Typed{static_cast<std::uint64_t>(captured.packet.raw.size())}};
    if (path == "source" || path == "destination")
        if (const auto found = find_attribute(captured.element, "ipv6." + std::string(path)); found.attribute)
            return term_of(found);
    why = fmt::format("packet {} has no {}", captured.number, path);
    return std::nullopt;
}

std::optional<Term> Environment::look_up(std::string_view reference, const Moment& moment,
                                         std::string& why) const {
    std::string expanded;
    if (reference.find("${") != std::string_view::npos) {
        expanded = expand(reference, moment);
        reference = expanded;
    }
    if (reference == "now")
        return Term{Instant{moment.now.wall}};
    if (reference == "i")
        return Term{Typed{std::uint64_t{moment.round}}};
    if (reference == "sut.clock-offset")
        return Term{clock_offset_.value_or(base::Duration{})};
    if (const auto known = recorded_.find(reference); known != recorded_.end())
        return known->second;
    const auto [head, rest] = head_and_rest(reference);
    if (head == "this") {
        if (!moment.subject) {
            why = "there is no packet that ${this} could mean";
            return std::nullopt;
        }
        if (const auto found = find_attribute(*moment.subject, rest); found.attribute)
            return term_of(found);
        if (rest == "length")
            return Term{Typed{static_cast<std::uint64_t>(moment.subject->size)}};
        why = fmt::format("the packet has no {}", rest);
        return std::nullopt;
    }
    const auto index = index_of(head, moment.round);
    if (!index) {
        why = fmt::format("{} is no index of a round", head);
        return std::nullopt;
    }
    if (const auto known = captures_.find(index->name); known != captures_.end()) {
        if (index->all) {
            Terms all;
            for (const auto& [round, capture] : known->second)
                if (auto term = packet_term(*capture, rest, why))
                    all.push_back(std::move(*term));
            return Term{std::move(all)};
        }
        if (index->round == 0)
            return packet_term(*captured(index->name, moment.round), rest, why);
        for (auto one = known->second.rbegin(); one != known->second.rend(); ++one)
            if (one->first == index->round)
                return packet_term(*one->second, rest, why);
        why = fmt::format("round {} of {} has no packet", index->round, index->name);
        return std::nullopt;
    }
    if (index->all)
        return Term{Terms{}}; // no round has come so far
    const std::string name(head == "self" ? (moment.self.empty() ? "mn1" : moment.self) : std::string(head));
    if (const auto* identity = topology_.identity(name))
        if (auto term = identity_term(*identity, rest))
            return term;
    if (const auto* node = topology_.node(name))
        if (auto term = node_term(*node, rest))
            return term;
    why = fmt::format("nothing is known as {}", reference);
    return std::nullopt;
}

std::string Environment::expand(std::string_view text, const Moment& moment) const {
    std::string result;
    while (!text.empty()) {
        const auto open = text.find("${");
        result += text.substr(0, open);
        if (open == std::string_view::npos)
            break;
        unsigned depth = 1;
        std::size_t end = open + 2;
        for (; end < text.size() && depth != 0; ++end) {
            if (text[end] == '{')
                ++depth;
            else if (text[end] == '}')
                --depth;
        }
        if (depth != 0) {
            result += text.substr(open);
            break;
        }
        std::string why;
        const auto inside = text.substr(open + 2, end - open - 3);
        if (const auto term = look_up(inside, moment, why))
            result += judge::text(*term);
        else
            result += text.substr(open, end - open);
        text.remove_prefix(end);
    }
    return result;
}

const std::vector<wire::Scalar>& Environment::earlier(const model::Value* value) const {
    static const std::vector<wire::Scalar> none;
    const auto found = earlier_.find(value);
    return found == earlier_.end() ? none : found->second;
}

void Environment::remember(const model::Value* value, wire::Scalar scalar) {
    earlier_[value].push_back(std::move(scalar));
}

base::Ip6 Environment::address(const std::string& name, const std::string& peer) const {
    const auto* node = topology_.node(name);
    const auto* other = topology_.node(peer);
    if (node && other)
        for (const auto& port : node->ports)
            for (const auto& neighbour : other->ports)
                if (!port.link.empty() && port.link == neighbour.link)
                    for (const auto& address : port.addresses)
                        if (!address.address.is_link_local())
                            return address.address;
    if (node && !node->address().is_unspecified())
        return node->address();
    if (const auto* identity = topology_.identity(name))
        if (const auto prefix = prefix_of(*identity))
            return base::slaac(prefix->address, identity->mac);
    return {};
}

} // namespace judge
