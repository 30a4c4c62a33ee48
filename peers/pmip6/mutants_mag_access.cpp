// Gateways that are wrong on the access link and with what they carry between it and the tunnel.
#include "peers/common/router_node.h"
#include "peers/pmip6/mag.h"
#include "peers/pmip6/mutant_tables.h"

#include <algorithm>
#include <memory>

namespace peers::pmip6 {

namespace mag_access_tables {

using namespace common;
using namespace std::chrono_literals;

/// A gateway whose commands to its stack are changed.
Mutant commanding(std::string id, std::string title, std::vector<std::string> violates,
                  std::function<bool(Command&, const model::NodeConfig&)> change) {
    return {std::move(id),
            "mag",
            std::move(title),
            std::move(violates),
            {},
            [change = std::move(change)](const model::NodeConfig& config) {
                return std::make_unique<RouterNode>(
                    config, std::make_unique<WrongRole>(
                                std::make_unique<Mag>(config),
                                [change, config](Command& command) { return change(command, config); }));
            }};
}

Mutant advertised(std::string id, std::string title, std::vector<std::string> violates,
                  std::function<void(wire::RouterAdvertisement&, const model::NodeConfig&)> change) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [change = std::move(change)](Wrong& mag, const model::NodeConfig& config) {
                      mag.outgoing(edit<wire::RouterAdvertisement>(
                          [change, config](wire::RouterAdvertisement& ra) { change(ra, config); }));
                  });
}

/// What a machine does besides when it hears a frame.
class Eager : public model::Machine {
public:
    using Add = std::function<void(const model::FrameIn&, model::Machine&, base::Now, model::Actions&)>;
    Eager(std::unique_ptr<model::Machine> machine, Add add)
        : machine_(std::move(machine)), add_(std::move(add)) {}
    void on(const model::Stimulus& stimulus, base::Now now, model::Actions& out) override {
        machine_->on(stimulus, now, out);
        if (const auto* frame = std::get_if<model::FrameIn>(&stimulus))
            add_(*frame, *machine_, now, out);
    }
    void tick(base::Now now, model::Actions& out) override { machine_->tick(now, out); }
    std::optional<base::Mono> deadline() const override { return machine_->deadline(); }

private:
    std::unique_ptr<model::Machine> machine_;
    Add add_;
};

Mutant eager(std::string id, std::string title, std::vector<std::string> violates,
             std::function<Eager::Add(const model::NodeConfig&)> make_add) {
    return {std::move(id),
            "mag",
            std::move(title),
            std::move(violates),
            {},
            [make_add = std::move(make_add)](const model::NodeConfig& config) {
                return std::make_unique<Eager>(make_mag(config), make_add(config));
            }};
}

bool has_tunnel(const wire::Packet& packet) {
    return packet.find<wire::Ipv6>() != packet.find_last<wire::Ipv6>();
}
bool is_bare_data(const wire::Packet& packet) {
    return packet.find<wire::Udp>() && !has_tunnel(packet);
}
bool is_tunnelled_data(const wire::Packet& packet) {
    return packet.find<wire::Udp>() && has_tunnel(packet);
}

std::size_t place_of(const wire::Packet& packet, const wire::Ipv6* header) {
    for (std::size_t i = 0; i < packet.layers.size(); ++i)
        if (std::get_if<wire::Ipv6>(&packet.layers[i]) == header)
            return i;
    return 0;
}

