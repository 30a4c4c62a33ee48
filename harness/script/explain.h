#pragma once

#include "harness/script/source.h"

#include <string>
#include <string_view>
#include <vector>

namespace script {

/// What templates and topologies of that name are, in the files that hold any: a template as it reads under
/// each profile with all that it derives from, a topology with its links, nodes, mobile nodes and settings.
/// Empty if nothing is called so. Mistakes in the files are for lint() to tell.
std::string explain(const std::vector<Text>& files, std::string_view name);

/// Names of all templates and topologies, for suggestions.
std::vector<std::string> explainable(const std::vector<Text>& files);

} // namespace script
