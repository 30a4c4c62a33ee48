// Builds and takes down a topology of kernel nodes again and again: one line with the median and the worst
// time.
//   topology [NODES [ROUNDS]]

#include "harness/base/text.h"
#include "harness/stage/lab/network.h"
#include "harness/stage/lab/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

/// One node is the router; each of the others has a link to it.
model::Topology star(unsigned nodes) {
    model::Topology topology;
    topology.name = "star";
    model::Node router;
    router.name = "router";
    router.role = "router";
    router.player = model::Player::kernel;
    for (unsigned i = 1; i < nodes; ++i) {
        const auto link = fmt::format("link{}", i);
        const auto prefix = *base::parse_prefix(fmt::format("2001:db8:{:x}::/64", i));
        const auto port = [&](const std::string& name, unsigned host) {
            model::Port made;
            made.name = name;
            made.link = link;
            made.mac = {{2, 0, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i),
                         static_cast<std::uint8_t>(host)}};
            made.addresses = {{prefix.host(host), 64}};
            return made;
        };
        topology.links.push_back({link, {}, 1500, "", ""});
        router.ports.push_back(port(fmt::format("p{}", i), 1));
        model::Node host;
        host.name = fmt::format("host{}", i);
        host.role = "host";
        host.player = model::Player::kernel;
        host.ports.push_back(port("e0", 2));
        host.routes.push_back({*base::parse_prefix("::/0"), prefix.host(1)});
        topology.nodes.push_back(host);
    }
    topology.nodes.push_back(router);
    return topology;
}

double milliseconds(Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

int measure(unsigned nodes, unsigned rounds) {
    const auto topology = star(nodes);
    std::vector<stage::lab::Network::Plan> plans;
    for (const auto& node : topology.nodes)
        plans.push_back({node.name});
    std::vector<double> built, ready;
    for (unsigned round = 0; round < rounds; ++round) {
        const auto start = Clock::now();
        stage::lab::Network network(topology, plans);
        built.push_back(milliseconds(Clock::now() - start));
        network.start(std::chrono::seconds(5));
        ready.push_back(milliseconds(Clock::now() - start));
    }
    std::ranges::sort(built);
    std::ranges::sort(ready);
    fmt::print("{} nodes, {} rounds: built {:.1f} ms (worst {:.1f}), ready {:.1f} ms (worst {:.1f})\n", nodes,
               rounds, built[rounds / 2], built.back(), ready[rounds / 2], ready.back());
    return 0;
}

} // namespace

int main(int count, char** arguments) {
    const auto number = [&](int index, unsigned otherwise) {
        const auto given = index < count ? base::parse_number(arguments[index]) : std::nullopt;
        return given ? static_cast<unsigned>(std::clamp<std::uint64_t>(*given, 1, 500)) : otherwise;
    };
    try {
        return stage::lab::run_in_sandbox([&] { return measure(std::max(2U, number(1, 6)), number(2, 40)); });
    } catch (const std::exception& trouble) {
        fmt::print(stderr, "topology: {}\n", trouble.what());
        return 3;
    }
}
