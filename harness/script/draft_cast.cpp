#include "harness/script/draft_cast.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

/// The prefix of the first Home Network Prefix option; ::/0 without one.
base::Prefix prefix_in(const wire::Element& packet) {
    base::Prefix out;
    const auto* option =
        packet.children.empty() ? nullptr : packet.children.back().child("home-network-prefix");
    if (!option)
        return out;
    if (const auto* prefix = option->attribute("prefix"))
        if (const auto* address = std::get_if<base::Ip6>(&prefix->value))
            out.address = *address;
    if (const auto* length = option->attribute("prefix-length"))
        if (const auto* number = std::get_if<std::uint64_t>(&length->value); number && *number <= 128)
            out.length = static_cast<unsigned>(*number);
    return out;
}

} // namespace

const wire::HomeAddressOption* home_address_in(const wire::Packet& packet) {
    for (const auto& layer : packet.layers)
        if (const auto* options = std::get_if<wire::DestinationOptions>(&layer))
            if (const auto* home = wire::find<wire::HomeAddressOption>(options->options))
                return home;
    return nullptr;
}

std::string identifier_in(const wire::Element& packet) {
    const auto* message = packet.children.empty() ? nullptr : &packet.children.back();
    const auto* option = message ? message->child("mobile-node-identifier") : nullptr;
    if (message && !option)
        option = message->child("context-identity");
    const auto* nai = option ? option->attribute("nai") : nullptr;
    return nai ? wire::text(nai->value, nai->kind) : std::string{};
}

std::string speaker_of(const std::string& identity) {
    if (identity == "plain")
        return "host1";
    return identity.starts_with("router") ? "mr" + identity.substr(6) : "knocker";
}

std::string templates_of(const std::string& identity) {
    if (identity == "plain")
        return "host";
    if (identity == "barrier")
        return "nemo-barrier";
    return identity == "router1" ? "mr" : "mr" + identity.substr(std::min<std::size_t>(6, identity.size()));
}

Cast::Cast(const std::vector<Recorded>& recording, const Bench& bench) : bench_(bench) {
    for (const auto& node : bench.topology.nodes)
        if (node.role == bench.role && node.player != model::Player::tester)
            under_test_.insert(node.name);
    for (const auto& one : recording)
        see(one);
    if (bench.has_names())
        name_nodes(recording);
    if (bench.is_by_routers())
        house(recording);
    if (bench.role == "ha" && !bench.is_by_routers())
        entitle(recording);
    if (bench.role == "mr" || bench.is_visited())
        configure(recording);
    if (bench.role == "mag" && bench.topology.node("dhcp"))
        relay(recording);
}

void Cast::see(const Recorded& one) {
    const auto* ip = wire::outer_ip(one.packet);
    if (!ip)
        return;
    if (bench_.role == "dr" && !one.element.children.empty()) {
        const auto& kind = one.element.children.back().name;
        if (kind == "dhcpv6-relay-forward") {
            seat(ip->source, "mag");
            seat(ip->destination, "dr");
        }
        return;
    }
    if (const auto* update = one.packet.find<wire::BindingUpdate>()) {
        if (bench_.is_by_routers() && !update->p) {
            seat(ip->source, bench_.is_visited() ? bench_.role : "ar");
            seat(ip->destination, bench_.anchor());
        } else if (bench_.is_proxied() && update->p) {
            seat(ip->source, "mag");
            seat(ip->destination, "lma");
        } else if (!bench_.has_names() && !update->p) {
            seat(ip->destination, "ha");
            if (bench_.role == "mr")
                seat(ip->source, "mr");
            else if (const auto* own = home_address_in(one.packet))
                home(own->address, ip->source);
        }
    } else if (const auto* answer = one.packet.find<wire::BindingAcknowledgement>()) {
        if (bench_.is_by_routers() && !answer->p) {
            seat(ip->source, bench_.anchor());
            seat(ip->destination, bench_.is_visited() ? bench_.role : "ar");
        } else if (bench_.is_proxied() && answer->p) {
            seat(ip->source, "lma");
            seat(ip->destination, "mag");
        } else if (!bench_.has_names() && !answer->p) {
            seat(ip->source, "ha");
        }
    } else if (one.packet.find<wire::HoRequest>()) {
        seat(ip->source, "tar");
        seat(ip->destination, "sar");
    }
}

