// Gateways that are wrong about mobile routers: what they say of them, what they relay, what they carry.
#include "peers/common/router_node.h"
#include "peers/dhcp/options.h"
#include "peers/dhcp/relay.h"
#include "peers/pmip6/mag.h"
#include "peers/pmip6/mutants_networks_tables.h"

#include <memory>

namespace peers::pmip6 {

namespace networks_mag_tables {

using namespace common;
using wire::BindingUpdate;
using wire::Dhcpv6Message;
using wire::Dhcpv6Relay;
using wire::MobileNetworkPrefix;

Mutant updating(std::string id, std::string title, std::vector<std::string> violates,
                std::function<void(BindingUpdate&)> change) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [change = std::move(change)](Wrong& mag, const model::NodeConfig&) {
                      mag.outgoing(edit<BindingUpdate>([change](BindingUpdate& update) {
                          if (update.p)
                              change(update);
                      }));
                  });
}
Mutant asking_for(std::string id, std::string title, std::vector<std::string> violates,
                  std::function<void(MobileNetworkPrefix&, const BindingUpdate&)> change) {
    return updating(std::move(id), std::move(title), std::move(violates),
                    [change = std::move(change)](BindingUpdate& update) {
                        for (auto& option : update.options)
                            if (auto* network = std::get_if<MobileNetworkPrefix>(&option))
                                change(*network, update);
                    });
}
Mutant relaying(std::string id, std::string title, std::vector<std::string> violates,
                std::function<void(Dhcpv6Relay&)> change) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [change = std::move(change)](Wrong& mag, const model::NodeConfig&) {
                      mag.outgoing(edit<Dhcpv6Relay>(change));
                  });
}
/// The message in the envelope is changed, and what is around it follows.
Mutant rewriting(std::string id, std::string title, std::vector<std::string> violates,
                 std::function<void(Dhcpv6Message&)> change) {
    return relaying(std::move(id), std::move(title), std::move(violates),
                    [change = std::move(change)](Dhcpv6Relay& relay) {
                        for (auto& option : relay.options)
                            if (auto* carried = std::get_if<wire::RelayMessage>(&option))
                                for (auto& any : carried->message)
                                    if (auto* message = std::get_if<Dhcpv6Message>(&any)) {
                                        change(*message);
                                        carried->header = {};
                                    }
                    });
}
Mutant commanding(std::string id, std::string title, std::vector<std::string> violates,
                  std::function<bool(Command&)> change) {
    return {std::move(id),
            "mag",
            std::move(title),
            std::move(violates),
            {},
            [change = std::move(change)](const model::NodeConfig& config) {
                return std::make_unique<RouterNode>(
                    config, std::make_unique<WrongRole>(std::make_unique<Mag>(config), change));
            }};
}
Mutant hearing(std::string id, std::string title, std::vector<std::string> violates, Selects what,
               std::function<bool(wire::Packet&)> change) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [what = std::move(what), change = std::move(change)](Wrong& mag, const model::NodeConfig&) {
                      mag.incoming(edit(what, change));
                  });
}

bool sets_rule(const Command& command, const char* beginning) {
    const auto* set = std::get_if<SetRule>(&command);
    return set && set->rule.name.starts_with(beginning);
}

Selects relays(std::uint8_t type) {
    return is<Dhcpv6Relay>([type](const Dhcpv6Relay& relay) {
        const wire::Dhcpv6Any any(relay);
        const auto* message = dhcp::innermost(any);
        return relay.type == wire::dhcpv6::relay_forward && message && message->type == type;
    });
}

/// Octets behind the UDP header follow what was changed.
void resize(wire::Packet& packet) {
    if (auto* udp = packet.find<wire::Udp>()) {
        udp->length.reset();
        udp->checksum.reset();
    }
    for (auto& layer : packet.layers)
        if (auto* ip = std::get_if<wire::Ipv6>(&layer))
            ip->payload_length.reset();
}

