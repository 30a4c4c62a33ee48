#include "peers/dhcp/options.h"
#include "peers/dhcp/relay.h"
#include "peers/pmip6/mag.h"

#include <algorithm>

namespace peers::pmip6 {

namespace {

namespace type = wire::dhcpv6;

/// Of a client; those of servers and relay agents are none (RFC 3315, 15 and 20.1).
bool is_of_a_client(std::uint8_t message) {
    return message >= type::solicit && message <= type::information_request && message != type::advertise &&
           message != type::reply && message != type::reconfigure;
}

bool asks_for_prefixes(const wire::Dhcpv6Message* message) {
    return message && dhcp::find_option<wire::IaPd>(message->options) != nullptr;
}

/// Nothing but reserved bits is wrong with the octets.
bool is_whole(const wire::Packet& packet) {
    return std::ranges::none_of(packet.faults, [](const wire::Fault& fault) {
        return fault.kind == wire::FaultKind::truncated || fault.kind == wire::FaultKind::wrong_length ||
               fault.kind == wire::FaultKind::trailing;
    });
}

} // namespace

bool Mag::is_delegation(const common::Arrived& packet) {
    const auto* udp = packet.packet->find<wire::Udp>();
    if (!policy_.networks || !udp || udp->destination_port != dhcp::server_port)
        return false;
    const Visitor* visitor = list_.at(packet.port, packet.link_source);
    return (visitor && visitor->network.wanted) ||
           asks_for_prefixes(packet.packet->find<wire::Dhcpv6Message>());
}

/// 3.3.2: messages are verified before they are relayed.
bool Mag::is_proper(const wire::Packet& packet) const {
    if (!policy_.check_dhcp)
        return true;
    const auto* message = packet.find<wire::Dhcpv6Message>();
    return is_whole(packet) && message && is_of_a_client(message->type) && dhcp::is_sound(message->options) &&
           (message->type == type::information_request ||
            dhcp::find_option<wire::ClientId>(message->options));
}

void Mag::delegate(const common::Arrived& packet, base::Now now, common::Output& out) {
    Visitor* visitor = list_.at(packet.port, packet.link_source);
    // A router without the service is not heard, whatever it says about prefixes (3.3.2).
    if (!visitor || !visitor->network.wanted || !policy_.delegating_router)
        return;
    overheard(packet, out);
    if (const auto* nearer = packet.packet->find<wire::Dhcpv6Relay>()) {
        // A relay agent behind the router; what it asks for is not the router's prefix.
        const wire::Dhcpv6Any any(*nearer);
        const auto* said = dhcp::innermost(any);
        const bool is_right = is_whole(*packet.packet) && said && is_of_a_client(said->type);
        if (!visitor->network.is_known() || asks_for_prefixes(said) || (policy_.check_dhcp && !is_right))
            return;
        forward_request(*visitor, *packet.packet, out);
        return;
    }
    if (!is_proper(*packet.packet)) {
        out.note("not relayed", {{"nai", visitor->nai}});
        return;
    }
    NetworkState& network = visitor->network;
    if (network.is_known() && visitor->is_bound()) {
        forward_request(*visitor, *packet.packet, out);
        return;
    }
    if (policy_.relay_unassigned) {
        forward_request(*visitor, *packet.packet, out);
        return;
    }
    const auto* message = packet.packet->find<wire::Dhcpv6Message>();
    const bool may_come = visitor->phase == Phase::registering && visitor->pending;
    if (!message || message->type != type::solicit || !may_come || !policy_.hold_solicits)
        return;
    if (network.held && !policy_.hold_one_only)
        forward_request(*visitor, *network.held, out);
    network.held = *packet.packet;
    network.held_until = now.mono + policy_.solicit_hold;
}

/// 3.2: the assigned prefix is what the delegating router is to choose. With several associations the first
/// gets it, and the others say nothing of prefixes, so that there is one prefix to give.
void Mag::insert_hint(wire::Dhcpv6Message& message, const base::Prefix& network) const {
    const bool asks = message.type == type::solicit || message.type == type::request ||
                      message.type == type::renew || message.type == type::rebind;
    const bool is_sealed = dhcp::find_option<wire::Dhcpv6Authentication>(message.options) != nullptr;
    if (!asks || !policy_.insert_hints || network.length == 0 || (is_sealed && policy_.spare_authenticated))
        return;
    bool done = false;
    for (wire::Dhcpv6Option& option : message.options) {
        auto* association = std::get_if<wire::IaPd>(&option);
        if (!association)
            continue;
        wire::IaPrefix hint = dhcp::option_for(network);
        for (const auto* own : dhcp::find_options<wire::IaPrefix>(association->options))
            if (dhcp::prefix_of(*own) == network) {
                hint.preferred_lifetime = own->preferred_lifetime;
                hint.valid_lifetime = own->valid_lifetime;
            }
        if (policy_.replace_hints)
            std::erase_if(association->options, [](const wire::Dhcpv6Option& one) {
                return std::holds_alternative<wire::IaPrefix>(one);
            });
        if (!done || !policy_.one_hint_only)
            association->options.insert(policy_.replace_hints ? association->options.begin()
                                                              : association->options.end(),
                                        wire::Dhcpv6Option(std::move(hint)));
        association->header = {};
        done = true;
    }
}

void Mag::forward_request(Visitor& visitor, const wire::Packet& heard, common::Output& out) {
    wire::Packet hinted = heard;
    auto* message = hinted.find<wire::Dhcpv6Message>();
    if (message)
        insert_hint(*message, visitor.network.prefix);
    if (auto* nearer = hinted.find<wire::Dhcpv6Relay>(); nearer && !policy_.check_hops)
        nearer->hop_count = 0;
    const std::string& port = config_.self.ports[visitor.port].name;
    auto forward = dhcp::relayed(hinted, {visitor.prefix.address, base::Bytes(port.begin(), port.end())});
    if (!forward)
        return;
    NetworkState::Exchange exchange;
    exchange.forward = std::move(*forward);
    if (message) {
        exchange.transaction = message->transaction_id;
        exchange.type = message->type;
    }
    visitor.network.exchange = std::move(exchange);
    visitor.network.repeat_at.reset();
    send_exchange(visitor, out);
}

void Mag::send_exchange(const Visitor& visitor, common::Output& out) const {
    out.send(dhcp::datagram(care_of_, *policy_.delegating_router, dhcp::server_port, dhcp::server_port,
                            visitor.network.exchange->forward));
}

/// 3.3.2: the delegating router gets another chance to follow the hint, a few times.
void Mag::repeat_exchange(Visitor& visitor, common::Output& out) {
    if (!visitor.network.exchange || !visitor.network.is_known())
        return;
    ++visitor.network.exchange->repeats;
    send_exchange(visitor, out);
}

bool Mag::names_another(const Visitor& visitor, const wire::Dhcpv6Message& said) const {
    for (const auto* association : dhcp::find_options<wire::IaPd>(said.options))
        for (const auto* one : dhcp::find_options<wire::IaPrefix>(association->options))
            if (one->valid_lifetime != 0 && dhcp::prefix_of(*one) != visitor.network.prefix)
                return true;
    return false;
}

bool Mag::delegated(const common::Arrived& packet, base::Now now, common::Output& out) {
    const auto* ip = packet.packet->find<wire::Ipv6>();
    const auto* wrapped = packet.packet->find<wire::Dhcpv6Relay>();
    if (!policy_.networks || !ip || !wrapped || !packet.for_us || !policy_.delegating_router ||
        ip->source != *policy_.delegating_router)
        return false;
    const auto answer = dhcp::unwrapped(*wrapped);
    if (!answer)
        return false;
    Visitor* visitor = nullptr;
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port) {
        const std::string& name = config_.self.ports[port].name;
        if (is_access(port) && std::ranges::equal(name, answer->interface_id))
            for (Visitor* one : list_.on_port(port))
                if (one->network.wanted)
                    visitor = one;
    }
    if (!visitor)
        return false;
    const auto* said = dhcp::innermost(answer->message);
    const bool is_right =
        said && is_whole(*packet.packet) && dhcp::is_sound(said->options) &&
        (said->type == type::advertise || said->type == type::reply || said->type == type::reconfigure);
    if (!said || (policy_.check_dhcp && !is_right) ||
        (!visitor->network.is_known() && !policy_.relay_unassigned)) {
        out.note("answer discarded", {{"nai", visitor->nai}});
        return true;
    }
    NetworkState& network = visitor->network;
    if (policy_.check_delegated && names_another(*visitor, *said)) {
        out.note("another prefix", {{"nai", visitor->nai}});
        if (network.exchange && network.exchange->transaction == said->transaction_id) {
            if (network.exchange->repeats < policy_.delegation_repeats)
                network.repeat_at = now.mono + policy_.delegation_wait;
            else
                network.exchange.reset();
        }
        return true;
    }
    const common::PortIndex port = visitor->port;
    wire::Layer message = std::visit([](const auto& one) { return wire::Layer(one); }, answer->message);
    out.send_on(
        port,
        dhcp::datagram(link_local(port), answer->peer, dhcp::server_port, answer->port, std::move(message)),
        visitor->mac == base::Mac{} ? std::nullopt : std::optional(visitor->mac));
    heed(*visitor, *said, now, out);
    return true;
}

