#pragma once

#include "harness/model/flow.h"
#include "harness/stage/lab/lab.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// Topologies, a router and ways to wait that the tests of the lab share.
namespace stage::lab::bench {

using namespace std::chrono_literals;

inline base::Ip6 ip(const char* text) {
    return *base::parse_ip6(text);
}

/// A router of the tester: answers for its addresses, advertises a prefix to who asks, answers echo requests,
/// and notes the sequence number of each packet of a flow in the order in which they come.
class Router : public model::Machine {
public:
    explicit Router(const model::NodeConfig& config) : self_(config.self) {}

    void on(const model::Stimulus& stimulus, base::Now, model::Actions& actions) override {
        if (const auto* in = std::get_if<model::FrameIn>(&stimulus))
            frame(*in, actions);
        else if (const auto* told = std::get_if<model::Told>(&stimulus))
            actions.push_back(model::Note{told->event, told->arguments});
        else if (const auto* emit = std::get_if<model::Emit>(&stimulus))
            actions.push_back(model::FrameOut{0, wire::encode(emit->packet)});
    }
    void tick(base::Now, model::Actions&) override {}
    std::optional<base::Mono> deadline() const override { return std::nullopt; }

private:
    void answer(const model::FrameIn& in, const base::Ip6& from, const base::Ip6& to, wire::Layer layer,
                model::Actions& actions) const {
        wire::Ethernet ethernet;
        ethernet.source = self_.ports[in.port].mac;
        ethernet.destination =
            to.is_multicast() ? base::multicast_mac(to) : in.packet->find<wire::Ethernet>()->source;
        wire::Ipv6 header;
        header.source = from;
        header.destination = to;
        header.hop_limit = 255;
        actions.push_back(
            model::FrameOut{in.port, wire::encode({{ethernet, header, std::move(layer)}, {}, {}})});
    }

    void frame(const model::FrameIn& in, model::Actions& actions) const {
        const auto& port = self_.ports[in.port];
        const auto* outer = in.packet->find<wire::Ipv6>();
        if (!outer)
            return;
        const base::Ip6 own = base::link_local(port.mac);
        if (const auto* solicitation = in.packet->find<wire::NeighborSolicitation>()) {
            const bool mine = solicitation->target == own ||
                              std::ranges::any_of(port.addresses, [&](const base::Prefix& address) {
                                  return address.address == solicitation->target;
                              });
            if (mine && !outer->source.is_unspecified())
                answer(in, solicitation->target, outer->source,
                       wire::NeighborAdvertisement{solicitation->target,
                                                   true,
                                                   true,
                                                   true,
                                                   0,
                                                   {wire::TargetLinkLayerAddress{port.mac, {}}}},
                       actions);
        } else if (in.packet->find<wire::RouterSolicitation>()) {
            wire::RouterAdvertisement advertisement;
            advertisement.router_lifetime = 1800;
            advertisement.options = {
                wire::SourceLinkLayerAddress{port.mac, {}},
                wire::PrefixInformation{ip("2001:db8:1::"), 64, true, true, false, 3600, 3600}};
            answer(in, own, ip("ff02::1"), advertisement, actions);
        } else if (const auto* echo = in.packet->find<wire::EchoRequest>()) {
            answer(in, outer->destination, outer->source,
                   wire::EchoReply{echo->identifier, echo->sequence, echo->data}, actions);
        }
        if (const auto marked = model::flow_mark(*in.packet))
            actions.push_back(model::Note{"got", {{"number", std::to_string(marked->mark.sequence)}}});
    }

    model::Node self_;
};

inline std::unique_ptr<model::Machine> make_router(const model::NodeConfig& config) {
    return std::make_unique<Router>(config);
}

inline bool is_of_a_flow(const model::PacketSpec&, const wire::Packet& packet) {
    return model::flow_mark(packet).has_value();
}

inline model::Node node(const std::string& name, const std::string& role, model::Player player) {
    model::Node made;
    made.name = name;
    made.role = role;
    made.player = player;
    return made;
}

inline void add_port(model::Node& to, const std::string& name, const std::string& link, std::uint8_t number,
                     const char* address = nullptr) {
    model::Port port;
    port.name = name;
    port.link = link;
    port.mac = {{0x02, 0, 0, 0, 1, number}};
    if (address)
        port.addresses.push_back(*base::parse_prefix(address));
    to.ports.push_back(port);
}

/// Two kernels and a router of the tester on one link.
inline model::Topology one_link() {
    model::Topology topology;
    topology.name = "one-link";
    topology.links.push_back({"core", 1ms, 1500, "", ""});
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
        auto host = node("h" + std::to_string(number), "host", model::Player::kernel);
        add_port(host, "core", "core", number, number == 1 ? "2001:db8::1/64" : "2001:db8::2/64");
        topology.nodes.push_back(host);
    }
    auto router = node("r", "router", model::Player::tester);
    add_port(router, "core", "core", 9, "2001:db8::9/64");
    topology.nodes.push_back(router);
    return topology;
}

/// A mobile node of the kernel and two access routers of the tester.
inline model::Topology two_access_links() {
    model::Topology topology;
    topology.name = "two-access-links";
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
        const std::string name = "mag" + std::to_string(number);
        topology.links.push_back({name + "-mn1", {}, 1500, name, "mn1"});
        auto mag = node(name, "mag", model::Player::peer);
        add_port(mag, "mn1", name + "-mn1", number, "2001:db8:1::fe/64");
        topology.nodes.push_back(mag);
    }
    auto mobile = node("mn1", "mn", model::Player::kernel);
    add_port(mobile, "access", "", 16);
    topology.nodes.push_back(mobile);
    topology.identities.push_back({"mn1", "mn1@example.net", {{2, 0, 0, 0, 1, 16}}});
    return topology;
}

/// Everything that happens until something has happened that satisfies the predicate, within five seconds;
/// empty if that never comes.
inline std::vector<model::Event> until(Lab& lab, const std::function<bool(const model::Event&)>& predicate) {
    std::vector<model::Event> events;
    const auto end = lab.now().mono + 5s;
    while (auto event = lab.next(end)) {
        events.push_back(std::move(*event));
        if (predicate(events.back()))
            return events;
    }
    return {};
}

template <class T>
bool seen(const model::Event& event, const std::string& link = {}) {
    const auto* one = std::get_if<model::Seen>(&event.what);
    return one && one->packet.find<T>() && (link.empty() || one->link == link);
}

inline bool is_done(const model::Event& event, const std::string& order) {
    const auto* one = std::get_if<model::Done>(&event.what);
    return one && one->order == order;
}

inline model::Flow flow(const std::string& from, const std::string& to, const std::string& protocol,
                        std::uint64_t packets) {
    model::Flow made;
    made.name = "stream";
    made.from = from;
    made.to = to;
    made.protocol = protocol;
    made.rate = 500;
    made.packets = packets;
    made.port = 40001;
    return made;
}

} // namespace stage::lab::bench
