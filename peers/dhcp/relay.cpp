#include "peers/dhcp/relay.h"

namespace peers::dhcp {

namespace {

bool is_from_client(std::uint8_t type) {
    return type != wire::dhcpv6::advertise && type != wire::dhcpv6::reply &&
           type != wire::dhcpv6::reconfigure;
}

template <class Option>
const Option* option_of(const wire::Dhcpv6Options& options) {
    for (const wire::Dhcpv6Option& one : options)
        if (const Option* found = std::get_if<Option>(&one))
            return found;
    return nullptr;
}

} // namespace

std::optional<wire::Dhcpv6Relay> relayed(const wire::Packet& heard, const RelayedLink& link) {
    const auto* ip = heard.find_last<wire::Ipv6>();
    if (!ip)
        return std::nullopt;
    wire::Dhcpv6Relay out;
    out.type = wire::dhcpv6::relay_forward;
    out.link_address = link.link_address;
    out.peer_address = ip->source;
    wire::RelayMessage carried;
    if (const auto* message = heard.find<wire::Dhcpv6Message>(); message && is_from_client(message->type)) {
        carried.message.emplace_back(*message);
    } else if (const auto* other = heard.find<wire::Dhcpv6Relay>();
               other && other->type == wire::dhcpv6::relay_forward && other->hop_count < hop_count_limit) {
        carried.message.emplace_back(*other);
        out.hop_count = static_cast<std::uint8_t>(other->hop_count + 1);
        // The relay agent nearer to the client has said which link it is, unless it could not.
        if (!ip->source.is_link_local())
            out.link_address = {};
    } else {
        return std::nullopt;
    }
    if (!link.interface_id.empty())
        out.options.emplace_back(wire::InterfaceId{.value = link.interface_id, .header = {}});
    out.options.emplace_back(std::move(carried));
    return out;
}

std::optional<Unwrapped> unwrapped(const wire::Dhcpv6Relay& answer) {
    const auto* carried = option_of<wire::RelayMessage>(answer.options);
    if (answer.type != wire::dhcpv6::relay_reply || !carried || carried->message.empty())
        return std::nullopt;
    Unwrapped out{answer.peer_address, {}, client_port, carried->message.front()};
    if (const auto* id = option_of<wire::InterfaceId>(answer.options))
        out.interface_id = id->value;
    if (std::holds_alternative<wire::Dhcpv6Relay>(out.message))
        out.port = server_port;
    return out;
}

const wire::Dhcpv6Message* innermost(const wire::Dhcpv6Any& any) {
    if (const auto* message = std::get_if<wire::Dhcpv6Message>(&any))
        return message;
    const auto* carried = option_of<wire::RelayMessage>(std::get<wire::Dhcpv6Relay>(any).options);
    return carried && !carried->message.empty() ? innermost(carried->message.front()) : nullptr;
}

wire::Packet datagram(const base::Ip6& from, const base::Ip6& to, std::uint16_t port_from,
                      std::uint16_t port_to, wire::Layer message) {
    wire::Packet packet;
    packet.layers.emplace_back(wire::Ipv6{.source = from, .destination = to});
    packet.layers.emplace_back(wire::Udp{
        .source_port = port_from, .destination_port = port_to, .length = {}, .checksum = {}, .trailer = {}});
    packet.layers.push_back(std::move(message));
    return packet;
}

std::optional<base::Ip6> leased(const wire::Dhcpv6Message& message) {
    for (const wire::Dhcpv6Option& one : message.options)
        if (const auto* association = std::get_if<wire::IaNa>(&one))
            for (const wire::Dhcpv6Option& inner : association->options)
                if (const auto* address = std::get_if<wire::IaAddress>(&inner);
                    address && (address->valid_lifetime != 0 || message.type != wire::dhcpv6::reply))
                    return address->address;
    return std::nullopt;
}

std::uint16_t status_of(const wire::Dhcpv6Options& options) {
    const auto* status = option_of<wire::StatusCode>(options);
    return status ? status->status : std::uint16_t{0};
}

} // namespace peers::dhcp
