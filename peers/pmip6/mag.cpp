#include "peers/pmip6/mag.h"

#include "harness/base/text.h"
#include "peers/dhcp/relay.h"
#include "peers/pmip6/routing_protocol.h"

namespace peers::pmip6 {

Mag::Mag(const model::NodeConfig& config, AdjustMag adjust)
    : config_(config), settings_(config.self.settings), adjust_(std::move(adjust)), store_(config.topology),
      care_of_(config.self.address()) {
    configure();
}

common::Wants Mag::wants() const {
    common::Wants wants{
        .mobility_types = {wire::BindingAcknowledgement::kind.type, wire::BindingError::kind.type},
        .udp_ports = {dhcp::server_port},
        .icmp_types = {}};
    if (policy_.networks && policy_.routing_protocols) {
        wants.udp_ports.push_back(ripng_port);
        wants.protocols.push_back(ospf);
    }
    return wants;
}

void Mag::configure() {
    policy_ = mag_policy(config_, settings_);
    if (adjust_)
        adjust_(policy_);
    store_.set_reachable(policy_.store_reachable);
    rate_ = UpdateRate(policy_.most_updates);
}

void Mag::start(base::Now, common::Output& out) {
    guard_access(out);
    join_clients(out);
    listen_to_routers(out);
    if (!policy_.link_local)
        return;
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (is_access(port))
            set_link_local(port, *policy_.link_local, out);
}

void Mag::on(const common::Input& input, base::Now now, common::Output& out) {
    if (const auto* packet = std::get_if<common::Arrived>(&input))
        arrived(*packet, now, out);
    else if (const auto* link = std::get_if<model::Carrier>(&input))
        carrier(*link, now, out);
    else if (const auto* event = std::get_if<model::Told>(&input))
        told(*event, now, out);
    else if (const auto* answer = std::get_if<common::Probed>(&input))
        probed(*answer, now, out);
    for (Visitor* visitor : list_.all())
        list_.reschedule(*visitor);
}

void Mag::arrived(const common::Arrived& packet, base::Now now, common::Output& out) {
    if (packet.tunnel)
        return;
    if (packet.packet->find<wire::BindingAcknowledgement>())
        acknowledged(packet, now, out);
    else if (const auto* error = packet.packet->find<wire::BindingError>())
        out.note("binding error", {{"status", std::to_string(error->status)}}); // MH-021: nothing is deleted
    else if (is_access(packet.port) && is_routing(packet))
        carry(packet, out);
    else if (is_access(packet.port) && is_delegation(packet))
        delegate(packet, now, out);
    else if (packet.packet->find<wire::Udp>())
        is_access(packet.port) ? relay(packet, out) : answered(packet, now, out);
    else if (is_access(packet.port) && packet.packet->find<wire::RouterSolicitation>())
        solicited(packet, now, out);
    else if (is_access(packet.port))
        overheard(packet, out);
}

void Mag::carrier(const model::Carrier& link, base::Now now, common::Output& out) {
    if (!is_access(link.port) || !policy_.attach_on_carrier)
        return;
    if (!link.up) {
        for (Visitor* visitor : list_.on_port(link.port))
            leave(*visitor, "carrier lost", now, out);
        return;
    }
    // At the start of the node every link comes up, whether or not somebody is on it.
    if (powered_.insert(link.port).second)
        return;
    if (const Profile* profile = profile_of_port(link.port))
        attach(*profile, link.port, profile->mac, true, now, out);
}

void Mag::told(const model::Told& event, base::Now now, common::Output& out) {
    if (event.event == "attached") {
        const auto port = port_of(event);
        const Profile* profile = profile_of(event);
        const auto refused = event.arguments.find("authenticated");
        if (!port || !profile || (refused != event.arguments.end() && refused->second == "no")) {
            out.note("not served", event.arguments);
            return;
        }
        const auto mac = event.arguments.find("mac");
        const auto address = mac == event.arguments.end() ? std::nullopt : base::parse_mac(mac->second);
        attach(*profile, *port, address.value_or(profile->mac), true, now, out);
    } else if (event.event == "set") {
        for (const auto& [name, value] : event.arguments)
            settings_[name] = value;
        configure();
        route_locally(out);
    } else if (event.event == "policy") {
        store_.change(event.arguments);
        route_locally(out);
    } else if (event.event == "sequence") {
        const Profile* profile = profile_of(event);
        const auto value = event.arguments.find("value");
        const auto number = value == event.arguments.end() ? std::nullopt : base::parse_number(value->second);
        if (profile && number)
            list_.set_sequence(profile->nai, static_cast<std::uint16_t>(*number));
    } else if (event.event == "context") {
        const Profile* profile = profile_of(event);
        const auto value = event.arguments.find("prefix");
        const auto prefix = value == event.arguments.end() ? std::nullopt : base::parse_prefix(value->second);
        if (profile && prefix)
            contexts_[profile->nai] = prefix->canonical();
    } else if (event.event == "state") {
        answer_state(event, now, out);
    } else if (const Profile* profile = profile_of(event)) {
        if (Visitor* visitor = list_.find(profile->nai))
            told_of(*visitor, event, now, out);
    }
}

void Mag::told_of(Visitor& visitor, const model::Told& event, base::Now now, common::Output& out) {
    if (event.event == "detached") {
        leave(visitor, "detached", now, out);
    } else if (event.event == "refresh" && visitor.is_bound()) {
        request(visitor, policy_.lifetime, now, out);
    } else if (event.event == "withdraw" && visitor.is_bound()) {
        stop_service(visitor, policy_.router_lifetime, out);
        leave(visitor, "withdrawn", now, out);
    } else if (event.event == "renumber" && visitor.is_bound()) {
        // 6.12: the old prefix goes first; then whatever the anchor gives.
        stop_service(visitor, policy_.router_lifetime, out);
        visitor.phase = Phase::registering;
        visitor.ignores_hint = true;
        request(visitor, policy_.lifetime, now, out);
    }
}

void Mag::tick(base::Now now, common::Output& out) {
    while (const auto nai = list_.due(now.mono)) {
        wake(*list_.find(*nai), now, out);
        if (Visitor* visitor = list_.find(*nai))
            list_.reschedule(*visitor);
    }
}

void Mag::wake(Visitor& visitor, base::Now now, common::Output& out) {
    const auto due = [&](std::optional<base::Mono>& timer) {
        const bool is_due = timer && *timer <= now.mono;
        if (is_due)
            timer.reset();
        return is_due;
    };
    if (due(visitor.give_up_at)) {
        finish(visitor, "not acknowledged", out);
        return;
    }
    if (due(visitor.expires_at))
        expire(visitor, now, out);
    if (due(visitor.network.over_at)) {
        end_network(visitor, "its lifetime is over", now, out);
        return;
    }
    if (due(visitor.network.repeat_at))
        repeat_exchange(visitor, out);
    if (due(visitor.transmit_at) && visitor.pending)
        transmit(visitor, now, out);
    if (due(visitor.refresh_at))
        check_presence(visitor, now, out);
    if (due(visitor.retry_at))
        request(visitor, policy_.lifetime, now, out);
    if (due(visitor.advertise_at))
        advertise(visitor, now, out);
}

std::optional<base::Mono> Mag::deadline() const {
    return list_.next_deadline();
}

} // namespace peers::pmip6
