#pragma once

#include "harness/model/transcript.h"
#include "harness/model/verdict.h"
#include "harness/stage/pcapng.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace run {

/// capture.pcapng and transcript.txt of one case. Packets that a finding speaks of carry it as a comment.
class Evidence {
public:
    /// An empty directory: nothing is written.
    Evidence(const std::string& directory, wire::Profile profile, base::Mono start);

    void add(const model::Event&);
    void finish(const std::vector<model::Finding>&);

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    wire::Profile profile_;
    base::Mono start_;
    std::optional<stage::PcapngWriter> capture_;
    std::unique_ptr<std::FILE, Close> transcript_;
};

} // namespace run