std::vector<Mutant> in_updates() {
    return {
        spoilt("mag-registers-no-router", "mag", "registers nobody",
               {"PNEMO-MAG-003", "PNEMO-MAG-023", "PNEMO-MAG-052"},
               [](Wrong& mag, const model::NodeConfig&) { mag.outgoing(drop(is<BindingUpdate>())); }),
        spoilt("mag-registers-late", "mag", "thinks for three seconds before it registers",
               {"PNEMO-MAG-052", "PNEMO-MAG-003"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(delay(is<BindingUpdate>(), std::chrono::seconds(3)));
               }),
        updating("mag-asks-for-no-network", "registers routers as nodes",
                 {"PNEMO-MAG-005", "PNEMO-MAG-012", "PNEMO-MAG-022", "PNEMO-MAG-023", "PNEMO-MAG-024",
                  "PNEMO-MAG-025", "PNEMO-MAG-026", "PNEMO-MAG-027", "PNEMO-MAG-029", "PNEMO-MAG-033",
                  "PNEMO-MAG-045"},
                 [](BindingUpdate& update) { remove<MobileNetworkPrefix>(update.options); }),
        updating("mag-hides-the-r-flag", "never sets the R flag", {"PNEMO-MAG-028", "PNEMO-MAG-022"},
                 [](BindingUpdate& update) { update.r = false; }),
        updating("mag-forgets-a", "asks for no acknowledgement of routers", {"PNEMO-MAG-201"},
                 [](BindingUpdate& update) { update.a = false; }),
        updating("mag-forgets-technologies", "does not say over what a router came", {"PNEMO-MAG-201"},
                 [](BindingUpdate& update) { remove<wire::AccessTechnologyType>(update.options); }),
        updating("mag-names-routers-otherwise", "has another name for routers", {"PNEMO-MAG-021"},
                 [](BindingUpdate& update) {
                     for (auto& option : update.options)
                         if (auto* identifier = std::get_if<wire::MobileNodeIdentifier>(&option))
                             identifier->nai = "r" + identifier->nai.substr(1);
                 }),
        updating("mag-calls-every-handover-new", "says of everybody that he has not moved",
                 {"PNEMO-MAG-045", "PNEMO-MAG-201"},
                 [](BindingUpdate& update) {
                     for (auto& option : update.options)
                         if (auto* handoff = std::get_if<wire::HandoffIndicator>(&option))
                             handoff->value = 5;
                 }),
        updating("mag-names-what-it-should-not", "names the network in implicit mode too", {"PNEMO-MAG-032"},
                 [](BindingUpdate& update) {
                     if (!wire::find<MobileNetworkPrefix>(update.options) && update.r)
                         update.options.push_back(MobileNetworkPrefix{
                             .prefix = base::parse_ip6("2001:db8:300:1::").value(), .prefix_length = 64});
                 }),
        asking_for("mag-requests-nothing", "never sets the requesting bit",
                   {"PNEMO-MAG-012", "PNEMO-MAG-024", "PNEMO-MAG-025", "PNEMO-MAG-029", "PNEMO-MAG-033",
                    "PNEMO-MAG-045", "PNEMO-MAG-008"},
                   [](MobileNetworkPrefix& network, const BindingUpdate&) { network.r = false; }),
        asking_for("mag-requests-always", "sets the requesting bit in refreshes",
                   {"PNEMO-MAG-030", "PNEMO-MAG-044"},
                   [](MobileNetworkPrefix& network, const BindingUpdate&) { network.r = true; }),
        asking_for("mag-refreshes-another", "names another prefix in refreshes", {"PNEMO-MAG-031"},
                   [](MobileNetworkPrefix& network, const BindingUpdate&) {
                       if (!network.r)
                           network.prefix.octets[7] ^= 0x40;
                   }),
        asking_for("mag-fills-reserved-bits", "sets reserved bits of the option",
                   {"PNEMO-MAG-008", "PNEMO-BOTH-001"},
                   [](MobileNetworkPrefix& network, const BindingUpdate&) { network.reserved = 0x11; }),
        updating("mag-misplaces-networks", "aligns no option", {"PNEMO-BOTH-002"},
                 [](BindingUpdate& update) {
                     if (wire::find<MobileNetworkPrefix>(update.options)) {
                         update.options = laid_out(update.options, false, 1, 0);
                         update.unpadded = true;
                     }
                 }),
        hearing("mag-registers-whoever-solicits", "takes any sender on a link for one that it knows",
                {"PNEMO-MAG-006"}, is<wire::RouterSolicitation>(),
                [](wire::Packet& packet) {
                    auto* frame = packet.find<wire::Ethernet>();
                    if (!frame || frame->source.octets[5] != 0x99)
                        return false;
                    frame->source.octets[5] = 0x02;
                    return true;
                }),
        mag_by_policy("mag-repeats-steadily", "retransmits every second", {"PNEMO-MAG-202"},
                      [](MagPolicy& policy) { policy.doubles = false; }),
        mag_by_policy("mag-asks-a-router-once", "never retransmits", {"PNEMO-MAG-202"},
                      [](MagPolicy& policy) { policy.retransmit = false; }),
        mag_by_policy("mag-serves-everybody-a-network", "offers network mobility to everybody",
                      {"PNEMO-MAG-022", "PNEMO-MAG-038"},
                      [](MagPolicy& policy) { policy.serve_all_routers = true; }),
        {"mag-speaks-in-the-clear",
         "mag",
         "has no IPsec",
         {"PNEMO-MAG-051"},
         {},
         [](model::NodeConfig config) {
             config.self.settings.erase("security");
             return make_mag(config);
         }},
        {"mag-relays-in-the-clear",
         "mag",
         "protects nothing but what it says to anchors",
         {"PNEMO-MAG-050"},
         {},
         [](model::NodeConfig config) {
             std::string& security = config.self.settings["security"];
             const std::string policy = "protect 2001:db8:0:1::1 2001:db8:0:d::1 with esp";
             if (const auto at = security.find(policy); at != std::string::npos)
                 security.replace(at, policy.size(), "bypass 2001:db8:0:1::1 2001:db8:0:d::1");
             return make_mag(config);
         }},
    };
}

