// Anchors that are wrong about mobile networks.
#include "peers/common/router_node.h"
#include "peers/pmip6/codes.h"
#include "peers/pmip6/lma.h"
#include "peers/pmip6/mutants_networks_tables.h"

#include <memory>

namespace peers::pmip6 {

namespace networks_lma_tables {

using namespace common;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;
using wire::MobileNetworkPrefix;

/// Only what is said to the gateways, and not to the node of the barrier.
Mutant saying(std::string id, std::string title, std::vector<std::string> violates,
              std::function<void(BindingAcknowledgement&)> change) {
    return spoilt(std::move(id), "lma", std::move(title), std::move(violates),
                  [change = std::move(change)](Wrong& lma, const model::NodeConfig&) {
                      lma.outgoing(edit<BindingAcknowledgement>(change));
                  });
}
Mutant assigning(std::string id, std::string title, std::vector<std::string> violates,
                 std::function<void(MobileNetworkPrefix&, BindingAcknowledgement&)> change) {
    return saying(std::move(id), std::move(title), std::move(violates),
                  [change = std::move(change)](BindingAcknowledgement& ack) {
                      for (auto& option : ack.options)
                          if (auto* network = std::get_if<MobileNetworkPrefix>(&option))
                              change(*network, ack);
                  });
}
/// An anchor whose commands to its stack are changed.
Mutant commanding(std::string id, std::string title, std::vector<std::string> violates,
                  std::function<bool(Command&)> change) {
    return {std::move(id),
            "lma",
            std::move(title),
            std::move(violates),
            {},
            [change = std::move(change)](const model::NodeConfig& config) {
                return std::make_unique<RouterNode>(
                    config, std::make_unique<WrongRole>(std::make_unique<Lma>(config), change));
            }};
}
/// What the update said that the next acknowledgement answers.
Mutant answering(std::string id, std::string title, std::vector<std::string> violates,
                 std::function<bool(const BindingUpdate&)> minds,
                 std::function<void(BindingAcknowledgement&)> change) {
    return spoilt(
        std::move(id), "lma", std::move(title), std::move(violates),
        [minds = std::move(minds), change = std::move(change)](Wrong& lma, const model::NodeConfig&) {
            auto marked = std::make_shared<bool>(false);
            lma.incoming(edit(is<BindingUpdate>(), [minds, marked](wire::Packet& packet) {
                *marked = minds(*packet.find_last<BindingUpdate>());
                return false;
            }));
            lma.outgoing(edit<BindingAcknowledgement>([change, marked](BindingAcknowledgement& ack) {
                if (*marked)
                    change(ack);
            }));
        });
}

const base::Prefix networks{base::parse_ip6("2001:db8:300::").value(), 56};

bool is_network(const base::Prefix& prefix) {
    return networks.contains(prefix);
}

const MobileNetworkPrefix* asked(const BindingUpdate& update) {
    return wire::find<MobileNetworkPrefix>(update.options);
}

/// From its second answer on.
Mutant forgetting(std::string id, std::string title, std::vector<std::string> violates) {
    return spoilt(std::move(id), "lma", std::move(title), std::move(violates),
                  [](Wrong& lma, const model::NodeConfig&) {
                      lma.outgoing(edit<BindingAcknowledgement>([](BindingAcknowledgement& ack) {
                                       for (auto& option : ack.options)
                                           if (auto* network = std::get_if<MobileNetworkPrefix>(&option))
                                               network->prefix.octets[7] =
                                                   static_cast<std::uint8_t>(0x40 + ack.sequence % 0x80);
                                   }).from(later));
                  });
}

std::vector<Mutant> by_words() {
    return {
        saying("lma-assigns-no-network", "assigns no mobile network prefix",
               {"PNEMO-LMA-001", "PNEMO-LMA-006", "PNEMO-LMA-017", "PNEMO-LMA-019", "PNEMO-LMA-021"},
               [](BindingAcknowledgement& ack) { remove<MobileNetworkPrefix>(ack.options); }),
        assigning("lma-carves-from-home", "takes the network out of the home network prefix",
                  {"PNEMO-LMA-002"},
                  [](MobileNetworkPrefix& network, BindingAcknowledgement& ack) {
                      if (const auto* home = wire::find<wire::HomeNetworkPrefix>(ack.options)) {
                          network.prefix = home->prefix;
                          network.prefix_length = home->prefix_length;
                      }
                  }),
        forgetting("lma-forgets-networks", "tells another prefix from the second time on",
                   {"PNEMO-LMA-005", "PNEMO-LMA-012", "PNEMO-LMA-016", "PNEMO-LMA-018", "PNEMO-LMA-020",
                    "PNEMO-LMA-030", "PNEMO-LMA-036", "PNEMO-LMA-045", "PNEMO-LMA-004"}),
        assigning(
            "lma-assigns-from-nowhere", "assigns prefixes that are in no pool of its own",
            {"PNEMO-LMA-013", "PNEMO-LMA-019", "PNEMO-LMA-003"},
            [](MobileNetworkPrefix& network, BindingAcknowledgement&) { network.prefix.octets[4] = 0x77; }),
        assigning(
            "lma-assigns-one-to-all", "assigns the same prefix to everybody",
            {"PNEMO-LMA-014", "PNEMO-LMA-015", "PNEMO-LMA-013"},
            [](MobileNetworkPrefix& network, BindingAcknowledgement&) { network.prefix = networks.address; }),
        assigning("lma-requests-itself", "sets the requesting bit in its answers", {"PNEMO-LMA-039"},
                  [](MobileNetworkPrefix& network, BindingAcknowledgement&) { network.r = true; }),
        assigning("lma-fills-reserved-bits", "sets reserved bits of the option",
                  {"PNEMO-LMA-039", "PNEMO-BOTH-001"},
                  [](MobileNetworkPrefix& network, BindingAcknowledgement&) { network.reserved = 5; }),
        saying("lma-hides-the-r-flag", "never sets the R flag", {"PNEMO-LMA-044"},
               [](BindingAcknowledgement& ack) { ack.r = false; }),
        saying("lma-misplaces-networks", "aligns no option", {"PNEMO-BOTH-002"},
               [](BindingAcknowledgement& ack) {
                   if (wire::find<MobileNetworkPrefix>(ack.options)) {
                       ack.options = laid_out(ack.options, false, 1, 0);
                       ack.unpadded = true;
                   }
               }),
        saying("lma-tells-no-reason", "has one status for every refusal",
               {"PNEMO-LMA-022", "PNEMO-LMA-029", "PNEMO-LMA-201", "PNEMO-LMA-203", "PNEMO-LMA-206",
                "PNEMO-LMA-041"},
               [](BindingAcknowledgement& ack) {
                   if (ack.status >= status::unspecified)
                       ack.status = status::unspecified;
               }),
        saying("lma-refuses-departures", "refuses de-registrations", {"PNEMO-LMA-042"},
               [](BindingAcknowledgement& ack) {
                   if (ack.lifetime == 0 && ack.status == status::accepted)
                       ack.status = status::not_home_agent;
               }),
        saying(
            "lma-grants-less-than-it-keeps", "tells another lifetime than it keeps", {"PNEMO-LMA-025"},
            [](BindingAcknowledgement& ack) { ack.lifetime = static_cast<std::uint16_t>(ack.lifetime / 2); }),
        saying("lma-takes-everybody-for-a-router", "gives a network to whoever comes", {"PNEMO-LMA-047"},
               [](BindingAcknowledgement& ack) {
                   ack.r = true;
                   if (ack.status == status::accepted && !wire::find<MobileNetworkPrefix>(ack.options))
                       ack.options.push_back(
                           MobileNetworkPrefix{.prefix = networks.address, .prefix_length = 64});
               }),
        answering(
            "lma-answers-requests-only", "tells the prefix only to who asks for it", {"PNEMO-LMA-008"},
            [](const BindingUpdate& update) { return asked(update) == nullptr; },
            [](BindingAcknowledgement& ack) { remove<MobileNetworkPrefix>(ack.options); }),
        answering(
            "lma-minds-reserved-bits", "refuses requests with reserved bits", {"PNEMO-LMA-040"},
            [](const BindingUpdate& update) { return asked(update) && asked(update)->reserved != 0; },
            [](BindingAcknowledgement& ack) { ack.status = status::invalid_network; }),
        answering(
            "lma-refuses-requests-in-refreshes", "has the requesting bit in first updates only",
            {"PNEMO-LMA-004", "PNEMO-LMA-046"},
            [](const BindingUpdate& update) {
                const auto* handoff = wire::find<wire::HandoffIndicator>(update.options);
                return asked(update) && asked(update)->r && handoff && handoff->value != 1;
            },
            [](BindingAcknowledgement& ack) { ack.status = status::no_resources; }),
        answering(
            "lma-processes-no-option", "skips the option of refreshes", {"PNEMO-LMA-017", "PNEMO-LMA-021"},
            [](const BindingUpdate& update) { return asked(update) && !asked(update)->r; },
            [](BindingAcknowledgement& ack) { remove<MobileNetworkPrefix>(ack.options); }),
        answering(
            "lma-wants-h", "refuses R without H with a status of its own", {"PNEMO-LMA-205"},
            [](const BindingUpdate& update) { return update.r && !update.h; },
            [](BindingAcknowledgement& ack) { ack.status = status::not_home_subnet; }),
        answering(
            "lma-returns-impossible-lengths", "answers what it cannot read with a prefix that there is not",
            {"PNEMO-LMA-043"},
            [](const BindingUpdate& update) {
                return update.r &&
                       !(asked(update) && asked(update)->r && asked(update)->prefix_length <= 128);
            },
            [](BindingAcknowledgement& ack) {
                ack.status = status::accepted;
                ack.options.push_back(MobileNetworkPrefix{.prefix = networks.address, .prefix_length = 129});
            }),
        spoilt("lma-loses-networks-in-handovers", "lma", "tells another prefix to the next gateway",
               {"PNEMO-LMA-005", "PNEMO-LMA-036", "PNEMO-LMA-204"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.outgoing(edit(is<wire::Ipv6>([](const wire::Ipv6& ip) {
                                         return ip.destination == base::parse_ip6("2001:db8:0:2::1");
                                     }),
                                     [](wire::Packet& packet) {
                                         auto* ack = packet.find<BindingAcknowledgement>();
                                         if (!ack)
                                             return false;
                                         for (auto& option : ack->options)
                                             if (auto* network = std::get_if<MobileNetworkPrefix>(&option))
                                                 network->prefix.octets[7] ^= 0x80;
                                         return true;
                                     }));
               }),
        spoilt("lma-announces-no-networks", "lma", "keeps its networks to itself", {"PNEMO-LMA-032"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.outgoing(edit(is<wire::Udp>(), [](wire::Packet& packet) {
                       auto* routes = packet.find<wire::Payload>();
                       if (!routes || routes->data.size() <= 24)
                           return false;
                       routes->data.resize(routes->data.size() - 20);
                       packet.find<wire::Udp>()->length.reset();
                       packet.find<wire::Udp>()->checksum.reset();
                       packet.find<wire::Ipv6>()->payload_length.reset();
                       return true;
                   }));
               }),
        spoilt("lma-rewrites-inside", "lma", "sends what is for the network to its first host",
               {"PNEMO-LMA-034"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.outgoing(edit(is<wire::Ipv6>([](const wire::Ipv6& ip) {
                                         return is_network({ip.destination, 128});
                                     }),
                                     [](wire::Packet& packet) {
                                         for (auto& layer : packet.layers)
                                             if (auto* ip = std::get_if<wire::Ipv6>(&layer);
                                                 ip && is_network({ip->destination, 128}))
                                                 ip->destination.octets[15] = 1;
                                         return true;
                                     }));
               }),
    };
}

std::vector<Mutant> by_deeds() {
    return {
        commanding("lma-routes-no-network", "sets up no route for the network",
                   {"PNEMO-LMA-024", "PNEMO-LMA-028", "PNEMO-LMA-031", "PNEMO-LMA-033"},
                   [](Command& command) {
                       const auto* add = std::get_if<AddRoute>(&command);
                       return !add || !is_network(add->route.to);
                   }),
        commanding("lma-routes-no-home", "sets up no route for the home network", {"PNEMO-LMA-027"},
                   [](Command& command) {
                       const auto* add = std::get_if<AddRoute>(&command);
                       return !add || is_network(add->route.to);
                   }),
        commanding("lma-makes-no-tunnels", "has routes and no tunnels", {"PNEMO-LMA-026"},
                   [](Command& command) { return !std::holds_alternative<AddTunnel>(command); }),
        commanding("lma-takes-nothing-from-networks", "drops what comes from the network", {"PNEMO-LMA-035"},
                   [](Command& command) {
                       const auto* set = std::get_if<SetRule>(&command);
                       return !set || !set->rule.name.starts_with("network up ");
                   }),
        {"lma-never-moves-networks",
         "lma",
         "leaves the route of a network where it was first",
         {"PNEMO-LMA-009", "PNEMO-LMA-033", "PNEMO-LMA-042", "PNEMO-LMA-048"},
         {},
         [](const model::NodeConfig& config) {
             auto known = std::make_shared<std::vector<base::Prefix>>();
             return std::make_unique<RouterNode>(
                 config,
                 std::make_unique<WrongRole>(std::make_unique<Lma>(config), [known](Command& command) {
                     const auto* add = std::get_if<AddRoute>(&command);
                     if (const auto* gone = std::get_if<RemoveRoute>(&command); gone && is_network(gone->to))
                         return false;
                     if (!add || !is_network(add->route.to))
                         return true;
                     for (const base::Prefix& one : *known)
                         if (one == add->route.to)
                             return false;
                     known->push_back(add->route.to);
                     return true;
                 }));
         }},
        commanding("lma-keeps-networks-to-itself", "has no network in its entries",
                   {"PNEMO-LMA-010", "PNEMO-LMA-024"},
                   [](Command& command) {
                       if (auto* note = std::get_if<model::Note>(&command))
                           note->arguments.erase("network");
                       return true;
                   }),
        {"lma-binds-though-refused",
         "lma",
         "says that it has no network and binds the router all the same",
         {"PNEMO-LMA-023"},
         {},
         [](const model::NodeConfig& config) {
             auto wrong = std::make_unique<Wrong>(
                 make_lma(config,
                          [](LmaPolicy& policy) {
                              policy.network_pools.push_back({base::parse_ip6("2001:db8:3ff::").value(), 56});
                          }),
                 profile_of(config));
             wrong->outgoing(edit<BindingAcknowledgement>([](BindingAcknowledgement& ack) {
                 const auto* network = wire::find<MobileNetworkPrefix>(ack.options);
                 if (!network || is_network({network->prefix, 64}))
                     return;
                 ack.status = status::no_resources;
                 remove<MobileNetworkPrefix>(ack.options);
             }));
             return wrong;
         }},
        lma_by_policy("lma-believes-proposals", "assigns what the request names", {"PNEMO-LMA-003"},
                      [](LmaPolicy& policy) { policy.take_proposed_network = true; }),
        lma_by_policy("lma-believes-claims", "takes the prefix of a refresh for the router's own",
                      {"PNEMO-LMA-041"}, [](LmaPolicy& policy) { policy.check_network_claim = false; }),
        lma_by_policy("lma-minds-no-r-flag", "assigns a network to whoever has the option",
                      {"PNEMO-BOTH-005"}, [](LmaPolicy& policy) { policy.network_without_flag = true; }),
        lma_by_policy("lma-keeps-one-session", "has one entry for a router, whatever its interfaces",
                      {"PNEMO-LMA-011", "PNEMO-LMA-030"},
                      [](LmaPolicy& policy) { policy.sessions_by_interface = false; }),
        lma_by_policy("lma-forgets-routers-at-once", "waits for nobody who has left", {"PNEMO-LMA-204"},
                      [](LmaPolicy& policy) { policy.delay_deletion = false; }),
        lma_by_policy("lma-serves-strange-gateways", "serves whoever registers a router", {"PNEMO-LMA-202"},
                      [](LmaPolicy& policy) { std::erase(policy.checks, Check::sender); }),
        lma_by_policy("lma-serves-stale-routers", "minds no timestamp of a router", {"PNEMO-LMA-203"},
                      [](LmaPolicy& policy) { std::erase(policy.checks, Check::order); }),
        lma_by_policy("lma-trusts-networks", "routes whatever comes out of a router's tunnel",
                      {"PNEMO-LMA-207"}, [](LmaPolicy& policy) { policy.check_inner_source = false; }),
        lma_by_policy("lma-minds-no-delay-for-networks", "goes on to a gateway that has de-registered",
                      {"PNEMO-LMA-042"}, [](LmaPolicy& policy) { policy.delete_at_deregistration = false; }),
        {"lma-serves-bare-routers",
         "lma",
         "takes updates of routers in the clear",
         {"PNEMO-LMA-038"},
         {},
         [](model::NodeConfig config) {
             config.self.settings["lapses"] = "accepts-clear";
             return make_lma(config);
         }},
    };
}

} // namespace networks_lma_tables

std::vector<Mutant> lma_network_mutants() {
    using namespace networks_lma_tables;
    std::vector<Mutant> all = by_words();
    for (Mutant& mutant : by_deeds())
        all.push_back(std::move(mutant));
    for (Mutant& mutant : all)
        for (const char* plain : {"lma-makes-no-tunnels", "lma-routes-no-home"})
            mutant.breaks_bootstrap |= mutant.id == plain; // plain nodes suffer as well
    return all;
}

} // namespace peers::pmip6
