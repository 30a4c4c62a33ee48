#pragma once

#include "harness/crypto/gate.h"
#include "harness/judge/dialogue.h"
#include "harness/judge/precedents.h"
#include "harness/judge/roles.h"
#include "harness/judge/rules.h"
#include "harness/model/scenario.h"
#include "harness/run/families.h"
#include "harness/run/nodes.h"
#include "harness/run/signals.h"
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
    /// Where the headers of a packet lead.
    struct Glance {
        wire::Walk walk;
        base::View octets;     ///< that the walk began with
        bool is_frame = false; ///< they begin with an Ethernet header
        /// Of a record that holds neither Ethernet nor IP it tells nothing.
        static Glance of(const stage::replay::Record&);
        /// Walks on to what GRE or UDP carries.
        void unwrap();
    };
    /// What is to be done with a packet, as far as that could be told without knowing those before it.
    enum class What : std::uint8_t {
        decode,    ///< it has to be looked at again
        like,      ///< the next of Part::likes
        exchange,  ///< the next of Part::exchanges
        tunnelled, ///< the next of Part::tunnelled
    };
    struct Step {
        std::uint32_t record = 0; ///< in its batch
        What what = What::decode;
    };
    /// A message that is like one that was judged before.
    struct Like {
        const judge::Precedents::Known* known = nullptr;
        base::Ip6 source, destination;
        base::Wall at{};
    };
    /// The same of an update or an acknowledgement.
    struct Exchange {
        const judge::Precedents::Known* known = nullptr;
        judge::Signal signal;
        std::uint32_t session = judge::Session::none; ///< that is probably meant
    };
    struct Tunnelled {
        judge::Tunnelled packet;
        std::uint64_t hash = 0; ///< of the prefix that its mobile node has
    };
    /// How many of each kind are in front of it.
    struct Place {
        std::size_t like = 0, exchange = 0, tunnelled = 0;
    };
    /// Of a packet that is like others nothing is wanted but what stands here, one after the other: its
    /// octets are in the memory next to the thread that has read them.
    struct Part {
        stage::replay::Batch batch;
        std::vector<Step> steps;
        std::vector<Like> likes;
        std::vector<Exchange> exchanges;
        std::vector<Tunnelled> tunnelled;
        std::vector<Place> blocks; ///< where each block begins, and the end
        Place here() const { return {likes.size(), exchanges.size(), tunnelled.size()}; }
    };

    void look(Part&) const;
    What look(const stage::replay::Record&, const Glance&, Part&) const;
    void deliver(Part&);
    void fetch_slots(Part&, const Place& from, const Place& to) const;
    void fetch_sessions(Part&, const Place& from, const Place& to) const;
    void fetch_names(const Part&, const Place& from, const Place& to) const;
    void deliver(const stage::replay::Record&, const Glance&);
    void deliver(const Like&, const stage::replay::Record&);
    void deliver(const Exchange&, const stage::replay::Record&);
    void deliver(const judge::Tunnelled&);
    void decode(const stage::replay::Record&);
    void see(const stage::replay::Record&, const Glance&);
    void judge(const stage::replay::Record&, const wire::Walk&, wire::Packet, bool is_precedent = true);
    void unlock(const stage::replay::Record&, const Glance&);
    void reassemble(const stage::replay::Record&, const Glance&);
    wire::Packet decoded(const stage::replay::Record&, const Glance&) const;
    bool judge_among_nodes(const model::Event&, model::Seen&, const stage::replay::Record&);
    bool is_cut(const stage::replay::Record&, const Glance&);
    static void tunnelled(judge::Tunnelled&, const stage::replay::Record&, const Glance&);
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
