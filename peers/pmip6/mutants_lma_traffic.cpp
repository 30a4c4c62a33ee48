// Anchors that make the wrong thing of the packets of their nodes, and of errors about them.
#include "peers/common/router_node.h"
#include "peers/pmip6/lma.h"
#include "peers/pmip6/mutants_lma_tables.h"

#include <algorithm>

namespace peers::pmip6 {

namespace lma_traffic_tables {

using namespace common;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;
using wire::Ipv6;
using Flag = std::shared_ptr<bool>;

const base::Prefix all_pools = *base::parse_prefix("2001:db8:100::/48");
constexpr std::size_t largest_unfragmented = 1240;

const base::Ip6& innermost_destination(const wire::Packet& packet) {
    return packet.find_last<Ipv6>()->destination;
}

/// An anchor some of whose orders to its stack are changed or, where `edit` returns false, forgotten.
Mutant ordering(std::string id, std::string title, std::vector<std::string> violates,
                std::function<std::function<bool(Command&)>()> edit) {
    return {std::move(id),
            "lma",
            std::move(title),
            std::move(violates),
            {},
            [edit = std::move(edit)](const model::NodeConfig& config) {
                auto role = std::make_unique<WrongRole>(std::make_unique<Lma>(config), edit());
                return std::make_unique<RouterNode>(config, std::move(role));
            }};
}

Mutant incoming(std::string id, std::string title, std::vector<std::string> violates, Misdeed misdeed) {
    return spoilt(
        std::move(id), "lma", std::move(title), std::move(violates),
        [misdeed = std::move(misdeed)](Wrong& lma, const model::NodeConfig&) { lma.incoming(misdeed); });
}

Mutant outgoing(std::string id, std::string title, std::vector<std::string> violates, Misdeed misdeed) {
    return spoilt(
        std::move(id), "lma", std::move(title), std::move(violates),
        [misdeed = std::move(misdeed)](Wrong& lma, const model::NodeConfig&) { lma.outgoing(misdeed); });
}

bool is_tunnelled(const wire::Packet& packet) {
    return ip_headers(packet) > 1;
}

std::vector<Mutant> of_tunnels() {
    struct Latest {
        base::Ip6 gateway;
    };
    return {
        ordering("lma-makes-one-tunnel-only", "has no tunnel but to the first gateway", {"PMIP6-LMA-052"},
                 [] {
                     const Flag made = std::make_shared<bool>(false);
                     return [made](Command& command) {
                         if (!std::holds_alternative<AddTunnel>(command))
                             return true;
                         return !std::exchange(*made, true);
                     };
                 }),
        ordering(
            "lma-routes-by-sixty-four-bits", "routes the prefix around a node's address", {"PMIP6-APB-005"},
            [] {
                return [](Command& command) {
                    if (auto* route = std::get_if<AddRoute>(&command); route && route->route.to.length == 128)
                        route->route.to = base::Prefix{route->route.to.address, 64}.canonical();
                    return true;
                };
            }),
        without_bootstrap(outgoing("lma-tunnels-from-another-address",
                                   "tunnels from an address that no gateway spoke to", {"PMIP6-LMA-086"},
                                   edit(is_tunnelled,
                                        [](wire::Packet& packet) {
                                            packet.find<Ipv6>()->source.octets[15] ^= 0x70;
                                            return true;
                                        }))),
        spoilt("lma-trusts-every-tunnel", "lma", "takes what anybody has tunnelled for the gateway's",
               {"PMIP6-LMA-196"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const auto latest = std::make_shared<Latest>();
                   lma.incoming(watch([latest](const wire::Packet& packet) {
                       const auto* update = packet.find<BindingUpdate>();
                       if (update && update->lifetime != 0)
                           latest->gateway = packet.find<Ipv6>()->source;
                   }));
                   lma.incoming(edit(is_tunnelled, [latest](wire::Packet& packet) {
                       packet.find<Ipv6>()->source = latest->gateway;
                       return true;
                   }));
               }),
        spoilt("lma-tells-everybody-during-the-delay", "lma",
               "tunnels to the other gateway what comes for a node that has left", {"PMIP6-LMA-201"},
               [](Wrong& lma, const model::NodeConfig& config) {
                   base::Ip6 other;
                   for (const auto& node : config.topology.nodes)
                       if (node.role == "mag")
                           other = node.address();
                   const Flag left = std::make_shared<bool>(false);
                   lma.outgoing(watch([left](const wire::Packet& packet) {
                       const auto* ack = packet.find<BindingAcknowledgement>();
                       *left = *left || (ack && releases(*ack));
                   }));
                   lma.outgoing(
                       edit([left](const wire::Packet& packet) { return *left && is_tunnelled(packet); },
                            [other](wire::Packet& packet) {
                                packet.find<Ipv6>()->destination = other;
                                return true;
                            }));
               }),
    };
}

std::vector<Mutant> of_packets() {
    return {
        incoming("lma-knows-one-host-of-a-prefix", "forwards to one address of a prefix only",
                 {"PMIP6-LMA-193"}, drop([](const wire::Packet& packet) {
                     if (ip_headers(packet) != 1 || !packet.find<Ipv6>())
                         return false;
                     const base::Ip6& to = innermost_destination(packet);
                     return all_pools.contains(to) && to.octets[15] != 1;
                 })),
        outgoing("lma-drops-large-packets", "loses what would need a fragment, and says nothing",
                 {"PMIP6-LMA-197"}, drop([](const wire::Packet& packet) {
                     return packet.find<wire::PacketTooBig>() || packet.find<wire::Fragment>() ||
                            (is_tunnelled(packet) && packet.raw.size() > largest_unfragmented);
                 })),
        outgoing("lma-keeps-errors-to-itself", "does not pass on what it hears of its tunnels",
                 {"PMIP6-LMA-198"}, drop(is<wire::DestinationUnreachable>())),
        outgoing("lma-is-no-hop", "does not report that a packet's hops are used up", {"PMIP6-LMA-011"},
                 drop(is<wire::TimeExceeded>())),
        spoilt("lma-defends-and-keeps", "lma", "takes over an address that a neighbour asks for",
               {"PMIP6-LMA-010"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const Flag asked = std::make_shared<bool>(false);
                   lma.incoming(watch([asked](const wire::Packet& packet) {
                       const auto* question = packet.find<wire::NeighborSolicitation>();
                       *asked = *asked || (question && all_pools.contains(question->target));
                   }));
                   lma.outgoing(
                       drop([asked](const wire::Packet& packet) { return *asked && is_tunnelled(packet); }));
               }),
    };
}

/// Answers to what an anchor of this protocol does not serve.
std::vector<Mutant> of_host_mobility() {
    return {
        spoilt("lma-lets-itself-be-discovered", "lma", "answers home agent discovery", {"PMIP6-LMA-210"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const Flag asked = std::make_shared<bool>(false);
                   lma.incoming(edit(is<wire::HomeAgentDiscoveryRequest>(), [asked](wire::Packet& packet) {
                       *asked = true;
                       packet.layers.back() = wire::EchoRequest{};
                       return true;
                   }));
                   lma.outgoing(edit(is<wire::EchoReply>(), [asked](wire::Packet& packet) {
                       if (*asked)
                           packet.layers.back() = wire::HomeAgentDiscoveryReply{};
                       return *asked;
                   }));
               }),
        spoilt("lma-optimises-routes", "lma", "answers test messages in the name of its nodes",
               {"PMIP6-LMA-212"},
               [](Wrong& lma, const model::NodeConfig& config) {
                   const Flag asked = std::make_shared<bool>(false);
                   const base::Ip6 own = config.self.address();
                   lma.incoming(edit(is<wire::HomeTestInit>(), [asked, own](wire::Packet& packet) {
                       *asked = true;
                       packet.find<Ipv6>()->destination = own;
                       packet.layers.back() = wire::EchoRequest{};
                       return true;
                   }));
                   lma.outgoing(edit(is<wire::EchoReply>(), [asked](wire::Packet& packet) {
                       if (*asked)
                           packet.layers.back() = wire::HomeTest{};
                       return *asked;
                   }));
               }),
    };
}

} // namespace lma_traffic_tables

std::vector<Mutant> lma_traffic_mutants() {
    using namespace lma_traffic_tables;
    std::vector<Mutant> all = of_tunnels();
    for (auto part : {of_packets, of_host_mobility})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
