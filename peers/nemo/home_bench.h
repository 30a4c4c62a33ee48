#pragma once

#include "peers/common/make.h"
#include "peers/common/test_net.h"
#include "peers/mip6/home_registration.h"
#include "peers/nemo/make.h"

#include <map>
#include <string>

namespace peers::nemo {

/// The addresses of the golden vectors (nemo digest, 10).
inline base::Ip6 ip(const char* text) {
    return *base::parse_ip6(text);
}
inline const base::Ip6 agent_address = ip("2001:db8:100::1"), home_address = ip("2001:db8:100::10"),
                       other_home_address = ip("2001:db8:100::20"), care_of_address = ip("2001:db8:f00::10");

/// A home agent between its home link and a visited one, and mobile routers whose packets the test writes.
class HomeBench {
public:
    explicit HomeBench(model::Settings settings = {}, model::Settings policy = {}, AdjustHa adjust = {}) {
        net.profile.dialect = wire::Profile::Dialect::nemo_pd;
        common::NodeBuilder agent("ha", "ha");
        agent.port("home", {"2001:db8:100::1/64"}).port("core", {"2001:db8:f00::1/64"});
        agent.set("home-prefix", "2001:db8:100::/64").set("pool", "2001:db8:200::/56");
        agent.set("persistent-pool", "2001:db8:201::/56").set("advertise", "0s");
        for (const auto& [name, value] : settings)
            agent.set(name, value);
        model::NodeConfig config = agent.config();
        config.profile = "nemo-pd";
        policy.emplace("home-address", "2001:db8:100::10");
        model::Identity one, two;
        one.name = "mr1";
        one.policy = policy;
        two.name = "mr2";
        two.policy = {{"home-address", "2001:db8:100::20"}, {"prefixes", "2001:db8:300:2::/64"}};
        config.topology.identities = {one, two};
        net.add(config, make_ha(config, std::move(adjust)));
        for (const char* name : {"mr", "cn"}) {
            common::NodeBuilder node(name);
            if (name[0] == 'm')
                node.port("core", {"2001:db8:f00::10/64"}).route("::/0", "2001:db8:f00::1");
            else
                node.port("home", {"2001:db8:100::c/64"}).route("::/0", "2001:db8:100::1");
            model::NodeConfig puppet = node.config();
            puppet.profile = "nemo-pd";
            net.add(puppet, common::make_host(puppet));
        }
    }

    /// A, H and R are set, the lifetime is that of the vectors.
    static wire::BindingUpdate update(std::uint16_t sequence, wire::MobilityOptions options = {}) {
        wire::BindingUpdate bu;
        bu.sequence = sequence;
        bu.a = bu.h = bu.r = true;
        bu.lifetime = 450;
        bu.options = std::move(options);
        return bu;
    }
    static wire::MobilityOption request(std::uint16_t correlation, bool persistent = false,
                                        std::uint8_t length = 64) {
        return wire::MnpRequest{.prefix_length = length,
                                .p = persistent,
                                .correlation_id = correlation,
                                .prefix_type = prefix_type::global};
    }
    static wire::MobilityOption claim(const char* prefix, bool delegated = false) {
        const auto parsed = *base::parse_prefix(prefix);
        return wire::MobileNetworkPrefix{.prefix = parsed.address,
                                         .prefix_length = static_cast<std::uint8_t>(parsed.length),
                                         .p = true,
                                         .d = delegated};
    }

    /// Sends the update and returns the packet with which the agent answers; null if it does not.
    const wire::Packet* register_with(wire::BindingUpdate bu, const base::Ip6& home = home_address) {
        const std::size_t before = net.all<wire::BindingAcknowledgement>("ha").size();
        net.emit("mr", mip6::update_packet(care_of_address, agent_address, home, std::move(bu)));
        net.run_for(std::chrono::milliseconds(50));
        const auto all = net.all<wire::BindingAcknowledgement>("ha");
        if (all.size() == before)
            return nullptr;
        last_ = all.back()->packet;
        return &last_;
    }
    /// The acknowledgement itself.
    wire::BindingAcknowledgement answer(wire::BindingUpdate bu, const base::Ip6& home = home_address) {
        const auto* packet = register_with(std::move(bu), home);
        return packet ? *packet->find<wire::BindingAcknowledgement>() : wire::BindingAcknowledgement{255};
    }
    /// Does a packet of the correspondent reach the care-of address in the tunnel?
    bool tunnels_to(const char* destination) {
        const std::size_t before = tunnelled();
        wire::Packet packet;
        packet.layers.push_back(wire::Ipv6{.source = ip("2001:db8:100::c"), .destination = ip(destination)});
        packet.layers.push_back(wire::Udp{.source_port = 4000, .destination_port = 4001});
        net.emit("cn", std::move(packet));
        net.run_for(std::chrono::milliseconds(50));
        return tunnelled() > before;
    }

    common::TestNet net;

private:
    std::size_t tunnelled() const {
        std::size_t count = 0;
        for (const auto& frame : net.frames)
            if (frame.from == "ha" && frame.link == "core" && frame.packet.find<wire::Udp>())
                ++count;
        return count;
    }
    wire::Packet last_;
};

} // namespace peers::nemo
