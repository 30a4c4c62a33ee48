#include "harness/base/text.h"
#include "peers/delegation/router_role.h"

#include <algorithm>

// The router's part towards its own network.

namespace peers::delegation {

namespace {

constexpr int order_out = 10, order_in = 20, order_unused = 30;
constexpr unsigned link_length = 64;
constexpr std::uint16_t router_lifetime = 1800; // seconds
constexpr std::uint32_t for_ever = 0xffffffff;
constexpr unsigned times_withdrawn = 3;
constexpr std::uint16_t rip_port = 521;
constexpr base::Ip6 rip_routers{{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x09}};
constexpr base::Prefix anywhere{};

} // namespace

/// The /64 of a link: the n-th of the delegated prefix for the n-th link (RFC 3633, 12.1).
base::Prefix RouterRole::on_link(common::PortIndex port) const {
    if (network_->length >= link_length)
        return *network_;
    const auto links = ingress();
    const auto index = static_cast<std::uint64_t>(std::ranges::find(links, port) - links.begin());
    return network_->subnet(index, link_length);
}

void RouterRole::install(const base::Prefix& network, common::Output& out) {
    network_ = network;
    fading_.reset();
    for (const common::PortIndex port : ingress())
        if (policy_.installs_route)
            out.add_address(port, {on_link(port).host(1), on_link(port).length});
    route(out);
}

void RouterRole::withdraw(base::Now now, common::Output& out) {
    if (!network_)
        return;
    for (const common::PortIndex port : ingress())
        out.remove_address(port, on_link(port).host(1));
    fading_ = network_;
    fades_ = times_withdrawn;
    network_.reset();
    route(out);
    advertise_all(now, out);
    advertise_at_ = now.mono + policy_.advertise;
    out.note("withdrawn", {{"prefix", base::text(*fading_)}});
}

/// Its network leaves by every gateway that there is: with two, by one for each half of the host addresses.
/// What comes back for the network and is on none of its links is dropped, so that it does not go round.
void RouterRole::route(common::Output& out) {
    for (const std::string& name : rules_)
        out.remove_rule(name);
    rules_.clear();
    const auto add = [&](common::Rule rule) {
        rules_.push_back(rule.name);
        out.set_rule(std::move(rule));
    };
    std::vector<common::PortTarget> ways;
    for (const auto& [port, link] : egress_)
        if (link.up && link.router)
            ways.push_back({port, link.router});
    if (!ways.empty() && policy_.takes_default_route)
        out.add_route(anywhere, ways.front());
    else
        out.remove_route(anywhere);
    if (!network_)
        return;
    for (const common::PortIndex port : ingress()) {
        const base::Prefix link = on_link(port);
        common::Rule inside{.name = "in " + std::to_string(port), .order = order_in};
        inside.destination = link;
        inside.verdict = common::PortTarget{port, std::nullopt};
        add(std::move(inside));
        if (ways.empty() || !policy_.forwards)
            continue;
        const bool halves = ways.size() > 1 && policy_.uses_all_links && link.length < 128;
        for (std::uint64_t half = 0; half < (halves ? 2u : 1u); ++half) {
            common::Rule outside{.name = "out " + std::to_string(port) + " " + std::to_string(half),
                                 .order = order_in + order_out};
            outside.port = port;
            outside.source = halves ? link.subnet(half, link.length + 1) : link;
            outside.verdict = ways[half];
            add(std::move(outside));
        }
    }
    common::Rule unused{.name = "unused", .order = order_in + order_unused};
    unused.destination = *network_;
    unused.verdict = common::Drop{};
    add(std::move(unused));
}

void RouterRole::advertise_all(base::Now now, common::Output& out) const {
    for (const common::PortIndex port : ingress())
        advertise(port, now, out);
    if (policy_.numbers_egress)
        for (const auto& [port, link] : egress_)
            advertise(port, now, out);
}

/// RFC 3633, 12.1: no lifetime is longer than what was delegated.
void RouterRole::advertise(common::PortIndex port, base::Now now, common::Output& out) const {
    wire::RouterAdvertisement ra;
    ra.router_lifetime = router_lifetime;
    ra.options.push_back(wire::SourceLinkLayerAddress{.address = config_.self.ports[port].mac});
    const auto put = [&](const base::Prefix& prefix, std::uint32_t preferred, std::uint32_t valid) {
        wire::PrefixInformation information;
        information.prefix = prefix.address;
        information.prefix_length = static_cast<std::uint8_t>(prefix.length);
        information.l = true;
        information.a = prefix.length == link_length;
        information.valid_lifetime = valid;
        information.preferred_lifetime = preferred;
        ra.options.push_back(information);
    };
    const auto left = [&](const std::optional<base::Mono>& end) {
        if (!end || !policy_.limits_lifetimes)
            return for_ever;
        return static_cast<std::uint32_t>(
            std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(*end - now.mono).count()));
    };
    if (network_ && policy_.advertises_network) {
        const auto has = request_.delegated(now);
        put(on_link(port), has ? left(has->preferred) : for_ever, has ? left(has->valid) : for_ever);
    }
    if (fading_)
        put(fading_->length < link_length ? fading_->subnet(0, link_length) : *fading_, 0, 0);
    if (!network_ && !fading_)
        return;
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = base::link_local(config_.self.ports[port].mac),
                                       .destination = base::all_nodes,
                                       .hop_limit = 255});
    packet.layers.push_back(std::move(ra));
    out.send_on(port, std::move(packet));
}

/// RIPng (RFC 2080, 2.4.1): asks the neighbours for all that they have.
void RouterRole::announce(common::PortIndex port, common::Output& out) const {
    base::Bytes request(24);
    request[0] = request[1] = 1;
    request[23] = 16;
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = base::link_local(config_.self.ports[port].mac),
                                       .destination = rip_routers,
                                       .hop_limit = 255});
    packet.layers.push_back(wire::Udp{.source_port = rip_port, .destination_port = rip_port});
    packet.layers.push_back(wire::Payload{std::move(request)});
    out.send_on(port, std::move(packet));
}

} // namespace peers::delegation