std::vector<Mutant> of_home_link() {
    return {
        advertised("mag-welcomes-strangers", "advertises another prefix to those who come from elsewhere",
                   {"PMIP6-MN-007", "PMIP6-DOM-007"},
                   [](wire::RouterAdvertisement& ra, const model::NodeConfig& config) {
                       auto* option = wire::find<wire::PrefixInformation>(ra.options);
                       if (option && config.self.name == "mag2")
                           option->prefix.octets[7] ^= 1;
                   }),
        spoilt("mag-ignores-newcomers", "mag", "advertises nothing to those who come from elsewhere",
               {"PMIP6-MAG-040"},
               [](Wrong& mag, const model::NodeConfig& config) {
                   if (config.self.name == "mag2")
                       mag.outgoing(drop(is<wire::RouterAdvertisement>()));
               }),
        without_bootstrap(spoilt(
            "mag-misreads-the-prefix", "mag", "advertises the prefix next to the granted", {"PMIP6-MAG-043"},
            [](Wrong& mag, const model::NodeConfig&) {
                mag.incoming(edit<wire::BindingAcknowledgement>([](wire::BindingAcknowledgement& ack) {
                    auto* option = wire::find<wire::HomeNetworkPrefix>(ack.options);
                    if (option)
                        option->prefix.octets[7] ^= 1;
                }));
            })),
        without_bootstrap(advertised("mag-prefers-beyond-validity",
                                     "advertises a preferred lifetime beyond the valid one",
                                     {"PMIP6-MAG-047"},
                                     [](wire::RouterAdvertisement& ra, const model::NodeConfig&) {
                                         auto* option = wire::find<wire::PrefixInformation>(ra.options);
                                         if (option && option->valid_lifetime != 0)
                                             option->preferred_lifetime = option->valid_lifetime + 1;
                                     })),
        eager("mag-defends-addresses", "claims the address that its node checks for duplicates",
              {"PMIP6-MAG-068"},
              [](const model::NodeConfig& config) {
                  const model::Port* port = config.self.port("mn1");
                  const base::Ip6 own = base::link_local(port ? port->mac : base::Mac{});
                  return [own](const model::FrameIn& frame, model::Machine& mag, base::Now now,
                               model::Actions& out) {
                      const auto* ns = frame.packet->find<wire::NeighborSolicitation>();
                      const auto* ip = frame.packet->find<wire::Ipv6>();
                      if (!ns || !ip || !ip->source.is_unspecified() || ns->target.is_link_local())
                          return;
                      wire::Packet claim;
                      claim.layers = {
                          wire::Ipv6{.source = own, .destination = base::all_nodes, .hop_limit = 255},
                          wire::NeighborAdvertisement{.target = ns->target, .o = true}};
                      mag.on(model::Emit{std::move(claim), {}, "mn1"}, now, out);
                  };
              }),
        eager("mag-bridges", "shows the multicasts of one access link on the others", {"PMIP6-MAG-020"},
              [](const model::NodeConfig& config) {
                  std::vector<std::size_t> access;
                  for (std::size_t port = 0; port < config.self.ports.size(); ++port)
                      if (config.topology.identity(config.self.ports[port].name))
                          access.push_back(port);
                  return
                      [access](const model::FrameIn& frame, model::Machine&, base::Now, model::Actions& out) {
                          const auto* ip = frame.packet->find<wire::Ipv6>();
                          if (!ip || !ip->destination.is_multicast() ||
                              std::ranges::find(access, frame.port) == access.end())
                              return;
                          for (const std::size_t port : access)
                              if (port != frame.port)
                                  out.push_back(model::FrameOut{port, frame.packet->raw});
                      };
              }),
        spoilt(
            "mag-deaf-to-multicast", "mag", "hears nothing that is sent to all routers", {"PMIP6-MAG-021"},
            [](Wrong& mag, const model::NodeConfig&) { mag.incoming(drop(is<wire::RouterSolicitation>())); }),
        mag_by_policy("mag-gives-nothing-to-the-plain", "advertises nothing to nodes without the service",
                      {"PMIP6-MAG-202", "PMIP6-MAG-203"},
                      [](MagPolicy& policy) { policy.local_prefix.reset(); }),
        mag_by_policy("mag-gives-home-prefixes-away",
                      "gives nodes without the service a prefix of the anchor", {"PMIP6-MAG-204"},
                      [](MagPolicy& policy) {
                          if (policy.local_prefix)
                              policy.local_prefix = base::parse_prefix("2001:db8:100:5::/64");
                      }),
        mag_by_policy("mag-has-an-address-of-its-own", "does not use the common link-local address",
                      {"PMIP6-MAG-211"}, [](MagPolicy& policy) { policy.link_local.reset(); }),
    };
}

