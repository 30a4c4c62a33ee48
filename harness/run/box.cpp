#include "harness/run/box.h"

#include "harness/base/text.h"
#include "harness/run/mentions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace run {
namespace {

/// What lies elsewhere around a box than was planned.
struct Moved {
    std::map<base::Ip6, base::Ip6> addresses;
    std::vector<std::pair<base::Prefix, base::Prefix>> prefixes; ///< those inside others first
};

/// Where a node lives in the prefix of a box: with all that its planned address has behind the planned
/// prefix, or, where there is less room, with the subnet before the last 16 bits: 2001:db8:0:2::1 →
/// PREFIX::2:1.
base::Ip6 resettled(const base::Prefix& planned, const base::Prefix& into, const std::set<base::Ip6>& taken) {
    base::Ip6 out = into.canonical().address;
    constexpr std::size_t subnet = 6, identifier = 8;
    const auto& from = planned.address.octets;
    const bool is_roomy = into.length <= planned.length;
    if (!is_roomy &&
        std::all_of(from.begin() + identifier, from.end() - 2, [](auto octet) { return octet == 0; })) {
        std::copy_n(from.begin() + subnet, 2, out.octets.end() - 4);
        std::copy_n(from.end() - 2, 2, out.octets.end() - 2);
    } else {
        const unsigned kept = is_roomy ? planned.length : 64;
        for (std::size_t i = kept / 8; i < from.size(); ++i)
            out.octets[i] |= from[i];
    }
    while (taken.contains(out))
        ++out.octets[15];
    return out;
}

base::Ip6 after(const Moved& moved, const base::Ip6& address) {
    if (const auto found = moved.addresses.find(address); found != moved.addresses.end())
        return found->second;
    for (const auto& [from, to] : moved.prefixes)
        if (from.contains(address) && to.length <= from.length) {
            base::Ip6 out = to.canonical().address;
            const base::Ip6 before = from.canonical().address;
            for (std::size_t i = 0; i < out.octets.size(); ++i)
                out.octets[i] |= static_cast<std::uint8_t>(address.octets[i] ^ before.octets[i]);
            return out;
        }
    return address;
}

std::string after(const Moved& moved, const std::string& text) {
    if (const auto address = base::parse_ip6(text))
        return base::text(after(moved, *address));
    if (const auto prefix = base::parse_prefix(text)) {
        for (const auto& [from, to] : moved.prefixes)
            if (from == *prefix)
                return base::text(to);
        return base::text(base::Prefix{after(moved, prefix->address), prefix->length});
    }
    // Octets: an address among them stands by itself between blanks.
    constexpr std::size_t digits = 32;
    std::vector<std::string> words = base::split(text, " ");
    bool is_changed = false;
    for (auto& word : words) {
        if (word.size() != digits || word.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
            continue;
        base::Ip6 address;
        for (std::size_t i = 0; i < address.octets.size(); ++i)
            address.octets[i] = static_cast<std::uint8_t>(std::stoul(word.substr(2 * i, 2), nullptr, 16));
        std::string next;
        for (const auto octet : after(moved, address).octets)
            next += fmt::format("{:02x}", octet);
        is_changed |= next != word;
        word = next;
    }
    return is_changed ? base::join(words, " ") : text;
}

/// Addresses in settings and policies follow.
void follow(model::Settings& settings, const Moved& moved) {
    for (auto& [name, value] : settings)
        if (base::parse_ip6(value))
            value = after(moved, value);
}

/// The same for an address in each case: a box remembers its neighbours, too.
base::Mac lasting(const base::Ip6& address) {
    base::Mac out{{0x02, 0x0b}};
    std::copy(address.octets.end() - 4, address.octets.end(), out.octets.begin() + 2);
    return out;
}

void resettle_link(model::Topology& topology, model::Node& box, model::Port& port,
                   const model::BoxPort& where, Moved& moved) {
    if (where.mac)
        port.mac = *where.mac;
    if (port.addresses.empty())
        return;
    const base::Prefix planned = port.addresses.front(), into = where.nodes.value_or(where.address);
    std::set<base::Ip6> taken{where.address.address};
    if (where.gateway)
        taken.insert(*where.gateway);
    for (const auto& [name, address] : where.own)
        taken.insert(address);
    for (auto& node : topology.nodes)
        for (auto& other : node.ports) {
            if (node.name == box.name || other.link != port.link)
                continue;
            const auto own = where.own.find(node.name);
            bool is_first = true;
            for (auto& address : other.addresses) {
                if (!planned.contains(address.address))
                    continue;
                const bool is_given = own != where.own.end() && std::exchange(is_first, false);
                const base::Ip6 next = is_given ? own->second : resettled(address, into, taken);
                taken.insert(next);
                other.mac = lasting(next);
                moved.addresses[address.address] = next;
                address = {next, into.length};
            }
            if (where.gateway) {
                std::erase_if(node.routes,
                              [&](const model::Route& route) { return route.via == planned.address; });
                node.routes.push_back({{{}, 0}, *where.gateway});
            }
        }
    moved.addresses[planned.address] = where.address.address;
    port.addresses.front() = where.address;
}

/// Numbers take the room of the largest, so that all identifiers of a kind are equally long.
std::string nai_of(const model::Box& box, const std::string& name, std::uint64_t number) {
    std::string out = box.nai;
    const auto width = fmt::format("{}", box.last).size();
    for (const auto& [word, value] :
         {std::pair<std::string, std::string>{"{name}", name}, {"{n}", fmt::format("{:0{}}", number, width)}})
        for (std::size_t at = out.find(word); at != std::string::npos; at = out.find(word, at + value.size()))
            out.replace(at, word.size(), value);
    return out;
}

/// Locally administered, with the number in the middle.
base::Mac fresh(base::Mac mac, std::uint64_t number) {
    for (std::size_t i = 3; i > 0; --i, number >>= 8)
        mac.octets[i] = static_cast<std::uint8_t>(number);
    mac.octets[0] = 0x02;
    return mac;
}

void rename_identities(model::Topology& topology, const model::Box& box, std::uint64_t number, Moved& moved) {
    std::size_t with_prefix = 0;
    for (auto& identity : topology.identities) {
        const base::Mac before = identity.mac;
        identity.nai = nai_of(box, identity.name, number);
        identity.mac = fresh(before, number);
        if (identity.link_local == base::link_local(before))
            identity.link_local = base::link_local(identity.mac);
        if (identity.home_network_prefix && box.prefixes) {
            const base::Prefix next = fresh_prefix(*box.prefixes, number, with_prefix++);
            moved.prefixes.emplace_back(std::exchange(*identity.home_network_prefix, next), next);
        }
        if (auto* node = topology.node(identity.name))
            for (auto& port : node->ports)
                if (port.mac == before)
                    port.mac = identity.mac;
    }
}

const model::BoxPort* way_to(const model::Box& box, const model::Node& node, const model::Port& port) {
    for (const auto& one : box.ports)
        if (one.port.empty() ? &port == &node.ports.front() : one.port == port.name)
            return &one;
    return nullptr;
}

} // namespace

base::Prefix fresh_prefix(const base::Prefix& pool, std::uint64_t number, std::size_t index) {
    constexpr unsigned usual = 64, each = 16;
    const unsigned bits = usual - pool.length;
    const std::uint64_t all = bits >= 64 ? ~std::uint64_t{0} : std::uint64_t{1} << bits;
    return pool.subnet((number * each + index) % all, usual);
}

model::Case around_box(model::Case scenario, const std::string& name, const model::Box& box,
                       std::uint64_t number) {
    model::Topology& topology = scenario.topology;
    model::Node* node = topology.node(name);
    Moved moved;
    rename_identities(topology, box, number, moved);
    for (auto& port : node->ports)
        if (const auto* where = way_to(box, *node, port))
            resettle_link(topology, *node, port, *where, moved);
    for (auto& each : topology.nodes) {
        for (auto& route : each.routes)
            route.via = after(moved, route.via);
        follow(each.settings, moved);
    }
    for (auto& identity : topology.identities)
        follow(identity.policy, moved);
    for (const auto& [key, value] : box.settings) {
        const auto from = base::parse_prefix(node->settings[key]), to = base::parse_prefix(value);
        if (from && to)
            moved.prefixes.emplace_back(*from, *to);
        node->settings[key] = value;
    }
    for (auto* steps : {&scenario.given, &scenario.body, &scenario.finally})
        each_value(*steps, [&](model::Value& value) {
            if (value.op == model::Value::Op::literal)
                value.text = after(moved, value.text);
        });
    return scenario;
}

std::string unfit_for_box(const model::Case& scenario, const model::Sut& sut) {
    std::vector<const model::Node*> stations;
    for (const auto& node : scenario.topology.nodes)
        if (node.role == sut.role && node.player != model::Player::tester)
            stations.push_back(&node);
    if (stations.size() > 1)
        return fmt::format("it takes {} of the role {}, and {} is one box", stations.size(), sut.role,
                           sut.name);
    if (stations.empty())
        return {};
    const model::Node& station = *stations.front();
    std::map<std::string, std::string> cut_off; // link or node → port
    for (const auto& port : station.ports)
        if (!way_to(sut.box, station, port))
            cut_off[port.link] = port.name;
    for (const auto& node : scenario.topology.nodes) {
        const auto is_cut = [&](const model::Port& port) { return cut_off.contains(port.link); };
        if (node.name != station.name && !node.ports.empty() &&
            std::all_of(node.ports.begin(), node.ports.end(), is_cut))
            cut_off[node.name] = cut_off[node.ports.front().link];
    }
    const Mentions spoken_of = mentions(scenario);
    if (spoken_of.told.contains(station.name))
        return fmt::format("an event tells {} that a mobile node comes, and nobody can tell {}", station.name,
                           sut.name);
    for (const auto& name : spoken_of.names) {
        if (const auto found = cut_off.find(name); found != cut_off.end())
            return fmt::format(
                "it needs {}, and the profile of {} says of no interface that its port {} is there", name,
                sut.name, found->second);
        // Of "even${i}" only the run will tell which it means.
        const auto open = name.find("${");
        const auto meant = [&](const model::Identity& identity) {
            return open == std::string::npos ? identity.name == name
                                             : open > 0 && identity.name.starts_with(name.substr(0, open));
        };
        for (const auto& identity : scenario.topology.identities)
            if (meant(identity) &&
                std::none_of(sut.box.names.begin(), sut.box.names.end(),
                             [&](const std::string& pattern) { return base::glob(pattern, identity.name); }))
                return fmt::format("{} is not set up for a mobile node like {}", sut.name, identity.name);
    }
    constexpr std::size_t alignment = 8; // of what stands in a Mobility Header
    for (const auto& identity : scenario.topology.identities)
        if (const auto longer = nai_of(sut.box, identity.name, sut.box.first).size();
            spoken_of.pads_by_hand && longer % alignment != identity.nai.size() % alignment)
            return fmt::format("it pads by hand behind an identifier of {} octets, and those of {} have {}",
                               identity.nai.size(), sut.name, longer);
    return {};
}

} // namespace run
