#pragma once

#include "harness/base/now.h"
#include "harness/model/scenario.h"
#include "harness/wire/packet.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace script {

/// One packet of a recording.
struct Recorded {
    std::uint64_t number = 0; ///< in the capture, from 1
    base::Mono at{};          ///< since its first packet
    base::Wall wall{};
    std::string link; ///< name of the interface; empty where it has none
    wire::Packet packet;
    wire::Element element; ///< the same, described
};

/// The bench on which a role is tested again: one of our topologies, in which the other nodes that speak are
/// the tester's, and the templates in which its cases are written.
struct Bench {
    std::string role; ///< under test: "lma", "mag", "ha", "mr"
    std::string spec, templates, topology_name;
    model::Topology topology;
    std::map<std::string, model::PacketSpec> forms; ///< instances of the templates, for the first mobile node
};

struct DraftOptions {
    std::string suite;  ///< name of it
    std::string source; ///< where the recording came from, for people
    std::string profile;
    /// Requirement that every recorded packet of the role under test proves: then all of its fields are
    /// written, for comparison, and steps go on after a difference. Empty: a case as somebody would write it.
    std::string proves;
    /// By how much the recorded pauses are shortened: 1 as they were, 0 no pauses at all.
    double pace = 1;
    /// Pauses below it are not worth a step.
    base::Duration shortest_pause = std::chrono::milliseconds(300);
};

/// A recording as a suite of one case.
struct Draft {
    std::string text;
    std::size_t sent = 0;                       ///< steps of the tester
    std::map<unsigned, std::uint64_t> expected; ///< line of the step → number of the recorded packet
    std::vector<std::string> remarks;           ///< sentences about what was left out or could not be kept
    base::Duration pauses{};                    ///< all of them together
};

/// Drafts the case in which the tester plays every recorded node but the one under test: addresses become
/// those of the bench, sequence numbers, timestamps, identifiers and granted prefixes become templates and
/// references.
Draft draft(const std::vector<Recorded>&, const Bench&, const DraftOptions&);

} // namespace script
