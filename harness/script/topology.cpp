#include "harness/script/topology.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

constexpr std::uint64_t most_mobile_nodes = 2000;

/// Ethernet addresses of nodes that got none: locally administered, one for each node and port.
base::Mac made_up(std::uint8_t space, std::size_t node, std::size_t port) {
    return {{0x02, 0x00, space, static_cast<std::uint8_t>(node >> 8), static_cast<std::uint8_t>(node),
             static_cast<std::uint8_t>(port)}};
}

template <class Named>
void put(std::vector<Named>& all, Named one) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Named& other) { return other.name == one.name; });
    if (found != all.end())
        *found = std::move(one);
    else
        all.push_back(std::move(one));
}

std::string replaced(std::string text, std::uint64_t round) {
    for (std::size_t i = text.find("${i}"); i != std::string::npos; i = text.find("${i}", i))
        text.replace(i, 4, std::to_string(round));
    return text;
}

} // namespace

void TopologyReader::read(const Tag& tag) {
    tag.only({"name"}, *context_.mistakes);
    topology_.name = tag.required("name", *context_.mistakes);
    topology_.where = tag.where();
    parts(tag);
}

void TopologyReader::change(const Tag& tag) {
    tag.only({}, *context_.mistakes);
    parts(tag);
}

void TopologyReader::parts(const Tag& tag) {
    for (const auto& part : tag.children()) {
        const std::string name = part.name();
        if (name == "says")
            topology_.says = part.text();
        else if (name == "link")
            link(part);
        else if (name == "node")
            node(part);
        else if (name == "mobile-node")
            mobile_node(part);
        else if (name == "barrier")
            barrier(part);
        else if (name == "play")
            play(part);
        else
            context_.mistake(
                part.where(),
                fmt::format("unknown element {} in a topology{}", quoted(name),
                            did_you_mean(name, std::vector<std::string>{"says", "link", "node", "mobile-node",
                                                                        "barrier", "play"})));
    }
}

void TopologyReader::link(const Tag& tag) {
    tag.only({"name", "latency", "mtu"}, *context_.mistakes);
    model::Link link;
    link.name = tag.required("name", *context_.mistakes);
    link.latency = read_duration(tag.attr("latency"), context_).value_or(base::Duration{});
    link.mtu = static_cast<unsigned>(read_number(tag.attr("mtu"), context_).value_or(link.mtu));
    put(topology_.links, std::move(link));
}

void TopologyReader::node(const Tag& tag) {
    tag.only({"name", "role", "played"}, *context_.mistakes);
    model::Node node;
    node.name = tag.required("name", *context_.mistakes);
    node.role = tag.required("role", *context_.mistakes);
    node.where = tag.where();
    const std::string player = read_choice(tag.attr("played"), {"peer", "tester", "kernel"}, context_);
    node.player = player == "tester"   ? model::Player::tester
                  : player == "kernel" ? model::Player::kernel
                                       : model::Player::peer;
    std::erase_if(accesses_, [&](const Access& access) { return access.node == node.name; });
    for (const auto& part : tag.children()) {
        if (part.name() == "port")
            port(part, node);
        else if (part.name() == "access")
            access(part, node);
        else if (part.name() == "route")
            route(part, node);
        else if (part.name() == "set")
            node.settings.merge(settings(part, node.role));
        else if (part.name() == "run")
            run(part, node);
        else
            context_.mistake(
                part.where(),
                fmt::format("unknown element {} in a node{}", quoted(part.name()),
                            did_you_mean(part.name(),
                                         std::vector<std::string>{"port", "access", "route", "set", "run"})));
    }
    put(topology_.nodes, std::move(node));
}

std::vector<base::Prefix> TopologyReader::addresses(const Tag& tag) const {
    std::vector<base::Prefix> all;
    for (const auto& word : tag.words("address")) {
        if (const auto prefix = base::parse_prefix(word))
            all.push_back(*prefix);
        else
            context_.mistake(
                tag.attr("address")->at(),
                fmt::format("{} is no address with a prefix length: 2001:db8::1/64", quoted(word)));
    }
    return all;
}