std::string Cast::free_node(const std::string& role) {
    for (const auto& node : bench_.topology.nodes)
        if (node.role == role && !taken_.contains(node.name))
            return node.name;
    if (role != "mag" || bench_.role == "mag" || additions_.size() >= most_added)
        return {};
    for (unsigned i = 3;; ++i) {
        auto name = fmt::format("mag{}", i);
        if (taken_.contains(name) || bench_.topology.node(name))
            continue;
        additions_.push_back(
            fmt::format("<node name=\"{}\" role=\"mag\" played=\"tester\"><port link=\"core\" "
                        "address=\"2001:db8:0:1::{:x}/48\"/><route to=\"::/0\" "
                        "via=\"2001:db8:0:ff::1\"/></node>",
                        name, i));
        return name;
    }
}

void Cast::seat(const base::Ip6& address, const std::string& role) {
    if (places_.contains(address) || address.is_multicast() || address.is_unspecified())
        return;
    const model::Node* owner = bench_.topology.owner(address);
    if (owner && under_test_.contains(owner->name) == (role == bench_.role)) {
        std::size_t index = 0, at = 0;
        for (const auto& port : owner->ports)
            for (const auto& own : port.addresses) {
                if (own.address == address)
                    index = at;
                ++at;
            }
        places_[address] = {owner->name, index};
        taken_.insert(owner->name);
        return;
    }
    if (role == "mr" && bench_.role == "mr") { // wherever it is
        places_[address] = {"mr", 0};
        return;
    }
    const auto node = free_node(role);
    if (node.empty()) {
        if (remarks_.size() < most_added)
            remarks_.push_back(fmt::format("there is no place for one more {} ({}): its packets are left out",
                                           role, base::text(address)));
        places_[address] = {};
        return;
    }
    places_[address] = {node, 0};
    taken_.insert(node);
}

/// A mobile router, told from others by its home address, wherever it is.
void Cast::home(const base::Ip6& address, const base::Ip6& care_of) {
    const auto text = base::text(address);
    if (!homes_.contains(address)) {
        std::string identity;
        for (const auto& one : bench_.topology.identities)
            if (const auto known = one.policy.find("home-address");
                known != one.policy.end() && known->second == text)
                identity = one.name;
        for (const auto* free : {"router1", "router2", "router3"})
            if (identity.empty() && !taken_identities_.contains(free))
                identity = free;
        if (identity.empty()) {
            remarks_.push_back(fmt::format("there is no place for one more mobile router ({})", text));
            places_[care_of] = {};
        }
        homes_[address] = identity;
        taken_identities_.insert(identity);
    }
    const auto& identity = homes_[address];
    if (places_.contains(care_of) || identity.empty())
        return;
    if (const auto* owner = bench_.topology.owner(care_of); owner && !under_test_.contains(owner->name)) {
        seat(care_of, "mr");
        return;
    }
    const auto speaker = speaker_of(identity);
    const auto index = static_cast<std::size_t>(
        std::ranges::count_if(places_, [&](const auto& one) { return one.second.node == speaker; }));
    places_[care_of] = {speaker, index};
    taken_.insert(speaker);
}

