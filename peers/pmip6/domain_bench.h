#pragma once

#include "peers/common/make.h"
#include "peers/common/test_net.h"
#include "peers/pmip6/make.h"

#include <string>

namespace peers::pmip6 {

/// A whole domain in virtual time, every frame as octets: an anchor, two gateways, two mobile nodes, a
/// correspondent.
class DomainBench {
public:
    using Maker = std::function<std::unique_ptr<model::Machine>(const model::NodeConfig&)>;

    static base::Prefix prefix(const std::string& text) { return base::parse_prefix(text).value(); }
    static base::Ip6 ip(const std::string& text) { return base::parse_ip6(text).value(); }
    static base::Mac mac(unsigned last) {
        return base::Mac{{2, 0, 0, 0, 0x10, static_cast<std::uint8_t>(last)}};
    }
    static model::Port port(const std::string& name, const std::string& link, unsigned number,
                            const std::string& address = {}) {
        model::Port made{.name = name, .link = link, .mac = mac(number)};
        if (!address.empty())
            made.addresses.push_back(prefix(address));
        return made;
    }

    static model::Topology topology() {
        model::Topology t;
        t.name = "domain";
        t.links = {{.name = "core"}, {.name = "outside"}};
        model::Node lma{.name = "lma", .role = "lma"};
        lma.ports = {port("core", "core", 0x20, "2001:db8:0:ff::1/48"),
                     port("outside", "outside", 0x21, "2001:db8:c::fe/64")};
        lma.settings = {{"pool", "2001:db8:100::/48"}, {"tolerance", "1s"}};
        t.nodes.push_back(lma);
        for (const unsigned number : {1u, 2u}) {
            model::Node mag{.name = "mag" + std::to_string(number), .role = "mag"};
            mag.ports = {port("core", "core", 0x20 + 0x10 * number,
                              "2001:db8:0:" + std::to_string(number) + "::1/48")};
            for (const unsigned mn : {1u, 2u}) {
                const std::string name = "mn" + std::to_string(mn), link = mag.name + "-" + name;
                mag.ports.push_back(port(name, link, 0x20 + 0x10 * number + mn));
                t.links.push_back({.name = link, .access = mag.name, .identity = name});
            }
            mag.settings = {{"probe", "200ms"}};
            t.nodes.push_back(mag);
        }
        for (const unsigned number : {1u, 2u}) {
            const std::string name = "mn" + std::to_string(number);
            model::Node mn{.name = name, .role = "mn"};
            mn.ports = {port("access", "", number)};
            t.nodes.push_back(mn);
            t.identities.push_back(
                {.name = name, .nai = name + "@example.net", .mac = mac(number), .lma = "lma"});
        }
        model::Node cn{.name = "cn", .role = "host"};
        cn.ports = {port("outside", "outside", 0x60, "2001:db8:c::1/64")};
        cn.routes = {{prefix("::/0"), ip("2001:db8:c::fe")}};
        t.nodes.push_back(cn);
        return t;
    }

    explicit DomainBench(model::Topology t = topology(), const std::string& profile = "draft02",
                         Maker lma = {}, Maker mag = {}, Maker mn = {})
        : topology_(std::move(t)) {
        for (const model::Node& node : topology_.nodes) {
            const model::NodeConfig config{node, topology_, profile, 1};
            std::unique_ptr<model::Machine> machine;
            if (node.role == "lma")
                machine = lma ? lma(config) : make_lma(config);
            else if (node.role == "mag")
                machine = mag ? mag(config) : make_mag(config);
            else if (node.role == "mn")
                machine = mn ? mn(config) : common::make_mobile_node(config);
            else
                machine = common::make_host(config);
            net.add(config, std::move(machine));
        }
    }

    void tell(const std::string& node, std::string event, model::Arguments arguments = {}) {
        net.tell(node, model::Told{std::move(event), std::move(arguments)});
    }
    void attach(const std::string& mn, const std::string& mag, bool announced = true) {
        const std::string left = at_[mn];
        net.connect(mn, 0, mag + "-" + mn);
        at_[mn] = mag;
        if (announced && !left.empty())
            tell(left, "detached", {{"mobile-node", mn}, {"port", mn}});
        if (announced)
            tell(mag, "attached", {{"mobile-node", mn}, {"port", mn}});
    }
    void detach(const std::string& mn, bool announced = true) {
        net.connect(mn, 0, "");
        if (announced)
            tell(at_[mn], "detached", {{"mobile-node", mn}, {"port", mn}});
        at_[mn].clear();
    }
    /// A question to a role, and its answer.
    model::Arguments state(const std::string& node, model::Arguments question) {
        net.notes.clear();
        tell(node, "state", std::move(question));
        for (const auto& said : net.notes)
            if (said.note.text == "state")
                return said.note.arguments;
        return {};
    }
    base::Prefix home(const std::string& mn) {
        return base::parse_prefix(state("lma", {{"of", "entries"}, {"mobile-node", mn}})["prefix"])
            .value_or(base::Prefix{});
    }
    base::Ip6 address(const std::string& mn) {
        return base::slaac(home(mn).address, mac(mn == "mn1" ? 1 : 2));
    }
    /// Echo requests of the correspondent, and how many were answered.
    std::size_t ping(const base::Ip6& to, int count = 1) {
        const std::size_t before = net.all<wire::EchoReply>("lma", "outside").size();
        for (int i = 0; i < count; ++i) {
            wire::Packet packet;
            packet.layers = {wire::Ipv6{.source = ip("2001:db8:c::1"), .destination = to},
                             wire::EchoRequest{.identifier = 7, .sequence = ++echo_}};
            net.emit("cn", packet);
            net.run_for(std::chrono::milliseconds(20));
        }
        return net.all<wire::EchoReply>("lma", "outside").size() - before;
    }

    common::TestNet net;

private:
    model::Topology topology_;
    std::map<std::string, std::string> at_;
    std::uint16_t echo_ = 0;
};

} // namespace peers::pmip6
