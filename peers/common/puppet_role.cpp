#include "peers/common/puppet_role.h"

#include "peers/common/host_role.h"

namespace peers::common {

PuppetRole::PuppetRole(const model::NodeConfig& config) : address_(config.self.address()) {
    if (config.self.role == "mn")
        rest_ = std::make_unique<MobileRole>(config, MobileRole::Options{.is_quiet = true});
    else
        rest_ = std::make_unique<HostRole>(config);
}

void PuppetRole::on(const Input& input, base::Now now, Output& output) {
    const auto* told = std::get_if<model::Told>(&input);
    if (told && (told->event == "tunnel" || told->event == "tunnel-end"))
        on_tunnel(*told, output);
    else
        rest_->on(input, now, output);
}

void PuppetRole::on_tunnel(const model::Told& told, Output& output) const {
    const auto argument = [&](const char* name) {
        const auto found = told.arguments.find(name);
        return found == told.arguments.end() ? std::string{} : found->second;
    };
    const auto remote = base::parse_ip6(argument("remote"));
    const auto prefix = base::parse_prefix(argument("prefix"));
    if (!remote)
        return output.note(told.event + " needs the address of the remote end");
    const TunnelEnds ends{base::parse_ip6(argument("local")).value_or(address_), *remote};
    if (told.event == "tunnel") {
        output.add_tunnel(ends);
        if (prefix)
            output.add_route(*prefix, ends);
        return;
    }
    output.remove_tunnel(ends);
    if (prefix)
        output.remove_route(*prefix);
}

} // namespace peers::common
