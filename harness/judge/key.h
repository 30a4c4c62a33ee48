#pragma once

#include "harness/judge/running.h"

#include <optional>
#include <string>

namespace judge {

/// What tells the conversation of an expectation from others (SUITES 3): besides ends and kind the node that
/// it is about, the request that it answers, and declared fields.
struct Key {
    const model::PacketSpec& packet;
    std::string about;   ///< identity or node; empty: any
    std::string answers; ///< name of a captured packet; empty: none
};
bool has_key(const Key&, const Sighting&, const World&, Round);

/// True if the ICMPv6 error quotes that packet; of a protected one what came out of it.
bool quotes(const wire::Element& error, const Captured&, const wire::Profile&);

} // namespace judge
