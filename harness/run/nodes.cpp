#include "harness/run/nodes.h"

#include "harness/base/text.h"

#include <fmt/format.h>

namespace run {

namespace {

constexpr const char* begin = "mobiconform nodes";
constexpr std::size_t most_nodes = 1000;

std::optional<model::Player> player_named(const std::string& text) {
    for (const auto player :
         {model::Player::tester, model::Player::peer, model::Player::kernel, model::Player::sut})
        if (model::name(player) == text)
            return player;
    return std::nullopt;
}

} // namespace

std::string text_of(const Nodes& nodes) {
    std::string out = fmt::format("{} {}{}", begin, nodes.profile, nodes.foreign ? " foreign" : "");
    for (const auto& node : nodes.topology.nodes) {
        out += fmt::format("\n{} {} {}{}", node.name, node.role, model::name(node.player),
                           nodes.under_test.contains(node.name) ? " under-test" : "");
        for (const auto& port : node.ports)
            for (const auto& address : port.addresses)
                out += " " + base::text(address);
    }
    return out;
}

std::optional<Nodes> nodes_in(const std::string& comment) {
    const auto lines = base::split(comment, "\n");
    const auto head = lines.empty() ? std::vector<std::string>{} : base::split(lines[0]);
    if (head.size() < 3 || head[0] + " " + head[1] != begin || lines.size() > most_nodes)
        return std::nullopt;
    Nodes out;
    out.profile = head[2];
    out.foreign = head.size() > 3 && head[3] == "foreign";
    for (std::size_t at = 1; at < lines.size(); ++at) {
        const auto words = base::split(lines[at]);
        const auto player = words.size() >= 3 ? player_named(words[2]) : std::nullopt;
        if (!player)
            return std::nullopt;
        model::Node node;
        node.name = words[0];
        node.role = words[1];
        node.player = *player;
        auto& port = node.ports.emplace_back();
        for (std::size_t i = 3; i < words.size(); ++i)
            if (words[i] == "under-test")
                out.under_test.insert(node.name);
            else if (const auto address = base::parse_prefix(words[i]))
                port.addresses.push_back(*address);
            else
                return std::nullopt;
        out.topology.nodes.push_back(std::move(node));
    }
    return out;
}

} // namespace run
