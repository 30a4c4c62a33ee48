// Gateways that know or remember the wrong things: profiles, names, anchors, entries of the update list.
#include "peers/pmip6/mutant_tables.h"

#include <algorithm>
#include <memory>

namespace peers::pmip6 {

namespace mag_entries_tables {

using namespace common;
using namespace std::chrono_literals;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;
using Tamper = std::function<void(model::Topology&)>;

/// A gateway that was told something else about the domain than is so.
Mutant misinformed(std::string id, std::string title, std::vector<std::string> violates, Tamper tamper) {
    return {std::move(id),
            "mag",
            std::move(title),
            std::move(violates),
            {},
            [tamper = std::move(tamper)](const model::NodeConfig& config) {
                model::NodeConfig other = config;
                tamper(other.topology);
                return make_mag(other);
            }};
}

Mutant updating(std::string id, std::string title, std::vector<std::string> violates,
                std::function<void(BindingUpdate&)> change, std::uint64_t first = 1) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [first, change = std::move(change)](Wrong& mag, const model::NodeConfig&) {
                      mag.outgoing(edit<BindingUpdate>(change).from(first));
                  });
}

/// A gateway that is told other events than happen; `name_in` says whom its updates name.
class Misheard : public model::Machine {
public:
    using Mishear = std::function<void(model::Told&)>;
    Misheard(std::unique_ptr<model::Machine> machine, Mishear mishear)
        : machine_(std::move(machine)), mishear_(std::move(mishear)) {}
    void on(const model::Stimulus& stimulus, base::Now now, model::Actions& out) override {
        const auto* told = std::get_if<model::Told>(&stimulus);
        if (!told)
            return machine_->on(stimulus, now, out);
        model::Told heard = *told;
        mishear_(heard);
        machine_->on(heard, now, out);
    }
    void tick(base::Now now, model::Actions& out) override { machine_->tick(now, out); }
    std::optional<base::Mono> deadline() const override { return machine_->deadline(); }

private:
    std::unique_ptr<model::Machine> machine_;
    Mishear mishear_;
};

std::string& name_in(BindingUpdate& update) {
    static std::string nobody;
    auto* option = wire::find<wire::MobileNodeIdentifier>(update.options);
    return option ? option->nai : nobody;
}

std::vector<Mutant> of_profiles() {
    return {
        misinformed("mag-mixes-profiles-up", "serves a node by the profile of another", {"PMIP6-MAG-010"},
                    [](model::Topology& domain) {
                        if (domain.identities.size() > 1)
                            std::swap(domain.identities[0].lma, domain.identities[1].lma);
                    }),
        mag_by_policy("mag-guesses-without-a-store", "serves although nobody can tell it the profile",
                      {"PMIP6-MAG-011"}, [](MagPolicy& policy) { policy.store_reachable = true; }),
        misinformed("mag-guesses-the-anchor", "takes any anchor where the profile names none",
                    {"PMIP6-MAG-012"},
                    [](model::Topology& domain) {
                        const auto anchor = std::ranges::find(domain.nodes, "lma", &model::Node::role);
                        for (model::Identity& identity : domain.identities)
                            if (anchor != domain.nodes.end() && !domain.node(identity.lma))
                                identity.lma = anchor->name;
                    }),
        misinformed("mag-refuses-known-prefixes", "serves no node whose profile has a prefix",
                    {"PMIP6-MAG-013"},
                    [](model::Topology& domain) {
                        for (model::Identity& identity : domain.identities)
                            if (identity.home_network_prefix)
                                identity.policy["service"] = "off";
                    }),
        without_bootstrap(misinformed("mag-serves-nobody", "takes every node for one without the service",
                                      {"PMIP6-MAG-201"},
                                      [](model::Topology& domain) {
                                          for (model::Identity& identity : domain.identities)
                                              identity.policy["service"] = "off";
                                      })),
        misinformed("mag-ignores-routing-policies", "routes locally for all nodes or for none",
                    {"PMIP6-MAG-144", "PMIP6-MAG-224"},
                    [](model::Topology& domain) {
                        for (model::Identity& identity : domain.identities)
                            identity.policy.erase("local-routing");
                    }),
        {"mag-serves-the-unauthenticated",
         "mag",
         "does not care how the authentication ended",
         {"PMIP6-MAG-026", "PMIP6-SEC-016"},
         {},
         [](const model::NodeConfig& config) {
             return std::make_unique<Misheard>(
                 make_mag(config), [](model::Told& told) { told.arguments.erase("authenticated"); });
         }},
        {"mag-registers-pseudonyms",
         "mag",
         "signals the temporary identity of the access",
         {"PMIP6-MAG-030"},
         {},
         [](const model::NodeConfig& config) {
             const auto identity = std::make_shared<std::string>();
             auto mag =
                 std::make_unique<Wrong>(std::make_unique<Misheard>(make_mag(config),
                                                                    [identity](model::Told& told) {
                                                                        if (told.event == "attached")
                                                                            *identity =
                                                                                told.arguments["identity"];
                                                                        if (identity->empty())
                                                                            told.arguments.erase("identity");
                                                                    }),
                                         profile_of(config));
             mag->outgoing(edit<BindingUpdate>([identity](BindingUpdate& update) {
                 if (!identity->empty())
                     name_in(update) = *identity;
             }));
             return mag;
         }},
        updating("mag-completes-names", "adds a realm to an identifier that has none", {"PMIP6-MAG-031"},
                 [](BindingUpdate& update) {
                     std::string& name = name_in(update);
                     if (name.find('@') == std::string::npos)
                         name += "@example.net";
                 }),
    };
}

