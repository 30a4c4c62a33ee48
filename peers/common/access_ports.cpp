#include "peers/common/access_ports.h"

namespace peers::common {

bool is_access_port(const model::NodeConfig& config, PortIndex index) {
    if (index >= config.self.ports.size())
        return false;
    const model::Port& port = config.self.ports[index];
    const model::Link* link = config.topology.link(port.link);
    return (link && link->access == config.self.name) || config.topology.identity(port.name);
}

std::optional<PortIndex> access_port_of(const model::NodeConfig& config, const model::Told& event) {
    auto wanted = event.arguments.find("port");
    if (wanted == event.arguments.end())
        wanted = event.arguments.find("mobile-node");
    if (wanted == event.arguments.end())
        return std::nullopt;
    for (PortIndex index = 0; index < config.self.ports.size(); ++index)
        if (is_access_port(config, index) && config.self.ports[index].name == wanted->second)
            return index;
    return std::nullopt;
}

} // namespace peers::common
