#pragma once

#include "harness/model/sut.h"
#include "harness/model/topology.h"
#include "harness/run/options.h"
#include "harness/stage/lab/foreign.h"

#include <optional>
#include <string>
#include <vector>

namespace run {

/// A third-party implementation with what its profile names, read and found to be there.
struct Implementation {
    model::Sut sut;
    std::vector<std::string> templates; ///< texts, in the order of sut.files
    std::string version;                ///< empty: its profile does not tell
};

/// Reads the profiles and everything that they name. Prints every mistake, a command that does not exist and
/// names in templates that nothing knows included, and throws Finish{2}.
std::vector<Implementation> load_implementations(const std::vector<std::string>& profiles);

/// The ways to all boxes among them, for one case. Throws std::runtime_error or std::system_error where there
/// is none.
std::vector<stage::lab::BoxLink> open_boxes(const std::vector<Implementation>&);
/// Whether these ways will open. Prints why not and throws Finish: 2 for an interface that there is not, 3
/// for one that cannot be used.
void require_boxes(const std::vector<Implementation>&);
/// The program of that name below suites/sut/programs, described as an implementation is. Throws Trouble if
/// there is none, it has mistakes, or this host cannot execute it.
Implementation load_program(const std::string& name);

/// The text of a configuration file, from what the node and the domain around it are like.
std::string render(const std::string& text, const model::NodeConfig&, const std::string& directory);
/// Names in the template that nothing will ever replace, each as a sentence.
std::vector<std::string> unknown_names(const std::string& text);

/// Does any of its templates say that setting, by name or with all others?
bool renders(const Implementation&, const std::string& setting);

/// Renders the files of the implementation that stands at a node into a directory of its own below
/// `directory`.
stage::lab::SutNode install(const Implementation&, const model::NodeConfig&, const std::string& directory);

} // namespace run
