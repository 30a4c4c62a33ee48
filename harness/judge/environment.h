#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/scenario.h"
#include "harness/model/topology.h"
#include "harness/model/transcript.h"
#include "harness/wire/element.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace judge {

/// A field's value with what the vocabulary knows of the field; `kind` may be null.
struct Typed {
    wire::Scalar value;
    const wire::FieldKind* kind = nullptr;
};
/// A point of time on the tester's wall clock.
struct Instant {
    base::Wall wall{};
};
struct Term;
using Terms = std::vector<Term>;
/// What an expression yields before a field gives it its type. Text is what a suite wrote.
struct Term {
    std::variant<std::string, Typed, base::Prefix, base::Duration, Instant, Terms> what;
};

/// In suite vocabulary; a list's members with blanks between them.
std::string text(const Term&);

/// A packet that a step sent or met, as it was seen on the wire.
struct Captured {
    wire::Packet packet;
    wire::Element element; ///< the packet in suite vocabulary
    std::uint64_t number = 0;
    base::Mono at{};
    base::Wall wall{};
    std::string from, link;
};
using Capture = std::shared_ptr<const Captured>;

/// Round of the innermost repetition, from 1; 0 outside of any.
using Round = std::uint64_t;

/// What one evaluation sees besides the environment.
struct Moment {
    base::Now now{};
    const wire::Element* subject = nullptr; ///< ${this.…}
    Round round = 0;
    std::string self; ///< identity that ${self.…} means; empty: mn1
};

/// Everything that a reference of a suite can name. `why` takes a sentence where a reference names nothing.
class Environment {
public:
    Environment(const model::Topology&, wire::Profile);

    void bind(const std::string& name, Round, Capture);
    /// The packet of that round; without one of its own, the last. Null if there is none.
    const Captured* captured(std::string_view name, Round) const;

    /// A value that a step recorded: ${name} from now on.
    void record(const std::string& name, Term value) { recorded_.insert_or_assign(name, std::move(value)); }

    /// Takes an attribute of an identity out of a packet that satisfies `learn.from` (${mn1.prefix}).
    void learn(const model::Learn& learn, const wire::Element& packet);
    void learn_clock_offset(base::Duration offset) { clock_offset_ = offset; }
    std::optional<base::Duration> clock_offset() const { return clock_offset_; }

    /// Value of "stale.sequence", "name[*].home-network-prefix.prefix", "mn1.nai", "now", "i", "this.length".
    std::optional<Term> look_up(std::string_view reference, const Moment&, std::string& why) const;
    /// Text of a suite with its ${…} replaced.
    std::string expand(std::string_view text, const Moment&) const;

    /// Values that a `distinct` field had in earlier matches.
    const std::vector<wire::Scalar>& earlier(const model::Value*) const;
    void remember(const model::Value*, wire::Scalar);

    const model::Topology& topology() const { return topology_; }
    const wire::Profile& profile() const { return profile_; }
    /// The address that `node` uses towards `peer`; a mobile node's is formed from its learned prefix.
    base::Ip6 address(const std::string& node, const std::string& peer) const;

private:
    std::optional<Term> packet_term(const Captured&, std::string_view path, std::string& why) const;
    std::optional<Term> identity_term(const model::Identity&, std::string_view path) const;
    std::optional<Term> node_term(const model::Node&, std::string_view path) const;
    std::optional<base::Prefix> prefix_of(const model::Identity&) const;

    const model::Topology& topology_;
    wire::Profile profile_;
    std::map<std::string, std::vector<std::pair<Round, Capture>>, std::less<>> captures_;
    std::map<std::string, std::map<std::string, Term>, std::less<>> learned_; ///< identity → attribute
    std::map<std::string, Term, std::less<>> recorded_;
    std::map<const model::Value*, std::vector<wire::Scalar>> earlier_;
    std::optional<base::Duration> clock_offset_;
};

/// An attribute of a described packet by path: "sequence" is one of the message, "ipv6.hop-limit" of a layer,
/// "home-network-prefix#2.prefix" of the second option of that kind. `holder` is the element that has it.
struct Found {
    const wire::Attribute* attribute = nullptr;
    const wire::Element* holder = nullptr;
};
Found find_attribute(const wire::Element& packet, std::string_view path);
/// The layer that the packet is about: the innermost that is no payload. Null for an empty packet.
const wire::Element* message_of(const wire::Element& packet);
/// The prefix of an element that has a prefix and its length under that attribute's name.
std::optional<base::Prefix> prefix_at(const wire::Element& holder, const wire::Attribute&);

} // namespace judge
