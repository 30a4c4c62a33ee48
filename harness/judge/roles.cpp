#include "harness/judge/roles.h"

#include "harness/judge/sessions.h"

#include <algorithm>
#include <string_view>

namespace judge {
namespace {

constexpr std::size_t most_addresses = 1'000'000;

const wire::DestinationOptions* home_address_holder(const wire::Packet& packet) {
    for (const auto& layer : packet.layers)
        if (const auto* options = std::get_if<wire::DestinationOptions>(&layer);
            options && wire::find<wire::HomeAddressOption>(options->options))
            return options;
    return nullptr;
}

} // namespace

Roles::Roles(const std::map<base::Ip6, std::string>& given, wire::Profile profile)
    : profile_(profile), sets_(1) {
    for (const auto& [address, role] : given)
        given_.set(address, number_of({role}));
}

std::uint32_t Roles::number_of(Set set) {
    const auto found = std::ranges::find(sets_, set);
    const auto number = static_cast<std::uint32_t>(found - sets_.begin());
    if (found == sets_.end())
        sets_.push_back(std::move(set));
    return number;
}

void Roles::add(const base::Ip6& address, const char* role) {
    if (address.is_unspecified() || address.is_multicast())
        return;
    const auto* known = shown_.find(address);
    if (!known && shown_.size() >= most_addresses)
        return;
    const Set& before = sets_[known ? *known : 0];
    if (std::ranges::find(before, role) != before.end())
        return;
    Set set = before;
    set.insert(std::ranges::lower_bound(set, std::string_view(role)), role);
    shown_.set(address, number_of(std::move(set)));
    ++version_;
}

void Roles::see(const wire::Packet& packet) {
    // A message inside a tunnel is that of the inner header's source.
    const auto* ip = wire::inner_ip(packet);
    if (!ip)
        return;
    const bool netmip6 = profile_.dialect == wire::Profile::Dialect::netmip6;
    if (const auto* update = packet.find<wire::BindingUpdate>()) {
        if (update->p) {
            add(ip->source, "mag");
            add(ip->destination, "lma");
        } else if (update->r) {
            add(ip->source, "mr");
            add(ip->destination, "ha");
        } else {
            // An access router registers for a node that has no home address of its own to show.
            add(ip->source, netmip6 && !home_address_holder(packet) ? "ar" : "mn");
            add(ip->destination, "ha");
        }
    } else if (const auto* answer = packet.find<wire::BindingAcknowledgement>()) {
        add(ip->source, answer->p ? "lma" : "ha");
    } else if (packet.find<wire::RouterAdvertisement>()) {
        add(ip->source, "router");
    } else if (packet.find<wire::HoRequest>() || packet.find<wire::HoResponse>()) {
        add(ip->source, "ar");
    } else if (packet.find<wire::HomeAgentDiscoveryReply>() ||
               packet.find<wire::MobilePrefixAdvertisement>()) {
        add(ip->source, "ha");
    } else if (packet.find<wire::MobilePrefixSolicitation>()) {
        add(ip->source, "mn");
    }
}

Party Roles::party(const base::Ip6& address) const {
    return {base::text(address), sets_[set_of(address)], false};
}

Party Roles::sender(const wire::Packet& packet) const {
    const auto* ip = wire::inner_ip(packet);
    return ip ? party(ip->source) : Party{};
}

Party Roles::receiver(const wire::Packet& packet) const {
    const auto* ip = wire::inner_ip(packet);
    return ip ? party(ip->destination) : Party{};
}

std::uint32_t RolesOfParties::ask(std::uint32_t party, const base::Ip6& address) {
    const Known now{roles_.version(), roles_.set_of(address)};
    if (party == Session::none)
        return now.set;
    if (party >= known_.size())
        known_.resize(party + 1u);
    known_[party] = now;
    return now.set;
}

} // namespace judge
