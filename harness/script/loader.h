#pragma once

#include "harness/model/requirement.h"
#include "harness/model/scenario.h"
#include "harness/script/source.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace script {

struct Options {
    std::string profile; ///< of suites that may be played under several; empty: the first of each
    std::optional<std::vector<std::string>>
        claims; ///< of the SUT; nullopt: conditions on claims stay in the steps
    std::string tree =
        "suites";  ///< our own suites, as `source` knows them: holds templates/ and topologies.xml
    Source source; ///< asked for files that suites use and that were not handed in
    model::Ledger* ledger = nullptr; ///< requirements go here; it outlives the library. Null: only checked
};

/// Loads suites, rules, requirements, templates and topologies, told apart by their root elements. Collects
/// every mistake, in the order of files and lines; with a mistake the library is incomplete and nothing
/// should be played.
model::Library load(std::vector<Text> files, const Options& options, std::vector<model::Mistake>& mistakes);

/// Checks the files under every profile that they know, templates and topologies that no case uses included.
std::vector<model::Mistake> lint(std::vector<Text> files, const Options& options);

/// What can be set of a role and of mobile nodes and which events it is told, a line each, out of a file of
/// settings; empty if it says nothing.
std::string explain_settings(Text settings, std::string_view role);

/// The profile under which suites of that spec are played when `wanted` was asked for.
std::string profile_for(std::string_view spec, std::string_view wanted);

} // namespace script
