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
}

bool Deliveries::may_be_doubled(const base::Ip6& node, base::Mono at) const {
    const auto changed = changed_.find(peers::netmip6::prefix_of(node));
    return changed != changed_.end() && at - changed->second <= window_ + slack;
}

void Deliveries::see(const model::Event& event, const model::Seen& seen) {
    const model::Link* link = applies_ ? topology_.link(seen.link) : nullptr;
    if (!link)
        return;
    if (link->access.empty())
        return learn(event, seen.packet);
    const model::Node* router = topology_.node(link->access);
    const auto* ip = wire::outer_ip(seen.packet);
    const bool is_delivery = router && seen.from == router->name && is_access_router(*router) &&
                             router->player != model::Player::tester;
    // Only datagrams are said once: TCP repeats itself.
    if (!is_delivery || !ip || !ip->destination.is_routable_unicast() || !seen.packet.find<wire::Udp>())
        return;
    const base::View octets = peers::netmip6::ip_octets(seen.packet);
    base::Bytes datagram(octets.begin(), octets.end());
    if (datagram.size() <= hop_limit_at)
        return;
    datagram[hop_limit_at] = 0;
    ++judged_;
    last_ = event.number;
    if (seen_.size() >= most_datagrams)
        seen_.clear();
    const auto [first, is_new] = seen_.try_emplace(std::move(datagram), Delivery{router->name, event.at});
    if (is_new || first->second.router == router->name)
        return;
    if (!may_be_doubled(ip->destination, event.at) && breaches_.size() < most_breaches)
        breaches_.push_back({first->second.router, router->name, event.number, event.at});
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
                         " deliver the same datagram, and nobody may bicast",
                     {}, out);
    }
    if (judged_ && breaches_.empty()) {
        here.packet = last_;
        bench.passed(proofs, here, "no two access routers deliver the same datagram", out);
    }
}

} // namespace run