/// A name of the bench for every identifier: its own, else a place that fits what it was granted.
void Cast::name_nodes(const std::vector<Recorded>& recording) {
    struct Seen {
        std::string nai, anchor;
        base::Prefix asked, granted;
        bool routes = false; ///< it is a mobile router
    };
    std::vector<Seen> all;
    for (const auto& one : recording) {
        const auto* update = one.packet.find<wire::BindingUpdate>();
        const bool asks = update || one.packet.find<wire::HoRequest>();
        const auto nai = identifier_in(one.element);
        if (nai.empty() || !(asks || one.packet.find<wire::BindingAcknowledgement>()))
            continue;
        auto found = std::ranges::find(all, nai, &Seen::nai);
        if (found == all.end()) {
            all.push_back({nai, {}, asks ? prefix_in(one.element) : base::Prefix{}, {}});
            found = all.end() - 1;
        }
        found->routes |= update && update->p && update->r;
        const auto* ip = wire::outer_ip(one.packet);
        if (update && ip && found->anchor.empty())
            found->anchor = place(ip->destination).node;
        const auto* answer = one.packet.find<wire::BindingAcknowledgement>();
        if (answer && answer->status < 128 && found->granted.length == 0)
            found->granted = prefix_in(one.element);
    }
    const auto is_fixed = [](const Seen& one) { return one.asked.length != 0 && one.asked == one.granted; };
    const auto& identities = bench_.topology.identities;
    for (const auto& one : all)
        if (const auto own = std::ranges::find(identities, one.nai, &model::Identity::nai);
            own != identities.end() && (!is_fixed(one) || own->home_network_prefix || is_pooled(one.asked))) {
            names_[one.nai] = own->name;
            taken_identities_.insert(own->name);
        }
    for (const auto& one : all) {
        if (names_.contains(one.nai))
            continue;
        const bool is_static = is_fixed(one);
        const auto fits = std::ranges::find_if(identities, [&](const model::Identity& place) {
            const bool role = !place.policy.contains("service") && !place.policy.contains("mags") &&
                              place.name != "barrier";
            // Homes are given by the home agent, whatever the node's profile says.
            const bool home = bench_.is_by_routers() || place.home_network_prefix.has_value() == is_static;
            return role && home && !taken_identities_.contains(place.name) &&
                   place.policy.contains("mobile-router") == one.routes &&
                   (bench_.role == bench_.anchor() || one.anchor.empty() || place.lma == one.anchor);
        });
        if (fits != identities.end()) {
            names_[one.nai] = fits->name;
            taken_identities_.insert(fits->name);
            if (is_static)
                fixed_[one.granted] = fits->name;
        } else if (bench_.role == "lma" && additions_.size() < most_added) {
            const auto number = additions_.size() + 1;
            const auto name = fmt::format("{}{}", is_static ? "owner" : "more", number);
            names_[one.nai] = name;
            if (is_static)
                fixed_[one.granted] = name;
            additions_.push_back(fmt::format(
                "<mobile-node name=\"{}\" nai=\"{}@example.net\" lma=\"lma\"{} "
                "link-address=\"02:00:00:00:13:{:02x}\"{}>",
                name, name,
                is_static ? fmt::format(" prefix=\"2001:db8:200:1{:02x}::/64\"", number) : std::string{},
                number, one.routes ? "><policy mobile-router=\"on\"/></mobile-node" : "/"));
        } else {
            remarks_.push_back(fmt::format("there is no place for one more mobile node ({})", one.nai));
        }
    }
}

std::string Cast::correspondent() const {
    return bench_.topology.node("cn") || bench_.role != "map" ? "cn" : "ha";
}

Cast::Place Cast::place(const base::Ip6& address) const {
    if (const auto found = places_.find(address); found != places_.end())
        return found->second;
    const auto* owner = bench_.topology.owner(address);
    return owner ? Place{owner->name, 0} : Place{};
}

std::string Cast::named(const std::string& nai) const {
    const auto found = names_.find(nai);
    return found == names_.end() ? std::string{} : found->second;
}

std::string Cast::fixed(const base::Prefix& prefix) const {
    if (const auto found = fixed_.find(prefix); found != fixed_.end())
        return found->second;
    for (const auto& identity : bench_.topology.identities)
        if (identity.home_network_prefix == prefix)
            return identity.name;
    return {};
}

std::string Cast::at_home(const base::Ip6& address) const {
    const auto found = homes_.find(address);
    if (found != homes_.end())
        return found->second;
    return {};
}

} // namespace script
