#pragma once

#include "harness/judge/findings.h"
#include "harness/judge/match.h"
#include "harness/model/scenario.h"
#include "harness/model/transcript.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace judge {

/// One end of a packet as a rule sees it.
struct Party {
    std::string name;               ///< node, or address where there is no topology
    std::vector<std::string> roles; ///< empty: unknown
    bool is_tester = false;         ///< nobody's duty: its packets are not judged
};
/// The party that a node of a topology is; an unknown name gives one without a role.
Party party(const model::Topology&, const std::string& node);

/// Passive rules, compiled once and found by the kind of the message (SUITES 1, DESIGN 2.2). One book judges
/// one transcript; the rules have to outlive it.
class RuleBook {
public:
    struct Options {
        wire::Profile profile;
        Dialect dialect;
        const model::Ledger* ledger = nullptr;
        bool strict = false, foreign = false;
        std::set<std::string> under_test; ///< "*": everybody, as in a capture
        bool has_keys = true;             ///< RFC 4285 authenticators are verified, else not judged
        std::size_t most_findings = 5;    ///< for each rule and node; further ones are counted
    };
    RuleBook(const std::vector<model::Rule>&, Options);
    RuleBook(const RuleBook&) = delete;
    RuleBook& operator=(const RuleBook&) = delete;

    /// Holds the rules of its kind against a packet where its sender put it on the wire; false if it breaks
    /// one.
    bool see(const model::Event&, const model::Seen&, const Party& sender, const Party& receiver);
    /// With the parties of the topology.
    bool see(const model::Event&, const model::Seen&, const model::Topology&);
    /// Numbers of the rules that the last packet broke.
    const std::vector<std::size_t>& broken_last() const { return broken_last_; }
    /// Another packet of that node breaks those rules. Only counted, and hence false where one of them is
    /// still to be told with its packet: then see() has to be asked.
    bool count_again(const std::vector<std::size_t>& rules, const std::string& sender);

    /// Everything so far: each broken rule with its first packets and how many there were, each kept one
    /// once.
    std::vector<model::Finding> findings() const;
    /// Packets that some rule spoke of.
    std::uint64_t judged() const { return judged_; }

private:
    /// Remembers which mobile network prefixes anchors have assigned so far, whoever plays them.
    void learn(const wire::Packet&);
    /// The delegated prefixes in a DHCPv6 message that no anchor has assigned ("unassigned").
    void find_unassigned(const wire::Packet&, std::vector<model::Difference>&) const;

    struct Compiled {
        const model::Rule* rule;
        std::vector<std::string> senders, receivers;
    };
    /// What one rule has seen of one node.
    struct Record {
        std::uint64_t broken = 0;
        std::vector<model::Finding> findings;
    };
    /// The first packet that kept a rule.
    struct Kept {
        std::uint64_t packet = 0; ///< 0: none
        std::string sender;
    };
    bool apply(const Compiled&, const model::Event&, const wire::Packet&, const wire::Element&,
               const Party& sender);
    std::vector<model::Difference> broken(const model::Rule&, const wire::Packet&, const wire::Element&,
                                          const Viewpoint&) const;

    Options options_;
    model::Topology nowhere_;
    Environment environment_;
    Bench bench_;
    std::vector<Compiled> rules_;
    std::unordered_map<std::string_view, std::vector<std::size_t>> by_kind_;
    std::vector<std::size_t> of_any_kind_;
    std::map<std::pair<std::size_t, std::string>, Record> records_;
    std::vector<Kept> kept_; ///< by rule
    std::vector<std::size_t> broken_last_;
    std::uint64_t judged_ = 0;
    std::set<base::Prefix> assigned_;
};

} // namespace judge
