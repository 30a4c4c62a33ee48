#pragma once

#include "harness/model/machine.h"
#include "peers/common/mutant.h"

#include <functional>
#include <string>
#include <vector>

namespace run {

/// Who plays which role: a puppet for what the tester plays, the reference peers otherwise. Null for a role
/// that nobody here plays.
std::unique_ptr<model::Machine> play_role(const model::NodeConfig&);

bool can_play(const std::string& role);
/// Roles that play_role() knows, for messages.
std::string known_roles();

/// The faulty peers of all rooms; ids are unique.
const std::vector<peers::common::Mutant>& faulty_peers();

/// The faulty peer of that name; null for an empty one. Throws Trouble, with the nearest name, for one that
/// is not known.
const peers::common::Mutant* mutant_named(const std::string& name);
/// play_role(), but for nodes of the mutant's role; null: nobody is faulty. The mutant has to outlive it.
model::MakeMachine cast_with(const peers::common::Mutant*);

} // namespace run
