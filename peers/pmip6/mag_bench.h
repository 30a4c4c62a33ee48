#pragma once

#include "peers/pmip6/mag.h"
#include "peers/pmip6/role_bench.h"

#include <algorithm>
#include <string>

namespace peers::pmip6 {

/// A gateway with two mobile nodes and one without the service, between two anchors that the test plays.
class MagBench {
public:
    static base::Ip6 ip(std::string_view text) { return base::parse_ip6(text).value(); }
    static base::Prefix prefix(std::string_view text) { return base::parse_prefix(text).value(); }
    static base::Mac mac(unsigned last) {
        return base::Mac{{2, 0, 0, 0, 0x10, static_cast<std::uint8_t>(last)}};
    }
    static constexpr std::size_t core = 0, local = 1, mn1 = 2, mn2 = 3, plain = 4;

    static model::NodeConfig config(model::Settings settings, const std::string& profile) {
        model::NodeConfig config;
        config.profile = profile;
        model::Node& self = config.self;
        self.name = "mag1";
        self.role = "mag";
        self.ports = {{.name = "core", .link = "core", .mac = mac(0xf0)},
                      {.name = "local", .link = "local", .mac = mac(0xf1)}};
        self.ports[0].addresses = {prefix("2001:db8:0:1::1/48")};
        self.ports[1].addresses = {prefix("2001:db8:d::fe/64")};
        unsigned number = 1;
        for (const char* name : {"mn1", "mn2", "plain"}) {
            model::Port port{.name = name, .link = std::string("mag1-") + name, .mac = mac(0xf1 + number)};
            self.ports.push_back(port);
            config.topology.links.push_back({.name = port.link, .access = "mag1", .identity = name});
            model::Identity identity{
                .name = name, .nai = std::string(name) + "@example.net", .mac = mac(number)};
            identity.lma = number == 2 ? "lma2" : "lma1";
            if (identity.name == "plain")
                identity.policy["service"] = "off";
            config.topology.identities.push_back(identity);
            ++number;
        }
        self.settings = std::move(settings);
        const auto node = [&](const char* name, const char* role, const char* address) {
            model::Node made{.name = name, .role = role};
            made.ports = {{.name = "core", .link = "core", .addresses = {prefix(address)}}};
            config.topology.nodes.push_back(made);
        };
        node("lma1", "lma", "2001:db8:0:ff::1/48");
        node("lma2", "lma", "2001:db8:0:fe::1/48");
        config.topology.nodes.push_back(self);
        return config;
    }

    explicit MagBench(std::initializer_list<model::Settings::value_type> settings = {},
                      const std::string& profile = "draft02", AdjustMag adjust = {})
        : mag(config(settings, profile), std::move(adjust)), bench(mag) {}

    void attach(const std::string& name) { bench.tell("attached", {{"mobile-node", name}, {"port", name}}); }
    void detach(const std::string& name) { bench.tell("detached", {{"mobile-node", name}, {"port", name}}); }
    void solicit(std::size_t port, const base::Mac& from) {
        wire::Packet packet;
        packet.layers = {
            wire::Ipv6{.source = base::link_local(from), .destination = ip("ff02::2"), .hop_limit = 255},
            wire::RouterSolicitation{}};
        bench.arrive(packet, port, from);
    }
    /// The last update that was sent; it must exist.
    const wire::BindingUpdate& update() const { return *bench.last<wire::BindingUpdate>(); }
    const wire::Ipv6& update_ip() const {
        return *bench.all<wire::BindingUpdate>().back()->packet.find<wire::Ipv6>();
    }
    template <class T>
    const T* option() const {
        return wire::find<T>(update().options);
    }
    static base::Prefix asked(const wire::BindingUpdate& update) {
        const auto* option = wire::find<wire::HomeNetworkPrefix>(update.options);
        return option ? base::Prefix{option->prefix, option->prefix_length} : base::Prefix{};
    }
    /// An answer to the last update as an anchor by the book would give it.
    wire::Packet answer(std::uint8_t status = 0, std::uint16_t lifetime = 900,
                        std::string_view hnp = "2001:db8:100:1::/64") const {
        wire::BindingAcknowledgement ack;
        ack.p = true;
        ack.status = status;
        ack.sequence = update().sequence;
        ack.lifetime = status < 128 ? std::min(lifetime, update().lifetime) : std::uint16_t{0};
        const base::Prefix granted = status < 128 ? prefix(hnp) : asked(update());
        ack.options.push_back(wire::HomeNetworkPrefix{
            .prefix = granted.address, .prefix_length = static_cast<std::uint8_t>(granted.length)});
        if (const auto* stamp = option<wire::Timestamp>())
            ack.options.push_back(*stamp);
        if (const auto* name = option<wire::MobileNodeIdentifier>())
            ack.options.push_back(*name);
        wire::Packet packet;
        packet.layers = {wire::Ipv6{.source = update_ip().destination, .destination = update_ip().source},
                         ack};
        return packet;
    }
    static wire::BindingAcknowledgement& ack(wire::Packet& packet) {
        return *packet.find<wire::BindingAcknowledgement>();
    }
    void bind(const std::string& name, std::uint16_t lifetime = 900,
              std::string_view hnp = "2001:db8:100:1::/64") {
        attach(name);
        bench.arrive(answer(0, lifetime, hnp));
    }
    const Visitor* visitor(const std::string& name) const {
        return mag.visitors().find(name + "@example.net");
    }
    bool is_bound(const std::string& name) const { return visitor(name) && visitor(name)->is_bound(); }
    /// The presence check that is running finds the node, or does not.
    void find_node(bool reachable, const base::Mac& who) {
        const auto probe = bench.probes.back();
        bench.give(common::Probed{probe.port, probe.address, reachable, who});
    }
    /// Where a packet of a node goes.
    bool uplink_is(std::size_t port, const base::Ip6& source, const base::Ip6& to,
                   const common::TunnelEnds& ends) const {
        const auto verdict = bench.verdict(port, {}, source, to);
        return std::holds_alternative<common::TunnelEnds>(verdict) &&
               std::get<common::TunnelEnds>(verdict) == ends;
    }
    bool is_dropped(std::size_t port, const base::Ip6& source, const base::Ip6& to) const {
        return std::holds_alternative<common::Drop>(bench.verdict(port, {}, source, to));
    }
    const wire::PrefixInformation* advertised() const {
        const auto* ra = bench.last<wire::RouterAdvertisement>();
        return ra ? wire::find<wire::PrefixInformation>(ra->options) : nullptr;
    }

    base::Ip6 care_of = ip("2001:db8:0:1::1"), lma1 = ip("2001:db8:0:ff::1"), lma2 = ip("2001:db8:0:fe::1"),
              cn = ip("2001:db8:c::1"), home = ip("2001:db8:100:1::5");
    common::TunnelEnds to_lma1{care_of, lma1}, to_lma2{care_of, lma2};
    Mag mag;
    RoleBench bench;
};

} // namespace peers::pmip6
