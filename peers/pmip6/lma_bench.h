#pragma once

#include "peers/pmip6/lma.h"
#include "peers/pmip6/role_bench.h"

#include <string>

namespace peers::pmip6 {

/// An anchor of the domain of the golden vectors with two gateways, on the bench.
class LmaBench {
public:
    static base::Ip6 ip(std::string_view text) { return base::parse_ip6(text).value(); }
    static base::Prefix prefix(std::string_view text) { return base::parse_prefix(text).value(); }

    static model::NodeConfig config(model::Settings settings, const std::string& profile) {
        model::NodeConfig config;
        config.profile = profile;
        const auto node = [&](const char* name, const char* role, const char* address) {
            model::Node made{.name = name, .role = role};
            made.ports = {{.name = "core", .link = "core", .addresses = {prefix(address)}}};
            config.topology.nodes.push_back(made);
        };
        node("lma", "lma", "2001:db8:0:ff::1/48");
        node("mag1", "mag", "2001:db8:0:1::1/48");
        node("mag2", "mag", "2001:db8:0:2::1/48");
        node("stranger", "host", "2001:db8:0:9::1/48");
        for (const char* name :
             {"mn1", "mn2", "mn3", "mn4", "mn5", "plain", "fixed1", "fixed2", "only1", "other"}) {
            model::Identity identity{.name = name, .nai = std::string(name) + "@example.net", .lma = "lma"};
            if (identity.name == "fixed1")
                identity.home_network_prefix = prefix("2001:db8:200:1::/64");
            if (identity.name == "fixed2")
                identity.home_network_prefix = prefix("2001:db8:200:2::/64");
            if (identity.name == "plain")
                identity.policy["service"] = "off";
            if (identity.name == "only1")
                identity.policy["mags"] = "mag1";
            if (identity.name == "other")
                identity.lma = "lma2";
            config.topology.identities.push_back(identity);
        }
        settings.try_emplace("pool", "2001:db8:100::/62");
        settings.try_emplace("owned", "2001:db8:200::/48");
        config.self = config.topology.nodes.front();
        config.self.settings = std::move(settings);
        return config;
    }

    explicit LmaBench(std::initializer_list<model::Settings::value_type> settings = {},
                      const std::string& profile = "draft02", AdjustLma adjust = {})
        : lma(config(settings, profile), std::move(adjust)), bench(lma), is_5213(profile == "rfc5213") {}

    /// A packet with one update; without an identifier if `mn` is empty.
    wire::Packet pbu(const std::string& mn, const base::Ip6& from, std::uint16_t lifetime = 900,
                     std::string_view hint = "::/0") {
        wire::BindingUpdate update;
        update.a = update.p = true;
        update.sequence = ++sequence;
        update.lifetime = lifetime;
        if (!hint.empty()) {
            const base::Prefix p = prefix(hint);
            update.options.push_back(wire::HomeNetworkPrefix{
                .prefix = p.address, .prefix_length = static_cast<std::uint8_t>(p.length)});
        }
        if (is_5213) {
            update.options.push_back(wire::HandoffIndicator{.value = 1});
            update.options.push_back(wire::AccessTechnologyType{.value = 3});
        }
        update.options.push_back(wire::Timestamp{.value = base::timestamp_48_16(bench.now.wall)});
        if (!mn.empty())
            update.options.push_back(wire::MobileNodeIdentifier{.nai = mn + "@example.net"});
        wire::Packet packet;
        packet.layers.push_back(wire::Ipv6{.source = from, .destination = anchor});
        packet.layers.push_back(update);
        return packet;
    }
    static wire::BindingUpdate& update(wire::Packet& packet) { return *packet.find<wire::BindingUpdate>(); }
    template <class T>
    static T& option(wire::Packet& packet) {
        return *wire::find<T>(update(packet).options);
    }
    template <class T>
    static void without(wire::Packet& packet) {
        std::erase_if(update(packet).options, [](const auto& o) { return std::holds_alternative<T>(o); });
    }

    /// Sends and gives the one acknowledgement that comes back, or null.
    const wire::BindingAcknowledgement* send(const wire::Packet& packet) {
        bench.clear();
        bench.arrive(packet);
        return bench.last<wire::BindingAcknowledgement>();
    }
    const wire::BindingAcknowledgement* ask(const std::string& mn, const base::Ip6& from,
                                            std::uint16_t lifetime = 900, std::string_view hint = "::/0") {
        bench.run(std::chrono::milliseconds(1)); // a later timestamp
        return send(pbu(mn, from, lifetime, hint));
    }
    int status(const std::string& mn, const base::Ip6& from, std::uint16_t lifetime = 900,
               std::string_view hint = "::/0") {
        const auto* ack = ask(mn, from, lifetime, hint);
        return ack ? ack->status : -1;
    }
    static base::Prefix granted(const wire::BindingAcknowledgement& ack) {
        const auto* option = wire::find<wire::HomeNetworkPrefix>(ack.options);
        return option ? base::Prefix{option->prefix, option->prefix_length} : base::Prefix{};
    }
    const Binding* binding(const std::string& mn) const { return lma.cache().find(mn + "@example.net"); }
    /// Where a packet of the correspondent to that prefix goes; nullopt: nowhere.
    std::optional<common::TunnelEnds> downlink(const base::Prefix& to) const {
        const base::Ip6 host = to.host(0x1234);
        if (!std::holds_alternative<common::ByRoute>(bench.verdict(0, {}, ip("2001:db8:c::1"), host)))
            return std::nullopt;
        const auto target = bench.route(host);
        if (!target || !std::holds_alternative<common::TunnelEnds>(*target))
            return std::nullopt;
        const auto& ends = std::get<common::TunnelEnds>(*target);
        return bench.tunnels.contains(ends) ? std::optional(ends) : std::nullopt;
    }

    base::Ip6 anchor = ip("2001:db8:0:ff::1"), mag1 = ip("2001:db8:0:1::1"), mag2 = ip("2001:db8:0:2::1"),
              stranger = ip("2001:db8:0:9::1");
    common::TunnelEnds to_mag1{anchor, mag1}, to_mag2{anchor, mag2};
    std::uint16_t sequence = 0;
    Lma lma;
    RoleBench bench;
    bool is_5213;
};

} // namespace peers::pmip6
