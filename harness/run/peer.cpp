#include "harness/base/text.h"
#include "harness/run/cast.h"
#include "harness/run/files.h"
#include "harness/run/profiles.h"
#include "harness/run/suites.h"
#include "harness/run/verbs.h"
#include "harness/script/topology.h"
#include "harness/stage/lab/machine_daemon.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace run {

namespace {

/// <peer node="lma" [control="FIFO"] [stores="DIRECTORY"]><interface port="core"
/// name="eth1"/>…<topology>…</topology></peer>
struct PeerConfig {
    std::string node, control, stores;
    std::vector<std::pair<std::string, std::string>> interfaces;
    model::Topology topology;
};

PeerConfig read_config(const std::string& path, const std::string& role) {
    PeerConfig out;
    script::Mistakes mistakes;
    script::Context context;
    context.mistakes = &mistakes;
    const script::Document document({path, read_file(path, 4u << 20)}, mistakes);
    if (const script::Tag root(document, document.root()); root) {
        if (root.name() != "peer")
            mistakes.add(root.where(), "the configuration of a peer begins with <peer>");
        root.only({"node", "control", "stores"}, mistakes);
        out.node = root.required("node", mistakes);
        out.control = root.value("control");
        out.stores = root.value("stores");
        if (std::error_code error; !out.stores.empty() && !std::filesystem::is_directory(out.stores, error))
            mistakes.add(root.where(), "there is no directory " + script::quoted(out.stores));
        script::TopologyReader reader(context);
        for (const script::Tag& tag : root.children()) {
            if (tag.name() == "interface")
                out.interfaces.emplace_back(tag.required("port", mistakes), tag.required("name", mistakes));
            else if (tag.name() == "topology")
                reader.read(tag);
            else
                mistakes.add(tag.where(), "unknown element " + script::quoted(tag.name()) + " in <peer>");
        }
        out.topology = reader.finish();
        const model::Node* node = out.topology.node(out.node);
        if (!node)
            mistakes.add(root.where(), "the topology has no node " + script::quoted(out.node));
        else if (node->role != role)
            mistakes.add(node->where, fmt::format("{} plays {}, not {}", out.node, node->role, role));
        for (const auto& [port, interface] : out.interfaces)
            if (node && !node->port(port))
                mistakes.add(root.where(), fmt::format("{} has no port {}", out.node, script::quoted(port)));
    }
    if (!mistakes.empty()) {
        print(mistakes.sorted());
        throw Finish{2};
    }
    return out;
}

} // namespace

int peer_verb(const Options& options) {
    const std::string& role = options.what.front();
    if (!can_play(role))
        throw Trouble(
            fmt::format("\"{}\" is no role of a reference peer: {}", reports::clean(role), known_roles()));
    const PeerConfig config = read_config(options.config, role);
    model::NodeConfig node{*config.topology.node(config.node), config.topology, options.profile,
                           options.seed};
    node.self.player = model::Player::peer;
    stage::lab::DaemonOptions how;
    how.interfaces = config.interfaces;
    how.profile = profile_named(options.profile);
    how.control = config.control;
    how.stores = config.stores;
    how.say = [](const std::string& line) { write_to_output()(reports::clean(line) + "\n"); };
    return stage::lab::run_machine(node, play_role, how);
}

} // namespace run