std::vector<Mutant> of_delivery() {
    return {
        without_bootstrap(spoilt("mag-delivers-to-nobody", "mag",
                                 "delivers to an address on the link that nobody has", {"PMIP6-MAG-003"},
                                 [](Wrong& mag, const model::NodeConfig& config) {
                                     mag.outgoing(edit(is_bare_data, [config](wire::Packet& packet) {
                                         auto* frame = std::get_if<wire::Ethernet>(&packet.layers.front());
                                         if (frame && std::ranges::any_of(
                                                          config.topology.identities, [&](const auto& one) {
                                                              return one.mac == frame->destination;
                                                          }))
                                             frame->destination.octets[4] ^= 0x77;
                                         return true;
                                     }));
                                 })),
        commanding("mag-delivers-to-the-first-link", "delivers everything on its first access link",
                   {"PMIP6-MAG-007"},
                   [](Command& command, const model::NodeConfig& config) {
                       auto* set = std::get_if<SetRule>(&command);
                       if (!set || !set->rule.name.starts_with("down "))
                           return true;
                       for (PortIndex port = 0; port < config.self.ports.size(); ++port)
                           if (config.topology.identity(config.self.ports[port].name)) {
                               set->rule.verdict = PortTarget{port, {}};
                               break;
                           }
                       return true;
                   }),
        spoilt("mag-delivers-the-tunnel", "mag", "leaves the outer header on what it delivers",
               {"PMIP6-MAG-151"},
               [](Wrong& mag, const model::NodeConfig& config) {
                   const base::Ip6 own = config.self.address();
                   mag.outgoing(edit(is_bare_data, [own, config](wire::Packet& packet) {
                       const auto* frame = packet.find<wire::Ethernet>();
                       const bool to_node =
                           frame && std::ranges::any_of(config.topology.identities, [&](const auto& one) {
                               return one.mac == frame->destination;
                           });
                       if (to_node)
                           packet.layers.insert(packet.layers.begin() + 1,
                                                wire::Ipv6{.source = own, .destination = own});
                       return to_node;
                   }));
               }),
        eager("mag-storms-with-errors", "answers a packet for nobody with three errors", {"PMIP6-MAG-153"},
              [](const model::NodeConfig& config) {
                  const base::Ip6 own = config.self.address();
                  return [own](const model::FrameIn& frame, model::Machine& mag, base::Now now,
                               model::Actions& out) {
                      const auto* inner = frame.packet->find_last<wire::Ipv6>();
                      if (!is_tunnelled_data(*frame.packet) ||
                          inner->destination != base::parse_ip6("2001:db8:100:7777::1"))
                          return;
                      wire::Packet error;
                      error.layers = {wire::Ipv6{.source = own, .destination = inner->source},
                                      wire::DestinationUnreachable{.code = 0, .invoking = {}}};
                      for (int i = 0; i < 3; ++i)
                          mag.on(model::Emit{error, {}, {}}, now, out);
                  };
              }),
    };
}

