#include "harness/run/nodes.h"

#include "harness/base/text.h"
#include "harness/run/profiles.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

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

// What the drafts left open. The last one is a bit.
constexpr std::array points{&wire::Profile::mnp_request_option, &wire::Profile::mnp_confirmation_option,
                            &wire::Profile::ho_request_type, &wire::Profile::ho_response_type,
                            &wire::Profile::ho_option_type};
constexpr std::string_view chosen = "numbers=";

std::string numbers_of(const wire::Profile& profile) {
    std::string out(chosen);
    for (const auto point : points)
        out += fmt::format("{},", profile.*point);
    return out + (profile.nemo_alternative_s_bits ? "1" : "0");
}

bool read_numbers(std::string_view text, wire::Profile& profile) {
    const auto numbers = base::split(text.substr(chosen.size()), ",");
    if (numbers.size() != points.size() + 1)
        return false;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto number = base::parse_number(numbers[i]);
        if (!number || *number > 0xff)
            return false;
        profile.*points[i] = static_cast<std::uint8_t>(*number);
    }
    profile.nemo_alternative_s_bits = numbers.back() == "1";
    return true;
}

} // namespace

std::string text_of(const Nodes& nodes) {
    std::string out = fmt::format("{} {}{}", begin, nodes.profile, nodes.foreign ? " foreign" : "");
    if (nodes.numbers != profile_named(nodes.profile))
        out += " " + numbers_of(nodes.numbers);
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
    out.numbers = profile_named(out.profile);
    for (std::size_t at = 3; at < head.size(); ++at)
        if (head[at] == "foreign")
            out.foreign = true;
        else if (!head[at].starts_with(chosen) || !read_numbers(head[at], out.numbers))
            return std::nullopt;
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
