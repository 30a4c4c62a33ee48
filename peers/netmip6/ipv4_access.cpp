#include "peers/netmip6/ipv4_access.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr std::uint8_t first_refusal = 128; // RFC 5555, 3.2.1
constexpr std::int64_t lifetime_unit = 4;   // seconds

} // namespace

Ipv4Access::Ipv4Access(const model::NodeConfig& config, Attachments& attachments, Ipv4Policy policy)
    : ports_(config.self.ports), attachments_(attachments), policy_(policy) {}

/// RFC 6572, 4.16, or the first address of the /24 around the node's (PC-21).
base::Ip4 Ipv4Access::gateway(const Session& session) const {
    if (session.ipv4_gateway)
        return *session.ipv4_gateway;
    if (session.profile.ipv4_gateway)
        return *session.profile.ipv4_gateway;
    return Ip4Prefix{session.ipv4_address.value_or(base::Ip4{}), 24}.host(1);
}

bool Ipv4Access::on(const common::Input& input, base::Now now, common::Output& out) {
    const auto* arrived = std::get_if<common::Arrived>(&input);
    if (!arrived || arrived->packet->layers.empty() || arrived->port >= ports_.size())
        return false;
    if (const auto arp = arp_of(*arrived->packet)) {
        on_arp(*arrived, *arp, out);
        return true;
    }
    const base::View packet = ip4_packet(*arrived->packet);
    if (packet.empty())
        return false;
    if (arrived->packet->find<wire::Ipv6>()) {
        downlink(*arrived, packet, out);
    } else if (const auto question = dhcpv4_of(*arrived->packet)) {
        if (Session* session = attachments_.session_at(arrived->port, arrived->link_source))
            on_dhcp(*session, *question, now, out);
    } else {
        uplink(*arrived, packet, out);
    }
    return true;
}

void Ipv4Access::on_dhcp(Session& session, const Dhcpv4Question& question, base::Now now,
                         common::Output& out) {
    if (session.phase == Phase::authenticating)
        return;
    Client& client = clients_[session.nai];
    if (session.phase == Phase::waiting)
        session.wants_ipv6 = false; // as long as it has asked for nothing but this
    switch (question.type) {
    case dhcpv4::discover: {
        if (session.ipv4_address && session.is_served()) {
            client.offered = client.leased ? std::nullopt : std::optional(now.mono + policy_.hold);
            return answer(session, *question.message, dhcpv4::offer, out);
        }
        const bool changed = !session.wants_ipv4;
        client.waiting = *question.message;
        client.waiting_type = dhcpv4::offer;
        session.wants_ipv4 = true;
        if (!policy_.waits) {
            session.ipv4_address = session.ipv4_address.value_or(base::Ip4{{10, 64, 0, 250}});
            answer(session, *question.message, dhcpv4::offer, out);
            session.ipv4_address.reset();
        }
        if (!policy_.once && !changed)
            session.home.request(now);
        if (policy_.registers)
            attachments_.trigger(session, changed || !policy_.once, now, out);
        return;
    }
    case dhcpv4::request:
        return on_request(session, client, question, now, out);
    case dhcpv4::release:
        if (policy_.releases && question.address == session.ipv4_address)
            end(session, client, "released", now, out);
        return;
    case dhcpv4::decline:
        return end(session, client, "declined", now, out);
    case dhcpv4::inform:
        if (session.ipv4_address && question.address == session.ipv4_address)
            answer(session, *question.message, dhcpv4::ack, out);
        return;
    default:
        return;
    }
}

void Ipv4Access::on_request(Session& session, Client& client, const Dhcpv4Question& question, base::Now now,
                            common::Output& out) {
    const auto wanted = question.requested ? question.requested : question.address;
    if (!wanted)
        return;
    if (session.ipv4_address && session.is_served()) {
        if (question.server && *question.server != gateway(session))
            return; // it has taken another server's offer: ours ends by itself
        if (*wanted != *session.ipv4_address && policy_.refuses)
            return answer(session, *question.message, dhcpv4::nak, out);
        client.offered.reset();
        client.leased = true;
        if (policy_.acknowledges)
            answer(session, *question.message, dhcpv4::ack, out);
        return;
    }
    if (question.server)
        return; // of an offer that is not ours, or not any more
    const bool changed = !session.wants_ipv4;
    client.waiting = *question.message;
    client.waiting_type = dhcpv4::ack;
    client.requested = wanted;
    session.wants_ipv4 = true;
    attachments_.trigger(session, changed, now, out);
}

