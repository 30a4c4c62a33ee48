#pragma once

#include "harness/judge/dialogue_rules.h"
#include "harness/judge/findings.h"
#include "harness/judge/sessions.h"
#include "harness/model/verdict.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace judge {

/// An update or an acknowledgement, as far as a conversation is concerned.
struct Signal {
    std::uint64_t packet = 0;
    base::Wall at{};
    bool is_answer = false;
    bool is_proxy = false; ///< P is set
    bool is_heeded = true; ///< false: its checksum is wrong, so that its receiver must not even look at it
    bool is_right = true;  ///< false: it breaks a rule on single packets
    base::Ip6 gateway, anchor; ///< who registers, and with whom
    /// Sessions::known_party() of the gateway, where somebody has asked already.
    std::uint32_t gateway_party = Session::none;
    base::View about;                         ///< identifier of the node, or text of its address
    std::uint64_t hash = 0;                   ///< Sessions::hash of the two
    std::uint16_t sequence = 0, lifetime = 0; ///< lifetime in units of four seconds
    std::uint8_t status = 0;                  ///< of an answer
    std::uint8_t hop_limit = 0;               ///< of the header that brings it
    std::optional<std::uint64_t> stamp;
    std::optional<base::Prefix> prefix;
    std::optional<base::Ip6> care_of;   ///< where it wants its packets, if not at the gateway's address
    std::vector<base::Prefix> networks; ///< others that belong to the node: its home address, its network
};

/// A packet in a tunnel.
struct Tunnelled {
    std::uint64_t packet = 0;
    base::Wall at{};
    base::Ip6 from, to;            ///< ends of the tunnel
    base::Ip6 source, destination; ///< of what is inside
    /// Sessions::known_party() of the ends, where somebody has asked already.
    std::uint32_t from_party = Session::none, to_party = Session::none;
};

/// The rules of a conversation between those who register and those who accept (MAG and LMA, mobile or
/// access router and home agent): what one packet alone cannot break (RFC 3775, 11.7.3 and 11.8, as
/// proxymip6-02, 5.3 to 5.5 and 6.9, apply them). Where a capture does not hold what a
/// rule has to know, the finding is inconclusive and says why. What goes wrong in a session after something
/// else did, up to the next exchange that is as it should be, is told as the consequence of that.
class Dialogue {
public:
    struct Options {
        const model::Ledger* ledger = nullptr;
        std::string spec = "pmip6"; ///< whose rules they are
        Dialect dialect;
        bool strict = false;
        std::set<base::Ip6> exempt;    ///< whose breaches are nobody's concern: those of the tester
        bool is_judging = true;        ///< false: only sessions are followed
        std::size_t most_findings = 5; ///< for each rule and node; further ones are counted
    };
    explicit Dialogue(Options);
    Dialogue(const Dialogue&) = delete;
    Dialogue& operator=(const Dialogue&) = delete;

    void see(const Signal&);
    void see(const Tunnelled&);

    /// Each broken rule with its first packets and how many there were, each kept one once, in the order of
    /// the rules.
    std::vector<model::Finding> findings() const;
    void exempt(std::set<base::Ip6> parties) { options_.exempt = std::move(parties); }
    const Sessions& sessions() const { return sessions_; }
    /// Tunnelled packets about whose prefixes the capture says nothing.
    std::uint64_t of_strangers() const { return of_strangers_; }

private:
    using Rule = DialogueRule;
    struct Breach {
        Rule rule;
        std::uint32_t culprit = 0; ///< party
        std::uint64_t packet = 0;
        base::Wall at{};
        std::string sentence, field, expected, actual;
    };
    struct Record {
        std::uint64_t broken = 0;
        std::vector<model::Finding> findings;
    };
    struct Kept {
        std::uint64_t packet = 0; ///< 0: none
        std::uint32_t by = 0;
        base::Wall at{};
    };
    void update(const Signal&, Session&, std::uint32_t gateway);
    void repetition(const Signal&, Session&, const Request& before);
    void answer(const Signal&, Session&, std::uint32_t gateway);
    void unrequested(const Signal&, Session&, std::uint32_t gateway);
    void accepted(const Signal&, Session&, const Request&);
    void stamp(const Signal&, Session&, const Request&);
    void uplink(const Tunnelled&, Session&, std::uint32_t gateway, std::uint32_t anchor);
    void downlink(const Tunnelled&, Session&, std::uint32_t anchor, std::uint32_t gateway);

    void broken(Session&, Breach);
    void undecided(Session&, Breach);
    /// Only the first time counts, which comes soon.
    void kept(Rule rule, std::uint32_t by, std::uint64_t packet, base::Wall at) {
        if (kept_[static_cast<std::size_t>(rule)].packet == 0) [[unlikely]]
            kept_first(rule, by, packet, at);
    }
    void kept_first(Rule, std::uint32_t by, std::uint64_t packet, base::Wall at);
    Circumstance circumstance(const Breach&) const;
    const char* requirement(Rule) const;
    std::string node(const Session&) const;
    static std::string seconds_of(base::Duration);
    bool is_second_leg(const Session&, std::uint32_t gateway) const;
    bool is_exempt(std::uint32_t party) const {
        return !options_.exempt.empty() && options_.exempt.contains(sessions_.address(party));
    }

    Options options_;
    bool is_host_; ///< nodes, or their routers, register for themselves
    std::array<const char*, dialogue_rules> proofs_;
    model::Topology nowhere_;
    Bench bench_;
    Sessions sessions_;
    std::map<std::pair<std::uint8_t, std::uint32_t>, Record> records_; ///< by rule and party
    std::array<Kept, dialogue_rules> kept_;                            ///< by rule
    std::optional<base::Wall> start_;
    std::uint64_t of_strangers_ = 0;
    bool judging_ = false; ///< of the conversation that is being looked at
    bool clean_ = true;    ///< nothing was wrong with the packet that is being looked at
};

} // namespace judge
