#include "harness/stage/lab/network.h"

#include "harness/stage/lab/namespace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>

namespace stage::lab {
namespace {

constexpr int first_hub_index = 1000, first_node_index = 10;

/// What Linux takes as the name of an interface, as near to the port's name as possible.
std::string interface_name(const model::Node& node, std::size_t port) {
    const auto usable = [](const std::string& name) {
        return !name.empty() && name.size() < IFNAMSIZ && name != "lo" && name != "." && name != ".." &&
               name.find_first_of("/: \t\n") == std::string::npos;
    };
    const auto& wanted = node.ports[port].name;
    const auto same = [&](const model::Port& other) { return other.name == wanted; };
    return usable(wanted) && std::ranges::count_if(node.ports, same) == 1 ? wanted : fmt::format("p{}", port);
}

/// The link-local address that the domain knows a mobile node by, where it is not the one that its kernel
/// would form.
std::optional<base::Ip6> own_link_local(const model::Topology& topology, const model::Node& node) {
    const auto* identity = topology.identity(node.name);
    const auto* access = node.port("access");
    if (!identity || !access || identity->link_local.is_unspecified() ||
        identity->link_local == base::link_local(access->mac))
        return std::nullopt;
    return identity->link_local;
}

void prepare_node(const model::Topology& topology, const model::Node& node) {
    for (const char* which : {"all", "default"}) {
        const std::string base = fmt::format("ipv6/conf/{}/", which);
        set_variable(base + "accept_dad", "0");
        set_variable(base + "dad_transmits", "0");
    }
    if (own_link_local(topology, node)) // the kernel is to form none
        set_variable("ipv6/conf/default/addr_gen_mode", "1");
    set_variable("ipv6/conf/default/router_solicitation_delay", "0");
    set_variable("ipv6/icmp/ratelimit", "0"); // every error must be seen
    if (forwards(node))
        set_variable("ipv6/conf/all/forwarding", "1");
    const bool learns =
        std::ranges::any_of(node.ports, [](const auto& port) { return port.addresses.empty(); });
    if (node.player == model::Player::kernel && !learns) // no noise from a host that knows its place
        set_variable("ipv6/conf/default/router_solicitations", "0");
}

void silence() {
    set_variable("ipv6/conf/all/disable_ipv6", "1");
    set_variable("ipv6/conf/default/disable_ipv6", "1");
}

/// Interface through which a gateway is reached; 0 where the kernel has to know.
int towards(const model::Node& node, const KernelNode& made, const base::Ip6& via) {
    for (std::size_t port = 0; port < node.ports.size(); ++port)
        for (const auto& address : node.ports[port].addresses)
            if (address.contains(via))
                return made.ports[port].index;
    return via.is_link_local() && made.ports.size() == 1 ? made.ports.front().index : 0;
}

void set_up_addresses(Netlink& netlink, const KernelNode::Port& port, const model::Port& planned) {
    for (const auto& address : planned.addresses)
        netlink.add_address(port.index, address);
}

} // namespace

bool forwards(const model::Node& node) {
    if (const auto setting = node.settings.find("forwarding"); setting != node.settings.end())
        return setting->second == "on";
    constexpr std::array<std::string_view, 11> routers = {"router", "lma", "mag", "ha", "mr",           "ar",
                                                          "sar",    "tar", "map", "dr", "sender-router"};
    return std::ranges::find(routers, node.role) != routers.end();
}

Network::Network(const model::Topology& topology, const std::vector<Plan>& plans)
    : hub_(make_network_namespace()) {
    {
        const InNamespace inside(hub_.get());
        silence();
        hub_netlink_ = std::make_unique<Netlink>();
    }
    int next_hub_index = first_hub_index;
    for (const auto& plan : plans) {
        const auto* node = topology.node(plan.node);
        if (!node)
            throw std::runtime_error("no node " + plan.node + " in topology " + topology.name);
        KernelNode made;
        made.name = node->name;
        made.space = make_network_namespace();
        made.silent = plan.silent;
        const InNamespace inside(made.space.get());
        plan.silent ? silence() : prepare_node(topology, *node);
        made.netlink = std::make_unique<Netlink>();
        made.watch = std::make_unique<NetlinkWatch>();
        for (std::size_t p = 0; p < node->ports.size(); ++p) {
            const auto& port = node->ports[p];
            auto& to = made.ports.emplace_back();
            to.index = first_node_index + static_cast<int>(p);
            to.hub_index = next_hub_index++;
            to.interface = interface_name(*node, p);
            to.mtu = port.mtu;
            to.attached = !port.link.empty();
            const auto mac = port.mac == base::Mac{} ? std::nullopt : std::optional(port.mac);
            hub_netlink_->add_veth({to.hub_index, fmt::format("h{}", to.hub_index), std::nullopt, port.mtu},
                                   {to.index, to.interface, mac, port.mtu}, made.space.get());
        }
        nodes_.push_back(std::move(made));
    }
    hub_netlink_->commit();
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
        auto& made = nodes_[n];
        const auto& node = *topology.node(made.name);
        const InNamespace inside(made.space.get());
        made.netlink->set_up(1, true);
        for (std::size_t p = 0; p < made.ports.size(); ++p) {
            switch_offloads_off(made.ports[p].interface);
            made.netlink->set_up(made.ports[p].index, true);
            if (plans[n].configured)
                set_up_addresses(*made.netlink, made.ports[p], node.ports[p]);
        }
        if (const auto address = plans[n].silent ? std::nullopt : own_link_local(topology, node))
            for (std::size_t p = 0; p < made.ports.size(); ++p)
                made.netlink->add_address(made.ports[p].index, {*address, 64});
        if (plans[n].configured)
            for (const auto& route : node.routes)
                made.netlink->add_route(route.to, route.via, towards(node, made, route.via));
        made.netlink->commit();
    }
}

