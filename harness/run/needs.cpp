#include "harness/run/needs.h"

#include "harness/base/text.h"
#include "harness/run/cast.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace run {

namespace {

std::string nobody_knows(const std::string& need, const std::vector<stage::lab::Feature>& features) {
    std::vector<std::string> known;
    for (const auto& feature : features)
        known.push_back(feature.name);
    const std::string near = base::nearest(need, known);
    return fmt::format("nothing of that name is known here{}",
                       near.empty() ? std::string{} : fmt::format(" (did you mean \"{}\"?)", near));
}

/// Of the implementation, not of the host, whatever its kernel has.
bool is_of_the_implementation(const std::string& need) {
    return need == "ipsec" || need == "dhcp" || must_be_claimed(need);
}

} // namespace

bool must_be_claimed(const std::string& need) {
    return need == "home-agent" || need == "ripng";
}

std::map<std::string, std::string> unmet_needs(const std::vector<const model::Case*>& cases,
                                               const std::string& stage,
                                               const std::vector<stage::lab::Feature>& features) {
    std::map<std::string, std::string> out;
    std::set<std::string> known;
    for (const auto& feature : features) {
        known.insert(feature.name);
        if (stage != "lab")
            out[feature.name] = "there is no such thing in virtual time";
        else if (!feature.available)
            out[feature.name] = feature.found.empty() ? "this host does not have it" : feature.found;
    }
    for (const auto* one : cases)
        for (const auto& need : one->needs) {
            if (need.starts_with("role-")) {
                if (!can_play(need.substr(5)))
                    out[need] = "no reference peer plays that role";
            } else if (!is_of_the_implementation(need) && !known.contains(need)) {
                out[need] = nobody_knows(need, features);
            }
        }
    return out;
}

std::vector<std::string> tacit_needs(const model::Case& scenario, const std::string& stage,
                                     const std::vector<std::string>& foreign) {
    if (stage != "lab")
        return {};
    const auto is_foreign = [&](const model::Node& node) {
        return node.player == model::Player::kernel ||
               (node.player != model::Player::tester &&
                std::find(foreign.begin(), foreign.end(), node.role) != foreign.end());
    };
    const auto& nodes = scenario.topology.nodes;
    if (std::none_of(nodes.begin(), nodes.end(), is_foreign))
        return {"userns"};
    return {"userns", "veth", "packet", "sysctl"};
}

} // namespace run
