#include "peers/common/stack.h"

#include <algorithm>

namespace peers::common {

namespace {

template <class Option>
std::optional<base::Mac> link_address(const wire::NdOptions& options) {
    const auto* option = wire::find<Option>(options);
    return option ? std::optional{option->address} : std::nullopt;
}

} // namespace

/// RFC 4861, 6.1 and 7.1.
bool Stack::is_valid_discovery(const LocalPacket& local) const {
    using wire::FaultKind;
    if (hop_limit_of(local.ip) != 255 || local.origin.tunnel)
        return false;
    for (const wire::Fault& fault : local.packet.faults)
        if (fault.kind == FaultKind::checksum || fault.kind == FaultKind::truncated ||
            fault.kind == FaultKind::wrong_length)
            return false;
    const base::Ip6 source = source_of(local.ip), destination = destination_of(local.ip);
    const wire::Packet& packet = local.packet;
    if (const auto* message = packet.find<wire::RouterSolicitation>())
        return !message->header.code &&
               !(source.is_unspecified() && wire::find<wire::SourceLinkLayerAddress>(message->options));
    if (const auto* message = packet.find<wire::RouterAdvertisement>())
        return !message->header.code && source.is_link_local();
    if (const auto* message = packet.find<wire::NeighborSolicitation>())
        return !message->header.code && !message->target.is_multicast() &&
               (!source.is_unspecified() || (destination == message->target.solicited_node() &&
                                             !wire::find<wire::SourceLinkLayerAddress>(message->options)));
    if (const auto* message = packet.find<wire::NeighborAdvertisement>())
        return !message->header.code && !message->target.is_multicast() &&
               !(destination.is_multicast() && message->s);
    const auto* redirect = packet.find<wire::Redirect>();
    return redirect && !redirect->header.code && source.is_link_local();
}

void Stack::on_discovery(const LocalPacket& local, base::Now now) {
    const wire::Packet& packet = local.packet;
    const base::Ip6 destination = destination_of(local.ip);
    const bool for_us =
        is_own(destination, local.origin.port) || ports_[local.origin.port].groups.contains(destination);
    if (const auto* message = packet.find<wire::NeighborSolicitation>()) {
        on_solicitation(*message, local, now);
        tell_role(local, for_us && is_own(message->target, local.origin.port));
        return;
    }
    if (const auto* message = packet.find<wire::NeighborAdvertisement>()) {
        on_advertisement(*message, local, now);
        tell_role(local, for_us);
        return;
    }
    if (!for_us)
        return;
    if (const auto* message = packet.find<wire::RouterSolicitation>()) {
        if (const auto mac = link_address<wire::SourceLinkLayerAddress>(message->options))
            hear(*mac, local, now);
    } else if (const auto* advertisement = packet.find<wire::RouterAdvertisement>()) {
        if (const auto mac = link_address<wire::SourceLinkLayerAddress>(advertisement->options))
            hear(*mac, local, now);
    }
    tell_role(local);
}

void Stack::on_solicitation(const wire::NeighborSolicitation& message, const LocalPacket& local,
                            base::Now now) {
    const PortIndex port = local.origin.port;
    const bool own = is_own(message.target, port);
    if (!own && !ports_[port].proxies.contains(message.target))
        return;
    const base::Ip6 asker = source_of(local.ip);
    const bool detects_duplicates = asker.is_unspecified();
    if (!detects_duplicates)
        if (const auto mac = link_address<wire::SourceLinkLayerAddress>(message.options))
            hear(*mac, local, now);
    wire::NeighborAdvertisement answer;
    answer.target = message.target;
    answer.r = options_.forwards && own;
    answer.s = !detects_duplicates;
    answer.o = own;
    answer.options.emplace_back(wire::TargetLinkLayerAddress{mac(port), {}});
    const base::Ip6 to = detects_duplicates ? base::all_nodes : asker;
    const wire::Ipv6 header{own ? message.target : link_local(port), to, 255};
    to_link(port, to, wire::encode({{header, answer}, {}, {}}, profile_), false, now);
}

void Stack::on_advertisement(const wire::NeighborAdvertisement& message, const LocalPacket& local,
                             base::Now now) {
    Neighbours::Outcome outcome;
    neighbours_.advertised(local.origin.port, message.target,
                           link_address<wire::TargetLinkLayerAddress>(message.options), message.s, message.o,
                           now, outcome);
    carry_out(outcome, now);
}

/// The sender's own link-layer address, from an option.
void Stack::hear(const base::Mac& mac, const LocalPacket& local, base::Now now) {
    const base::Ip6 source = source_of(local.ip);
    if (source.is_unspecified() || mac.is_group() || is_own(source, local.origin.port))
        return;
    Neighbours::Outcome outcome;
    neighbours_.heard(local.origin.port, source, mac, now, outcome);
    carry_out(outcome, now);
}

void Stack::carry_out(Neighbours::Outcome& outcome, base::Now now) {
    for (Neighbours::Released& released : outcome.released)
        if (ports_[released.port].up)
            actions_.push_back(model::FrameOut{released.port, std::move(released.frame)});
    for (const Neighbours::Ask& ask : outcome.asks)
        solicit(ask);
    for (const Probed& probed : outcome.probed)
        for_role_.push_back({probed, nullptr});
    for (const Neighbours::Undeliverable& lost : outcome.undeliverable) {
        const base::View ip = ip6_packet(base::View(lost.frame).subspan(ethernet_size));
        actions_.push_back(
            model::Note{"not sent: nobody answers on port " + config_.self.ports[lost.port].name,
                        {{"next-hop", base::text(lost.next_hop)}}});
        if (ip.empty())
            continue;
        const auto inner = quoted_inner(ip);
        if (inner && tunnels_.find(inner->tunnel))
            relay_error(*inner, wire::DestinationUnreachable{3, {}, 0, {}}, now);
        else
            report(ip, wire::DestinationUnreachable{3, {}, 0, {}}, {}, now);
    }
}

void Stack::solicit(const Neighbours::Ask& ask) {
    if (ask.port >= ports_.size() || !ports_[ask.port].up)
        return;
    base::Ip6 source = link_local(ask.port);
    if (!ask.target.is_link_local())
        for (const base::Prefix& address : ports_[ask.port].addresses)
            if (!address.address.is_link_local() && address.contains(ask.target)) {
                source = address.address;
                break;
            }
    wire::NeighborSolicitation message;
    message.target = ask.target;
    message.options.emplace_back(wire::SourceLinkLayerAddress{mac(ask.port), {}});
    const base::Ip6 to = ask.to ? ask.target : ask.target.solicited_node();
    const base::Bytes octets = wire::encode({{wire::Ipv6{source, to, 255}, message}, {}, {}}, profile_);
    to_mac(ask.port, ask.to.value_or(base::multicast_mac(to)), octets);
}

} // namespace peers::common
