// Builds and takes down a topology of kernel nodes again and again: one line with the median and the worst
// time, and one for the same topology by one `ip` process for each step, in the same run.
//   topology [NODES [ROUNDS]]

#include "harness/base/text.h"
#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/network.h"
#include "harness/stage/lab/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <sched.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
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

/// One `ip` process in that namespace, to its end.
void run_ip(int space, std::vector<std::string> words) {
    words.insert(words.begin(), "ip");
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
        if (::setns(space, CLONE_NEWNET) == 0)
            ::execvp("ip", arguments.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (status != 0)
        throw std::runtime_error("a step failed: " + base::join(words, " "));
}

/// The star as somebody builds it by hand: namespaces, then one process for each thing that is set up.
unsigned build_by_hand(const model::Topology& topology) {
    unsigned steps = 0;
    const stage::lab::Descriptor hub = stage::lab::make_network_namespace();
    std::vector<stage::lab::Descriptor> spaces;
    const auto step = [&](int space, std::vector<std::string> words) {
        run_ip(space, std::move(words));
        ++steps;
    };
    for (const auto& node : topology.nodes) {
        const int space = spaces.emplace_back(stage::lab::make_network_namespace()).get();
        step(space, {"link", "set", "lo", "up"});
        for (const auto& port : node.ports) {
            const std::string outer = fmt::format("h{}", steps);
            step(hub.get(),
                 {"link", "add", outer, "type", "veth", "peer", "name", port.name, "address",
                  base::text(port.mac), "netns", fmt::format("/proc/{}/fd/{}", ::getpid(), space)});
            step(hub.get(), {"link", "set", outer, "up"});
            step(space, {"link", "set", port.name, "up"});
            for (const auto& address : port.addresses)
                step(space, {"address", "add", base::text(address), "dev", port.name, "nodad"});
        }
        for (const auto& route : node.routes)
            step(space, {"-6", "route", "add", base::text(route.to), "via", base::text(route.via)});
    }
    return steps;
}

int measure(unsigned nodes, unsigned rounds) {
    const auto topology = star(nodes);
    std::vector<stage::lab::Network::Plan> plans;
    for (const auto& node : topology.nodes)
        plans.push_back({node.name});
    std::vector<double> built, ready;
    std::vector<double> by_hand;
    unsigned steps = 0;
    constexpr unsigned each = 8; // rounds of ours for one by hand
    for (unsigned round = 0; round < rounds; ++round) {
        if (round % each == 0) {
            const auto start = Clock::now();
            steps = build_by_hand(topology);
            by_hand.push_back(milliseconds(Clock::now() - start));
        }
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
    std::ranges::sort(by_hand);
    fmt::print("the same by {} ip processes, {} rounds: {:.1f} ms, {:.1f} times as long\n", steps,
               by_hand.size(), by_hand[by_hand.size() / 2], by_hand[by_hand.size() / 2] / built[rounds / 2]);
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