void TopologyReader::port(const Tag& tag, model::Node& node) {
    tag.only({"name", "link", "address", "mac", "mtu"}, *context_.mistakes);
    model::Port port;
    port.link = tag.required("link", *context_.mistakes);
    port.name = tag.value("name", port.link);
    port.mtu = static_cast<unsigned>(read_number(tag.attr("mtu"), context_).value_or(port.mtu));
    port.addresses = addresses(tag);
    if (const auto mac = tag.attr("mac")) {
        const auto parsed = base::parse_mac(mac->value);
        if (!parsed)
            context_.mistake(mac->at(), fmt::format("{} is no Ethernet address", quoted(mac->value)));
        port.mac = parsed.value_or(base::Mac{});
    }
    if (node.port(port.name))
        context_.mistake(tag.where(),
                         fmt::format("{} has two ports called {}", node.name, quoted(port.name)));
    node.ports.push_back(std::move(port));
}

void TopologyReader::access(const Tag& tag, const model::Node& node) {
    tag.only({"for", "latency", "address"}, *context_.mistakes);
    Access access;
    access.node = node.name;
    access.patterns = base::split(tag.required("for", *context_.mistakes));
    access.latency = read_duration(tag.attr("latency"), context_).value_or(std::chrono::milliseconds(1));
    access.addresses = addresses(tag);
    access.where = tag.where();
    accesses_.push_back(std::move(access));
}

void TopologyReader::route(const Tag& tag, model::Node& node) {
    tag.only({"to", "via"}, *context_.mistakes);
    const auto to = base::parse_prefix(tag.required("to", *context_.mistakes));
    const auto via = base::parse_ip6(tag.required("via", *context_.mistakes));
    if (to && via)
        node.routes.push_back({*to, *via});
    else if (tag.has("to") && tag.has("via"))
        context_.mistake(tag.where(), "a route goes to PREFIX/LENGTH via ADDRESS");
}

/// A foreign program at work on a kernel node. It is kept among the settings, where who renders its
/// configuration sees it too.
void TopologyReader::run(const Tag& tag, model::Node& node) {
    tag.only({"program", "begins"}, *context_.mistakes);
    if (node.player != model::Player::kernel)
        context_.mistake(tag.where(),
                         fmt::format("{} is not played by the kernel: no program runs there", node.name));
    if (node.settings.contains("program"))
        context_.mistake(tag.where(), fmt::format("{} runs a program already", node.name));
    const std::string program = tag.required("program", *context_.mistakes);
    if (program.find('/') != std::string::npos || program.find("..") != std::string::npos)
        context_.mistake(tag.where(), fmt::format("{} is no name of a program", quoted(program)));
    node.settings["program"] = program;
    node.settings["program-begins"] = read_choice(tag.attr("begins"), {"at-once", "by-step"}, context_);
}

model::Settings TopologyReader::settings(const Tag& tag, std::string_view role,
                                         const std::vector<std::string>& except) const {
    model::Settings all;
    if (context_.settings)
        context_.settings->check(tag, role, except, *context_.mistakes);
    for (const auto& attr : tag.attrs()) {
        if (is_one_of(except, attr.name))
            continue;
        if (attr.value.find("${") != std::string::npos)
            context_.mistake(attr.at(),
                             "a setting is known before the run: only names of <vary> may stand in it");
        all[attr.name] = attr.value;
    }
    return all;
}

