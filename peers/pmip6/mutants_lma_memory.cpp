// Anchors that take one node, gateway or message for another, or that one message puts out of step.
#include "peers/pmip6/mutants_lma_tables.h"

#include <map>
#include <set>
#include <string>

namespace peers::pmip6 {

namespace lma_memory_tables {

using namespace common;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;
using wire::MobileNodeIdentifier;

std::string name_in(const BindingUpdate& update) {
    const auto* id = wire::find<MobileNodeIdentifier>(update.options);
    return id ? id->nai : std::string();
}

template <class Options>
void rename(Options& options, const std::string& nai) {
    if (auto* id = wire::find<MobileNodeIdentifier>(options); id && !nai.empty())
        id->nai = nai;
}

/// Replaces a message that has no business here by a plain registration of a known node.
wire::Layer plain_registration(std::uint16_t sequence) {
    BindingUpdate update;
    update.a = update.p = true;
    update.sequence = sequence;
    update.lifetime = 900;
    update.options = {wire::HomeNetworkPrefix{}, MobileNodeIdentifier{.nai = "mn1@example.net"}};
    return update;
}

/// An anchor that reads messages of that kind as registrations.
template <class Layer>
Mutant mistaking(std::string id, std::string title, std::vector<std::string> violates, std::uint8_t type) {
    return spoilt(std::move(id), "lma", std::move(title), std::move(violates),
                  [type](Wrong& lma, const model::NodeConfig&) {
                      lma.incoming(
                          edit(is<Layer>([type](const Layer& message) { return message.type == type; }),
                               [](wire::Packet& packet) {
                                   packet.layers.back() = plain_registration(77);
                                   return true;
                               }));
                  });
}

std::vector<Mutant> of_identity() {
    struct Names {
        std::map<base::Ip6, std::string> first; ///< node that each gateway registered first
        std::string asked;
    };
    return {
        spoilt("lma-confuses-the-nodes-of-a-gateway", "lma", "takes all nodes of a gateway for its first",
               {"PMIP6-LMA-003", "PMIP6-LMA-022"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const auto names = std::make_shared<Names>();
                   lma.incoming(edit(is<BindingUpdate>(), [names](wire::Packet& packet) {
                       auto* update = packet.find<BindingUpdate>();
                       names->asked = name_in(*update);
                       const auto& first =
                           names->first.try_emplace(packet.find<wire::Ipv6>()->source, names->asked)
                               .first->second;
                       rename(update->options, first);
                       return true;
                   }));
                   lma.outgoing(edit<BindingAcknowledgement>(
                       [names](BindingAcknowledgement& ack) { rename(ack.options, names->asked); }));
               }),
        without_bootstrap(spoilt("lma-wants-to-be-asked-twice", "lma",
                                 "hears the first update of a node as nothing", {"PMIP6-LMA-033"},
                                 [](Wrong& lma, const model::NodeConfig&) {
                                     const auto known = std::make_shared<std::set<std::string>>();
                                     lma.incoming(
                                         drop(is<BindingUpdate>([known](const BindingUpdate& update) {
                                             return known->insert(name_in(update)).second;
                                         })));
                                 })),
        without_bootstrap(
            spoilt("lma-wants-a-home-address", "lma", "drops updates without a Home Address option",
                   {"PMIP6-LMA-026"},
                   [](Wrong& lma, const model::NodeConfig&) {
                       lma.incoming(drop(both(is<BindingUpdate>(), [](const wire::Packet& packet) {
                           const auto* options = packet.find<wire::DestinationOptions>();
                           return !options || !wire::find<wire::HomeAddressOption>(options->options);
                       })));
                   })),
        mistaking<wire::UnknownMobility>("lma-guesses-unknown-messages",
                                         "takes a message of an unknown type for a registration",
                                         {"PMIP6-MH-008"}, 200),
        mistaking<wire::UnknownMobility>("lma-completes-short-updates",
                                         "fills in what an update that is too short leaves out",
                                         {"PMIP6-MH-006"}, BindingUpdate::kind.type),
    };
}

std::vector<Mutant> of_order() {
    return {
        spoilt("lma-orders-all-nodes-together", "lma", "compares timestamps with those of other nodes",
               {"PMIP6-LMA-118"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const auto highest = std::make_shared<std::uint64_t>(0);
                   lma.incoming(edit<BindingUpdate>([highest](BindingUpdate& update) {
                       auto* stamp = wire::find<wire::Timestamp>(update.options);
                       if (stamp && stamp->value < *highest)
                           stamp->value = 0;
                       else if (stamp)
                           *highest = stamp->value;
                   }));
               }),
        spoilt("lma-forbids-mixing", "lma", "hears no update without a timestamp after one that had one",
               {"PMIP6-LMA-120"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const auto stamped = std::make_shared<bool>(false);
                   lma.incoming(drop(is<BindingUpdate>([stamped](const BindingUpdate& update) {
                       const bool has = wire::find<wire::Timestamp>(update.options) != nullptr;
                       *stamped = *stamped || has;
                       return *stamped && !has;
                   })));
               }),
        spoilt("lma-never-forgives-a-mismatch", "lma", "hears nobody after it has refused a timestamp",
               {"PMIP6-LMA-124"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const auto refused = std::make_shared<bool>(false);
                   lma.outgoing(watch([refused](const wire::Packet& packet) {
                       const auto* ack = packet.find<BindingAcknowledgement>();
                       *refused = *refused || (ack && ack->status == status::timestamp_mismatch);
                   }));
                   lma.incoming(
                       drop(is<BindingUpdate>([refused](const BindingUpdate&) { return *refused; })));
               }),
        deaf("lma-wants-timestamps", "drops updates without a timestamp", {"PMIP6-LMA-101"},
             [](const BindingUpdate& update) { return !wire::find<wire::Timestamp>(update.options); }),
        without_bootstrap(hearing("lma-knows-no-timestamps", "passes timestamps over", {"PMIP6-LMA-104"},
                                  [](BindingUpdate& update) { remove<wire::Timestamp>(update.options); })),
        without_bootstrap(deaf("lma-wants-the-h-flag", "drops updates with H=0", {"PMIP6-LMA-163"},
                               [](const BindingUpdate& update) { return !update.h; })),
        deaf("lma-stumbles-over-runs-of-pad1", "drops updates with more than four Pad1 in a row",
             {"PMIP6-FMT-077"},
             [](const BindingUpdate& update) {
                 std::size_t run = 0;
                 for (const auto& option : update.options) {
                     run = std::holds_alternative<wire::Pad1>(option) ? run + 1 : 0;
                     if (run > 4)
                         return true;
                 }
                 return false;
             }),
    };
}

} // namespace lma_memory_tables

std::vector<Mutant> lma_memory_mutants() {
    using namespace lma_memory_tables;
    std::vector<Mutant> all = of_identity();
    for (Mutant& mutant : of_order())
        all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
