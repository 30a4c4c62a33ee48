#include "peers/common/make.h"

#include "peers/common/host_role.h"
#include "peers/common/mobile_role.h"
#include "peers/common/node.h"
#include "peers/common/puppet_role.h"
#include "peers/common/router_node.h"

namespace peers::common {

namespace {

bool is_on(const model::NodeConfig& config, const std::string& setting, bool otherwise) {
    const auto found = config.self.settings.find(setting);
    return found == config.self.settings.end() ? otherwise : found->second == "on";
}

} // namespace

std::unique_ptr<model::Machine> make_host(const model::NodeConfig& config) {
    Stack::Options options;
    options.listens_to_all_udp = true;
    return std::make_unique<Node>(config, options, std::make_unique<HostRole>(config));
}

std::unique_ptr<model::Machine> make_puppet(const model::NodeConfig& config) {
    Stack::Options options;
    options.forwards_tunnels = true;
    options.answers_echo = is_on(config, "echo", false);
    options.sends_errors = is_on(config, "errors", false);
    options.listens_to_all_udp = true;
    options.follows_packet_too_big = false;
    options.claims_emitted_sources = config.self.role == "mn";
    return std::make_unique<Node>(config, options, std::make_unique<PuppetRole>(config));
}

std::unique_ptr<model::Machine> make_mobile_node(const model::NodeConfig& config) {
    Stack::Options options;
    options.listens_to_all_udp = true;
    const MobileRole::Options mobile{.detects_duplicates = is_on(config, "dad", false)};
    return std::make_unique<Node>(config, options, std::make_unique<MobileRole>(config, mobile));
}

std::unique_ptr<model::Machine> make_router(const model::NodeConfig& config) {
    return std::make_unique<RouterNode>(config, nullptr);
}

} // namespace peers::common
