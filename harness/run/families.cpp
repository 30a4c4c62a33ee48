#include "harness/run/families.h"

#include <algorithm>
#include <optional>

namespace run {

namespace {

constexpr std::size_t most_pairs = 1'000'000;

/// Options that only a gateway or an anchor has reason to send (RFC 5213, 8; RFC 4283).
bool is_of_a_proxy(const wire::MobilityOption& option) {
    if (const auto* unknown = std::get_if<wire::UnknownMobilityOption>(&option))
        return unknown->type == 22 || unknown->type == 23 || unknown->type == 24 || unknown->type == 26;
    return std::holds_alternative<wire::HomeNetworkPrefix>(option) ||
           std::holds_alternative<wire::HandoffIndicator>(option) ||
           std::holds_alternative<wire::AccessTechnologyType>(option) ||
           std::holds_alternative<wire::LinkLocalAddress>(option) ||
           std::holds_alternative<wire::MobileNodeIdentifier>(option);
}

template <class Message>
bool has_proxy_option(const wire::Packet& packet) {
    const auto* message = packet.find_last<Message>();
    return message && std::ranges::any_of(message->options, is_of_a_proxy);
}

std::optional<Family> shown_by(const wire::Packet& packet) {
    // The home address is what a node of its own has to show, and what its acknowledgements come by.
    for (const auto& layer : packet.layers) {
        if (const auto* options = std::get_if<wire::DestinationOptions>(&layer);
            options && wire::find<wire::HomeAddressOption>(options->options))
            return Family::host;
        if (std::holds_alternative<wire::RoutingType2>(layer))
            return Family::host;
    }
    if (has_proxy_option<wire::BindingUpdate>(packet) ||
        has_proxy_option<wire::BindingAcknowledgement>(packet))
        return Family::proxy;
    return std::nullopt;
}

} // namespace

Family family_of(wire::Profile::Dialect dialect) {
    return dialect == wire::Profile::Dialect::nemo_pd ? Family::host : Family::proxy;
}

Family Families::of(const wire::Packet& packet) {
    const auto* ip = wire::inner_ip(packet);
    if (!ip)
        return otherwise_;
    const auto ends = std::minmax(ip->source, ip->destination);
    const std::pair<base::Ip6, base::Ip6> pair{ends.first, ends.second};
    if (const auto shown = shown_by(packet)) {
        if (known_.size() < most_pairs || known_.contains(pair))
            known_[pair] = *shown;
        return *shown;
    }
    const auto known = known_.find(pair);
    return known == known_.end() ? otherwise_ : known->second;
}

} // namespace run
