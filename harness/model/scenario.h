#pragma once

#include "harness/base/now.h"
#include "harness/model/machine.h"
#include "harness/model/requirement.h"
#include "harness/model/where.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace model {

// What a suite says, after loading: everything is resolved but references to what only the run will show.

/// A value of the suite language. Literals stay text: the field that they meet gives them their type.
struct Value {
    enum class Op {
        literal,    ///< text
        any,        ///< *
        range,      ///< a..b
        set,        ///< {a, b}
        mask,       ///< a/m: the bits of m equal those of a
        tolerance,  ///< a ± b
        negation,   ///< not a
        reference,  ///< ${text}: "asked.identifier", "lma.address", "this.length", "x.time", "name[*]", "now"
        sum,        ///< a + b, modulo the field
        difference, ///< a − b
        product,    ///< a × b
        after,      ///< after a: greater modulo 2^16
        greater,    ///< greater than a
        less,       ///< less than a
        distinct,   ///< unlike every value that this very field had in earlier matches of the step
        in_prefix,  ///< in a
        host_in,    ///< host a in b
        overlaps_none, ///< overlaps none of a
        equal_in,      ///< equal in a: the same in every element of a list
    };
    Op op = Op::literal;
    std::string text;
    std::vector<Value> operands;
    bool typical = false; ///< ~: sent, not insisted on
    Where where;
};

/// A requirement that the owner proves, where the profile or claim in `when` holds ("" always).
struct Proof {
    std::string id, when;
};
using Proofs = std::vector<Proof>;

struct FieldSpec {
    std::string name;
    Value value;
    Proofs proves;
    std::string when;
    Where where;
};

/// A layer, message or option as a suite writes it: what to send, or what to insist on.
struct ElementSpec {
    std::string kind; ///< name in wire::vocabulary()
    std::vector<FieldSpec> fields;
    std::vector<ElementSpec> children;
    bool absent = false;           ///< no instance of this kind
    bool exactly = false;          ///< no child of a kind that is not written
    std::vector<std::string> only; ///< no second instance of these kinds of children
    bool ordered = false;          ///< children in the written order
    bool explicit_padding = false; ///< no automatic padding among the children
    Proofs proves;
    std::string when;
    Where where;
};

/// A packet: the layers that matter, from the outside in. What is unwritten is correct when sent, free when
/// expected.
struct PacketSpec {
    std::vector<ElementSpec> layers;
    std::string again;                ///< name of a captured packet that is sent as it was, then edited
    std::vector<Edit> edits;          ///< lies after the checksum
    std::string about_field;          ///< "mobile-node-identifier.nai": which field names the node (for=)
    std::string answers_field;        ///< "sequence": which field ties an answer to its request (answers=)
    std::vector<std::string> keys;    ///< further fields that belong to the key
    std::vector<std::string> repeats; ///< fields that may differ in a repetition
    std::string message;       ///< kind of the layer that the packet is about, "any" for none in particular
    std::string template_name; ///< as the suite called it: "pbu"
};

/// Who sends to whom, by the owners of the (outermost) IPv6 addresses. Empty: not checked. "any": any node on
/// any link but the stimulus's own.
struct Ends {
    std::vector<std::string> from, to;
    std::string on; ///< only on this link
};

struct Bound {
    base::Duration time{};
    Proofs proves;
};

struct Step;
using Steps = std::vector<Step>;