std::vector<Mutant> in_traffic() {
    return {
        commanding("mag-delivers-to-no-network", "has no way into the network",
                   {"PNEMO-MAG-001", "PNEMO-MAG-018", "PNEMO-MAG-019", "PNEMO-MAG-046", "PNEMO-MAG-047",
                    "PNEMO-MAG-059"},
                   [](Command& command) { return !sets_rule(command, "network down "); }),
        commanding("mag-takes-nothing-from-networks", "has no way out of the network",
                   {"PNEMO-MAG-001", "PNEMO-MAG-004", "PNEMO-MAG-046"},
                   [](Command& command) { return !sets_rule(command, "network up "); }),
        commanding("mag-keeps-networks-to-itself", "has no network in its entries", {"PNEMO-MAG-020"},
                   [](Command& command) {
                       if (auto* note = std::get_if<model::Note>(&command))
                           note->arguments.erase("network");
                       return true;
                   }),
        spoilt("mag-is-no-router-of-routers", "mag", "advertises no default router", {"PNEMO-MAG-002"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(edit<wire::RouterAdvertisement>(
                       [](wire::RouterAdvertisement& ra) { ra.router_lifetime = 0; }));
               }),
        spoilt("mag-keeps-foreign-updates", "mag", "swallows updates of routers that speak for themselves",
               {"PNEMO-MAG-007"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(
                       drop(is<BindingUpdate>([](const BindingUpdate& update) { return !update.p; })));
               }),
        mag_by_policy("mag-routes-after-delegation", "waits for DHCPv6 before it carries the network",
                      {"PNEMO-MAG-018", "PNEMO-MAG-046", "PNEMO-MAG-047"},
                      [](MagPolicy& policy) { policy.route_at_once = false; }),
        mag_by_policy("mag-carries-any-prefix", "takes whatever the anchor says for a network",
                      {"PNEMO-MAG-034"}, [](MagPolicy& policy) { policy.check_network = false; }),
        mag_by_policy("mag-sticks-to-networks", "stays with the first prefix of a router", {"PNEMO-MAG-059"},
                      [](MagPolicy& policy) { policy.replace_network = false; }),
        mag_by_policy("mag-carries-no-routing", "carries no routing protocol", {"PNEMO-MAG-048"},
                      [](MagPolicy& policy) { policy.routing_protocols = false; }),
        mag_by_policy("mag-carries-all-link-local", "tunnels solicitations as well", {"PNEMO-MAG-049"},
                      [](MagPolicy& policy) { policy.carry_all_link_local = true; }),
        mag_by_policy("mag-trusts-networks", "tunnels whatever source there is", {"PNEMO-MAG-061"},
                      [](MagPolicy& policy) { policy.check_source_prefix = false; }),
    };
}

