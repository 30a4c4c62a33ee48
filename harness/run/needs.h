#pragma once

#include "harness/model/scenario.h"
#include "harness/stage/lab/features.h"

#include <map>
#include <string>
#include <vector>

namespace run {

/// What cannot be had on this stage of this host, with the reason: features that the host lacks, roles that
/// nobody plays, and needs of these cases that nobody has heard of.
std::map<std::string, std::string> unmet_needs(const std::vector<const model::Case*>&,
                                               const std::string& stage,
                                               const std::vector<stage::lab::Feature>&);

/// Abilities that most implementations of a role do not have and no host gives: a case that needs one is
/// played against those only that claim it. Our own peers have them all.
bool must_be_claimed(const std::string& need);

/// What a case needs besides what it says: the lab itself, and a kernel's nodes. `foreign` names the roles
/// that implementations take.
std::vector<std::string> tacit_needs(const model::Case&, const std::string& stage,
                                     const std::vector<std::string>& foreign);

} // namespace run
