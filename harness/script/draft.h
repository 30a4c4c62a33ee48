#pragma once

#include "harness/base/now.h"
#include "harness/model/scenario.h"
#include "harness/wire/packet.h"

#include <cstdint>
#include <map>
#include <set>
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
    std::string role; ///< under test: "lma", "mag", "ha", "mr", "ar", "sar", "tar", "map"
    std::string spec, templates, topology_name;
    model::Topology topology;
    std::set<std::string> associations;             ///< RFC 4285: the SPIs for which it has keys
    std::map<std::string, model::PacketSpec> forms; ///< instances of the templates, for "mn1"

    /// Proxies register mobile nodes (PMIPv6).
    bool is_proxied() const { return spec.starts_with("pmip6"); }
    /// Access routers register mobile nodes (NetMIPv6).
    bool is_by_routers() const { return spec == "netmip6"; }
    /// The other side of a binding: who gives away addresses, or keeps regional ones (netmip6-01, 5).
    std::string anchor() const { return role == "map" ? "map" : is_proxied() ? "lma" : "ha"; }
    /// Mobile nodes are told from each other by their identifiers.
    bool has_names() const { return is_proxied() || is_by_routers(); }
    /// Mobile nodes come to the role under test and leave it.
    bool is_visited() const { return role == "mag" || role == "ar" || role == "sar" || role == "tar"; }
};

struct DraftOptions {
    std::string suite;  ///< name of it
    std::string source; ///< where the recording came from, for people
    std::string profile;
    /// Requirement that every recorded packet of the role under test proves: then all of its fields are
    /// written, for comparison, and steps go on after a difference. Empty: a case as somebody would write it.
    std::string proves;
    /// What protected the recorded signalling between anchor and gateways: "esp", "ah"; empty: nothing did.
    /// The bench has keys of its own.
    std::string protection;
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
