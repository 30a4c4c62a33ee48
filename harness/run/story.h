#pragma once

#include "harness/model/scenario.h"
#include "harness/model/story.h"
#include "harness/model/transcript.h"
#include "harness/model/verdict.h"

#include <map>
#include <memory>
#include <string>

namespace run {

/// Keeps of a case what its reader wants to see, within bounds: a few hundred packets, octets of a few.
class StoryTeller {
public:
    StoryTeller(const model::Case&, const wire::Profile&, base::Mono start);

    void add(const model::Event&);
    /// `findings` decide whose octets are kept.
    std::shared_ptr<const model::Story> finish(const std::vector<model::Finding>& findings);

private:
    void packet(const model::Event&, const model::Seen&);
    bool joined(const model::Story::Rung&);
    void tell(base::Mono at, std::string from, std::string kind, std::string text);
    void resolve_ends();
    void keep_octets(const std::vector<model::Finding>&);

    wire::Profile profile_;
    base::Mono start_;
    std::shared_ptr<model::Story> story_;
    std::map<std::uint64_t, wire::Packet> packets_;                   ///< by number, while there is room
    std::size_t room_;                                                ///< for octets of those
    std::map<std::pair<std::string, base::Mac>, std::string> owners_; ///< link and address → node
    std::map<std::uint64_t, base::Mac> destinations_;                 ///< of rungs that are packets
};

} // namespace run
