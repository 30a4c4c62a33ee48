// Gateways whom one node, one message or a restart makes forget the others.
#include "peers/pmip6/mutant_tables.h"

#include <algorithm>
#include <memory>

namespace peers::pmip6 {

namespace mag_hearing_tables {

using namespace common;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;
using namespace std::chrono_literals;
using Flag = std::shared_ptr<bool>;

bool is_tunnelled(const wire::Packet& packet) {
    return std::ranges::count_if(packet.layers, [](const auto& layer) {
               return std::holds_alternative<wire::Ipv6>(layer);
           }) > 1;
}

} // namespace mag_hearing_tables

std::vector<Mutant> mag_hearing_mutants() {
    using namespace mag_hearing_tables;
    return {
        spoilt("mag-sulks-after-a-binding-error", "mag", "forwards nothing any more after a Binding Error",
               {"PMIP6-MH-021"},
               [](Wrong& mag, const model::NodeConfig&) {
                   const Flag sulks = std::make_shared<bool>(false);
                   mag.incoming(drop([sulks](const wire::Packet& packet) {
                       *sulks = *sulks || packet.find<wire::BindingError>();
                       return *sulks && packet.find<wire::Udp>();
                   }));
               }),
        spoilt("mag-one-node-at-a-time", "mag", "lets a node wait while another one's update is unanswered",
               {"PMIP6-MAG-126"},
               [](Wrong& mag, const model::NodeConfig&) {
                   const auto first = std::make_shared<std::string>();
                   mag.incoming(drop(is<BindingAcknowledgement>([first](const auto&) {
                       *first = "nobody";
                       return false;
                   })));
                   mag.outgoing(delay(is<BindingUpdate>([first](const BindingUpdate& update) {
                                          const auto* id =
                                              wire::find<wire::MobileNodeIdentifier>(update.options);
                                          if (id && first->empty())
                                              *first = id->nai;
                                          return id && *first != "nobody" && id->nai != *first;
                                      }),
                                      2s));
               }),
        spoilt("mag-clock-runs-backwards", "mag", "has a clock that runs backwards",
               {"PMIP6-MAG-098", "PMIP6-MAG-102"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.clock([](base::Now now) { return base::Now{now.mono, now.wall - 2 * now.mono}; });
               }),
        spoilt("mag-one-tunnel-for-all", "mag", "tunnels everybody's traffic to the anchor of the first node",
               {"PMIP6-MAG-008", "PMIP6-MAG-142"},
               [](Wrong& mag, const model::NodeConfig& config) {
                   const model::Node* anchor = nullptr;
                   for (const auto& identity : config.topology.identities)
                       if (!anchor)
                           anchor = config.topology.node(identity.lma);
                   const base::Ip6 to = anchor ? anchor->address() : base::Ip6{};
                   mag.outgoing(edit(is_tunnelled, [to](wire::Packet& packet) {
                       packet.find<wire::Ipv6>()->destination = to;
                       return true;
                   }));
               }),
    };
}

} // namespace peers::pmip6
