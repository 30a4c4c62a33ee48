#pragma once

#include "harness/wire/packet.h"

#include <string>
#include <vector>

namespace wire {

/// A packet whose octets are known from a specification, not from our own encoder.
struct Golden {
    std::string name;
    Profile profile;
    base::Bytes octets;  ///< from the IPv6 header on
    std::string message; ///< the last layer, in suite vocabulary
    std::vector<Layer> layers;
};

const std::vector<Golden>& goldens();

} // namespace wire
