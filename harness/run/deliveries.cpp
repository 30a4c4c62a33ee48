#include "harness/run/deliveries.h"

#include "harness/base/text.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace run {

namespace {

constexpr base::Duration usual_window = std::chrono::seconds(3); // T_BICAST
constexpr base::Duration slack = std::chrono::milliseconds(200); // of what was on its way
constexpr std::size_t most_datagrams = 50'000, most_breaches = 5;
constexpr std::size_t hop_limit_at = 7;
constexpr std::size_t link_header = 14, ttl_at = 8, protocol_at = 9, checksum_at = 10, least_ip4 = 20;
constexpr std::uint8_t udp = 17;

bool is_access_router(const model::Node& node) {
    return node.role == "sar" || node.role == "tar" || node.role == "ar";
}

} // namespace

Deliveries::Deliveries(const model::Topology& topology) : topology_(topology), window_(usual_window) {
    const auto routers = std::ranges::count_if(topology.nodes, [](const model::Node& node) {
        return is_access_router(node) && node.player != model::Player::tester;
    });
    applies_ = routers > 1;
    for (const model::Node& node : topology.nodes)
        if (const auto setting = node.settings.find("bicast-time"); setting != node.settings.end())
            window_ = std::max(window_, base::parse_duration(setting->second).value_or(window_));
}

/// A home agent has confirmed another care-of address: from now on both routers may deliver for a while.
void Deliveries::learn(const model::Event& event, const wire::Packet& packet) {
    constexpr std::uint8_t first_refusal = 128;
    const auto* ack = packet.find<wire::BindingAcknowledgement>();
    const auto* routing = packet.find<wire::RoutingType2>();
    const auto* ip = wire::outer_ip(packet);
    if (!ack || !routing || !ip || ack->status >= first_refusal || ack->lifetime == 0)
        return;
    const base::Prefix prefix = peers::netmip6::prefix_of(routing->home_address);
    const auto known = care_of_.find(prefix);
    if (known == care_of_.end() || known->second != ip->destination)
        changed_[prefix] = event.at;
    care_of_[prefix] = ip->destination;
    if (const auto* address = wire::find<wire::Ipv4HomeAddress>(ack->options))
        ipv4_[address->address] = prefix;
}

std::optional<Deliveries::Datagram> Deliveries::datagram_of(const wire::Packet& packet) const {
    Datagram out;
    if (const auto* ip = wire::outer_ip(packet)) {
        const base::View octets = peers::netmip6::ip_octets(packet);
        if (!ip->destination.is_routable_unicast() || octets.size() <= hop_limit_at)
            return std::nullopt;
        out.octets.assign(octets.begin(), octets.end());
        out.octets[hop_limit_at] = 0;
        out.node = peers::netmip6::prefix_of(ip->destination);
        out.is_udp = packet.find<wire::Udp>() != nullptr;
        return out;
    }
    const auto* ip = packet.find<wire::Ipv4>();
    const auto owner = ip ? ipv4_.find(ip->destination) : ipv4_.end();
    if (owner == ipv4_.end() || packet.raw.size() < link_header + least_ip4)
        return std::nullopt;
    out.octets.assign(packet.raw.begin() + link_header, packet.raw.end());
    out.octets[ttl_at] = out.octets[checksum_at] = out.octets[checksum_at + 1] = 0;
    out.node = owner->second;
    out.is_udp = out.octets[protocol_at] == udp;
    return out;
}

/// On its way to the home network: what comes twice may be delivered twice.
void Deliveries::enter(const std::string& link, const wire::Packet& packet) {
    auto datagram = datagram_of(packet);
    if (!datagram || !care_of_.contains(datagram->node))
        return;
    if (entered_.size() >= most_datagrams)
        entered_.clear();
    ++entered_[std::move(datagram->octets)][link];
}

/// 0: nobody saw how often it was said. A datagram of UDP is said once.
unsigned Deliveries::copies_of(const Datagram& datagram) const {
    unsigned most = datagram.is_udp ? 1 : 0;
    if (const auto sent = entered_.find(datagram.octets); sent != entered_.end())
        for (const auto& [link, count] : sent->second)
            most = std::max(most, count);
    return most;
}

bool Deliveries::may_be_doubled(const base::Prefix& node, base::Mono at) const {
    const auto changed = changed_.find(node);
    return changed != changed_.end() && at - changed->second <= window_ + slack;
}

void Deliveries::see(const model::Event& event, const model::Seen& seen) {
    const model::Link* link = applies_ ? topology_.link(seen.link) : nullptr;
    if (!link)
        return;
    if (link->access.empty()) {
        learn(event, seen.packet);
        return enter(seen.link, seen.packet);
    }
    const model::Node* router = topology_.node(link->access);
    const bool is_delivery = router && seen.from == router->name && is_access_router(*router) &&
                             router->player != model::Player::tester;
    auto datagram = is_delivery ? datagram_of(seen.packet) : std::nullopt;
    if (!datagram)
        return;
    const unsigned copies = copies_of(*datagram);
    if (copies == 0)
        return;
    ++judged_;
    last_ = event.number;
    if (seen_.size() >= most_datagrams)
        seen_.clear();
    const base::Prefix node = datagram->node;
    const auto place =
        seen_.try_emplace(std::move(datagram->octets), Delivery{router->name, event.at, 0}).first;
    Delivery& first = place->second;
    if (++first.count <= copies || first.router == router->name)
        return;
    if (!may_be_doubled(node, event.at) && breaches_.size() < most_breaches)
        breaches_.push_back({first.router, router->name, event.number, event.at});
}

void Deliveries::findings(const judge::Bench& bench, std::vector<model::Finding>& out) const {
    const model::Proofs proofs{{"NETMIP6-SAR-006", {}}};
    judge::Circumstance here;
    here.step = "rule one-owner";
    for (const Breach& breach : breaches_) {
        here.culprit = breach.second;
        here.packet = breach.packet;
        here.at = breach.at;
        bench.broken(proofs, here,
                     breach.first + " and " + breach.second +
                         " deliver the same packet, and nobody may bicast",
                     {}, out);
    }
    if (judged_ && breaches_.empty()) {
        here.packet = last_;
        bench.passed(proofs, here, "no two access routers deliver the same packet", out);
    }
}

} // namespace run
