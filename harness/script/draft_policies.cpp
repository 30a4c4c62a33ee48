#include "harness/base/text.h"
#include "harness/script/draft_cast.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

// What a recording tells of settings and profiles, where the bench has others.

namespace script {

/// What a first update tells of its sender's settings, where the bench has others.
void Cast::configure(const std::vector<Recorded>& recording) {
    for (const auto& one : recording) {
        const auto* update = one.packet.find<wire::BindingUpdate>();
        const auto* ip = wire::outer_ip(one.packet);
        if (!update || !ip || update->lifetime == 0 || !under_test_.contains(place(ip->source).node))
            continue;
        std::string settings;
        if (bench_.is_visited()) {
            const unsigned usual = bench_.is_by_routers() ? 150 : 900;
            constexpr unsigned unit = 4;
            if (update->lifetime != usual)
                settings = fmt::format(" lifetime=\"{}s\"", update->lifetime * unit);
        } else {
            std::vector<std::string> owned;
            std::size_t wishes = 0;
            const wire::MnpRequest* wish = nullptr;
            for (const auto& option : update->options)
                if (const auto* network = std::get_if<wire::MobileNetworkPrefix>(&option))
                    owned.push_back(base::text(base::Prefix{network->prefix, network->prefix_length}));
                else if (const auto* request = std::get_if<wire::MnpRequest>(&option)) {
                    ++wishes;
                    wish = request;
                }
            if (!owned.empty())
                settings += fmt::format(" owned=\"{}\"", base::join(owned, " "));
            if (wishes != (owned.empty() ? 1u : 0u))
                settings += fmt::format(" prefixes=\"{}\"", wishes);
            constexpr unsigned usual = 64;
            if (wish && wish->prefix_length != usual)
                settings += fmt::format(" prefix-length=\"{}\"", wish->prefix_length);
            if (wish && wish->p)
                settings += " persistent=\"on\"";
            if (wish && wish->i)
                settings += " implicit=\"on\"";
            if (owned.empty() && wishes == 0 && !update->s)
                settings += " mode=\"implicit\"";
            else if (!update->s || (owned.empty() && wishes == 0))
                settings += fmt::format(" bootstrap=\"{}\"", update->s ? "list" : "request");
        }
        if (!settings.empty())
            setups_.push_back(fmt::format("<setup node=\"{}\"{}/>", place(ip->source).node, settings));
        return;
    }
}

std::string Cast::on_link(const base::Ip6& link_local) const {
    for (const auto& one : bench_.topology.identities)
        if (one.link_local == link_local)
            return one.name;
    return {};
}

/// A gateway that is a relay agent (RFC 3315, 20) has a server, and nodes that are told to ask one.
void Cast::relay(const std::vector<Recorded>& recording) {
    std::set<std::string> managed; ///< links
    for (const auto& one : recording) {
        const auto* advertisement = one.packet.find<wire::RouterAdvertisement>();
        if (advertisement && advertisement->m)
            managed.insert(one.link);
    }
    bool is_any = false;
    std::set<std::string> clients;
    for (const auto& one : recording) {
        const auto* ip = wire::outer_ip(one.packet);
        const auto kind = one.element.children.empty() ? std::string{} : one.element.children.back().name;
        if (!ip || !kind.starts_with("dhcpv6-"))
            continue;
        if (kind == "dhcpv6-relay-forward" && under_test_.contains(place(ip->source).node)) {
            const auto* server = bench_.topology.node("dhcp");
            places_[ip->destination] = {server->name, 0};
            if (!is_any)
                setups_.push_back(fmt::format("<setup node=\"{}\" dhcp-server=\"{}\"/>",
                                              place(ip->source).node, base::text(server->address())));
            is_any = true;
        } else if (const auto client = on_link(ip->source);
                   !client.empty() && managed.contains(one.link) && clients.insert(client).second) {
            setups_.push_back(fmt::format("<setup mobile-node=\"{}\" configuration=\"stateful\"/>", client));
        }
    }
}

/// The node under test gives prefixes away out of a pool that has that one.
bool Cast::is_pooled(const base::Prefix& prefix) const {
    for (const auto& node : bench_.topology.nodes)
        if (under_test_.contains(node.name))
            for (const auto* setting : {"pool", "persistent-pool", "network-pool", "owned"})
                if (const auto found = node.settings.find(setting); found != node.settings.end())
                    for (const auto& word : base::split(found->second))
                        if (const auto pool = base::parse_prefix(word); pool && pool->contains(prefix))
                            return true;
    return false;
}

/// A router that lists a prefix and is accepted, without having been given it before, owns it.
void Cast::entitle(const std::vector<Recorded>& recording) {
    std::map<base::Ip6, std::vector<base::Prefix>> owned; ///< by home address
    std::map<base::Ip6, std::vector<base::Prefix>> listed;
    for (const auto& one : recording) {
        const auto* update = one.packet.find<wire::BindingUpdate>();
        const auto* answer = one.packet.find<wire::BindingAcknowledgement>();
        const auto* routing = one.packet.find<wire::RoutingType2>();
        const auto* home = home_address_in(one.packet);
        if (update && home && update->lifetime != 0) {
            auto& all = listed[home->address];
            all.clear();
            for (const auto& option : update->options)
                if (const auto* network = std::get_if<wire::MobileNetworkPrefix>(&option);
                    network && !network->d)
                    all.push_back({network->prefix, network->prefix_length});
        } else if (answer && routing && answer->status < 128) {
            auto& all = listed[routing->home_address]; // and what is in a list that it asked for
            for (const auto& option : answer->options)
                if (const auto* network = std::get_if<wire::MobileNetworkPrefix>(&option);
                    network && !network->d)
                    all.push_back({network->prefix, network->prefix_length});
            for (const auto& prefix : listed[routing->home_address])
                if (!is_pooled(prefix) && std::ranges::find(owned[routing->home_address], prefix) ==
                                              owned[routing->home_address].end())
                    owned[routing->home_address].push_back(prefix);
        }
    }
    for (const auto& [home, prefixes] : owned) {
        const auto* identity = bench_.topology.identity(at_home(home));
        if (!identity)
            continue;
        const auto known = identity->policy.find("prefixes");
        std::vector<std::string> all =
            base::split(known == identity->policy.end() ? std::string{} : known->second);
        const auto before = all.size();
        for (const auto& prefix : prefixes)
            if (const auto text = base::text(prefix); std::ranges::find(all, text) == all.end())
                all.push_back(text);
        if (all.size() != before && all.size() < most_added)
            setups_.push_back(fmt::format("<setup mobile-node=\"{}\" prefixes=\"{}\"/>", identity->name,
                                          base::join(all, " ")));
    }
}

/// NetMIPv6: whose home an address is, as acknowledgements say and nobody else does.
void Cast::house(const std::vector<Recorded>& recording) {
    for (const auto& one : recording) {
        const auto* answer = one.packet.find<wire::BindingAcknowledgement>();
        const auto* routing = one.packet.find<wire::RoutingType2>();
        if (!answer || !routing || answer->status >= 128)
            continue;
        const auto nai = identifier_in(one.element);
        if (const auto known = names_.find(nai); known != names_.end())
            homes_.emplace(routing->home_address, known->second);
        if (const auto* signature = wire::find<wire::Authentication>(answer->options);
            signature && association_.empty())
            association_ = fmt::format("{}", signature->spi);
    }
}

} // namespace script
