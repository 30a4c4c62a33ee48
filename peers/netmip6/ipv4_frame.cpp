#include "peers/netmip6/ipv4_frame.h"

#include "harness/base/text.h"
#include "peers/common/octets.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr std::size_t arp_size = 28, ip4_size = 20;
constexpr std::uint16_t server_port = 67, client_port = 68;
constexpr std::uint8_t mask_option = 1, router_option = 3, end_option = 255;

template <class Address>
void put(base::Bytes& into, const Address& address) {
    into.insert(into.end(), address.octets.begin(), address.octets.end());
}

template <class Address>
Address get(base::View octets, std::size_t at) {
    Address out;
    std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(at), out.octets.size(), out.octets.begin());
    return out;
}

base::Bytes link_header(const base::Mac& from, const base::Mac& to, std::uint16_t type) {
    base::Bytes out;
    put(out, to);
    put(out, from);
    out.resize(common::ethernet_size);
    base::write16(out, 12, type);
    return out;
}

/// Where the packet begins in what was decoded: behind the Ethernet header, or behind the IPv6 headers.
std::size_t start_of_ip4(const wire::Packet& packet) {
    if (packet.layers.empty())
        return packet.raw.size();
    if (std::holds_alternative<wire::Ethernet>(packet.layers.front()))
        if (packet.raw.size() > common::ethernet_size &&
            base::read16(packet.raw, 12) == common::ethertype_ip4)
            return common::ethernet_size;
    const std::size_t link =
        std::holds_alternative<wire::Ethernet>(packet.layers.front()) ? common::ethernet_size : 0;
    const base::View ip =
        common::ip6_packet(base::View(packet.raw).subspan(std::min(link, packet.raw.size())));
    if (ip.empty())
        return packet.raw.size();
    const common::Upper upper = common::upper_of(ip);
    return upper.complete && upper.protocol == common::protocol::ip4 ? link + upper.offset
                                                                     : packet.raw.size();
}

} // namespace

std::uint32_t number_of(const base::Ip4& address) {
    return base::read32(address.octets, 0);
}

