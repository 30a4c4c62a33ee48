#pragma once

#include "harness/model/topology.h"
#include "harness/wire/profile.h"

#include <optional>
#include <set>
#include <string>

namespace run {

/// What a capture of ours says of the nodes in it, as the comment of its section: whoever checks it later
/// knows as much about who is who as the tester did.
struct Nodes {
    model::Topology topology; ///< names, roles, players and addresses
    std::set<std::string> under_test;
    std::string profile;
    wire::Profile numbers; ///< of that name, with the code points that somebody has chosen
    bool foreign = false;  ///< a third-party implementation is among them
};

std::string text_of(const Nodes&);
/// nullopt for a comment that says nothing of the kind.
std::optional<Nodes> nodes_in(const std::string& comment);

} // namespace run