KernelNode* Network::node(const std::string& name) {
    const auto found = std::ranges::find(nodes_, name, &KernelNode::name);
    return found == nodes_.end() ? nullptr : &*found;
}

bool Network::running(KernelNode& node, const KernelNode::Port& port) {
    return node.netlink->link(port.index).running;
}

bool Network::ready(KernelNode& node, const KernelNode::Port& port) {
    if (!running(node, port) || node.silent)
        return running(node, port);
    bool link_local = false;
    for (const auto& address : node.netlink->addresses()) {
        if (address.index != port.index)
            continue;
        if (address.tentative)
            return false;
        link_local = link_local || address.address.address.is_link_local();
    }
    return link_local;
}

void Network::start(base::Duration patience) {
    for (auto& node : nodes_)
        for (auto& port : node.ports)
            if (port.attached)
                hub_netlink_->set_up(port.hub_index, true);
    hub_netlink_->commit();
    const auto end = std::chrono::steady_clock::now() + patience;
    for (auto& node : nodes_)
        for (auto& port : node.ports)
            while (port.attached && !ready(node, port)) {
                const auto left =
                    std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now())
                        .count();
                pollfd change{node.watch->descriptor(), POLLIN, 0};
                if (left <= 0 || ::poll(&change, 1, static_cast<int>(left)) == 0)
                    throw std::runtime_error(
                        fmt::format("port {} of node {} did not come up within {} (carrier, or "
                                    "its link-local address)",
                                    port.interface, node.name, base::text_of(patience)));
                node.watch->drain();
            }
}

void Network::set_carrier(KernelNode::Port& port, bool up) {
    hub_netlink_->set_up(port.hub_index, up);
    hub_netlink_->commit();
    port.attached = up;
}

std::uint64_t Network::transmit_drops() {
    std::uint64_t sum = 0;
    for (const auto& link : hub_netlink_->links())
        sum += link.transmit_drops;
    return sum - std::exchange(reported_drops_, sum);
}

void solicit_router(int interface_index, const base::Mac& mac) {
    const Descriptor socket =
        checked(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6), "open an ICMPv6 socket");
    constexpr int hops = 255; // RFC 4861, 6.1.1
    if (::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops) != 0)
        fail("set the hop limit of a Router Solicitation");
    std::array<std::uint8_t, 16> message{ND_ROUTER_SOLICIT};
    message[8] = ND_OPT_SOURCE_LINKADDR;
    message[9] = 1;
    std::ranges::copy(mac.octets, message.begin() + 10);
    sockaddr_in6 routers{};
    routers.sin6_family = AF_INET6;
    routers.sin6_addr.s6_addr[0] = 0xff;
    routers.sin6_addr.s6_addr[1] = 0x02;
    routers.sin6_addr.s6_addr[15] = 0x02;
    routers.sin6_scope_id = static_cast<std::uint32_t>(interface_index);
    if (::sendto(socket.get(), message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&routers),
                 sizeof routers) < 0)
        fail("send a Router Solicitation");
}

} // namespace stage::lab