std::vector<Mutant> in_delegation() {
    namespace type = wire::dhcpv6;
    return {
        spoilt("mag-relays-no-delegation", "mag", "is no relay agent",
               {"PNEMO-MAG-009", "PNEMO-MAG-015", "PNEMO-MAG-035", "PNEMO-MAG-037", "PNEMO-MAG-203",
                "PNEMO-MAG-211"},
               [](Wrong& mag, const model::NodeConfig&) { mag.outgoing(drop(is<Dhcpv6Relay>())); }),
        spoilt("mag-relays-no-renewal", "mag", "relays no Renew", {"PNEMO-MAG-015", "PNEMO-MAG-035"},
               [](Wrong& mag, const model::NodeConfig&) { mag.outgoing(drop(relays(type::renew))); }),
        spoilt("mag-relays-late", "mag", "takes two seconds to relay", {"PNEMO-MAG-037", "PNEMO-MAG-052"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(delay(is<Dhcpv6Relay>(), std::chrono::seconds(2)));
               }),
        spoilt("mag-relays-twice", "mag", "relays everything twice", {"PNEMO-MAG-037"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(duplicate(is<Dhcpv6Relay>(), std::chrono::milliseconds(100)));
               }),
        mag_by_policy("mag-holds-no-solicit", "forgets a Solicit that comes too early",
                      {"PNEMO-MAG-037", "PNEMO-MAG-009"},
                      [](MagPolicy& policy) { policy.hold_solicits = false; }),
        mag_by_policy("mag-relays-at-once", "relays before there is a prefix, and without one",
                      {"PNEMO-MAG-011", "PNEMO-MAG-014", "PNEMO-MAG-034"},
                      [](MagPolicy& policy) { policy.relay_unassigned = true; }),
        mag_by_policy("mag-holds-all-solicits", "relays what it replaces", {"PNEMO-MAG-053"},
                      [](MagPolicy& policy) { policy.hold_one_only = false; }),
        mag_by_policy("mag-relays-for-the-gone", "relays for a router that has left", {"PNEMO-MAG-060"},
                      [](MagPolicy& policy) { policy.forget_held = false; }),
        mag_by_policy("mag-gives-no-hint", "relays as it hears",
                      {"PNEMO-MAG-013", "PNEMO-MAG-039", "PNEMO-MAG-054", "PNEMO-MAG-059"},
                      [](MagPolicy& policy) { policy.insert_hints = false; }),
        mag_by_policy("mag-hints-everywhere", "puts the hint into every association", {"PNEMO-MAG-058"},
                      [](MagPolicy& policy) { policy.one_hint_only = false; }),
        mag_by_policy("mag-breaks-seals", "changes what is authenticated", {"PNEMO-MAG-212"},
                      [](MagPolicy& policy) { policy.spare_authenticated = false; }),
        rewriting("mag-miscounts", "leaves the length of the association as it was", {"PNEMO-MAG-055"},
                  [](Dhcpv6Message& message) {
                      for (auto& option : message.options)
                          if (auto* association = std::get_if<wire::IaPd>(&option))
                              association->header.length = 12;
                  }),
        rewriting("mag-asks-for-prefixes-itself", "puts an association where there was none",
                  {"PNEMO-MAG-057"},
                  [](Dhcpv6Message& message) {
                      if (!dhcp::find_option<wire::IaPd>(message.options))
                          message.options.emplace_back(wire::IaPd{});
                  }),
        relaying("mag-counts-its-own-hop", "begins to count with one", {"PNEMO-MAG-204"},
                 [](Dhcpv6Relay& relay) { relay.hop_count = 1; }),
        relaying("mag-names-itself-as-peer", "names nobody as the peer", {"PNEMO-MAG-204"},
                 [](Dhcpv6Relay& relay) { relay.peer_address = {}; }),
        relaying("mag-names-no-interface", "leaves the Interface-Id out", {"PNEMO-MAG-205"},
                 [](Dhcpv6Relay& relay) { remove<wire::InterfaceId>(relay.options); }),
        relaying("mag-relays-empty-envelopes", "forgets the message", {"PNEMO-MAG-203"},
                 [](Dhcpv6Relay& relay) { remove<wire::RelayMessage>(relay.options); }),
        spoilt("mag-relays-to-clients", "mag", "relays to the port of clients", {"PNEMO-MAG-206"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(edit(is<Dhcpv6Relay>(), [](wire::Packet& packet) {
                       packet.find<wire::Udp>()->destination_port = dhcp::client_port;
                       packet.find<wire::Udp>()->checksum.reset();
                       return true;
                   }));
               }),
        spoilt("mag-answers-on-the-server-port", "mag", "hands answers on to the port of servers",
               {"PNEMO-MAG-208"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(edit(is<Dhcpv6Message>(), [](wire::Packet& packet) {
                       packet.find<wire::Udp>()->destination_port = dhcp::server_port;
                       packet.find<wire::Udp>()->checksum.reset();
                       return true;
                   }));
               }),
        spoilt("mag-hands-nothing-on", "mag", "keeps answers to itself",
               {"PNEMO-MAG-208", "PNEMO-MAG-015", "PNEMO-MAG-016"},
               [](Wrong& mag, const model::NodeConfig&) { mag.outgoing(drop(is<Dhcpv6Message>())); }),
        mag_by_policy("mag-hands-on-anything", "hands on whatever the server gives",
                      {"PNEMO-MAG-040", "PNEMO-LMA-037", "PNEMO-DR-007"},
                      [](MagPolicy& policy) { policy.check_delegated = false; }),
        mag_by_policy("mag-gives-up-at-once", "does not relay again", {"PNEMO-MAG-041"},
                      [](MagPolicy& policy) { policy.delegation_repeats = 0; }),
        mag_by_policy("mag-never-gives-up", "relays again for ever", {"PNEMO-MAG-042"},
                      [](MagPolicy& policy) { policy.delegation_repeats = 1000; }),
        mag_by_policy("mag-minds-no-end", "serves a prefix whose lifetime is over",
                      {"PNEMO-MAG-017", "PNEMO-MAG-043"},
                      [](MagPolicy& policy) { policy.heed_zero_lifetime = false; }),
        mag_by_policy("mag-minds-no-release", "serves a prefix that was given back", {"PNEMO-MAG-056"},
                      [](MagPolicy& policy) { policy.heed_release = false; }),
        mag_by_policy("mag-forwards-unicast", "forwards DHCPv6 to the server as data",
                      {"PNEMO-MAG-035", "PNEMO-MAG-010"},
                      [](MagPolicy& policy) { policy.intercept_unicast = false; }),
        mag_by_policy("mag-verifies-nothing", "relays whatever it can read", {"PNEMO-MAG-036"},
                      [](MagPolicy& policy) { policy.check_dhcp = false; }),
        mag_by_policy("mag-counts-no-hops", "relays from however far away", {"PNEMO-MAG-207"},
                      [](MagPolicy& policy) { policy.check_hops = false; }),
        hearing("mag-minds-no-interface", "hands on what is for an interface that it has not",
                {"PNEMO-MAG-209"},
                is<Dhcpv6Relay>([](const Dhcpv6Relay& relay) { return relay.type == type::relay_reply; }),
                [](wire::Packet& packet) {
                    for (auto& option : packet.find<Dhcpv6Relay>()->options)
                        if (auto* id = std::get_if<wire::InterfaceId>(&option)) {
                            id->value = {'m', 'r'};
                            id->header = {};
                        }
                    resize(packet);
                    return true;
                }),
        hearing("mag-relays-servers", "relays what a server would say", {"PNEMO-MAG-210"},
                is<Dhcpv6Message>([](const Dhcpv6Message& message) {
                    return message.type == type::advertise || message.type == type::reply ||
                           message.type == type::reconfigure;
                }),
                [](wire::Packet& packet) {
                    packet.find<Dhcpv6Message>()->type = type::request;
                    resize(packet);
                    return true;
                }),
    };
}

} // namespace networks_mag_tables

std::vector<Mutant> mag_network_mutants() {
    using namespace networks_mag_tables;
    std::vector<Mutant> all = in_updates();
    for (auto part : {in_traffic, in_delegation})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    for (Mutant& mutant : all)
        for (const char* plain : {"mag-registers-no-router", "mag-registers-late", "mag-forgets-a",
                                  "mag-names-routers-otherwise", "mag-is-no-router-of-routers"})
            mutant.breaks_bootstrap |= mutant.id == plain; // plain nodes suffer as well
    return all;
}

} // namespace peers::pmip6
