#include "peers/delegation/mutants.h"

#include "peers/common/router_node.h"
#include "peers/common/stack.h"
#include "peers/common/wrong.h"
#include "peers/delegation/delegating_role.h"
#include "peers/delegation/make.h"
#include "peers/delegation/router_role.h"
#include "peers/dhcp/options.h"

#include <memory>

// Delegating routers that delegate wrongly, and mobile routers that ask or use wrongly.

namespace peers::delegation {

namespace {

using common::edit;
using common::Mutant;
using common::Wrong;
using dhcp::DelegationPolicy;
using wire::Dhcpv6Message;
using wire::Dhcpv6Relay;

Mutant dr(std::string id, std::string title, std::vector<std::string> violates, AdjustDelegation adjust) {
    return {
        std::move(id),
        "dr",
        std::move(title),
        std::move(violates),
        {},
        [adjust = std::move(adjust)](const model::NodeConfig& config) { return make_dr(config, adjust); }};
}

Mutant mr(std::string id, std::string title, std::vector<std::string> violates, AdjustRouter adjust) {
    return {
        std::move(id),
        "mr",
        std::move(title),
        std::move(violates),
        {},
        [adjust = std::move(adjust)](const model::NodeConfig& config) { return make_mr(config, adjust); }};
}

using SpoilNode = std::function<void(Wrong&)>;

Mutant spoilt_node(std::string id, std::string role, std::string title, std::vector<std::string> violates,
                   SpoilNode spoil) {
    const bool is_dr = role == "dr";
    return {std::move(id),
            std::move(role),
            std::move(title),
            std::move(violates),
            {},
            [is_dr, spoil = std::move(spoil)](const model::NodeConfig& config) {
                auto wrong = std::make_unique<Wrong>(is_dr ? make_dr(config) : make_mr(config),
                                                     common::profile_of(config));
                spoil(*wrong);
                return wrong;
            }};
}

/// The message in the envelope, or the one that has none.
void within(Dhcpv6Relay& relay, const std::function<void(Dhcpv6Message&)>& change) {
    for (auto& option : relay.options)
        if (auto* carried = std::get_if<wire::RelayMessage>(&option))
            for (auto& any : carried->message)
                if (auto* message = std::get_if<Dhcpv6Message>(&any)) {
                    change(*message);
                    carried->data.clear();
                    carried->header = {};
                }
}

/// A delegating router whose answers are changed on their way.
Mutant answering(std::string id, std::string title, std::vector<std::string> violates,
                 std::function<void(Dhcpv6Message&)> change) {
    return spoilt_node(std::move(id), "dr", std::move(title), std::move(violates),
                       [change = std::move(change)](Wrong& wrong) {
                           wrong.outgoing(
                               edit<Dhcpv6Relay>([change](Dhcpv6Relay& relay) { within(relay, change); }));
                       });
}
Mutant enveloping(std::string id, std::string title, std::vector<std::string> violates,
                  std::function<void(Dhcpv6Relay&)> change) {
    return spoilt_node(
        std::move(id), "dr", std::move(title), std::move(violates),
        [change = std::move(change)](Wrong& wrong) { wrong.outgoing(edit<Dhcpv6Relay>(change)); });
}
/// A mobile router whose DHCPv6 messages are changed.
Mutant asking(std::string id, std::string title, std::vector<std::string> violates,
              std::function<void(Dhcpv6Message&)> change) {
    return spoilt_node(
        std::move(id), "mr", std::move(title), std::move(violates),
        [change = std::move(change)](Wrong& wrong) { wrong.outgoing(edit<Dhcpv6Message>(change)); });
}

common::Selects of_type(std::uint8_t type) {
    return common::is<Dhcpv6Message>([type](const Dhcpv6Message& message) { return message.type == type; });
}

std::vector<Mutant> of_delegation() {
    namespace type = wire::dhcpv6;
    return {
        dr("dr-ignores-hints", "delegates what comes first, whatever the hint",
           {"PNEMO-DR-002", "PNEMO-DR-005", "PNEMO-DR-008"},
           [](DelegationPolicy& policy) { policy.honours_hints = false; }),
        dr("dr-gives-another", "delegates another prefix instead of one that it cannot",
           {"PNEMO-DR-203", "PNEMO-DR-201"},
           [](DelegationPolicy& policy) { policy.refuses_other_hints = false; }),
        dr("dr-says-no-reason", "answers without prefix and without status", {"PNEMO-DR-203"},
           [](DelegationPolicy& policy) { policy.says_no_prefix = false; }),
        dr("dr-minds-no-server-id", "answers what is for another server", {"PNEMO-DR-212"},
           [](DelegationPolicy& policy) { policy.checks_server_id = false; }),
        dr("dr-minds-no-client-id", "answers clients without a name", {"PNEMO-DR-212"},
           [](DelegationPolicy& policy) { policy.checks_client_id = false; }),
        dr("dr-renews-anything", "extends what it has never given", {"PNEMO-DR-207"},
           [](DelegationPolicy& policy) { policy.knows_bindings = false; }),
        dr("dr-adopts-foreign", "extends prefixes that are not in the binding", {"PNEMO-DR-205"},
           [](DelegationPolicy& policy) { policy.ends_foreign = false; }),
        dr("dr-does-not-refresh", "lets lifetimes run down whatever is renewed", {"PNEMO-DR-204"},
           [](DelegationPolicy& policy) { policy.refreshes = false; }),
        dr("dr-believes-times", "takes T1 and T2 from the client", {"PNEMO-DR-210", "PNEMO-DR-211"},
           [](DelegationPolicy& policy) { policy.believes_times = true; }),
        dr("dr-knows-no-rapid-commit", "advertises whatever is asked", {"PNEMO-DR-214"},
           [](DelegationPolicy& policy) { policy.rapid_commit = false; }),
        dr("dr-keeps-what-is-released", "never gives a released prefix again", {"PNEMO-DR-208"},
           [](DelegationPolicy& policy) { policy.releases = false; }),
        spoilt_node("dr-is-silent-on-renew", "dr", "does not answer Renew", {"PNEMO-DR-004", "PNEMO-DR-206"},
                    [](Wrong& wrong) {
                        wrong.incoming(common::drop(common::is<Dhcpv6Relay>([](const Dhcpv6Relay& relay) {
                            const wire::Dhcpv6Any any(relay);
                            const auto* carried = dhcp::find_option<wire::RelayMessage>(relay.options);
                            const auto* inner = carried && !carried->message.empty()
                                                    ? std::get_if<Dhcpv6Message>(&carried->message.front())
                                                    : nullptr;
                            return inner && inner->type == type::renew;
                        })));
                    }),
        answering("dr-offers-nothing-named", "answers without an association",
                  {"PNEMO-DR-202", "PNEMO-DR-209", "PNEMO-DR-003"},
                  [](Dhcpv6Message& message) { common::remove<wire::IaPd>(message.options); }),
        answering("dr-names-nobody", "leaves its own name out", {"PNEMO-DR-003"},
                  [](Dhcpv6Message& message) { common::remove<wire::ServerId>(message.options); }),
        answering("dr-empties-replies", "confirms without a prefix", {"PNEMO-DR-209", "PNEMO-DR-005"},
                  [](Dhcpv6Message& message) {
                      if (message.type == type::reply)
                          for (auto& option : message.options)
                              if (auto* association = std::get_if<wire::IaPd>(&option)) {
                                  common::remove<wire::IaPrefix>(association->options);
                                  association->header = {};
                              }
                  }),
        answering("dr-turns-times-round", "wants to be renewed after it may be rebound", {"PNEMO-DR-210"},
                  [](Dhcpv6Message& message) {
                      for (auto& option : message.options)
                          if (auto* association = std::get_if<wire::IaPd>(&option);
                              association && association->t1)
                              std::swap(association->t1, association->t2);
                  }),
        answering("dr-refuses-releases", "says nothing good of a Release", {"PNEMO-DR-215"},
                  [](Dhcpv6Message& message) {
                      for (auto& option : message.options)
                          if (auto* status = std::get_if<wire::StatusCode>(&option)) {
                              status->status = dhcp::code::unspecified;
                              status->header = {};
                          }
                  }),
        enveloping("dr-forgets-the-way", "sends answers back to nowhere", {"PNEMO-DR-213"},
                   [](Dhcpv6Relay& relay) { relay.peer_address = {}; }),
        enveloping("dr-forgets-interfaces", "leaves the Interface-Id out", {"PNEMO-DR-213"},
                   [](Dhcpv6Relay& relay) { common::remove<wire::InterfaceId>(relay.options); }),
        enveloping("dr-counts-hops", "answers with a hop count of its own", {"PNEMO-DR-213"},
                   [](Dhcpv6Relay& relay) { ++relay.hop_count; }),
        spoilt_node("dr-serves-one-agent", "dr", "answers one relay agent only", {"PNEMO-DR-001"},
                    [](Wrong& wrong) {
                        const auto there = common::is<wire::Ipv6>([](const wire::Ipv6& ip) {
                            return ip.destination == base::parse_ip6("2001:db8:0:2::1");
                        });
                        wrong.outgoing(common::drop(common::both(common::is<Dhcpv6Relay>(), there)));
                    }),
        {"dr-answers-in-the-clear",
         "dr",
         "has no IPsec",
         {"PNEMO-DR-006"},
         {},
         [](model::NodeConfig config) {
             config.self.settings.erase("security");
             return make_dr(config);
         }},
    };
}

std::vector<Mutant> of_the_router() {
    namespace type = wire::dhcpv6;
    using dhcp::RequestPolicy;
    const auto request = [](std::string id, std::string title, std::vector<std::string> violates,
                            std::function<void(RequestPolicy&)> adjust) {
        return mr(std::move(id), std::move(title), std::move(violates),
                  [adjust = std::move(adjust)](RouterPolicy& policy) { adjust(policy.request); });
    };
    return {
        request("mr-asks-for-no-prefix", "does not ask for prefixes",
                {"PNEMO-MR-005", "PNEMO-RR-001", "PNEMO-RR-002", "PNEMO-LMA-007"},
                [](RequestPolicy& policy) { policy.asks_for_prefixes = false; }),
        asking("mr-asks-for-addresses", "asks for an address instead",
               {"PNEMO-MR-005", "PNEMO-RR-001", "PNEMO-RR-002", "PNEMO-RR-201"},
               [](Dhcpv6Message& message) {
                   if (common::remove<wire::IaPd>(message.options))
                       message.options.emplace_back(wire::IaNa{});
               }),
        request("mr-renumbers-associations", "has another IAID after a restart", {"PNEMO-RR-203"},
                [](RequestPolicy& policy) {
                    policy.fresh_iaid = true;
                    static std::uint64_t starts = 0;
                    policy.seed = ++starts;
                }),
        request("mr-requests-what-is-not-there", "requests where there is no prefix", {"PNEMO-RR-202"},
                [](RequestPolicy& policy) { policy.minds_no_prefix = false; }),
        request("mr-minds-no-times", "uses an association with T1 above T2", {"PNEMO-RR-205"},
                [](RequestPolicy& policy) { policy.minds_times = false; }),
        request("mr-minds-no-lifetimes", "uses a prefix that is preferred longer than valid",
                {"PNEMO-RR-206"}, [](RequestPolicy& policy) { policy.minds_lifetimes = false; }),
        request("mr-minds-no-transaction", "hears answers to others", {"PNEMO-RR-212"},
                [](RequestPolicy& policy) { policy.minds_transaction = false; }),
        request("mr-minds-no-server-id", "hears nameless servers", {"PNEMO-RR-212"},
                [](RequestPolicy& policy) { policy.minds_server_id = false; }),
        request("mr-minds-no-client-id", "hears answers to other clients", {"PNEMO-RR-212"},
                [](RequestPolicy& policy) { policy.minds_client_id = false; }),
        request("mr-has-times-of-its-own", "renews when it likes", {"PNEMO-RR-204"},
                [](RequestPolicy& policy) { policy.keeps_given_times = false; }),
        spoilt_node("mr-never-renews", "mr", "never renews", {"PNEMO-RR-003", "PNEMO-RR-204"},
                    [](Wrong& wrong) { wrong.outgoing(common::drop(of_type(type::renew))); }),
        request("mr-never-rebinds", "goes on renewing after T2", {"PNEMO-RR-213"},
                [](RequestPolicy& policy) { policy.rebinds = false; }),
        spoilt_node("mr-renews-impatiently", "mr", "renews again at once", {"PNEMO-RR-214"},
                    [](Wrong& wrong) {
                        wrong.outgoing(common::duplicate(of_type(type::renew), std::chrono::seconds(1)));
                    }),
        request("mr-verifies-nothing", "says nothing on a new link", {"PNEMO-RR-207"},
                [](RequestPolicy& policy) { policy.rebinds_on_new_link = false; }),
        request("mr-solicits-steadily", "solicits every second", {"PNEMO-RR-211"},
                [](RequestPolicy& policy) { policy.backs_off = false; }),
        request("mr-releases-nothing-named", "releases without a prefix", {"PNEMO-RR-208"},
                [](RequestPolicy& policy) { policy.names_prefix_in_release = false; }),
        request("mr-keeps-what-is-over", "uses a prefix whose lifetime is over", {"PNEMO-RR-215"},
                [](RequestPolicy& policy) { policy.gives_up_when_over = false; }),
        mr("mr-advertises-nothing", "keeps its prefix to itself",
           {"PNEMO-MR-004", "PNEMO-MR-006", "PNEMO-MR-011", "PNEMO-LMA-007"},
           [](RouterPolicy& policy) { policy.advertises_network = false; }),
        mr("mr-advertises-on-the-way-out", "advertises its network on the link to the gateway",
           {"PNEMO-RR-209"}, [](RouterPolicy& policy) { policy.numbers_egress = true; }),
        mr("mr-advertises-beyond-the-delegation", "advertises without an end", {"PNEMO-RR-210"},
           [](RouterPolicy& policy) { policy.limits_lifetimes = false; }),
        mr("mr-has-no-default-router", "has no way out of its own", {"PNEMO-MR-009"},
           [](RouterPolicy& policy) { policy.takes_default_route = false; }),
        mr("mr-has-no-home-address", "forms no address of its home link", {"PNEMO-MR-008"},
           [](RouterPolicy& policy) { policy.forms_home_address = false; }),
        mr("mr-forwards-nothing", "lets nothing out of its network",
           {"PNEMO-MR-003", "PNEMO-MR-009", "PNEMO-MR-011", "PNEMO-RR-004"},
           [](RouterPolicy& policy) { policy.forwards = false; }),
        mr("mr-uses-one-link", "uses one gateway of two", {"PNEMO-MR-007"},
           [](RouterPolicy& policy) { policy.uses_all_links = false; }),
        mr("mr-drops-its-network", "gives its prefix up with the link", {"PNEMO-RR-004"},
           [](RouterPolicy& policy) { policy.keeps_network_on_new_link = false; }),
        spoilt_node("mr-lets-nothing-in", "mr", "does not know its own network", {"PNEMO-MR-010"},
                    [](Wrong& wrong) {
                        wrong.outgoing(common::drop(common::is<wire::Udp>(
                            [](const wire::Udp& udp) { return udp.destination_port == 4002; })));
                    }),
        mr("mr-speaks-ripng", "speaks a routing protocol unasked", {"PNEMO-MR-002", "PNEMO-MR-013"},
           [](RouterPolicy& policy) { policy.announces = true; }),
        mr("mr-speaks-no-ripng", "speaks no routing protocol where it should", {"PNEMO-MR-012"},
           [](RouterPolicy& policy) { policy.announces = false; }),
        mr("mr-asks-though-numbered", "asks for a prefix although it has one", {"PNEMO-MR-006"},
           [](RouterPolicy& policy) { policy.delegation = true; }),
        spoilt_node("mr-registers-itself", "mr", "sends updates of its own", {"PNEMO-MR-001"},
                    [](Wrong& wrong) {
                        wrong.outgoing(
                            common::edit(common::is<wire::RouterSolicitation>(), [](wire::Packet& packet) {
                                wire::BindingUpdate update;
                                update.a = update.h = update.r = true;
                                update.lifetime = 100;
                                packet.layers.back() = update;
                                packet.find<wire::Ipv6>()->payload_length.reset();
                                packet.find<wire::Ipv6>()->next_header.reset();
                                return true;
                            }));
                    }),
    };
}

} // namespace

const std::vector<Mutant>& mutants() {
    static const std::vector<Mutant> table = [] {
        std::vector<Mutant> all = of_delegation();
        for (Mutant& mutant : of_the_router())
            all.push_back(std::move(mutant));
        return all;
    }();
    return table;
}

} // namespace peers::delegation