/// What an answer that was handed on means for the binding (3.2, 3.3.2; digest, B03 and B16).
void Mag::heed(Visitor& visitor, const wire::Dhcpv6Message& said, base::Now now, common::Output& out) {
    NetworkState& network = visitor.network;
    const bool is_answer = network.exchange && network.exchange->transaction == said.transaction_id;
    const std::uint8_t asked = is_answer ? network.exchange->type : std::uint8_t{0};
    if (said.type != type::reply)
        return;
    network.exchange.reset();
    network.repeat_at.reset();
    if (!policy_.route_at_once)
        install_network(visitor, out);
    if (asked == type::release && policy_.heed_release &&
        dhcp::status_in(said.options) == dhcp::code::success) {
        end_network(visitor, "released", now, out);
        return;
    }
    for (const auto* association : dhcp::find_options<wire::IaPd>(said.options))
        for (const auto* one : dhcp::find_options<wire::IaPrefix>(association->options)) {
            if (dhcp::prefix_of(*one) != network.prefix || !policy_.heed_zero_lifetime)
                continue;
            if (one->valid_lifetime == 0) {
                end_network(visitor, "delegated no longer", now, out);
                return;
            }
            network.over_at = one->valid_lifetime == dhcp::forever
                                  ? std::nullopt
                                  : std::optional(now.mono + std::chrono::seconds(one->valid_lifetime));
        }
}

} // namespace peers::pmip6
