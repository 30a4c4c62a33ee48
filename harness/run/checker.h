#pragma once

#include "harness/judge/roles.h"
#include "harness/judge/rules.h"
#include "harness/model/scenario.h"
#include "harness/run/glance.h"
#include "harness/stage/replay/capture.h"
#include "reports/json.h"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace run {

/// Judges one capture by the passive rules, packet by packet: memory grows with the parties and the mobile
/// nodes in it, never with its length.
class Checker {
public:
    struct Options {
        wire::Profile profile;
        std::string profile_name;
        std::map<base::Ip6, std::string> roles; ///< given by the user; others are recognised
        bool strict = false;
    };
    Checker(const model::Library&, const Options&);

    /// To the end of the capture, or until the user interrupts.
    void read(stage::replay::Capture&);
    reports::CheckReport report() const;

private:
    /// The conversation about one mobile node between two parties.
    struct Session {
        std::string about;
        base::Ip6 from, to;
        std::uint64_t first = 0, last = 0, messages = 0;
    };
    /// One message; `inside` begins with the Ethernet or IP header.
    void see(const stage::replay::Record&, base::View inside, const wire::Walk&);
    /// In full; true if no rule was broken.
    bool judge(const stage::replay::Record&, wire::Packet, const judge::Party& sender,
               const judge::Party& receiver);
    void follow(base::View ip, const wire::Walk&, base::View identifier, std::uint64_t number);

    const model::Library& library_;
    wire::Profile profile_;
    judge::Roles roles_;
    judge::RuleBook rules_;
    std::uint64_t packets_ = 0, messages_ = 0;
    std::optional<base::Wall> start_;
    base::Mono last_{};
    std::vector<Session> sessions_;
    std::unordered_map<std::uint64_t, std::size_t> session_of_; ///< by a hash of node and ends
    Glance glance_;
    /// Prints that were judged and found right: between these two, and between parties of the same roles.
    std::unordered_set<std::uint64_t> right_here_, right_;
    bool more_sessions_ = false;
    std::string name_;
    std::vector<std::string> troubles_;
    bool whole_ = true;
};

} // namespace run
