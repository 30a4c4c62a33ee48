#pragma once

#include "harness/judge/interpreter.h"
#include "harness/model/scenario.h"
#include "harness/run/runner.h"
#include "harness/stage/stage.h"

#include <functional>
#include <string>

namespace run {

/// An implementation that is ready when it answers a barrier.
struct Probe {
    std::string node;
    base::Duration boot{};     ///< it has that long
    bool runs_already = false; ///< where nobody can ask it, it is ready
};

/// What the runner's loop needs besides the case and the world.
struct PlayerOptions {
    judge::Options judge;
    std::string directory; ///< of capture.pcapng and transcript.txt; empty: neither is written
    std::vector<Probe> probes;
    std::string box;        ///< node that will not forget the case: what it has registered is taken back
    bool real_time = false; ///< the world does not wait for us: notice when we were not scheduled
};

/// Plays one case in one world, from the first order to the last finding, and keeps the evidence. What the
/// world throws becomes an error.
Played play(const model::Case&, const model::Library&, stage::Stage&, const PlayerOptions&);

} // namespace run