struct Send {
    Ends ends;
    PacketSpec packet;
    std::string port; ///< of the sending node; empty: by routing
};
struct Answer {
    Ends ends; ///< of the packets that are answered: `to` is the tester node
    PacketSpec to_what, reply;
    std::string until;
    std::optional<std::uint64_t> count;
};
struct Expect {
    Ends ends;
    PacketSpec packet;
    std::optional<Bound> within, not_before;
    std::string since;   ///< name of the step from which times count; empty: the preceding step
    std::string about;   ///< for="mn1"
    std::string answers; ///< answers="stale"
    std::optional<std::uint64_t> exactly, at_least, at_most;
    std::optional<base::Duration> in; ///< the stretch in which counts are taken
    std::optional<std::uint64_t> per_second, burst;
};
struct Never {
    Ends ends;
    PacketSpec packet;
    std::optional<base::Duration> for_time;
    bool quiet = false; ///< for="quiet": barrier and quiet time
    std::string until;
    std::string about, answers, since;
};
struct AnyOrder {
    Steps steps;
};
struct Either {
    std::vector<Steps> blocks;      ///< an empty block: nothing needs to happen
    std::vector<std::string> names; ///< of the blocks, recorded as observed; empty where a block has none
};
struct Record {
    std::string name;
    Value value;
};
struct Repeat {
    Value count;
    base::Duration every{};
    bool parallel = false;
    Steps steps;
};
struct Attach {
    std::string node, to; ///< `to` empty: detach
    std::string how = "event";
};
struct Tell {
    std::string node, event;
    std::map<std::string, Value> arguments;
};
struct Control {
    enum class Verb { stop, start, restart, clock } verb{};
    std::string node, how = "kill";
    bool keep_state = false;
    Value offset; ///< of clock
};
/// What the wire does to frames of one kind on one link in one direction.
struct Impairment {
    enum class Effect { drop, duplicate, delay, swap, corrupt, rewrite } effect{};
    std::string name, link;
    std::string from;                    ///< sending node; empty: both directions
    PacketSpec what;                     ///< which packets count; no layers: all frames
    std::vector<std::uint64_t> ordinals; ///< the n-th of that kind, from 1; empty: all
    double probability = 1.0;            ///< seeded
    base::Duration delay{};
    std::vector<Edit> edits; ///< of corrupt and rewrite
};
struct Impair {
    Impairment impairment;
    std::string until;
};
/// Traffic between two nodes; measured on the links, so that no end point needs to be trusted.
struct Flow {
    std::string name, from, to;
    std::string protocol = "udp";    ///< "udp", "tcp", "echo"
    std::string source, destination; ///< addresses; empty: the nodes' own
    unsigned size = 64;              ///< octets of payload
    double rate = 50;                ///< packets a second
    std::uint64_t packets = 0;       ///< 0: until told to end
    bool both_ways = false;
    std::uint16_t port = 0; ///< assigned by the interpreter: identifies the flow on the wire
};
struct FlowBound {
    std::string what;      ///< "lost", "duplicated", "reordered", "gap", "delivered", "path", "bytes"
    std::string direction; ///< "", "forth", "back"
    Value value;
    Proofs proves;
};
struct RunsFlow {
    Flow flow;
    std::vector<FlowBound> bounds;
    bool background = false; ///< until="NAME" or end-flow
    std::string until;
};
struct EndFlow {
    std::string flow;
    std::vector<FlowBound> bounds;
};
struct Phase {
    std::optional<base::Duration> for_time;
    std::string until;
    Steps steps; ///< flows, counts and states judged inside it
};
struct State {
    std::string node, of; ///< "entries", "routes", "tunnels", "pool", "memory"
    std::map<std::string, Value> expected;
};
struct Wait {
    base::Duration time{};
    std::string since;
};

using StepBase = std::variant<Send, Answer, Expect, Never, AnyOrder, Either, Record, Repeat, Attach, Tell,
                              Control, Impair, RunsFlow, EndFlow, Phase, State, Wait>;

/// What a step does: a variant whose special members are compiled once, in model.cpp, because they are tables
/// over all of the above.
struct StepKind : StepBase {
    using StepBase::StepBase;
    StepKind();
    StepKind(const StepKind&);
    StepKind(StepKind&&) noexcept;
    StepKind& operator=(const StepKind&);
    StepKind& operator=(StepKind&&) noexcept;
    ~StepKind();
};

struct Step {
    std::string as; ///< name for later reference
    std::string by; ///< duty holder; empty: the default of SUITES 1
    Proofs proves;
    std::string when; ///< profile or claim that makes it apply
    Where where;
    StepKind what;
};

enum class Cost { brief, medium, lengthy }; ///< short, medium, long in suites

/// One case after all its variations are written out.
struct Case {
    std::string id; ///< "pmip6/lma/ordering/stale-timestamp[offset=-1h]"
    std::string suite, name, title, says;
    std::string purpose;                 ///< "TP-LMA-TS-03"
    std::vector<std::string> under_test; ///< roles
    Topology topology;                   ///< with the case's overrides and its setup
    std::vector<std::string> needs, stages;
    std::vector<std::string>
        setups; ///< "lma" and "lma.setting" that it configures: not-claimed if not rendered
    Cost cost = Cost::brief;
    bool bootstrap = false;
    std::vector<std::pair<std::string, std::string>> variation;
    Steps given, body, finally;
    std::string profile;
    std::string only_profiles; ///< "draft02 rfc5213"; empty: all
    Where where;
    /// Ids that any step of it names.
    std::vector<std::string> proves() const;
};

/// A passive rule: holds in every transcript for packets of one kind sent by one role.
struct Rule {
    std::string name;
    Proofs proves;
    std::string sender, receiver; ///< roles; empty: any
    PacketSpec on;                ///< which packets it speaks of
    std::optional<PacketSpec> must, must_not;
    std::vector<std::string> faults; ///< names of wire::FaultKind that must not occur …
    std::string in;                  ///< … in this element (path prefix); empty: anywhere in the message
    std::string suite, when;
    Where where;
};

/// Attributes of identities that are learned from the wire: ${mn1.prefix}.
struct Learn {
    std::string attribute; ///< "prefix"
    PacketSpec from;
    std::string key, value; ///< field paths: "mobile-node-identifier.nai", "home-network-prefix.prefix"
};

/// A loaded set of suites with all that belongs to it.
struct Library {
    std::vector<Case> cases;
    std::vector<Rule> rules;
    std::vector<Learn> learns;
    std::map<std::string, PacketSpec> templates; ///< by name, for the chosen profile (barriers)
    Ledger* ledger = nullptr;
};

} // namespace model
