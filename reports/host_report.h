#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace reports {

/// What a host can do, and what of the suites can be played there.
struct HostReport {
    struct Feature {
        std::string name;
        bool available = false;
        std::string found, cost; ///< the system's reason or what was found; what cannot be played without it
    };
    /// Something that a suite names in its needs.
    struct Need {
        std::string name;
        std::uint64_t cases = 0; ///< that name it
        std::string because;     ///< why it is not to be had in the lab; empty: it is
    };
    struct Playable {
        std::uint64_t cases = 0, playable = 0;
        std::map<std::string, std::uint64_t> obstacles; ///< reason → cases
    };
    std::string host;
    unsigned processors = 0;
    std::vector<Feature> features;
    std::vector<std::string> roles; ///< that reference peers play
    std::vector<Need> needs;
    std::map<std::string, std::map<std::string, Playable>> suites; ///< suite → stage
};

std::string text(const HostReport&);
/// {"host","processors","features","roles","needs","suites"} of `doctor --json`.
std::string host_json(const HostReport&);

} // namespace reports