/// The node does without IPv4: its session ends where it was for nothing else.
void Ipv4Access::end(Session& session, Client& client, const char* why, base::Now now, common::Output& out) {
    client = {};
    session.wants_ipv4 = false;
    if (session.ipv4_address)
        addresses_.erase(*session.ipv4_address);
    session.ipv4_address.reset();
    if (session.wants_ipv6)
        attachments_.trigger(session, true, now, out);
    else
        attachments_.end(session, why, now, out);
}

void Ipv4Access::tick(base::Now now, common::Output& out) {
    for (auto& [nai, client] : clients_) {
        if (!client.offered || *client.offered > now.mono)
            continue;
        client.offered.reset();
        if (Session* session = attachments_.session_of(nai); session && policy_.gives_up_offers) {
            end(*session, client, "the offer was not taken", now, out);
            return; // the map may have changed; what is left is due at once
        }
    }
}

std::optional<base::Mono> Ipv4Access::deadline() const {
    std::optional<base::Mono> out;
    for (const auto& [nai, client] : clients_)
        if (client.offered && (!out || *client.offered < *out))
            out = client.offered;
    return out;
}

bool Ipv4Access::prepare(Session& session, base::Now, common::Output&) {
    if (!policy_.wildcard && session.wants_ipv4 && session.home.parties().home.is_unspecified())
        session.home.parties().home = base::slaac(attachments_.care_of(), session.mac);
    return true;
}

void Ipv4Access::extend(const Session& session, wire::BindingUpdate& update) const {
    if (!session.wants_ipv4 || !policy_.asks)
        return;
    wire::Ipv4HomeAddress option;
    const auto client = clients_.find(session.nai);
    const auto asked = client == clients_.end() ? std::nullopt : client->second.requested;
    if (const auto address = session.ipv4_address           ? session.ipv4_address
                             : session.profile.ipv4_address ? session.profile.ipv4_address
                                                            : asked) {
        option.address = *address;
        option.prefix_length = 32;
    } else if (!policy_.zeroes) {
        option.address = base::Ip4{{255, 255, 255, 255}};
    }
    option.p = policy_.prefix_bit;
    update.options.push_back(option);
}

void Ipv4Access::accepted(Session& session, const wire::BindingAcknowledgement& message, base::Now,
                          common::Output& out) {
    if (!session.wants_ipv4)
        return;
    const auto* address = wire::find<wire::Ipv4HomeAddress>(message.options);
    const auto* status = wire::find<wire::Ipv4AddressAcknowledgement>(message.options);
    const char* trouble = nullptr;
    base::Ip4 given = address ? address->address : status ? status->address : base::Ip4{};
    if (status && status->status >= first_refusal && policy_.minds_status)
        trouble = "refused";
    else if (address && status && address->address != status->address)
        trouble = "contradictory";
    else if (given == base::Ip4{})
        trouble = "not confirmed";
    if (trouble && !policy_.needs_confirmation && !status) {
        trouble = nullptr;
        given = base::Ip4{{10, 64, 0, 250}};
    }
    if (!trouble) {
        if (session.ipv4_address && *session.ipv4_address != given)
            addresses_.erase(*session.ipv4_address);
        session.ipv4_address = given;
        return;
    }
    out.note("no ipv4", {{"nai", session.nai}, {"because", trouble}});
    if (session.ipv4_address)
        addresses_.erase(*session.ipv4_address);
    session.ipv4_address.reset();
    session.wants_ipv4 = false;
    failed(session, {}, out);
}

/// No address: a node that asked to go on with one is told so; others try elsewhere by themselves.
void Ipv4Access::failed(Session& session, base::Now, common::Output& out) {
    const auto client = clients_.find(session.nai);
    if (client == clients_.end())
        return;
    if (client->second.waiting && client->second.waiting_type == dhcpv4::ack)
        answer(session, *client->second.waiting, dhcpv4::nak, out);
    client->second = {};
}

void Ipv4Access::serve(Session& session, base::Now now, common::Output& out) {
    if (!session.ipv4_address)
        return;
    addresses_[*session.ipv4_address] = session.nai;
    Client& client = clients_[session.nai];
    if (!client.waiting)
        return;
    const wire::Dhcpv4 question = *client.waiting;
    std::uint8_t type = client.waiting_type;
    if (type == dhcpv4::ack && client.requested != session.ipv4_address)
        type = dhcpv4::nak;
    client.waiting.reset();
    client.requested.reset();
    client.leased = type == dhcpv4::ack;
    client.offered = type == dhcpv4::offer ? std::optional(now.mono + policy_.hold) : std::nullopt;
    answer(session, question, type, out);
}

