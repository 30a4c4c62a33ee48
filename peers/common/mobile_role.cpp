#include "peers/common/mobile_role.h"

#include "peers/dhcp/relay.h"

#include <algorithm>

namespace peers::common {

namespace {

// RFC 4861, 10
constexpr unsigned max_router_solicitations = 3;
constexpr base::Duration solicitation_interval = std::chrono::seconds(4);
/// RFC 4862, 5.5.3 (e): what an advertisement cannot take away.
constexpr base::Duration two_hours = std::chrono::hours(2);
constexpr std::uint32_t infinite = 0xffffffff;

constexpr base::Prefix everything{};

std::optional<base::Mono> until(std::uint32_t seconds, base::Now now) {
    return seconds == infinite ? std::nullopt : std::optional{now.mono + std::chrono::seconds(seconds)};
}

bool is_over(const std::optional<base::Mono>& end, base::Now now) {
    return end && *end <= now.mono;
}

} // namespace

MobileRole::MobileRole(const model::NodeConfig& config, Options options)
    : self_(config.self), options_(options) {}

void MobileRole::on(const Input& input, base::Now now, Output& output) {
    if (const auto* carrier = std::get_if<model::Carrier>(&input)) {
        on_carrier(*carrier, now, output);
    } else if (const auto* told = std::get_if<model::Told>(&input)) {
        on_told(*told, now, output);
    } else if (const auto* arrived = std::get_if<Arrived>(&input); arrived && arrived->for_us) {
        if (const auto* advertisement = arrived->packet->find<wire::RouterAdvertisement>())
            on_advertisement(*advertisement, *arrived, now, output);
        else
            on_dhcp(*arrived, now, output);
    }
}

void MobileRole::on_carrier(const model::Carrier& carrier, base::Now now, Output& output) {
    if (carrier.port >= self_.ports.size())
        return;
    solicitations_.erase(carrier.port);
    if (const auto managed = managed_.find(carrier.port); managed != managed_.end()) {
        managed->second.client.stop();
        managed->second.settled = false;
    }
    if (carrier.up && !options_.is_quiet) {
        detect_duplicates(carrier.port, base::link_local(port(carrier.port).mac), output);
        solicit_routers(carrier.port, now, output);
    }
}

void MobileRole::on_told(const model::Told& told, base::Now now, Output& output) {
    if (told.event == "rs") {
        for (PortIndex index = 0; index < self_.ports.size(); ++index)
            send_solicitation(index, output);
    } else if (told.event == "state") {
        state(told, now, output);
    } else if (flows_.on(told, now, output)) {
        flows_.tick(now, source(now), output);
    }
}

void MobileRole::on_advertisement(const wire::RouterAdvertisement& advertisement, const Arrived& arrived,
                                  base::Now now, Output& output) {
    const auto* ip = arrived.packet->find<wire::Ipv6>();
    if (!ip)
        return;
    const bool is_current = router_ && router_->address == ip->source && router_->port == arrived.port;
    if (advertisement.router_lifetime > 0) {
        solicitations_.erase(arrived.port);
        router_ =
            Router{arrived.port, ip->source, now.mono + std::chrono::seconds(advertisement.router_lifetime)};
        if (!is_current)
            output.add_route(everything, PortTarget{arrived.port, ip->source});
    } else if (is_current) {
        router_.reset();
        output.remove_route(everything);
    }
    for (const auto* prefix : wire::find_all<wire::PrefixInformation>(advertisement.options))
        on_prefix(*prefix, arrived.port, now, output);
    if (const auto* mtu = wire::find<wire::Mtu>(advertisement.options))
        output.set_mtu(arrived.port, mtu->mtu);
    if (advertisement.m && !options_.is_quiet)
        ask_for_address(arrived.port, now, output);
}

/// M: addresses are to be had by DHCPv6 (RFC 4861, 4.2). A lease from elsewhere is confirmed (RFC 3315,
/// 18.1.2).
void MobileRole::ask_for_address(PortIndex index, base::Now now, Output& output) {
    Managed& managed = managed_.try_emplace(index, Managed{dhcp::Client(port(index).mac)}).first->second;
    if (managed.settled || managed.client.asking())
        return;
    managed.client.start(now);
    send_dhcp(now, output);
}

void MobileRole::on_dhcp(const Arrived& arrived, base::Now now, Output& output) {
    const auto* message = arrived.packet->find<wire::Dhcpv6Message>();
    const auto managed = managed_.find(arrived.port);
    if (!message || managed == managed_.end())
        return;
    dhcp::Client& client = managed->second.client;
    const auto before = client.address();
    if (client.heard(*message, now)) {
        managed->second.settled = client.address().has_value();
        if (before && before != client.address()) {
            addresses_.erase({arrived.port, *before});
            output.remove_address(arrived.port, *before);
        }
        if (client.address() && before != client.address()) {
            addresses_[{arrived.port, *client.address()}] = {{*client.address(), 128}, {}, {}};
            output.add_address(arrived.port, {*client.address(), 128});
        }
    }
    send_dhcp(now, output);
}

void MobileRole::send_dhcp(base::Now now, Output& output) {
    for (auto& [index, managed] : managed_)
        if (auto message = managed.client.due(now))
            output.send_on(index,
                           dhcp::datagram(base::link_local(port(index).mac), dhcp::all_relays_and_servers,
                                          dhcp::client_port, dhcp::server_port, std::move(*message)));
}

void MobileRole::on_prefix(const wire::PrefixInformation& information, PortIndex index, base::Now now,
                           Output& output) {
    const base::Prefix prefix =
        base::Prefix{information.prefix, std::min<unsigned>(information.prefix_length, 128)}.canonical();
    if (prefix.address.is_link_local() || prefix.address.is_multicast() ||
        information.preferred_lifetime > information.valid_lifetime)
        return;
    if (information.l && prefix.length > 0) { // RFC 4861, 6.3.4
        if (information.valid_lifetime > 0) {
            on_link_[{index, prefix}] = until(information.valid_lifetime, now);
            output.add_route(prefix, PortTarget{index, std::nullopt});
        } else if (on_link_.erase({index, prefix})) {
            output.remove_route(prefix);
        }
    }
    if (!information.a || prefix.length != 64)
        return;
    // RFC 4862, 5.5.3
    const base::Ip6 address = base::slaac(prefix.address, port(index).mac);
    const auto known = addresses_.find({index, address});
    if (known == addresses_.end()) {
        if (information.valid_lifetime == 0)
            return;
        addresses_[{index, address}] = {prefix, until(information.valid_lifetime, now),
                                        until(information.preferred_lifetime, now)};
        output.add_address(index, {address, 128});
        detect_duplicates(index, address, output);
        return;
    }
    Address& mine = known->second;
    mine.preferred = until(information.preferred_lifetime, now);
    const bool is_longer =
        information.valid_lifetime == infinite ||
        std::chrono::seconds(information.valid_lifetime) > two_hours ||
        (mine.valid && now.mono + std::chrono::seconds(information.valid_lifetime) > *mine.valid);
    if (is_longer)
        mine.valid = until(information.valid_lifetime, now);
    else if (!mine.valid || *mine.valid - now.mono > two_hours)
        mine.valid = now.mono + two_hours;
}

void MobileRole::tick(base::Now now, Output& output) {
    for (auto& [index, solicitation] : solicitations_) {
        if (solicitation.left == 0 || solicitation.next > now.mono)
            continue;
        send_solicitation(index, output);
        --solicitation.left;
        solicitation.next = now.mono + solicitation_interval;
    }
    std::erase_if(solicitations_, [](const auto& entry) { return entry.second.left == 0; });
    if (router_ && router_->until <= now.mono) {
        router_.reset();
        output.remove_route(everything);
    }
    std::erase_if(on_link_, [&](const auto& entry) {
        if (!is_over(entry.second, now))
            return false;
        output.remove_route(entry.first.second);
        return true;
    });
    std::erase_if(addresses_, [&](const auto& entry) {
        if (!is_over(entry.second.valid, now))
            return false;
        output.remove_address(entry.first.first, entry.first.second);
        return true;
    });
    send_dhcp(now, output);
    flows_.tick(now, source(now), output);
}

std::optional<base::Mono> MobileRole::deadline() const {
    std::optional<base::Mono> earliest = flows_.deadline();
    const auto consider = [&](const std::optional<base::Mono>& when) {
        if (when && (!earliest || *when < *earliest))
            earliest = when;
    };
    for (const auto& [index, solicitation] : solicitations_)
        consider(solicitation.next);
    for (const auto& [key, address] : addresses_)
        consider(address.valid);
    for (const auto& [key, valid] : on_link_)
        consider(valid);
    for (const auto& [index, managed] : managed_)
        consider(managed.client.deadline());
    if (router_)
        consider(router_->until);
    return earliest;
}

void MobileRole::solicit_routers(PortIndex index, base::Now now, Output& output) {
    send_solicitation(index, output);
    solicitations_[index] = {max_router_solicitations - 1, now.mono + solicitation_interval};
}

void MobileRole::send_solicitation(PortIndex index, Output& output) {
    wire::RouterSolicitation solicitation;
    solicitation.options.emplace_back(wire::SourceLinkLayerAddress{port(index).mac, {}});
    const wire::Ipv6 header{base::link_local(port(index).mac), base::all_routers, 255};
    output.send_on(index, {{header, std::move(solicitation)}, {}, {}});
}

void MobileRole::detect_duplicates(PortIndex index, const base::Ip6& address, Output& output) const {
    if (!options_.detects_duplicates || options_.is_quiet)
        return;
    wire::NeighborSolicitation solicitation;
    solicitation.target = address;
    output.send_on(index, {{wire::Ipv6{{}, address.solicited_node(), 255}, std::move(solicitation)}, {}, {}});
}

base::Ip6 MobileRole::source(base::Now now) const {
    const auto first = [&](bool wants_preferred) {
        const auto found = std::ranges::find_if(addresses_, [&](const auto& entry) {
            return !wants_preferred || !is_over(entry.second.preferred, now);
        });
        return found == addresses_.end() ? base::Ip6{} : found->first.second;
    };
    const base::Ip6 configured = self_.address();
    if (!configured.is_unspecified())
        return configured;
    const base::Ip6 preferred = first(true);
    return preferred.is_unspecified() ? first(false) : preferred;
}

void MobileRole::state(const model::Told& told, base::Now now, Output& output) const {
    const auto of = told.arguments.find("of");
    if (of == told.arguments.end() || (of->second != "addresses" && of->second != "router"))
        return;
    model::Arguments arguments{{"of", of->second}};
    if (of->second == "router") {
        arguments["router"] = router_ ? base::text(router_->address) : "";
    } else {
        for (const auto& [key, address] : addresses_)
            arguments[base::text(key.second)] = is_over(address.preferred, now) ? "deprecated" : "preferred";
        arguments["count"] = std::to_string(addresses_.size());
    }
    output.note("state", std::move(arguments));
}

} // namespace peers::common
