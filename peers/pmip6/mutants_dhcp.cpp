// Gateways that relay DHCPv6 wrongly, and hosts that do not lease what they should.
#include "peers/common/make.h"
#include "peers/common/router_node.h"
#include "peers/pmip6/mag.h"
#include "peers/pmip6/mutant_tables.h"

#include <memory>

namespace peers::pmip6 {

namespace dhcp_tables {

using namespace common;

Mutant relaying(std::string id, std::string title, std::vector<std::string> violates,
                std::function<void(wire::Dhcpv6Relay&, const model::NodeConfig&)> change) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [change = std::move(change)](Wrong& mag, const model::NodeConfig& config) {
                      mag.outgoing(edit<wire::Dhcpv6Relay>(
                          [change, config](wire::Dhcpv6Relay& relay) { change(relay, config); }));
                  });
}

bool shares_prefix(const model::NodeConfig& config) {
    return config.self.settings.contains("shared-prefix");
}

} // namespace dhcp_tables

std::vector<Mutant> dhcp_mutants() {
    using namespace dhcp_tables;
    return {
        spoilt("mag-relays-nothing", "mag", "is no DHCPv6 relay agent", {"PMIP6-MAG-170", "PMIP6-MAG-024"},
               [](Wrong& mag, const model::NodeConfig&) { mag.outgoing(drop(is<wire::Dhcpv6Relay>())); }),
        relaying("mag-relays-for-itself", "names its own address as the link of every client",
                 {"PMIP6-MAG-171"},
                 [](wire::Dhcpv6Relay& relay, const model::NodeConfig& config) {
                     relay.link_address = config.self.address();
                 }),
        relaying("mag-relays-otherwise-elsewhere", "names another link for those who come from elsewhere",
                 {"PMIP6-MAG-172"},
                 [](wire::Dhcpv6Relay& relay, const model::NodeConfig& config) {
                     if (config.self.name == "mag2")
                         relay.link_address = config.self.address();
                 }),
        spoilt("mag-manages-nothing", "mag", "does not say that shared prefixes are managed",
               {"PMIP6-APB-001"},
               [](Wrong& mag, const model::NodeConfig& config) {
                   if (shares_prefix(config))
                       mag.outgoing(edit<wire::RouterAdvertisement>(
                           [](wire::RouterAdvertisement& ra) { ra.m = false; }));
               }),
        spoilt("mag-lets-nodes-form-addresses", "mag",
               "advertises a shared prefix for stateless configuration", {"PMIP6-APB-002"},
               [](Wrong& mag, const model::NodeConfig& config) {
                   if (shares_prefix(config))
                       mag.outgoing(edit<wire::RouterAdvertisement>([](wire::RouterAdvertisement& ra) {
                           wire::PrefixInformation option;
                           option.prefix = base::parse_ip6("2001:db8:100:5::").value();
                           option.prefix_length = 64;
                           option.a = true;
                           option.valid_lifetime = option.preferred_lifetime = 3600;
                           ra.options.push_back(option);
                       }));
               }),
        spoilt("mag-registers-the-shared-prefix", "mag", "registers a shared prefix as if it were one node's",
               {"PMIP6-APB-003"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(edit<wire::BindingUpdate>([](wire::BindingUpdate& update) {
                       auto* option = wire::find<wire::HomeNetworkPrefix>(update.options);
                       if (option && option->prefix_length == 128)
                           option->prefix_length = 64;
                   }));
               }),
        {"mag-tunnels-the-shared-prefix",
         "mag",
         "tunnels what comes from any address of a shared prefix",
         {"PMIP6-APB-004"},
         {},
         [](const model::NodeConfig& config) {
             return std::make_unique<RouterNode>(
                 config, std::make_unique<WrongRole>(std::make_unique<Mag>(config), [](Command& command) {
                     auto* set = std::get_if<SetRule>(&command);
                     if (set && set->rule.name.starts_with("up ") && set->rule.source.length == 128)
                         set->rule.source = base::Prefix{set->rule.source.address, 64}.canonical();
                     return true;
                 }));
         }},
        {"mn-leases-nothing",
         "mn",
         "does not ask for an address where addresses are managed",
         {"PMIP6-MN-003"},
         {},
         [](const model::NodeConfig& config) {
             auto wrong = std::make_unique<Wrong>(make_mobile_node(config), profile_of(config));
             wrong->outgoing(drop(is<wire::Dhcpv6Message>()));
             return wrong;
         }},
    };
}

} // namespace peers::pmip6