void Ipv4Access::withdraw(Session& session, base::Now, common::Output&) {
    if (session.ipv4_address)
        addresses_.erase(*session.ipv4_address);
    clients_.erase(session.nai);
}

void Ipv4Access::answer(const Session& session, const wire::Dhcpv4& question, std::uint8_t type,
                        common::Output& out) const {
    Dhcpv4Answer reply;
    reply.type = type;
    reply.gateway = gateway(session);
    reply.server = policy_.names_server ? reply.gateway : base::Ip4{};
    if (type == dhcpv4::offer || type == dhcpv4::ack) {
        reply.address = session.ipv4_address.value_or(base::Ip4{});
        if (!policy_.right_address)
            reply.address = ip4_of(number_of(reply.address) + 1);
        const auto granted = std::chrono::seconds(session.home.granted() * lifetime_unit);
        const auto lease = std::min<base::Duration>(policy_.lease, 2 * granted);
        reply.lease = static_cast<std::uint32_t>(lease / std::chrono::seconds(1));
        const auto* inform = wire::find<wire::Dhcpv4MessageType>(question.options);
        if (inform && inform->value == dhcpv4::inform) { // RFC 2131, 4.3.5
            reply.address = {};
            reply.lease = 0;
        }
    }
    out.send_frame(session.port, frame_of(reply, question, ports_[session.port].mac));
}

/// The router has every address of the link but the node's own: there is nobody else on it.
void Ipv4Access::on_arp(const common::Arrived& arrived, const Arp& arp, common::Output& out) {
    const Session* session = attachments_.session_at(arrived.port, arrived.link_source);
    if (!session || !arp.request || !session->ipv4_address || arp.target == *session->ipv4_address)
        return;
    const base::Mac& mac = ports_[arrived.port].mac;
    out.send_frame(arrived.port,
                   frame_of(Arp{false, mac, arp.sender_mac, arp.target, arp.sender}, arp.sender_mac));
}

void Ipv4Access::uplink(const common::Arrived& arrived, base::View packet, common::Output& out) {
    const Session* session = attachments_.session_at(arrived.port, arrived.link_source);
    if (!session || !session->is_served() || !session->ipv4_address || !policy_.tunnels)
        return;
    if (ip4_source(packet) != *session->ipv4_address && policy_.checks_source)
        return;
    const base::Ip4 to = ip4_destination(packet);
    if (to.octets[0] >= 224) // multicast and broadcast stay on their link
        return;
    if (const auto next = ip4_forwarded(packet))
        out.send(in_ip6(session->home.parties().care_of, session->home.parties().anchor, *next));
}

void Ipv4Access::downlink(const common::Arrived& arrived, base::View packet, common::Output& out) {
    const auto owner = addresses_.find(ip4_destination(packet));
    const Session* session = owner == addresses_.end() ? nullptr : attachments_.session_of(owner->second);
    const auto* outer = wire::outer_ip(*arrived.packet);
    if (!session || !session->is_served() || !session->attached || !outer)
        return;
    if (outer->source != session->home.parties().anchor && policy_.checks_source)
        return;
    if (const auto next = ip4_forwarded(packet))
        out.send_frame(session->port, ethernet_frame(ports_[session->port].mac, session->mac, *next));
}

void Ipv4Access::give(const Session& session, base::Now, wire::ContextOptions& options) const {
    if (!session.ipv4_address)
        return;
    const auto client = clients_.find(session.nai);
    wire::ContextIpv4HomeAddress option;
    option.address = *session.ipv4_address;
    option.gateway = gateway(session);
    option.leased = client != clients_.end() && client->second.leased;
    option.active = option.leased;
    options.push_back(option);
}

void Ipv4Access::take(Session& session, const wire::ContextOptions& options, base::Now) {
    const auto* option = wire::find<wire::ContextIpv4HomeAddress>(options);
    if (!option || option->address == base::Ip4{})
        return;
    session.wants_ipv4 = true;
    if (!policy_.keeps_address)
        return;
    session.ipv4_address = option->address;
    if (option->gateway != base::Ip4{})
        session.ipv4_gateway = option->gateway;
    clients_[session.nai].leased = option->leased;
}

} // namespace peers::netmip6