base::Ip4 ip4_of(std::uint32_t number) {
    base::Ip4 out;
    for (std::size_t i = 0; i < 4; ++i)
        out.octets[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    return out;
}

bool Ip4Prefix::contains(const base::Ip4& other) const {
    return length == 0 || (number_of(address) ^ number_of(other)) >> (32 - length) == 0;
}

base::Ip4 Ip4Prefix::host(std::uint32_t number) const {
    const std::uint32_t mask = length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
    return ip4_of((number_of(address) & mask) + number);
}

std::optional<Ip4Prefix> parse_ip4_prefix(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = base::parse_ip4(text.substr(0, slash));
    const auto length = slash == std::string_view::npos ? std::optional<std::uint64_t>(32)
                                                        : base::parse_number(text.substr(slash + 1));
    if (!address || !length || *length > 32)
        return std::nullopt;
    return Ip4Prefix{*address, static_cast<unsigned>(*length)};
}

std::optional<Arp> arp_of(const wire::Packet& frame) {
    const base::View octets = frame.raw;
    if (octets.size() < common::ethernet_size + arp_size || base::read16(octets, 12) != common::ethertype_arp)
        return std::nullopt;
    const base::View arp = octets.subspan(common::ethernet_size);
    const std::uint16_t operation = base::read16(arp, 6);
    if (base::read32(arp, 0) != 0x00010800 || base::read16(arp, 4) != 0x0604 || operation < 1 ||
        operation > 2)
        return std::nullopt;
    return Arp{operation == 1, get<base::Mac>(arp, 8), get<base::Mac>(arp, 18), get<base::Ip4>(arp, 14),
               get<base::Ip4>(arp, 24)};
}

base::Bytes frame_of(const Arp& arp, const base::Mac& to) {
    base::Bytes out = link_header(arp.sender_mac, to, common::ethertype_arp);
    for (const int octet : {0, 1, 8, 0, 6, 4, 0, arp.request ? 1 : 2})
        out.push_back(static_cast<std::uint8_t>(octet));
    put(out, arp.sender_mac);
    put(out, arp.sender);
    put(out, arp.target_mac);
    put(out, arp.target);
    return out;
}

base::View ip4_packet(const wire::Packet& packet) {
    const base::View rest = base::View(packet.raw).subspan(start_of_ip4(packet));
    if (rest.size() < ip4_size || rest[0] >> 4 != 4)
        return {};
    const std::size_t size = base::read16(rest, 2), header = (rest[0] & 15u) * 4u;
    return header < ip4_size || size < header || size > rest.size() ? base::View{} : rest.first(size);
}

base::Ip4 ip4_source(base::View packet) {
    return get<base::Ip4>(packet, 12);
}

base::Ip4 ip4_destination(base::View packet) {
    return get<base::Ip4>(packet, 16);
}

std::optional<base::Bytes> ip4_forwarded(base::View packet) {
    if (packet[8] <= 1)
        return std::nullopt;
    base::Bytes out(packet.begin(), packet.end());
    --out[8];
    std::uint32_t sum = base::read16(out, 10) + 0x100u;
    sum = (sum & 0xffff) + (sum >> 16);
    base::write16(out, 10, static_cast<std::uint16_t>(sum));
    return out;
}

base::Bytes ethernet_frame(const base::Mac& from, const base::Mac& to, base::View packet) {
    base::Bytes out = link_header(from, to, common::ethertype_ip4);
    out.insert(out.end(), packet.begin(), packet.end());
    return out;
}

wire::Packet in_ip6(const base::Ip6& from, const base::Ip6& to, base::View packet) {
    wire::Ipv6 outer{from, to};
    outer.next_header = common::protocol::ip4;
    return {{outer, wire::Payload{base::Bytes(packet.begin(), packet.end())}}, {}, {}};
}

std::optional<Dhcpv4Question> dhcpv4_of(const wire::Packet& frame) {
    const auto* udp = frame.find<wire::Udp>();
    const auto* message = frame.find<wire::Dhcpv4>();
    if (!udp || !message || udp->destination_port != server_port || message->op != 1)
        return std::nullopt;
    const auto* type = wire::find<wire::Dhcpv4MessageType>(message->options);
    if (!type)
        return std::nullopt;
    Dhcpv4Question out{message, type->value, {}, {}, {}};
    if (const auto* option = wire::find<wire::RequestedIpAddress>(message->options))
        out.requested = option->address;
    if (const auto* option = wire::find<wire::Dhcpv4ServerIdentifier>(message->options))
        out.server = option->address;
    if (message->client_address != base::Ip4{})
        out.address = message->client_address;
    return out;
}

base::Bytes frame_of(const Dhcpv4Answer& answer, const wire::Dhcpv4& question, const base::Mac& from) {
    wire::Dhcpv4 message;
    message.op = 2;
    message.transaction_id = question.transaction_id;
    message.broadcast = question.broadcast;
    message.client_address = answer.type == dhcpv4::ack ? question.client_address : base::Ip4{};
    message.your_address = answer.address;
    message.relay_address = question.relay_address;
    message.hardware_address = question.hardware_address;
    message.options.push_back(wire::Dhcpv4MessageType{.value = answer.type});
    message.options.push_back(wire::Dhcpv4ServerIdentifier{.address = answer.server});
    if (answer.lease)
        message.options.push_back(wire::IpAddressLeaseTime{.value = answer.lease});
    if (answer.type != dhcpv4::nak) {
        message.options.push_back(wire::UnknownDhcpv4Option{.type = mask_option, .data = {255, 255, 255, 0}});
        const auto& gateway = answer.gateway.octets;
        message.options.push_back(
            wire::UnknownDhcpv4Option{.type = router_option, .data = {gateway.begin(), gateway.end()}});
    }
    message.options.push_back(wire::UnknownDhcpv4Option{.type = end_option});
    // RFC 2131, 4.1: a client that cannot hear its own address yet has said so
    const bool known = question.client_address != base::Ip4{};
    const bool everybody = answer.type == dhcpv4::nak || (!known && question.broadcast);
    wire::Ethernet link;
    link.source = from;
    link.destination = everybody ? broadcast_mac : question.hardware_address;
    wire::Ipv4 ip;
    ip.source = answer.server;
    ip.destination = everybody ? base::Ip4{{255, 255, 255, 255}}
                     : known   ? question.client_address
                               : answer.address;
    wire::Udp udp;
    udp.source_port = server_port;
    udp.destination_port = client_port;
    return wire::encode({{link, ip, udp, message}, {}, {}});
}

} // namespace peers::netmip6
