#include "harness/stage/attachment.h"

#include <fmt/format.h>

namespace stage {

model::Told attachment(const model::Topology& topology, const std::string& mobile_node, bool attached) {
    model::Told told{attached ? "attached" : "detached",
                     {{"mobile-node", mobile_node}, {"port", mobile_node}}};
    if (const auto* identity = topology.identity(mobile_node)) {
        told.arguments["nai"] = identity->nai;
        told.arguments["mac"] = base::text(identity->mac);
    }
    return told;
}

model::Told flow_start(const model::Topology& topology, const model::Flow& flow, bool backwards) {
    const auto own = [&](const std::string& address, const std::string& name) {
        if (!address.empty())
            return address;
        const auto* node = topology.node(name);
        return node ? base::text(node->address()) : std::string{};
    };
    std::string from = own(flow.source, flow.from), to = own(flow.destination, flow.to);
    if (backwards)
        std::swap(from, to);
    return {"flow-start",
            {{"name", flow.name},
             {"from", from},
             {"to", to},
             {"protocol", flow.protocol},
             {"size", std::to_string(flow.size)},
             {"rate", fmt::format("{}", flow.rate)},
             {"packets", std::to_string(flow.packets)},
             {"port", std::to_string(flow.port)},
             {"direction", backwards ? "back" : "forth"}}};
}

model::Told flow_end(const model::Flow& flow) {
    return {"flow-end", {{"name", flow.name}}};
}

} // namespace stage