void TopologyReader::mobile_node(const Tag& tag) {
    tag.only({"name", "nai", "lma", "prefix", "link-address", "link-local", "count"}, *context_.mistakes);
    const std::string name = tag.required("name", *context_.mistakes);
    const std::uint64_t count = read_number(tag.attr("count"), context_).value_or(0);
    if (count > most_mobile_nodes)
        return context_.mistake(tag.attr("count")->at(),
                                fmt::format("at most {} mobile nodes", most_mobile_nodes));
    for (std::uint64_t i = count ? 1 : 0; i <= count; ++i) {
        const auto value = [&](std::string_view attribute) { return replaced(tag.value(attribute), i); };
        model::Identity identity;
        identity.name = count ? name + std::to_string(i) : name;
        identity.nai = tag.has("nai") ? value("nai") : identity.name + "@example.net";
        identity.lma = value("lma");
        identity.mac = made_up(0x10, topology_.identities.size(), 1);
        if (const auto mac = tag.attr("link-address")) {
            if (const auto parsed = base::parse_mac(value("link-address")))
                identity.mac = *parsed;
            else
                context_.mistake(mac->at(), fmt::format("{} is no Ethernet address", quoted(mac->value)));
        }
        identity.link_local = base::link_local(identity.mac);
        if (const auto local = tag.attr("link-local")) {
            if (const auto parsed = base::parse_ip6(value("link-local")); parsed && parsed->is_link_local())
                identity.link_local = *parsed;
            else
                context_.mistake(local->at(),
                                 fmt::format("{} is no link-local address", quoted(local->value)));
        }
        if (const auto prefix = tag.attr("prefix")) {
            identity.home_network_prefix = base::parse_prefix(value("prefix"));
            if (!identity.home_network_prefix)
                context_.mistake(prefix->at(),
                                 fmt::format("{} is no prefix: 2001:db8::/64", quoted(prefix->value)));
        }
        for (const auto& part : tag.children()) {
            if (part.name() == "policy")
                identity.policy = settings(part, SettingNames::mobile_node);
            else
                context_.mistake(part.where(),
                                 fmt::format("unknown element {} in a mobile node{}", quoted(part.name()),
                                             did_you_mean(part.name(), std::vector<std::string>{"policy"})));
        }
        if (identity_places_.emplace(identity.name, tag.where()).second)
            topology_.identities.push_back(std::move(identity));
        else
            put(topology_.identities, std::move(identity));
    }
}

void TopologyReader::barrier(const Tag& tag) {
    tag.only({"role", "from", "send", "expect"}, *context_.mistakes);
    model::BarrierText barrier{
        tag.required("role", *context_.mistakes), tag.required("from", *context_.mistakes),
        tag.required("send", *context_.mistakes), tag.required("expect", *context_.mistakes)};
    std::erase_if(topology_.barriers, [&](const auto& other) { return other.role == barrier.role; });
    topology_.barriers.push_back(std::move(barrier));
}

void TopologyReader::play(const Tag& tag) {
    tag.only({"node", "as"}, *context_.mistakes);
    const std::string name = tag.required("node", *context_.mistakes);
    const std::string player = read_choice(tag.attr("as"), {"tester", "peer", "kernel"}, context_);
    auto* node = topology_.node(name);
    if (!node)
        return context_.mistake(
            tag.where(), fmt::format("there is no node {}{}", quoted(name), did_you_mean(name, names(true))));
    node->player = player == "tester"   ? model::Player::tester
                   : player == "kernel" ? model::Player::kernel
                                        : model::Player::peer;
}

bool TopologyReader::set_up(const Tag& tag) {
    const bool node = tag.has("node");
    if (node == tag.has("mobile-node")) {
        context_.mistake(tag.where(), "a setup names either a node or a mobile-node");
        return false;
    }
    const std::string name = tag.value(node ? "node" : "mobile-node");
    auto* of_node = node ? topology_.node(name) : nullptr;
    const auto identity = std::find_if(topology_.identities.begin(), topology_.identities.end(),
                                       [&](const auto& one) { return one.name == name; });
    if (node ? !of_node : identity == topology_.identities.end()) {
        context_.mistake(tag.attr(node ? "node" : "mobile-node")->at(),
                         fmt::format("there is no {} {}{}", node ? "node" : "mobile node", quoted(name),
                                     did_you_mean(name, names(node))));
        return false;
    }
    auto& into = node ? of_node->settings : identity->policy;
    const std::string role = node ? of_node->role : std::string(SettingNames::mobile_node);
    for (auto& [key, value] : settings(tag, role, {"node", "mobile-node", "when"})) {
        if (!node && key == "prefix") {
            identity->home_network_prefix = base::parse_prefix(value);
            if (!identity->home_network_prefix)
                context_.mistake(tag.attr("prefix")->at(),
                                 fmt::format("{} is no prefix: 2001:db8::/64", quoted(value)));
        } else if (!node && key == "lma") {
            identity->lma = value;
        } else {
            into[key] = value;
        }
    }
    return true;
}

