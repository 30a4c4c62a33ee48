#include "peers/delegation/delegating_role.h"

#include "peers/common/settings.h"
#include "peers/dhcp/options.h"
#include "peers/dhcp/relay.h"

namespace peers::delegation {

namespace {

/// More relay agents behind each other than RFC 3315, 5.5, allows hops.
constexpr unsigned most_relays = 32;

} // namespace

DelegatingRole::DelegatingRole(const model::NodeConfig& config,
                               std::function<void(dhcp::DelegationPolicy&)> adjust)
    : config_(config), settings_(config.self.settings), adjust_(std::move(adjust)),
      router_(dhcp::DelegationPolicy{}) {
    configure();
}

common::Wants DelegatingRole::wants() const {
    return {.mobility_types = {}, .udp_ports = {dhcp::server_port}, .icmp_types = {}};
}

void DelegatingRole::configure() {
    const common::SettingsReader read(settings_);
    dhcp::DelegationPolicy policy;
    const auto seconds = [&](const char* name, std::uint32_t& field) {
        if (const auto time = read.duration(name))
            field = static_cast<std::uint32_t>(*time / std::chrono::seconds(1));
    };
    policy.pools = read.prefixes("pool");
    policy.length = static_cast<unsigned>(std::min<std::uint64_t>(read.number("prefix-length", 64), 128));
    seconds("preferred", policy.preferred);
    seconds("valid", policy.valid);
    seconds("t1", policy.t1);
    seconds("t2", policy.t2);
    policy.honours_hints = read.text("hints") != "ignore"; // RFC 3633 allows it
    policy.rapid_commit = read.flag("rapid-commit", policy.rapid_commit);
    if (!config_.self.ports.empty())
        policy.mac = config_.self.ports.front().mac;
    if (adjust_)
        adjust_(policy);
    router_.configure(std::move(policy));
}

void DelegatingRole::start(base::Now, common::Output& out) {
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port) {
        out.join(port, dhcp::all_relays_and_servers);
        out.join(port, dhcp::all_servers);
    }
}

void DelegatingRole::on(const common::Input& input, base::Now now, common::Output& out) {
    if (const auto* packet = std::get_if<common::Arrived>(&input)) {
        if (packet->for_us)
            arrived(*packet, now, out);
    } else if (const auto* event = std::get_if<model::Told>(&input)) {
        if (event->event == "set") {
            for (const auto& [name, value] : event->arguments)
                settings_[name] = value;
            configure();
        } else if (event->event == "forget") {
            router_.forget();
        } else if (event->event == "state") {
            model::Arguments fields = event->arguments;
            fields["count"] = fields["bindings"] = std::to_string(router_.bindings());
            out.note("state", std::move(fields));
        }
    }
}

/// RFC 3315, 20.3: the answer goes back the way that the question came.
std::optional<wire::Dhcpv6Any> DelegatingRole::answer(const wire::Dhcpv6Any& asked, unsigned depth,
                                                      base::Now now) {
    if (const auto* message = std::get_if<wire::Dhcpv6Message>(&asked)) {
        const auto said = router_.answer(*message, now);
        return said ? std::optional<wire::Dhcpv6Any>(*said) : std::nullopt;
    }
    const auto& relayed = std::get<wire::Dhcpv6Relay>(asked);
    const auto* carried = dhcp::find_option<wire::RelayMessage>(relayed.options);
    if (relayed.type != wire::dhcpv6::relay_forward || !carried || carried->message.empty() ||
        depth >= most_relays)
        return std::nullopt;
    const auto inner = answer(carried->message.front(), depth + 1, now);
    if (!inner)
        return std::nullopt;
    wire::Dhcpv6Relay out;
    out.type = wire::dhcpv6::relay_reply;
    out.hop_count = relayed.hop_count;
    out.link_address = relayed.link_address;
    out.peer_address = relayed.peer_address;
    if (const auto* id = dhcp::find_option<wire::InterfaceId>(relayed.options))
        out.options.emplace_back(wire::InterfaceId{id->value, {}});
    wire::RelayMessage back;
    back.message.push_back(*inner);
    out.options.emplace_back(std::move(back));
    return wire::Dhcpv6Any(std::move(out));
}

void DelegatingRole::arrived(const common::Arrived& packet, base::Now now, common::Output& out) {
    const auto* ip = packet.packet->find<wire::Ipv6>();
    const auto* relay = packet.packet->find<wire::Dhcpv6Relay>();
    const auto* message = packet.packet->find<wire::Dhcpv6Message>();
    if (!ip || (!relay && !message))
        return;
    const auto said = answer(relay ? wire::Dhcpv6Any(*relay) : wire::Dhcpv6Any(*message), 0, now);
    if (!said)
        return;
    wire::Layer layer = std::visit([](const auto& one) { return wire::Layer(one); }, *said);
    const std::uint16_t port = relay ? dhcp::server_port : dhcp::client_port;
    if (ip->source.is_link_local())
        out.send_on(packet.port, dhcp::datagram(base::link_local(config_.self.ports[packet.port].mac),
                                                ip->source, dhcp::server_port, port, std::move(layer)));
    else
        out.send(
            dhcp::datagram(config_.self.address(), ip->source, dhcp::server_port, port, std::move(layer)));
}

} // namespace peers::delegation
