#include "peers/netmip6/ipv4_home.h"

#include "peers/common/settings.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

// RFC 5555, 3.2.1
constexpr std::uint8_t success = 0, prohibited = 129, incorrect = 130, invalid = 131;
constexpr std::size_t most_waiting = 8;

} // namespace

Ipv4Home::Ipv4Home(const model::NodeConfig& config, Ipv4HomePolicy policy)
    : address_(config.self.address()), ports_(config.self.ports), policy_(policy) {
    const common::SettingsReader settings(config.self.settings);
    if (const auto pool = settings.text("ipv4-pool"))
        pool_ = parse_ip4_prefix(*pool);
    if (const auto own = settings.text("ipv4-address"))
        link_ = parse_ip4_prefix(*own);
    const auto name = settings.text("ipv4-port");
    for (common::PortIndex port = 0; port < ports_.size(); ++port)
        if (name && ports_[port].name == *name)
            port_ = port;
}

Ipv4Home::Entry* Ipv4Home::entry_of(const base::Ip6& home_address) {
    const auto found = std::ranges::find_if(
        entries_, [&](const auto& one) { return one.second.home_address == home_address; });
    return found == entries_.end() ? nullptr : &found->second;
}

std::optional<base::Ip4> Ipv4Home::address_of(const base::Ip6& home_address) const {
    for (const auto& [address, entry] : entries_)
        if (entry.home_address == home_address)
            return address;
    return std::nullopt;
}

/// The first address of each /24 is its gateway (PC-21), and the last one is everybody.
std::optional<base::Ip4> Ipv4Home::free_address() const {
    const std::uint32_t count = pool_->length >= 31 ? 2 : std::uint32_t{1} << (32 - pool_->length);
    for (std::uint32_t i = 5; i + 1 < count; ++i) {
        const base::Ip4 address = pool_->host(i);
        const bool spare = (number_of(address) & 0xff) > 1 && (number_of(address) & 0xff) < 255;
        if (spare && (!policy_.unique || !entries_.contains(address)))
            return address;
    }
    return std::nullopt;
}

std::vector<wire::MobilityOption> Ipv4Home::assign(const std::string& nai, const base::Ip6& home_address,
                                                   const wire::BindingUpdate& update) {
    const auto* asked = wire::find<wire::Ipv4HomeAddress>(update.options);
    if (!asked || !is_supported())
        return {};
    std::uint8_t status = success;
    std::optional<base::Ip4> address;
    const auto of_node =
        std::ranges::find_if(entries_, [&](const auto& one) { return one.second.nai == nai; });
    const bool has = of_node != entries_.end();
    if (asked->address == base::Ip4{}) {
        if (!policy_.assigns)
            return {};
        address = has ? of_node->first : free_address();
        if (!address)
            status = prohibited;
    } else {
        const auto owner = entries_.find(asked->address);
        address = asked->address;
        if (!pool_->contains(asked->address))
            status = invalid;
        else if ((owner != entries_.end() && owner->second.nai != nai) ||
                 (has && of_node->first != asked->address))
            status = incorrect;
        if (!policy_.refuses_foreign)
            status = success;
        if (!policy_.honours_own && has)
            status = incorrect;
    }
    std::vector<wire::MobilityOption> out;
    const base::Ip4 told = address.value_or(base::Ip4{});
    if (status == success) {
        if (has && of_node->first != told)
            entries_.erase(of_node);
        Entry& entry = entries_[told];
        entry.nai = nai;
        entry.home_address = home_address;
        if (policy_.returns_option)
            out.push_back(wire::Ipv4HomeAddress{.address = told, .prefix_length = 32});
    }
    if (policy_.acknowledges)
        out.push_back(
            wire::Ipv4AddressAcknowledgement{.address = told, .status = status, .prefix_length = 32});
    return out;
}

void Ipv4Home::bind(const base::Ip6& home_address, std::vector<base::Ip6> care_of) {
    if (Entry* entry = entry_of(home_address))
        entry->care_of = std::move(care_of);
}

void Ipv4Home::forget(const base::Ip6& home_address) {
    std::erase_if(entries_, [&](const auto& one) { return one.second.home_address == home_address; });
}

bool Ipv4Home::on(const common::Input& input, common::Output& out) {
    const auto* arrived = std::get_if<common::Arrived>(&input);
    if (!arrived || arrived->packet->layers.empty())
        return false;
    if (const auto arp = arp_of(*arrived->packet)) {
        on_arp(*arrived, *arp, out);
        return true;
    }
    const base::View packet = ip4_packet(*arrived->packet);
    if (packet.empty())
        return false;
    if (!is_supported())
        return true;
    if (arrived->packet->find<wire::Ipv6>()) {
        up(*arrived, packet, out);
    } else if (arrived->port == port_) {
        neighbours_[ip4_source(packet)] = arrived->link_source;
        down(packet, out);
    }
    return true;
}

void Ipv4Home::on_arp(const common::Arrived& arrived, const Arp& arp, common::Output& out) {
    if (!is_supported() || arrived.port != port_)
        return;
    if (arp.sender != base::Ip4{})
        neighbours_[arp.sender] = arp.sender_mac;
    if (const auto waiting = unresolved_.find(arp.sender); waiting != unresolved_.end()) {
        for (const base::Bytes& packet : waiting->second)
            out.send_frame(port_, ethernet_frame(ports_[port_].mac, arp.sender_mac, packet));
        unresolved_.erase(waiting);
    }
    const bool ours = (link_ && link_->address == arp.target) || entries_.contains(arp.target);
    if (arp.request && ours) {
        const base::Mac& mac = ports_[port_].mac;
        out.send_frame(port_,
                       frame_of(Arp{false, mac, arp.sender_mac, arp.target, arp.sender}, arp.sender_mac));
    }
}

void Ipv4Home::down(base::View packet, common::Output& out) {
    const auto entry = entries_.find(ip4_destination(packet));
    if (entry == entries_.end() || !policy_.intercepts)
        return;
    const auto next = ip4_forwarded(packet);
    if (!next)
        return;
    for (const base::Ip6& care_of : entry->second.care_of)
        out.send(in_ip6(address_, care_of, *next));
}

/// RFC 3775, 10.4.5: only what comes from where the node is registered is let out.
void Ipv4Home::up(const common::Arrived& arrived, base::View packet, common::Output& out) {
    const auto entry = entries_.find(ip4_source(packet));
    const auto* outer = wire::outer_ip(*arrived.packet);
    if (entry == entries_.end() || !outer || std::ranges::count(entry->second.care_of, outer->source) == 0)
        return;
    const auto next = ip4_forwarded(packet);
    if (!next)
        return;
    if (entries_.contains(ip4_destination(*next)))
        return down(*next, out);
    to_link(*next, out);
}

void Ipv4Home::to_link(base::View packet, common::Output& out) {
    if (!policy_.tunnels || port_ >= ports_.size())
        return;
    const base::Ip4 next = ip4_destination(packet);
    const base::Mac& mac = ports_[port_].mac;
    if (const auto known = neighbours_.find(next); known != neighbours_.end())
        return out.send_frame(port_, ethernet_frame(mac, known->second, packet));
    auto& waiting = unresolved_[next];
    if (waiting.size() < most_waiting)
        waiting.emplace_back(packet.begin(), packet.end());
    out.send_frame(port_,
                   frame_of(Arp{true, mac, {}, link_ ? link_->address : base::Ip4{}, next}, broadcast_mac));
}

} // namespace peers::netmip6
