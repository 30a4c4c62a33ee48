#include "peers/nemo/mobile_router.h"

#include <algorithm>

namespace peers::nemo {

namespace {

constexpr int order_out = 10, order_on_link = 20, order_unused = 30;
constexpr std::uint16_t ingress_router_lifetime = 1800;    // seconds
constexpr std::uint32_t longest_preferred = 7 * 24 * 3600; // seconds
constexpr unsigned times_withdrawn = 3;
constexpr unsigned link_length = 64;

/// The part of a prefix that is on the ingress link: the first /64.
base::Prefix on_link(const base::Prefix& prefix) {
    return prefix.length < link_length ? prefix.subnet(0, link_length) : prefix;
}

} // namespace

void MobileRouter::install(Network fresh, base::Now, common::Output& out) {
    if (Network* known = network(fresh.prefix)) {
        known->valid_until = fresh.valid_until;
        known->persistent = fresh.persistent;
        known->implicit = fresh.implicit;
        known->delegated = fresh.delegated;
        return;
    }
    const auto ports = ingress();
    if (ports.empty())
        return;
    // An interface without a prefix first.
    const auto bare = std::ranges::find_if(ports, [&](common::PortIndex port) {
        return std::ranges::none_of(networks_, [&](const Network& one) { return one.port == port; });
    });
    fresh.port = bare == ports.end() ? ports[networks_.size() % ports.size()] : *bare;
    fading_.erase(fresh.prefix);
    networks_.push_back(fresh);
    put_on_link(networks_.back(), out);
}

void MobileRouter::put_on_link(Network& one, common::Output& out) {
    if (one.installed || down_.contains(one.port))
        return;
    one.installed = true;
    const base::Prefix link = on_link(one.prefix);
    out.add_address(one.port, {link.host(1), link.length});
    set_rules(one, out);
}

void MobileRouter::set_rules(const Network& one, common::Output& out) const {
    const std::string name = base::text(one.prefix);
    const base::Prefix link = on_link(one.prefix);
    common::Rule inside{.name = "link " + name, .order = order_on_link};
    inside.destination = link;
    inside.verdict = common::PortTarget{one.port, std::nullopt};
    out.set_rule(std::move(inside));
    common::Rule unused{.name = "unused " + name, .order = order_unused};
    unused.destination = one.prefix;
    if (policy_.discards_unused || !tunnel_)
        unused.verdict = common::Drop{};
    else
        unused.verdict = *tunnel_;
    out.set_rule(std::move(unused));
    if (!tunnel_)
        return;
    common::Rule up{.name = "out " + name, .order = order_out + order_on_link};
    up.port = one.port;
    up.source = one.prefix;
    up.verdict = *tunnel_;
    if (policy_.tunnels)
        out.set_rule(std::move(up));
}

void MobileRouter::withdraw(const base::Prefix& prefix, common::Output& out) {
    const auto found = std::ranges::find(networks_, prefix, &Network::prefix);
    if (found == networks_.end())
        return;
    const Network gone = *found;
    networks_.erase(found);
    for (Need& need : needs_)
        if (need.state == Need::State::met && need.got == prefix)
            need.state = Need::State::given_up;
    if (!gone.installed)
        return;
    const base::Prefix link = on_link(prefix);
    out.remove_address(gone.port, link.host(1));
    for (const char* rule : {"link ", "unused ", "out "})
        out.remove_rule(rule + base::text(prefix));
    fading_[prefix] = times_withdrawn;
    out.note("withdrawn", {{"prefix", base::text(prefix)}});
}

/// RFC 3963, 5.5 and 5.6: everything of the mobile network goes and comes through the home agent.
void MobileRouter::use_tunnel(common::Output& out) {
    const common::TunnelEnds ends{care_of_, policy_.agents[agent_]};
    tunnel_ = ends;
    out.add_tunnel(ends);
    common::Rule foreign{.name = "tunnel", .order = 90};
    foreign.tunnel = ends;
    foreign.verdict = common::Drop{};
    out.set_rule(std::move(foreign));
    for (const Network& one : networks_)
        if (one.installed)
            set_rules(one, out);
}

void MobileRouter::drop_tunnel(common::Output& out) {
    if (!tunnel_)
        return;
    out.remove_tunnel(*tunnel_);
    out.remove_rule("tunnel");
    for (const Network& one : networks_)
        out.remove_rule("out " + base::text(one.prefix));
    tunnel_.reset();
}

void MobileRouter::advertise_all(base::Now now, common::Output& out) {
    advertise_at_.reset();
    if (policy_.advertise > base::Duration{})
        advertise_at_ = now.mono + policy_.advertise;
    for (const common::PortIndex port : ingress())
        advertise(port, now, out);
    if (policy_.advertises_on_egress && !networks_.empty())
        advertise(access_, now, out);
    for (auto& [prefix, left] : fading_)
        --left;
    std::erase_if(fading_, [](const auto& entry) { return entry.second == 0; });
}

/// A 7, status 0, and RFC 4861: with the lifetimes that are left (A 6.5).
void MobileRouter::advertise(common::PortIndex port, base::Now now, common::Output& out) const {
    wire::RouterAdvertisement ra;
    ra.router_lifetime = ingress_router_lifetime;
    ra.options.push_back(wire::SourceLinkLayerAddress{.address = config_.self.ports[port].mac});
    const auto add = [&](const base::Prefix& prefix, std::uint32_t valid) {
        wire::PrefixInformation information;
        information.prefix = prefix.address;
        information.prefix_length = static_cast<std::uint8_t>(prefix.length);
        information.l = true;
        information.a = prefix.length == link_length;
        information.valid_lifetime = valid;
        information.preferred_lifetime = std::min(valid, longest_preferred);
        ra.options.push_back(information);
    };
    bool any = false;
    for (const Network& one : networks_) {
        const bool here = one.port == port || port == access_;
        if (!here || !one.installed || (one.delegated && !policy_.advertises_granted))
            continue;
        std::uint32_t valid = infinite;
        if (one.valid_until)
            valid = static_cast<std::uint32_t>(std::max<std::int64_t>(
                0, std::chrono::floor<std::chrono::seconds>(*one.valid_until - now.mono).count()));
        add(on_link(one.prefix), valid);
        any = true;
    }
    for (const auto& [prefix, left] : fading_) {
        add(on_link(prefix), 0);
        any = true;
    }
    if (!any)
        return;
    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = base::link_local(config_.self.ports[port].mac),
                                       .destination = base::all_nodes,
                                       .hop_limit = 255});
    packet.layers.push_back(std::move(ra));
    out.send_on(port, std::move(packet));
}

} // namespace peers::nemo