/// A port and a link of an access node for each mobile node that may attach there.
void TopologyReader::open_access(const Access& access) {
    auto* node = topology_.node(access.node);
    if (!node)
        return;
    for (const auto& pattern : access.patterns) {
        bool matched = false;
        for (const auto& identity : topology_.identities) {
            if (!base::glob(pattern, identity.name))
                continue;
            matched = true;
            model::Link link;
            link.name = access.node + "-" + identity.name;
            link.latency = access.latency;
            link.access = access.node;
            link.identity = identity.name;
            if (node->port(identity.name))
                continue;
            model::Port port;
            port.name = identity.name;
            port.link = link.name;
            port.addresses = access.addresses;
            node->ports.push_back(std::move(port));
            put(topology_.links, std::move(link));
        }
        if (!matched)
            context_.mistake(access.where,
                             fmt::format("{} gives access to {}, which is no mobile node{}", access.node,
                                         quoted(pattern), did_you_mean(pattern, names(false))));
    }
}

void TopologyReader::complete_ports() {
    for (std::size_t n = 0; n < topology_.nodes.size(); ++n) {
        auto& node = topology_.nodes[n];
        if (const auto* identity = topology_.identity(node.name); identity && !node.port("access")) {
            model::Port port;
            port.name = "access";
            port.mac = identity->mac;
            node.ports.insert(node.ports.begin(), std::move(port));
        }
        for (std::size_t p = 0; p < node.ports.size(); ++p)
            if (node.ports[p].mac == base::Mac{})
                node.ports[p].mac = made_up(0x01, n + 1, p + 1);
    }
}

model::Topology TopologyReader::finish() {
    for (const auto& access : accesses_)
        open_access(access);
    complete_ports();
    check_names();
    context_.mistakes->spend(topology_.nodes.size() + topology_.links.size() + topology_.identities.size(),
                             topology_.where);
    return topology_;
}

void TopologyReader::check_names() const {
    std::vector<std::string> links;
    for (const auto& link : topology_.links)
        links.push_back(link.name);
    const auto nodes = names(true);
    std::map<base::Ip6, std::string> owners;
    for (const auto& node : topology_.nodes)
        for (const auto& port : node.ports) {
            if (!port.link.empty() && !topology_.link(port.link))
                context_.mistake(node.where, fmt::format("{} is on link {}, which there is not{}", node.name,
                                                         quoted(port.link), did_you_mean(port.link, links)));
            for (const auto& address : port.addresses)
                if (const auto [owner, fresh] = owners.emplace(address.address, node.name);
                    !fresh && !address.address.is_link_local())
                    context_.mistake(node.where,
                                     fmt::format("{} has address {}, which is that of {}", node.name,
                                                 base::text(address.address), owner->second));
        }
    for (const auto& identity : topology_.identities) {
        const auto& where = identity_places_.at(identity.name);
        if (!identity.lma.empty() && !topology_.node(identity.lma))
            context_.mistake(where, fmt::format("{} has {} as its lma, which is no node{}", identity.name,
                                                quoted(identity.lma), did_you_mean(identity.lma, nodes)));
        if (const auto mags = identity.policy.find("mags"); mags != identity.policy.end())
            for (const auto& mag : base::split(mags->second))
                if (!topology_.node(mag))
                    context_.mistake(where, fmt::format("{} may use {}, which is no node{}", identity.name,
                                                        quoted(mag), did_you_mean(mag, nodes)));
    }
    for (const auto& barrier : topology_.barriers)
        if (!topology_.node(barrier.from))
            context_.mistake(topology_.where,
                             fmt::format("the barrier of {} comes from {}, which is no node{}", barrier.role,
                                         quoted(barrier.from), did_you_mean(barrier.from, nodes)));
}

std::vector<std::string> TopologyReader::names(bool nodes) const {
    std::vector<std::string> all;
    if (nodes)
        for (const auto& node : topology_.nodes)
            all.push_back(node.name);
    else
        for (const auto& identity : topology_.identities)
            all.push_back(identity.name);
    return all;
}

std::set<std::string> roles_of(const model::Topology& topology) {
    std::set<std::string> roles;
    for (const auto& node : topology.nodes)
        roles.insert(node.role);
    return roles;
}

} // namespace script
