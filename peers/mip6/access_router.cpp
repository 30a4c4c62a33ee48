#include "peers/mip6/access_router.h"

#include "peers/common/settings.h"

namespace peers::mip6 {

namespace {

constexpr std::uint16_t router_lifetime = 1800; // seconds
constexpr std::uint32_t prefix_lifetime = 7200; // seconds

} // namespace

AccessRouter::AccessRouter(const model::NodeConfig& config)
    : self_(config.self),
      interval_(common::SettingsReader(config.self.settings).duration("advertise", std::chrono::seconds(1))) {
    for (common::PortIndex port = 0; port < self_.ports.size(); ++port) {
        if (!config.topology.identity(self_.ports[port].name))
            continue;
        for (const base::Prefix& address : self_.ports[port].addresses)
            if (!address.address.is_link_local())
                access_.emplace(port, address.canonical());
    }
}

void AccessRouter::start(base::Now now, common::Output&) {
    next_ = now.mono + interval_;
}

void AccessRouter::on(const common::Input& input, base::Now, common::Output& out) {
    if (const auto* packet = std::get_if<common::Arrived>(&input)) {
        if (packet->for_us && packet->packet->find<wire::RouterSolicitation>())
            advertise(packet->port, out);
    } else if (const auto* carrier = std::get_if<model::Carrier>(&input); carrier && carrier->up) {
        advertise(carrier->port, out);
    } else if (const auto* told = std::get_if<model::Told>(&input); told && told->event == "attached") {
        for (const auto& [port, prefix] : access_)
            advertise(port, out);
    }
}

void AccessRouter::tick(base::Now now, common::Output& out) {
    if (now.mono < next_)
        return;
    next_ = now.mono + interval_;
    for (const auto& [port, prefix] : access_)
        advertise(port, out);
}

std::optional<base::Mono> AccessRouter::deadline() const {
    return access_.empty() ? std::nullopt : std::optional(next_);
}

void AccessRouter::advertise(common::PortIndex port, common::Output& out) const {
    const auto found = access_.find(port);
    if (found == access_.end())
        return;
    wire::RouterAdvertisement ra;
    ra.router_lifetime = router_lifetime;
    ra.options.push_back(wire::SourceLinkLayerAddress{.address = self_.ports[port].mac});
    wire::PrefixInformation prefix;
    prefix.prefix = found->second.address;
    prefix.prefix_length = static_cast<std::uint8_t>(found->second.length);
    prefix.l = prefix.a = true;
    prefix.valid_lifetime = prefix.preferred_lifetime = prefix_lifetime;
    ra.options.push_back(prefix);
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{
        .source = base::link_local(self_.ports[port].mac), .destination = base::all_nodes, .hop_limit = 255});
    packet.layers.push_back(std::move(ra));
    out.send_on(port, std::move(packet));
}

} // namespace peers::mip6
