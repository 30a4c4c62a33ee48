#include "peers/dhcp/relay.h"
#include "peers/pmip6/mag.h"

namespace peers::pmip6 {

void Mag::join_clients(common::Output& out) const {
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (is_access(port))
            out.join(port, dhcp::all_relays_and_servers);
}

bool Mag::is_stateful(const Visitor& visitor) const {
    const Profile* profile = store_.by_nai(visitor.nai);
    return policy_.shared_prefix || (profile && profile->configuration != Configuration::stateless);
}

/// 6.11: the link-address is the node's home network prefix, which tells the server the node's link wherever
/// in the domain it is. Before there is one, nothing is relayed: the node will ask again.
void Mag::relay(const common::Arrived& packet, common::Output& out) {
    Visitor* visitor = list_.at(packet.port, packet.link_source);
    if (!visitor || !policy_.dhcp_server || !is_stateful(*visitor) || visitor->phase == Phase::deregistering)
        return;
    const bool is_home = visitor->is_bound() || visitor->phase == Phase::plain;
    if (!policy_.shared_prefix && (!is_home || visitor->prefix.length == 0))
        return;
    const base::Prefix& link = policy_.shared_prefix ? *policy_.shared_prefix : visitor->prefix;
    const std::string& name = config_.self.ports[packet.port].name;
    auto forward = dhcp::relayed(*packet.packet, {link.address, base::Bytes(name.begin(), name.end())});
    if (!forward)
        return;
    if (const auto* message = packet.packet->find<wire::Dhcpv6Message>())
        visitor->asked_address = dhcp::leased(*message);
    overheard(packet, out);
    out.send(dhcp::datagram(care_of_, *policy_.dhcp_server, dhcp::server_port, dhcp::server_port,
                            std::move(*forward)));
}

/// The server's answer goes to the node on the link that the interface-id names, if it is still there.
void Mag::answered(const common::Arrived& packet, base::Now now, common::Output& out) {
    if (delegated(packet, now, out))
        return;
    const auto* ip = packet.packet->find<wire::Ipv6>();
    const auto* wrapped = packet.packet->find<wire::Dhcpv6Relay>();
    if (!ip || !wrapped || !packet.for_us || !policy_.dhcp_server || ip->source != *policy_.dhcp_server)
        return;
    const auto answer = dhcp::unwrapped(*wrapped);
    if (!answer)
        return;
    const std::string name(answer->interface_id.begin(), answer->interface_id.end());
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port) {
        if (!is_access(port) || config_.self.ports[port].name != name)
            continue;
        for (Visitor* visitor : list_.on_port(port)) {
            if (visitor->phase == Phase::deregistering)
                continue;
            wire::Layer message =
                std::visit([](const auto& one) { return wire::Layer(one); }, answer->message);
            out.send_on(port,
                        dhcp::datagram(link_local(port), answer->peer, dhcp::server_port, answer->port,
                                       std::move(message)),
                        visitor->mac == base::Mac{} ? std::nullopt : std::optional(visitor->mac));
            const wire::Dhcpv6Message* said = dhcp::innermost(answer->message);
            if (said && said->type == wire::dhcpv6::reply && dhcp::status_of(said->options) == 0) {
                const auto given = dhcp::leased(*said);
                if (const auto address = given ? given : visitor->asked_address)
                    lease(*visitor, *address, now, out);
            }
            return;
        }
    }
}

/// Appendix B: what is registered is the address that the node leases or confirms.
void Mag::lease(Visitor& visitor, const base::Ip6& address, base::Now now, common::Output& out) {
    if (!policy_.shared_prefix || !policy_.shared_prefix->contains(address) ||
        visitor.leased_address == address || visitor.phase == Phase::plain)
        return;
    if (visitor.is_bound())
        stop_service(visitor, policy_.router_lifetime, out);
    visitor.phase = Phase::registering;
    visitor.leased_address = address;
    request(visitor, policy_.lifetime, now, out);
}

} // namespace peers::pmip6