std::vector<Mutant> of_entries() {
    return {
        mag_by_policy("mag-one-visitor", "forgets a node when another one comes", {"PMIP6-MAG-001"},
                      [](MagPolicy& policy) { policy.one_visitor = true; }),
        updating(
            "mag-changes-names", "names the node otherwise in later updates", {"PMIP6-MAG-002"},
            [](BindingUpdate& update) { name_in(update).insert(0, "x"); }, later),
        spoilt("mag-forgets-link-local", "mag", "does not note the link-local address that the anchor tells",
               {"PMIP6-MAG-005", "PMIP6-MAG-062"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.incoming(edit<BindingAcknowledgement>(
                       [](BindingAcknowledgement& ack) { remove<wire::LinkLocalAddress>(ack.options); }));
               }),
        mag_by_policy("mag-does-not-listen", "does not note the link-local address that the node checks",
                      {"PMIP6-MAG-060", "PMIP6-MAG-061"},
                      [](MagPolicy& policy) { policy.learn_link_local = false; }),
        misinformed("mag-one-anchor", "registers everybody at the first anchor", {"PMIP6-MAG-006"},
                    [](model::Topology& domain) {
                        for (model::Identity& identity : domain.identities)
                            identity.lma = domain.identities.front().lma;
                    }),
        spoilt("mag-mistakes-the-second-node", "mag", "registers every node by the name of the first",
               {"PMIP6-MAG-032"},
               [](Wrong& mag, const model::NodeConfig&) {
                   const auto first = std::make_shared<std::string>();
                   mag.outgoing(edit<BindingUpdate>([first](BindingUpdate& update) {
                       if (first->empty())
                           *first = name_in(update);
                       name_in(update) = *first;
                   }));
               }),
        mag_by_policy("mag-forgets-bindings", "keeps no entry of what was accepted", {"PMIP6-MAG-087"},
                      [](MagPolicy& policy) { policy.refresh = policy.deregister = false; }),
        mag_by_policy("mag-counts-alone", "does not share the sequence numbers of the other gateways",
                      {"PMIP6-LMA-103", "PMIP6-MAG-084"},
                      [](MagPolicy& policy) { policy.sequence_from_clock = false; }),
        mag_by_policy("mag-takes-host-acknowledgements", "takes an acknowledgement with P=0 for its own",
                      {"PMIP6-FMT-010"}, [](MagPolicy& policy) { policy.check_proxy_flag = false; }),
    };
}

