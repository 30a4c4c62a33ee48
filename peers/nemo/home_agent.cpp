#include "peers/nemo/home_agent.h"

#include "peers/common/settings.h"

#include <algorithm>

namespace peers::nemo {

HomeAgent::HomeAgent(const model::NodeConfig& config, AdjustHa adjust)
    : config_(config), settings_(config.self.settings), adjust_(std::move(adjust)) {
    configure();
    pool_ = PrefixSpace(policy_.pools);
    persistent_pool_ = PrefixSpace(policy_.persistent_pools);
    read_clients();
}

common::Wants HomeAgent::wants() const {
    return {.mobility_types = {wire::BindingUpdate::kind.type, wire::BindingAcknowledgement::kind.type,
                               wire::BindingError::kind.type},
            .udp_ports = {},
            .icmp_types = {wire::HomeAgentDiscoveryRequest::kind.type}};
}

void HomeAgent::configure() {
    policy_ = ha_policy(settings_);
    if (adjust_)
        adjust_(policy_);
}

void HomeAgent::provision(Client& client, const std::string& prefixes, bool implicit) {
    const model::Settings one{{"prefixes", prefixes}};
    for (const base::Prefix& prefix : common::SettingsReader(one).prefixes("prefixes")) {
        Lease lease;
        lease.prefix = prefix.canonical();
        lease.persistent = true;
        lease.implicit = implicit;
        pool_.take(lease.prefix);
        persistent_pool_.take(lease.prefix);
        client.leases.push_back(lease);
    }
}

/// The prefix table, from the policy of the nodes that this agent serves.
void HomeAgent::read_clients() {
    for (const model::Identity& identity : config_.topology.identities) {
        const common::SettingsReader read(identity.policy);
        const auto address = base::parse_ip6(read.text("home-address").value_or(""));
        if (!address || read.text("service").value_or("on") == "off")
            continue;
        Client client;
        client.name = identity.name;
        client.home_address = *address;
        client.is_router = read.flag("mobile-router", true);
        client.may_request = read.flag("delegation", true);
        client.associations = read.prefixes("associations");
        provision(client, std::string(read.text("prefixes").value_or("")), false);
        provision(client, std::string(read.text("implicit-prefixes").value_or("")), true);
        client.reserved = read.prefixes("reserved");
        for (const base::Prefix& prefix : client.reserved) {
            pool_.take(prefix);
            persistent_pool_.take(prefix);
        }
        clients_.emplace(*address, std::move(client));
    }
}

void HomeAgent::start(base::Now now, common::Output& out) {
    guard(out);
    load_store(out);
    if (const auto port = home_port(); port && policy_.home.length != 0) {
        out.add_address(*port, {mip6::home_agents_anycast(policy_.home), 128});
        if (policy_.advertises && policy_.advertise > base::Duration{})
            advertise_at_ = now.mono + policy_.advertise;
    }
}

void HomeAgent::on(const common::Input& input, base::Now now, common::Output& out) {
    if (const auto* packet = std::get_if<common::Arrived>(&input))
        arrived(*packet, now, out);
    else if (const auto* event = std::get_if<model::Told>(&input))
        told(*event, now, out);
}

void HomeAgent::arrived(const common::Arrived& packet, base::Now now, common::Output& out) {
    if (!packet.for_us)
        return;
    if (packet.packet->find<wire::HomeAgentDiscoveryRequest>()) {
        discover(packet, out);
    } else if (packet.packet->find<wire::RouterSolicitation>()) {
        if (packet.port == home_port() && policy_.advertises && policy_.home.length != 0)
            advertise(now, out);
    } else if (!packet.tunnel) {
        // What comes out of a tunnel is a visitor's traffic, whatever it claims to be.
        if (const auto registration = mip6::read_registration(*packet.packet))
            receive(*registration, now, out);
    }
}

Client* HomeAgent::client_of(const base::Ip6& home_address) {
    const auto found = clients_.find(home_address);
    return found == clients_.end() ? nullptr : &found->second;
}

void HomeAgent::tick(base::Now now, common::Output& out) {
    expire(now, out);
    if (advertise_at_ && *advertise_at_ <= now.mono)
        advertise(now, out);
}

void HomeAgent::expire(base::Now now, common::Output& out) {
    for (auto& [home, client] : clients_) {
        if (client.binding && client.binding->expires <= now.mono && policy_.expires) {
            out.note("expired", {{"home-address", base::text(home)}});
            remove_binding(client, now, out);
        }
        std::vector<base::Prefix> over;
        for (const Lease& lease : client.leases) {
            const bool ended = lease.valid_until && *lease.valid_until <= now.mono;
            const bool reclaimed = policy_.reclaims && policy_.reclaim > base::Duration{} &&
                                   lease.delegated && client.unbound_since &&
                                   *client.unbound_since + policy_.reclaim <= now.mono;
            if (ended || reclaimed)
                over.push_back(lease.prefix);
        }
        for (const base::Prefix& prefix : over) {
            client.lapsed.insert(prefix);
            withdraw(client, prefix, out);
        }
    }
}

std::optional<base::Mono> HomeAgent::deadline() const {
    std::optional<base::Mono> earliest = advertise_at_;
    const auto consider = [&](base::Mono when) {
        if (!earliest || when < *earliest)
            earliest = when;
    };
    for (const auto& [home, client] : clients_) {
        if (client.binding && policy_.expires)
            consider(client.binding->expires);
        for (const Lease& lease : client.leases) {
            if (lease.valid_until)
                consider(*lease.valid_until);
            if (policy_.reclaims && policy_.reclaim > base::Duration{} && lease.delegated &&
                client.unbound_since)
                consider(*client.unbound_since + policy_.reclaim);
        }
    }
    return earliest;
}

} // namespace peers::nemo
