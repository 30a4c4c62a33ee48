#pragma once

#include "harness/model/scenario.h"
#include "harness/model/transcript.h"
#include "harness/model/verdict.h"
#include "harness/run/story.h"
#include "harness/stage/pcapng.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace run {

/// capture.pcapng and transcript.txt of one case, and its story. Packets that a finding speaks of carry it as
/// a comment.
class Evidence {
public:
    /// An empty directory: nothing is written or told. `nodes`: what the capture says of who is who.
    Evidence(const std::string& directory, const model::Case&, wire::Profile profile, base::Mono start,
             const std::string& nodes);

    void add(const model::Event&);
    /// The story; null where nothing is kept.
    std::shared_ptr<const model::Story> finish(const std::vector<model::Finding>&);

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    wire::Profile profile_;
    base::Mono start_;
    std::optional<stage::PcapngWriter> capture_;
    std::unique_ptr<std::FILE, Close> transcript_;
    std::optional<StoryTeller> story_;
};

} // namespace run
