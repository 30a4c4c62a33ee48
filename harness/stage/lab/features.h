#pragma once

#include <string>
#include <vector>

namespace stage::lab {

/// Something that a case may need of its host.
struct Feature {
    std::string name; ///< "userns", "tun", "esp", …
    bool available = false;
    std::string found; ///< the system's reason if it is not, what was found if it is
    std::string cost;  ///< what cannot be played without it
};

/// What this host can do. Everything is tried in sandboxes of their own: the caller and the host are as
/// before.
std::vector<Feature> features();

} // namespace stage::lab
