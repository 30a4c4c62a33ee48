#pragma once

#include "harness/crypto/gate.h"
#include "harness/judge/dialogue.h"
#include "harness/judge/precedents.h"
#include "harness/judge/roles.h"
#include "harness/judge/rules.h"
#include "harness/model/scenario.h"
#include "harness/run/families.h"
#include "harness/run/glance.h"
#include "harness/run/nodes.h"
#include "harness/run/signals.h"
#include "harness/run/stretch.h"
#include "harness/stage/replay/capture.h"
#include "harness/wire/reassembly.h"
#include "harness/wire/walk.h"
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
        bool precedents = true;        ///< false: decodes every message; slower, with the same result
        std::size_t most_findings = 5; ///< for each rule and node; further ones are counted
        unsigned threads = 1;          ///< any number gives the same result
    };
    /// The library holds the rules of the profile's own specification, and lives as long as this.
    Checker(const model::Library&, const Options&);

    /// The capture has messages of another dialect too, which `other` judges: nothing of one is read with the
    /// eyes of the other. Both dialects have to be of different families; `other` reads nothing itself.
    void share_with(Checker& other);
    /// The capture is one of ours, and its nodes are known.
    void introduce(const Nodes&);
    /// To the end of the capture, or until the user interrupts.
    void read(stage::replay::Capture&);
    reports::CheckReport report() const;

private:
    using Place = Stretch::Place;

    void look(Stretch&) const;
    Stretch::What look(const stage::replay::Record&, const Glance&, Stretch&) const;
    void deliver(Stretch&);
    void fetch_slots(Stretch&, const Place& from, const Place& to) const;
    void fetch_sessions(Stretch&, const Place& from, const Place& to) const;
    void fetch_names(const Stretch&, const Place& from, const Place& to) const;
    void deliver(const stage::replay::Record&, const Glance&);
    void deliver(const Stretch::Like&, const stage::replay::Record&);
    void deliver(const Stretch::Exchange&, const stage::replay::Record&);
    void deliver(const judge::Tunnelled&);
    bool is_right(const Stretch::Like&) const;
    bool is_right(const Stretch::Exchange&);
    void decode(const stage::replay::Record&);
    void see(const stage::replay::Record&, const Glance&);
    void judge(const stage::replay::Record&, const wire::Walk&, wire::Packet, bool is_precedent = true);
    bool is_like_another(const stage::replay::Record&, const Glance&);
    void unlock(const stage::replay::Record&, const Glance&);
    void reassemble(const stage::replay::Record&, const Glance&);
    wire::Packet decoded(const stage::replay::Record&, const Glance&) const;
    bool judge_among_nodes(const model::Event&, model::Seen&, const stage::replay::Record&);
    bool is_cut(const stage::replay::Record&, const Glance&);
    bool is_others(const wire::Packet&);
    void add_other(reports::CheckReport&) const;
    void tick(base::Wall at);
    void follow(const wire::Packet&, const stage::replay::Record&, bool is_right);

    wire::Profile profile_;
    judge::Roles roles_;
    judge::Dialect dialect_;
    const model::Library& library_;
    judge::RuleBook::Options own_options_;
    judge::RuleBook rules_;
    std::optional<judge::RuleBook> own_rules_; ///< of a capture of ours, instead
    std::optional<Nodes> nodes_;
    std::map<base::Ip6, std::string> spoken_;         ///< nodes by addresses that nobody gave them
    const stage::replay::Capture* capture_ = nullptr; ///< while it is read, of ours only
    judge::Precedents precedents_;
    judge::Dialogue dialogue_;
    judge::RolesOfParties roles_of_parties_;
    bool use_precedents_;
    unsigned threads_;
    Signals signals_;
    crypto::Watcher watcher_;
    std::map<crypto::Verdict, std::uint64_t>
        sealed_; ///< protected messages that could not be judged, by reason
    wire::Reassembly reassembly_;
    std::uint64_t packets_ = 0, messages_ = 0;
    std::uint64_t cut_ = 0, first_cut_ = 0; ///< messages that the capture holds the beginning of; packet
    std::optional<base::Wall> start_;
    base::Mono last_{};
    std::string name_;
    std::vector<std::string> troubles_;
    bool whole_ = true;
    Checker* other_ = nullptr;
    Families families_;
    std::uint64_t shared_ = 0; ///< messages that both have judged
};

} // namespace run
