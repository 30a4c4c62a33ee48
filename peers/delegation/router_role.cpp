#include "peers/delegation/router_role.h"

#include "harness/base/text.h"
#include "peers/dhcp/relay.h"

#include <algorithm>

namespace peers::delegation {

namespace {

constexpr unsigned most_solicitations = 3; // RFC 4861, 10
constexpr base::Duration solicitation_interval = std::chrono::seconds(4);

dhcp::RequestPolicy request_policy(const model::NodeConfig& config, RouterPolicy& policy) {
    if (policy.request.seed == 0)
        policy.request.seed = config.seed;
    for (const model::Port& port : config.self.ports)
        if (port.name == "access")
            policy.request.mac = port.mac;
    return policy.request;
}

RouterPolicy adjusted(const model::NodeConfig& config, const std::function<void(RouterPolicy&)>& adjust) {
    RouterPolicy policy = router_policy(config);
    if (adjust)
        adjust(policy);
    return policy;
}

std::string argument(const model::Told& told, const char* name) {
    const auto found = told.arguments.find(name);
    return found == told.arguments.end() ? std::string() : found->second;
}

} // namespace

RouterRole::RouterRole(const model::NodeConfig& config, const std::function<void(RouterPolicy&)>& adjust)
    : config_(config), policy_(adjusted(config, adjust)), request_(request_policy(config, policy_)) {
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (is_egress(port))
            egress_[port];
}

common::Wants RouterRole::wants() const {
    return {.mobility_types = {}, .udp_ports = {dhcp::client_port}, .icmp_types = {}};
}

bool RouterRole::is_egress(common::PortIndex port) const {
    return port < config_.self.ports.size() && config_.self.ports[port].name.starts_with("access");
}

std::vector<common::PortIndex> RouterRole::ingress() const {
    std::vector<common::PortIndex> out;
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (!is_egress(port))
            out.push_back(port);
    return out;
}

void RouterRole::start(base::Now now, common::Output& out) {
    for (const common::PortIndex port : ingress()) // what is not of its network goes nowhere
        out.set_rule({.name = "other " + std::to_string(port),
                      .order = 100,
                      .port = port,
                      .source = {},
                      .destination = {},
                      .verdict = common::Drop{}});
    if (policy_.owned) {
        install(policy_.owned->canonical(), out);
        advertise_at_ = now.mono;
    }
}

void RouterRole::on(const common::Input& input, base::Now now, common::Output& out) {
    if (const auto* packet = std::get_if<common::Arrived>(&input)) {
        if (packet->for_us)
            arrived(*packet, now, out);
    } else if (const auto* change = std::get_if<model::Carrier>(&input)) {
        carrier(*change, now, out);
    } else if (const auto* event = std::get_if<model::Told>(&input)) {
        told(*event, now, out);
    }
    ask(now, out);
}

void RouterRole::arrived(const common::Arrived& packet, base::Now now, common::Output& out) {
    const auto* ra = packet.packet->find<wire::RouterAdvertisement>();
    if (ra && is_egress(packet.port)) {
        heard_router(*ra, packet, now, out);
    } else if (packet.packet->find<wire::RouterSolicitation>() && !is_egress(packet.port)) {
        advertise(packet.port, now, out);
    } else if (const auto* message = packet.packet->find<wire::Dhcpv6Message>();
               message && is_egress(packet.port)) {
        if (request_.heard(*message, now))
            use_network(now, out);
    }
}

/// The link is new, or may be: its routers and, if there is a prefix already, whether it is still good.
void RouterRole::carrier(const model::Carrier& change, base::Now now, common::Output& out) {
    const auto found = egress_.find(change.port);
    if (found == egress_.end())
        return;
    Egress& link = found->second;
    link.up = change.up;
    link.solicit_at.reset();
    if (!change.up) {
        lose_router(change.port, out);
        if (asking_on_ == change.port) {
            asking_on_.reset();
            request_.link_down();
            for (const auto& [port, other] : egress_)
                if (other.up)
                    asking_on_ = port;
        }
        if (!policy_.keeps_network_on_new_link)
            withdraw(now, out);
        return;
    }
    link.solicitations = most_solicitations;
    solicit(change.port, now, out);
    if (policy_.delegation && !asking_on_) {
        asking_on_ = change.port;
        request_.link_up(now);
    }
}

void RouterRole::solicit(common::PortIndex port, base::Now now, common::Output& out) {
    Egress& link = egress_[port];
    if (!link.up || link.solicitations == 0)
        return;
    --link.solicitations;
    link.solicit_at = now.mono + solicitation_interval;
    wire::RouterSolicitation solicitation;
    const base::Mac& mac = config_.self.ports[port].mac;
    solicitation.options.emplace_back(wire::SourceLinkLayerAddress{mac, {}});
    out.send_on(
        port, {{wire::Ipv6{base::link_local(mac), base::all_routers, 255}, std::move(solicitation)}, {}, {}});
}

void RouterRole::heard_router(const wire::RouterAdvertisement& ra, const common::Arrived& packet,
                              base::Now now, common::Output& out) {
    const auto* ip = packet.packet->find<wire::Ipv6>();
    Egress& link = egress_[packet.port];
    if (!ip || !link.up)
        return;
    if (ra.router_lifetime == 0) {
        if (link.router == ip->source)
            lose_router(packet.port, out);
    } else {
        const bool is_new = link.router != ip->source;
        link.solicit_at.reset();
        link.router = ip->source;
        link.router_until = now.mono + std::chrono::seconds(ra.router_lifetime);
        if (is_new && policy_.announces)
            announce(packet.port, out);
    }
    for (const auto* one : wire::find_all<wire::PrefixInformation>(ra.options)) {
        const base::Prefix prefix =
            base::Prefix{one->prefix, std::min<unsigned>(one->prefix_length, 128)}.canonical();
        if (!one->a || prefix.length != 64 || prefix.address.is_link_local() || !policy_.forms_home_address)
            continue;
        const base::Ip6 home = base::slaac(prefix.address, config_.self.ports[packet.port].mac);
        if (one->valid_lifetime == 0) {
            if (link.homes.erase(home))
                out.remove_address(packet.port, home);
        } else if (link.homes.emplace(home, prefix).second) {
            out.add_address(packet.port, {home, 128});
        }
    }
    route(out);
}

void RouterRole::lose_router(common::PortIndex port, common::Output& out) {
    egress_[port].router.reset();
    egress_[port].router_until.reset();
    route(out);
}

/// Says what DHCPv6 wants to be said, and follows what it has come to.
void RouterRole::ask(base::Now now, common::Output& out) {
    if (!policy_.delegation)
        return;
    while (auto message = request_.due(now)) {
        if (!asking_on_)
            break;
        out.send_on(*asking_on_, dhcp::datagram(base::link_local(config_.self.ports[*asking_on_].mac),
                                                dhcp::all_relays_and_servers, dhcp::client_port,
                                                dhcp::server_port, std::move(*message)));
    }
    use_network(now, out);
}

void RouterRole::use_network(base::Now now, common::Output& out) {
    if (!policy_.delegation)
        return;
    const auto has = request_.delegated(now);
    if (!has) {
        withdraw(now, out);
    } else if (network_ != has->prefix) {
        withdraw(now, out);
        install(has->prefix, out);
        out.note("delegated", {{"prefix", base::text(has->prefix)}});
        advertise_all(now, out);
        advertise_at_ = now.mono + policy_.advertise;
    }
}

void RouterRole::told(const model::Told& event, base::Now now, common::Output& out) {
    if (event.event == "release")
        request_.release(now);
    else if (event.event == "renew")
        request_.renew(now);
    else if (event.event == "interface") {
        for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
            if (config_.self.ports[port].name == argument(event, "port"))
                carrier({port, argument(event, "is") == "up"}, now, out);
    } else if (event.event == "state") {
        answer_state(event, now, out);
    }
}

void RouterRole::answer_state(const model::Told& question, base::Now, common::Output& out) const {
    const std::string of = argument(question, "of");
    if (of == "routes" || of == "neighbours" || of == "tunnels")
        return; // the stack's
    model::Arguments fields = question.arguments;
    fields["prefixes"] = network_ ? base::text(*network_) : std::string();
    fields["count"] = network_ ? "1" : "0";
    out.note("state", std::move(fields));
}

void RouterRole::tick(base::Now now, common::Output& out) {
    for (auto& [port, link] : egress_) {
        if (link.solicit_at && *link.solicit_at <= now.mono) {
            link.solicit_at.reset();
            solicit(port, now, out);
        }
        if (link.router_until && *link.router_until <= now.mono)
            lose_router(port, out);
    }
    ask(now, out);
    if (advertise_at_ && *advertise_at_ <= now.mono) {
        advertise_at_ =
            policy_.advertise > base::Duration{} ? std::optional(now.mono + policy_.advertise) : std::nullopt;
        advertise_all(now, out);
        if (fading_ && --fades_ == 0)
            fading_.reset();
    }
}

std::optional<base::Mono> RouterRole::deadline() const {
    std::optional<base::Mono> first = advertise_at_;
    const auto consider = [&](const std::optional<base::Mono>& when) {
        if (when && (!first || *when < *first))
            first = when;
    };
    for (const auto& [port, link] : egress_) {
        consider(link.solicit_at);
        consider(link.router_until);
    }
    if (asking_on_ || network_)
        consider(request_.deadline());
    return first;
}

} // namespace peers::delegation