std::vector<Mutant> of_uplink() {
    return {
        commanding("mag-takes-the-neighbours-prefix", "tunnels what has a source in any home prefix",
                   {"PMIP6-MAG-033"},
                   [](Command& command, const model::NodeConfig&) {
                       auto* set = std::get_if<SetRule>(&command);
                       if (set && set->rule.name.starts_with("up ") && set->rule.source.length == 64)
                           set->rule.source = base::Prefix{set->rule.source.address, 48}.canonical();
                       return true;
                   }),
        commanding("mag-one-address-a-node", "tunnels only what comes from the address that it guesses",
                   {"PMIP6-MAG-023"},
                   [](Command& command, const model::NodeConfig& config) {
                       auto* set = std::get_if<SetRule>(&command);
                       if (!set || !set->rule.name.starts_with("up ") || set->rule.source.length != 64)
                           return true;
                       for (const auto& identity : config.topology.identities)
                           if (set->rule.name == "up " + identity.nai)
                               set->rule.source = {base::slaac(set->rule.source.address, identity.mac), 128};
                       return true;
                   }),
        without_bootstrap(commanding("mag-opens-no-tunnel", "has no tunnel to the anchor that accepted",
                                     {"PMIP6-MAG-088"},
                                     [](Command& command, const model::NodeConfig&) {
                                         return !std::holds_alternative<AddTunnel>(command);
                                     })),
        without_bootstrap(spoilt(
            "mag-tunnels-over-ipv4", "mag", "encapsulates in IPv4",
            {"PMIP6-MAG-140", "PMIP6-LMA-180", "PMIP6-DOM-008"},
            [](Wrong& mag, const model::NodeConfig&) {
                mag.outgoing(edit(is_tunnelled_data, [](wire::Packet& packet) {
                    const auto at = place_of(packet, packet.find<wire::Ipv6>());
                    packet.layers[at] = wire::Ipv4{.source = {{10, 0, 0, 1}}, .destination = {{10, 0, 0, 2}}};
                    if (auto* ethernet = packet.find<wire::Ethernet>())
                        ethernet->type = {};
                    return true;
                }));
            })),
        without_bootstrap(
            spoilt("mag-tunnels-in-udp", "mag", "puts a UDP header into its tunnel", {"PMIP6-MAG-141"},
                   [](Wrong& mag, const model::NodeConfig&) {
                       mag.outgoing(edit(is_tunnelled_data, [](wire::Packet& packet) {
                           const auto at = place_of(packet, packet.find<wire::Ipv6>());
                           const base::Bytes inner(packet.raw.begin() + 54, packet.raw.end());
                           packet.layers.resize(at + 1);
                           packet.layers.push_back(wire::Udp{.source_port = 4191, .destination_port = 4191});
                           packet.layers.push_back(wire::Payload{.data = inner});
                           return true;
                       }));
                   })),
        mag_by_policy("mag-turns-the-switch-round", "routes locally when it may not, and only then",
                      {"PMIP6-MAG-155", "PMIP6-MAG-143"},
                      [](MagPolicy& policy) { policy.local_routing = !policy.local_routing; }),
        spoilt("mag-swallows-large-packets", "mag", "says nothing of a packet that does not fit the tunnel",
               {"PMIP6-MAG-161"},
               [](Wrong& mag, const model::NodeConfig&) { mag.outgoing(drop(is<wire::PacketTooBig>())); }),
        without_bootstrap(
            spoilt("mag-drops-the-uplink", "mag", "carries nothing for its nodes", {"PMIP6-MAG-212"},
                   [](Wrong& mag, const model::NodeConfig&) {
                       mag.outgoing(drop([](const wire::Packet& packet) {
                           return has_tunnel(packet) && !packet.find<wire::DestinationUnreachable>();
                       }));
                   })),
        spoilt("mag-eats-host-mobility", "mag", "drops the signalling of mobile hosts", {"PMIP6-MAG-205"},
               [](Wrong& mag, const model::NodeConfig& config) {
                   const base::Ip6 own = config.self.address();
                   mag.incoming(drop([own](const wire::Packet& packet) {
                       const auto* update = packet.find<wire::BindingUpdate>();
                       return update && !update->p && packet.find<wire::Ipv6>()->destination != own;
                   }));
               }),
    };
}

} // namespace mag_access_tables

std::vector<Mutant> mag_access_mutants() {
    using namespace mag_access_tables;
    std::vector<Mutant> all;
    for (auto part : {of_home_link, of_delivery, of_uplink})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
