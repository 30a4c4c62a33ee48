#pragma once

#include "harness/model/machine.h"
#include "harness/run/player.h"
#include "harness/run/runner.h"
#include "harness/run/suites.h"
#include "harness/run/sut.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace run {

/// Who plays, and where.
struct WorldOptions {
    std::string stage = "sim";
    model::MakeMachine make; ///< plays the nodes that are no implementation's
    std::vector<Implementation> implementations;
    std::map<std::string, std::string> missing; ///< features that this host lacks, with the reason
    bool strict = false;
    std::string protect = "none"; ///< of signalling, where the case does not say: none, esp, ah
    /// The ways to the boxes, opened for each case anew by whoever may; null without any.
    const std::vector<stage::lab::BoxLink>* box_links = nullptr;
    std::uint64_t first_number = 0; ///< of the mobile nodes that a box meets in this run
};

/// Plays one case on a stage of its own making; for the process of that case.
class World {
public:
    World(const Suites& suites, WorldOptions options) : suites_(suites), options_(std::move(options)) {}

    Played play(const Job&, const std::string& directory) const;
    /// Why the case is not played, as its verdict; pass if nothing is in its way.
    model::Verdict obstacle(const model::Case&, std::string& reason) const;

private:
    model::CaseResult head(const model::Case&) const;
    std::vector<stage::lab::BoxLink> links_to(const model::Box&) const;
    /// The case with each implementation at its nodes, and what stands there.
    std::vector<stage::lab::SutNode> cast(model::Case&, std::uint64_t seed, const std::string& directory,
                                          std::uint64_t serial) const;
    Played play_in_lab(const model::Case&, const PlayerOptions&, const Job&) const;
    Played play_in_sim(const model::Case&, const PlayerOptions&) const;

    const Suites& suites_;
    WorldOptions options_;
};

/// A process for one case of the lab, in namespaces of its own.
std::unique_ptr<stage::host::Child> sandboxed(const std::function<int()>& body);

/// One seed for each case, so that a case plays the same alone and among others.
std::uint64_t seed_of(std::uint64_t run, const std::string& id);

} // namespace run
