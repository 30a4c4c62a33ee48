#include "peers/netmip6/dhcpv6_access.h"

#include "peers/dhcp/relay.h"

namespace peers::netmip6 {

namespace {

constexpr std::uint16_t no_addresses_available = 2; // RFC 3315, 24.4

template <class Option>
const Option* option_of(const wire::Dhcpv6Options& options) {
    for (const wire::Dhcpv6Option& one : options)
        if (const auto* found = std::get_if<Option>(&one))
            return found;
    return nullptr;
}

/// RFC 3315, 9.4: by the link-layer address.
base::Bytes duid_of(const base::Mac& mac) {
    base::Bytes duid{0, 3, 0, 1};
    duid.insert(duid.end(), mac.octets.begin(), mac.octets.end());
    return duid;
}

} // namespace

Dhcpv6Access::Dhcpv6Access(const model::NodeConfig& config, Attachments& attachments)
    : config_(config), attachments_(attachments) {}

std::vector<std::uint16_t> Dhcpv6Access::udp_ports() const {
    return {dhcp::server_port};
}

void Dhcpv6Access::start(base::Now, common::Output& out) {
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (config_.topology.identity(config_.self.ports[port].name))
            out.join(port, dhcp::all_relays_and_servers);
}

bool Dhcpv6Access::on(const common::Input& input, base::Now now, common::Output& out) {
    const auto* packet = std::get_if<common::Arrived>(&input);
    const auto* message = packet ? packet->packet->find<wire::Dhcpv6Message>() : nullptr;
    const auto* ip = packet ? wire::outer_ip(*packet->packet) : nullptr;
    if (!message || !ip)
        return false;
    Session* session = attachments_.session_at(packet->port, packet->link_source);
    if (!session)
        return true; // nobody who was let in
    if (ip->source.is_link_local())
        session->link_local = ip->source;
    const Asked asked{*message, ip->source};
    switch (message->type) {
    case wire::dhcpv6::solicit:
    case wire::dhcpv6::request:
    case wire::dhcpv6::renew:
    case wire::dhcpv6::rebind:
    case wire::dhcpv6::confirm:
        if (session->is_served() && session->served_by) {
            answer(*session, asked, true, out);
            return true;
        }
        asked_[session->nai] = asked;
        attachments_.trigger(*session, false, now, out);
        return true;
    case wire::dhcpv6::release: {
        const std::string nai = session->nai;
        answer(*session, asked, true, out);
        asked_.erase(nai);
        attachments_.end(*session, "released", now, out);
        return true;
    }
    default:
        return true;
    }
}

void Dhcpv6Access::serve(Session& session, base::Now, common::Output& out) {
    const auto waiting = asked_.find(session.nai);
    if (waiting == asked_.end())
        return;
    answer(session, waiting->second, true, out);
    asked_.erase(waiting);
}

void Dhcpv6Access::failed(Session& session, base::Now, common::Output& out) {
    const auto waiting = asked_.find(session.nai);
    if (waiting == asked_.end())
        return;
    answer(session, waiting->second, false, out);
    asked_.erase(waiting);
}

void Dhcpv6Access::withdraw(Session& session, base::Now, common::Output&) {
    asked_.erase(session.nai);
}

void Dhcpv6Access::answer(const Session& session, const Asked& asked, bool has_address,
                          common::Output& out) const {
    const model::Port& port = config_.self.ports[session.port];
    const bool solicited = asked.message.type == wire::dhcpv6::solicit;
    const bool rapid = solicited && option_of<wire::RapidCommit>(asked.message.options);
    wire::Dhcpv6Message reply;
    reply.type = solicited && !rapid ? wire::dhcpv6::advertise : wire::dhcpv6::reply;
    reply.transaction_id = asked.message.transaction_id;
    if (const auto* client = option_of<wire::ClientId>(asked.message.options))
        reply.options.emplace_back(*client);
    reply.options.emplace_back(wire::ServerId{.duid = duid_of(port.mac)});
    if (rapid && has_address)
        reply.options.emplace_back(wire::RapidCommit{});
    if (!has_address) {
        reply.options.emplace_back(wire::StatusCode{.status = no_addresses_available});
    } else if (const auto* association = option_of<wire::IaNa>(asked.message.options);
               association && asked.message.type != wire::dhcpv6::release) {
        // As with a prefix, twice what was granted (PC-20).
        const std::uint32_t valid = std::uint32_t{session.home.granted()} * 8;
        wire::IaNa lease;
        lease.iaid = association->iaid;
        lease.t1 = valid / 4;
        lease.t2 = valid / 2;
        wire::IaAddress address;
        address.address = session.home_address();
        address.preferred_lifetime = address.valid_lifetime = valid;
        lease.options.emplace_back(std::move(address));
        reply.options.emplace_back(std::move(lease));
    }
    out.send_on(session.port,
                dhcp::datagram(base::link_local(port.mac), asked.from, dhcp::server_port, dhcp::client_port,
                               std::move(reply)),
                session.mac);
}

} // namespace peers::netmip6