std::vector<Mutant> of_messages() {
    return {
        updating(
            "mag-understates-its-length", "leaves the last octets of an update out of its length",
            {"PMIP6-FMT-003"}, [](BindingUpdate& update) { update.header.header_length = 3; }, later),
        updating("mag-says-too-much", "adds an option that no proxy update has", {"PMIP6-MAG-094"},
                 [](BindingUpdate& update) {
                     update.options.push_back(wire::NonceIndices{.home_nonce_index = 7});
                 }),
        updating("mag-wants-any-prefix", "asks for a prefix that neither profile nor anchor knows",
                 {"PMIP6-MAG-085"},
                 [](BindingUpdate& update) {
                     auto* option = wire::find<wire::HomeNetworkPrefix>(update.options);
                     if (option && update.lifetime != 0 && !option->prefix.is_unspecified())
                         option->prefix.octets[7] ^= 0x80;
                 }),
        spoilt("mag-speaks-from-another-address", "mag", "sends updates from another address of its own",
               {"PMIP6-MAG-095"},
               [](Wrong& mag, const model::NodeConfig& config) {
                   base::Ip6 other;
                   for (const model::Port& port : config.self.ports)
                       for (const base::Prefix& address : port.addresses)
                           if (address.address != config.self.address())
                               other = address.address;
                   mag.outgoing(edit(is<BindingUpdate>(), [other](wire::Packet& packet) {
                       if (!other.is_unspecified())
                           packet.find<wire::Ipv6>()->source = other;
                       return true;
                   }));
               }),
        without_bootstrap(spoilt("mag-speaks-to-another-anchor", "mag",
                                 "sends updates to an anchor that is not the node's", {"PMIP6-MAG-096"},
                                 [](Wrong& mag, const model::NodeConfig& config) {
                                     std::vector<base::Ip6> anchors;
                                     for (const model::Node& node : config.topology.nodes)
                                         if (node.role == "lma")
                                             anchors.push_back(node.address());
                                     mag.outgoing(edit(is<BindingUpdate>(), [anchors](wire::Packet& packet) {
                                         auto* ip = packet.find<wire::Ipv6>();
                                         const auto other =
                                             std::ranges::find_if(anchors, [&](const base::Ip6& one) {
                                                 return one != ip->destination;
                                             });
                                         if (other != anchors.end())
                                             ip->destination = *other;
                                         return true;
                                     }));
                                 })),
        spoilt("mag-repeats-after-the-answer", "mag", "repeats an update that was answered",
               {"PMIP6-MAG-112"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(duplicate(is<BindingUpdate>(), 1s).from(later));
               }),
        spoilt("mag-shuffles-timestamps", "mag", "stamps every other update an hour early", {"PMIP6-MAG-083"},
               [](Wrong& mag, const model::NodeConfig&) {
                   const auto odd = std::make_shared<bool>(false);
                   mag.outgoing(edit<BindingUpdate>([odd](BindingUpdate& update) {
                       auto* stamp = wire::find<wire::Timestamp>(update.options);
                       if (stamp && *odd)
                           stamp->value -= std::uint64_t{3600} << 16;
                       *odd = !*odd;
                   }));
               }),
        spoilt("mag-silent-about-the-lost", "mag", "ends no binding of a node that it does not find",
               {"PMIP6-MAG-192"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(drop(
                       is<BindingUpdate>([](const BindingUpdate& update) { return update.lifetime == 0; })));
               }),
        spoilt("mag-hurries-at-last", "mag", "repeats in shorter intervals again at the end",
               {"PMIP6-MAG-125"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(duplicate(is<BindingUpdate>(), 10s).from(6));
               }),
    };
}

} // namespace mag_entries_tables

std::vector<Mutant> mag_entry_mutants() {
    using namespace mag_entries_tables;
    std::vector<Mutant> all;
    for (auto part : {of_profiles, of_entries, of_messages})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
