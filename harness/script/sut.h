#pragma once

#include "harness/model/baseline.h"
#include "harness/model/sut.h"
#include "harness/script/source.h"

#include <string>
#include <string_view>
#include <vector>

namespace script {

/// Roles that a foreign implementation can take.
const std::vector<std::string>& sut_roles();

/// Reads a SUT profile (schema: suites/sut.rng). Every mistake is added; with one the profile is incomplete.
model::Sut load_sut(Text file, std::vector<model::Mistake>& mistakes);

/// The version that a profile names, as the maker of the implementation counts; empty: none. Playing does not
/// depend on it, reports and baselines do.
std::string sut_version(const std::string& text);

/// A commented profile for that role which loads as it stands; empty for an unknown role.
std::string new_profile(std::string_view role);

/// What a baseline is checked against; empty lists are not checked.
struct Known {
    std::vector<std::string> requirements, cases;
};

/// Reads a baseline: <baseline><expect case= [requirement=] verdict= [message=]/></baseline>.
model::Baseline load_baseline(Text file, const Known& known, std::vector<model::Mistake>& mistakes);

/// A baseline as it is written to a file.
std::string text(const model::Baseline& baseline);

} // namespace script
