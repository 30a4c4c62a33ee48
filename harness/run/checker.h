#pragma once

#include "harness/crypto/gate.h"
#include "harness/judge/precedents.h"
#include "harness/judge/roles.h"
#include "harness/judge/rules.h"
#include "harness/model/scenario.h"
#include "harness/run/conversations.h"
#include "harness/run/families.h"
#include "harness/stage/replay/capture.h"
#include "reports/json.h"

#include <map>
#include <string>
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
        std::vector<crypto::Association> associations; ///< keys of protected messages
        bool precedents = true; ///< false: decodes every message; slower, with the same result
    };
    Checker(const model::Library&, const Options&);

    /// The capture has messages of another dialect too, which `other` judges: nothing of one is read with the
    /// eyes of the other. Both dialects have to be of different families; `other` reads nothing itself.
    void share_with(Checker& other);
    /// To the end of the capture, or until the user interrupts.
    void read(stage::replay::Capture&);
    reports::CheckReport report() const;

private:
    void see(const stage::replay::Record&, base::View octets, const wire::Walk&);
    void judge(const stage::replay::Record&, const wire::Walk&, wire::Packet, bool is_precedent = true);
    void unlock(const stage::replay::Record&, const wire::Walk&);
    bool is_others(const wire::Packet&);
    void add_other(reports::CheckReport&) const;
    void follow(const wire::Packet&, std::uint64_t number);
    void follow(const judge::Precedents::Case&, const wire::Walk&, std::uint64_t number);

    wire::Profile profile_;
    judge::Roles roles_;
    judge::Dialect dialect_;
    judge::RuleBook rules_;
    judge::Precedents precedents_;
    bool use_precedents_;
    crypto::Watcher watcher_;
    std::map<crypto::Verdict, std::uint64_t>
        sealed_; ///< protected messages that could not be judged, by reason
    std::uint64_t packets_ = 0, messages_ = 0;
    std::optional<base::Wall> start_;
    base::Mono last_{};
    Conversations sessions_;
    std::string name_;
    std::vector<std::string> troubles_;
    bool whole_ = true;
    Checker* other_ = nullptr;
    Families families_;
    std::uint64_t shared_ = 0; ///< messages that both have judged
};

} // namespace run
